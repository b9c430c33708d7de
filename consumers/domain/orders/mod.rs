//! Orders: what they are, finding them, and all that is done with them.

mod facts;
mod kinds;
mod list;
mod remains;

pub use super::edits::{Patch, delete, patch};
pub use super::placing::{NewCustomer, NewLine, NewModifier, NewOrder, create};
pub use super::progress::{Move, Moved, TableCompleted, change_status, complete_table};
pub use facts::{CustomerFacts, OrderFacts, Paid, each, facts, get, look, told, whole, with_lines};
pub(super) use facts::{own, written};
pub use kinds::{OrderType, Source};
pub use list::{Filter, list};
pub use remains::Remains;
