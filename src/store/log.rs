//! What was announced, and to whom: what a client that comes back is told.
//!
//! [`Log`] is the promise. [`SqliteLog`] keeps it: `event_log` has the events, an [`Index`] in memory the numbers of each group's events; their front is forgotten
//! step by step. [`Numbering`] is the writer's count.

mod contract;
mod index;
mod issued;
#[cfg(test)]
mod memory;
mod numbering;
pub(crate) mod recovery;
mod retention;
#[cfg(test)]
mod scratch;
mod sqlite;
#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use contract::NewEvent;
pub(crate) use contract::{Log, PAGE_EVENTS, StoredEvent, Unresumable};
pub(crate) use index::Index;
pub(crate) use issued::Issued;
#[cfg(test)]
pub(crate) use memory::MemoryLog;
pub(crate) use numbering::Numbering;
pub(crate) use numbering::{Appender, Committed, micros};
pub(crate) use retention::{PRUNE_STEP, Retention};
#[cfg(test)]
pub(crate) use scratch::ScratchLog;
pub(crate) use sqlite::{SqliteLog, TABLES};
