//! What a commit means to others: the seam between the store and the rooms above it.

use super::capture::Changes;
use super::durability::OnDurable;
use super::log::{Appender, Committed};
use crate::error::Error;

/// Decides what is announced of each change, and tells it after the commit.
///
/// The store has one and calls it on the writer's thread alone, so it needs no lock; whatever it does there every command waits for. It must not call the store,
/// and must not block, except within a [`OnDurable`]. A panic in [`announce`](Self::announce) fails the transaction like an error; elsewhere it is a mistake.
///
/// The order of one transaction: any number of `announce`, each followed by [`undone`](Self::undone) where what it added is rolled back, then either `committed`,
/// or `undone(0)` when the transaction is gone. The next transaction begins after that.
pub(crate) trait Hook: Send {
    /// Decides for each of these changes who hears of it, and appends that to the log. Called at a transaction's start with what other programs changed, and
    /// after each command that is to be kept and changed something with that. Returns how many changes there were, as
    /// [`Changes::each`] says it.
    ///
    /// # Errors
    /// The log's and the database's, as `Changes::each` passes them on: the command or the transaction is rolled back, and `undone` is next. That a change cannot
    /// be decided is none: `Changes::each` sets it aside.
    fn announce(&mut self, changes: &Changes<'_>, log: &mut Appender<'_>) -> Result<usize, Error>;

    /// Of the events that were appended in the open transaction only the first `kept` still count. Their numbers were never told.
    fn undone(&mut self, kept: usize);

    /// The open transaction is committed, and what was appended in it is in the log. Says how it is told once it is durable: the disk's thread calls that, one
    /// commit after the other, and drops it uncalled when the disk refused the commit.
    fn committed(&mut self, commit: Committed) -> OnDurable;

    /// How everybody is told that they have to come back, without a new history: the store is closed. `head`: the newest event's number.
    fn dismissed(&mut self, head: u64) -> OnDurable;

    /// From now on there are clients to tell. What other programs wrote before is announced already, to the event log only. Called once, before any command runs.
    fn started(&mut self, head: u64);
}
