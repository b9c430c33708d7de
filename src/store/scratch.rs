//! Rows in memory, for tests of an application's rules: its tables and triggers, without the writer, the history, or anybody who listens.

use super::capture;
use super::reader::Reader;
use super::schema::Schema;
use super::transaction::Transaction;
use crate::error::Error;
use crate::store::watched::Watched;
use rusqlite::Connection;

/// A database in memory that one test uses. Feature `testing`.
pub struct Scratch(Connection);

impl Scratch {
    /// An application's tables, empty.
    ///
    /// # Errors
    /// [`Error::Store`] when a migration fails, [`Error::Config`] when a table cannot be watched.
    pub fn new(schema: &Schema, watched: &[Watched]) -> Result<Self, Error> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch("PRAGMA foreign_keys = ON")?;
        for step in schema.migrations {
            connection.execute_batch(step)?;
        }
        capture::create(&connection)?;
        capture::install(&connection, &capture::Blueprint::bare(watched))?;
        Ok(Scratch(connection))
    }

    /// Runs a command at a time of the test's choice, as the writer would: all of it or nothing. What it noted in the change log is thrown away.
    ///
    /// # Errors
    /// What `f` returns.
    pub fn run<T>(
        &self,
        now_ms: i64,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.sql("SAVEPOINT job")?;
        let done = f(&Transaction::new(Reader::new(&self.0), now_ms));
        if done.is_err() {
            self.sql("ROLLBACK TO job")?;
        }
        self.sql("DELETE FROM change_log; RELEASE job")?;
        done
    }

    /// Runs statements, as somebody types them in a shell.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn sql(&self, statements: &str) -> Result<(), Error> {
        Ok(self.0.execute_batch(statements)?)
    }
}
