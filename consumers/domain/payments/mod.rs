//! Money that is received for an order. Every check is in the transaction that takes it: two guests who pay the same bill at once pay it once.

mod allocations;
mod booking;
mod facts;
mod list;
mod refunding;
mod settling;
mod state;
mod taking;

pub use allocations::{Allocated, of_payment};
pub(super) use booking::{Booking, book, takes};
pub(super) use facts::get;
pub use facts::{Method, PaymentFacts, Share, facts, named, of_order};
pub use list::{Filter, list};
pub use refunding::{Refund, refund};
pub use settling::set_state;
pub use state::PaymentState;
pub use taking::{Amount, NewPayment, Taken, take};
