//! Our own statements' changes as other programs' are known: the triggers of the schema write them into the change log, and they are read back from there.

use super::blueprint::Blueprint;
use super::contract::{Capture, Captured};
use super::row_change::Seen;
use crate::error::Error;
use rusqlite::Connection;

/// The plain capture. It holds nothing: what is undone takes its rows of the log with it, and the triggers see to `version`, `updated_at` and the stamps.
///
/// It costs each statement several times what [`Buffered`](super::buffered::Buffered) does, and nothing that is read can be kept.
pub(crate) struct ReadBack;

impl Capture for ReadBack {
    fn mark(&self) -> usize {
        0
    }

    fn failed(&self, _: &Connection, _: usize) {}

    fn finish(&self, _: &Connection) -> Result<(), Error> {
        Ok(())
    }

    fn undone(&self) {}

    fn unseen(&self, _: impl FnMut(Seen<'_>)) -> bool {
        false
    }

    fn take<T>(
        &self,
        c: &Connection,
        f: impl FnOnce(Captured<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let waiting: bool = c
            .prepare_cached("SELECT EXISTS(SELECT 1 FROM change_log)")?
            .query_row([], |row| row.get(0))?;
        waiting.then(|| f(Captured::Logged)).transpose()
    }

    fn remake(&mut self, _: &Connection, _: &Blueprint) -> Result<(), Error> {
        Ok(())
    }
}
