//! Placing an order, and pricing its lines.

mod line;
mod order;
mod pricing;

pub(super) use line::{LINES_MAX, QUANTITY_MAX};
pub use line::{NewLine, NewModifier};
pub use order::{NewCustomer, NewOrder, create};
pub(super) use pricing::{Terms, insert, placed, price, sum};
