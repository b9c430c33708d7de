//! A command's reads and writes.

use super::errors::refused;
use super::reader::Reader;
use super::value::{Bound, Value};
use crate::error::Error;
use std::ops::Deref;

/// One command's reads and writes. It is committed together with others or not at all; when the closure returns an error, nothing of it happened.
pub struct Transaction<'c> {
    reader: Reader<'c>,
    now_ms: i64,
}

impl<'c> Transaction<'c> {
    pub(super) fn new(reader: Reader<'c>, now_ms: i64) -> Self {
        Transaction { reader, now_ms }
    }

    /// Runs a statement and says how many rows it changed (those that triggers and cascades changed do not count).
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<usize, Error> {
        let mut statement = self.prepared(sql)?;
        self.captured(|| {
            let done = statement.execute(rusqlite::params_from_iter(params.iter().map(Bound)));
            done.map_err(refused)
        })
    }

    /// The server's clock when this command began: milliseconds since 1970-01-01 UTC.
    pub fn now_ms(&self) -> i64 {
        self.now_ms
    }
}

impl<'c> Deref for Transaction<'c> {
    type Target = Reader<'c>;
    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}
