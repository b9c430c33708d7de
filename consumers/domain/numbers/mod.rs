//! The numbers of a business day: for whoever runs the house, and for a spreadsheet.

mod day;
mod table;

pub use day::{Numbers, Part, StationNumbers, of};
pub use table::{orders, payments};
