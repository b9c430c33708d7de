//! A kitchen's tickets: what its cooks do with an order and its lines.

mod bump;
mod call;
mod confirm;
mod fire;
mod lines;
mod places;
mod recall;
mod recent;
mod seen;

pub use bump::{bump, bump_item};
pub use call::call;
pub use confirm::{What, confirm, confirm_item};
pub use fire::fire;
pub use lines::{Done, Lines};
pub use places::{Place, places, station};
pub use recall::{recall, recall_item};
pub use recent::{recent, unconfirmed};
pub use seen::seen;
