//! What guests ask for: that somebody comes, and the bill.

mod asking;
mod facts;

pub use asking::{Asked, TaskPatch, ask, cancel, change_task, of_session};
pub(super) use facts::{COLUMN, parse};
pub use facts::{RequestFacts, RequestKind, RequestStatus};
