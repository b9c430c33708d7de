//! Money that is received for an order. Every check is in the transaction that takes it: two guests who pay the same bill at once pay it once.

mod facts;
mod settling;
mod state;
mod taking;

pub use facts::{Method, PaymentFacts, facts, of_order};
pub use settling::set_state;
pub use state::PaymentState;
pub use taking::{Amount, NewPayment, Taken, take};
