//! How an order moves on: asked for by status, or following from its lines and its payments.

mod closing;
mod following;
mod moving;

pub use closing::{TableCompleted, complete_table};
pub(super) use following::{roll_up, settle};
pub use moving::{Move, Moved, change_status};
pub(super) use moving::{RECALL_MS, apply};
