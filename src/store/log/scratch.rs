//! A log of SQLite in memory, for tests.

use super::sqlite::{SqliteLog, TABLES};
use rusqlite::Connection;

/// A database that has nothing but a log.
pub(crate) struct ScratchLog(Connection);

impl ScratchLog {
    pub fn new() -> Self {
        let c = Connection::open_in_memory().expect("a database");
        c.execute_batch(TABLES).expect("tables");
        ScratchLog(c)
    }

    /// Without an index: one is made for each question.
    pub fn log(&self) -> SqliteLog<'_> {
        SqliteLog::new(&self.0, None)
    }
}
