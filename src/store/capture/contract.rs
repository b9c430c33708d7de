//! What a capture promises: who sees what the writer's own statements change.

use super::blueprint::Blueprint;
use super::row_change::{RowChange, RowChanges};
use crate::error::Error;
use rusqlite::Connection;

/// Holds what the statements on the writer's connection change in watched tables, until it is announced. What other programs change is in the change log,
/// whatever the capture.
///
/// It belongs to one connection and is called on the writer's thread alone, inside the writer's transactions; nothing here waits. In the order of one command:
/// for each statement that may change rows [`mark`](Self::mark), the statement, [`failed`](Self::failed) if it failed, and [`finish`](Self::finish); then
/// [`take`](Self::take) if the command is kept, and [`undone`](Self::undone) if it, or the whole transaction, is rolled back.
///
/// Captured is each change of a row by the statement itself, by foreign keys, by conflicts (`REPLACE`) and by triggers, in the order in which the change log
/// has them; what a capture shows of a row is what the change log would say. That is kept by a property test over random statements, with
/// [`ReadBack`](super::read_back::ReadBack) as the oracle.
///
/// Errors are the database's: the command that ran is to be rolled back, and `undone` is next.
pub(crate) trait Capture {
    /// What [`failed`](Self::failed) goes back to. Before each statement that may change rows.
    fn mark(&self) -> usize;

    /// A statement failed. SQLite has undone all of it, unless it said `OR FAIL`: then the rows that it had changed stay changed, and captured.
    fn failed(&self, c: &Connection, mark: usize);

    /// A statement is over, whether it failed or not: writes what it left to the framework (`version`, `updated_at`, the stamps).
    fn finish(&self, c: &Connection) -> Result<(), Error>;

    /// The savepoint or the transaction was rolled back, or is about to be: nothing captured since the last [`take`](Self::take) counts.
    fn undone(&self);

    /// Shows the changes that were captured since this was called last, for those that keep what they read of rows: all that is on its way to the commit passes
    /// here. `false`: this capture cannot show them, so nobody may keep anything.
    ///
    /// `see` may see a change again whose row was written once more meanwhile.
    fn unseen(&self, see: impl FnMut(&RowChange)) -> bool;

    /// Hands out what was captured, once: after it nothing is. `None`: there was nothing, and `f` was not called.
    ///
    /// Whatever `f` returns is passed on; if that is an error, the command is rolled back.
    fn take<T>(
        &self,
        c: &Connection,
        f: impl FnOnce(Captured<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error>;

    /// The tables are not what they were: the capture is made anew for them, and what was captured is forgotten. In an open transaction; if that is undone, this
    /// is to be done again.
    fn remake(&mut self, c: &Connection, blueprint: &Blueprint) -> Result<(), Error>;
}

/// What was captured of one command.
pub(crate) enum Captured<'c> {
    /// Changes in memory.
    Buffered(RowChanges<'c>),
    /// Rows of the change log: all that are there.
    Logged,
}
