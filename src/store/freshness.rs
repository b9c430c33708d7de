//! What the writer knows of its own connection: what its statements changed, and whether what it keeps of rows is still true.

use super::capture::{AnyCapture, Blueprint, Capture, Captured, Seen, Steady, silence};
use super::config::CaptureMode;
use super::connection::data_version;
use super::log::Index;
use super::memo::{Memos, Reading};
use super::time::now_ms;
use crate::error::Error;
use crate::limits::clock::Clock;
use rusqlite::Connection;
use std::cell::Cell;
use std::sync::Arc;

/// Lives with the writer, on its thread. Whatever changes a row passes here: a statement of ours through the [`Capture`], another program's commit through
/// [`opened`](Self::opened), and what is rolled back through [`undone`](Self::undone) and [`abandoned`](Self::abandoned).
pub(crate) struct Freshness {
    pub index: Arc<Index>,
    clock: Clock,
    capture: AnyCapture,
    steady: Steady,
    memos: Memos,
    reading: Reading,
    /// SQLite's `data_version`: it changes whenever another connection commits.
    version: Cell<i64>,
    /// What others committed before the last transaction was looked at in one that was undone.
    doubtful: Cell<bool>,
}

impl Freshness {
    /// `steady`: [`App::STEADY`](crate::App::STEADY).
    ///
    /// # Errors
    /// [`Error::Config`] when a table cannot be watched; [`Error::Store`].
    pub fn new(
        c: &Connection,
        clock: &Clock,
        mode: CaptureMode,
        blueprint: &Blueprint,
        steady_tables: &[&str],
        index: Arc<Index>,
    ) -> Result<Self, Error> {
        let reading = Reading::default();
        silence(c, reading.clone(), mode == CaptureMode::Buffered)?;
        let capture = AnyCapture::install(c, clock, mode, blueprint)?;
        let steady = Steady::install(c, steady_tables)?;
        let memos = Memos::new(reading.clone(), capture.tables(), steady_tables);
        Ok(Freshness {
            index,
            clock: clock.clone(),
            capture,
            steady,
            memos,
            reading,
            version: Cell::new(-1),
            doubtful: Cell::new(false),
        })
    }

    /// The tables are not what they were: so is all that was known of them. In a transaction; if it is undone, this is to be done again.
    ///
    /// # Errors
    /// [`Error::Config`] when a table cannot be watched; [`Error::Store`].
    pub fn remake(
        &mut self,
        c: &Connection,
        blueprint: &Blueprint,
        steady_tables: &[&str],
    ) -> Result<(), Error> {
        self.capture.remake(c, blueprint)?;
        self.steady.remake(c, steady_tables)?;
        self.memos = Memos::new(self.reading.clone(), self.capture.tables(), steady_tables);
        Ok(())
    }

    /// Milliseconds since 1970-01-01 UTC.
    pub fn now_ms(&self) -> i64 {
        now_ms(&self.clock)
    }

    /// Whether others have committed since the last transaction was begun.
    pub fn is_behind(&self, c: &Connection) -> bool {
        let version = data_version(c);
        version.map_or(true, |version| version != self.version.get())
    }

    /// In a transaction that was just begun: what others committed is visible now. Whether they did.
    pub fn opened(&self, c: &Connection) -> Result<bool, Error> {
        let version = data_version(c)?;
        let others = self.version.replace(version) != version || self.doubtful.replace(false);
        if others {
            self.memos.forget();
        }
        Ok(others)
    }

    /// A command begins, in a savepoint of its own.
    pub fn begun(&self) {
        self.memos.begun();
    }

    /// The command's savepoint was rolled back: rows are again what they were before it.
    pub fn undone(&self) {
        self.look_at_changes(); // which of what is kept is not true any more, and whether anything changed
        self.capture.undone();
        self.memos.undone();
    }

    /// The transaction was undone, with what was announced in it, and with what was made of others' commits: they are to be looked at again.
    pub fn abandoned(&self) {
        self.undone();
        self.memos.forget();
        self.doubtful.set(true);
    }

    /// The memos that are still true. `None`: the capture does not show changes, so nothing may be kept.
    pub fn memos(&self) -> Option<&Memos> {
        self.look_at_changes().then_some(&self.memos)
    }

    /// Drops what the changes since the last look make untrue. `false`: the capture does not show them.
    fn look_at_changes(&self) -> bool {
        if self.steady.changed() {
            self.memos.unsteady();
        }
        self.capture.unseen(|seen| match seen {
            Seen::Change(change) => self.memos.changed(change),
            Seen::Quietly(table) => self.memos.changed_quietly(table),
        })
    }

    /// What is read to be kept looks at the tables of a statement.
    pub fn looks(&self, c: &Connection, sql: &str) {
        self.memos.looks(c, sql);
    }

    /// What is read to be kept depends on something that is no row.
    pub fn looks_elsewhere(&self) {
        self.memos.looks_elsewhere();
    }

    /// Runs a statement that may change rows: of what fails nothing is captured.
    pub fn statement<T>(
        &self,
        c: &Connection,
        run: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mark = self.capture.mark();
        let done = run().inspect_err(|_| {
            // Before the capture drops them: some may stay, which only SQLite knows (`RAISE(FAIL)` in a trigger).
            self.look_at_changes();
            self.capture.failed(c, mark);
        });
        // Also of what failed: `OR FAIL` keeps the rows that it had changed.
        self.capture.finish(c).and(done)
    }

    /// Hands out what a command changed, once. `None`: nothing.
    ///
    /// # Errors
    /// What `f` returns, and the database's.
    pub(crate) fn take<T>(
        &self,
        c: &Connection,
        f: impl FnOnce(Captured<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        self.look_at_changes();
        self.capture.take(c, f)
    }

    #[cfg(test)]
    pub fn captured(&self) -> usize {
        self.capture.mark()
    }
}

#[cfg(test)]
mod tests;
