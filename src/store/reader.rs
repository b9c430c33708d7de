//! Reading rows, as an application does: no driver's type, so that another database can stand behind.
//!
//! Statements use numbered placeholders (`?1`, `?2`), and an insert that needs its id says `RETURNING id`.

use super::errors::refused;
use super::freshness::Freshness;
use super::log::{Index, Log, SqliteLog};
use super::memo::Memos;
use super::row::Row;
use super::text::{self, hex};
use super::value::{Bound, Value};
use crate::error::{Error, Kind};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde::de::DeserializeOwned;
use std::fmt::Display;

/// An event that the history keeps, as [`Reader::told`] finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told<E> {
    /// Its number.
    pub seq: u64,
    /// When it was announced: milliseconds since 1970-01-01 UTC.
    pub at_ms: i64,
    /// What it says.
    pub event: E,
}

/// Reads rows: all reads through one `Reader` see one state of the database.
pub struct Reader<'c> {
    pub(super) connection: &'c Connection,
    /// `Some` on the writer's connection.
    freshness: Option<&'c Freshness>,
    index: Option<&'c Index>,
}

impl<'c> Reader<'c> {
    pub(super) fn new(connection: &'c Connection) -> Self {
        Reader::with(connection, None)
    }

    /// Where a writer may be at work.
    pub(super) fn with(connection: &'c Connection, index: Option<&'c Index>) -> Self {
        Reader {
            connection,
            freshness: None,
            index,
        }
    }

    /// On the writer's connection.
    pub(super) fn at(connection: &'c Connection, freshness: &'c Freshness) -> Self {
        Reader {
            connection,
            freshness: Some(freshness),
            index: Some(&freshness.index),
        }
    }

    /// What was kept on the writer's connection.
    pub(super) fn memos(&self) -> Option<&'c Memos> {
        self.freshness.and_then(Freshness::memos)
    }

    /// Notes that something is read that is no row of a table, so no memo may be made of it.
    fn is_no_row(&self) {
        if let Some(freshness) = self.freshness {
            freshness.looks_elsewhere();
        }
    }

    pub(super) fn prepared(&self, sql: &str) -> Result<rusqlite::CachedStatement<'c>, Error> {
        if let Some(freshness) = self.freshness {
            freshness.looks(self.connection, sql);
        }
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// Runs a statement that may change rows.
    pub(super) fn captured<T>(&self, run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        match self.freshness {
            Some(freshness) => freshness.statement(self.connection, run),
            None => run(),
        }
    }

    /// All rows of a query.
    ///
    /// # Errors
    /// [`Error::Store`], and what `read` returns.
    pub fn rows<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let mut statement = self.prepared(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params.iter().map(Bound)))?;
        let mut found = Vec::new();
        while let Some(row) = self.captured(|| rows.next().map_err(refused))? {
            found.push(read(&Row::new(row))?);
        }
        Ok(found)
    }

    /// Leaves out a row of a list that makes no sense: returns what was read of it, or `None` if another program wrote something that `T` cannot be. The other rows
    /// are shown. The log names the row that was left out, once. Also for a single column that its row can do without.
    ///
    /// ```no_run
    /// # use maitred::{Error, Reader};
    /// # fn all(db: &Reader<'_>) -> Result<Vec<(i64, u32)>, Error> {
    /// let all = db.rows("SELECT id, seats FROM tables", &[], |row| {
    ///     let id = row.get(0)?;
    ///     db.legible("tables", id, row.get(1).map(|seats| (id, seats)))
    /// })?;
    /// Ok(all.into_iter().flatten().collect())
    /// # }
    /// ```
    ///
    /// # Errors
    /// What `read` is, but for [`Error::Store`] and [`Error::Json`], which are about this row.
    pub fn legible<T>(
        &self,
        table: &str,
        id: i64,
        read: Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        match read {
            Ok(value) => Ok(Some(value)),
            Err(error @ (Error::Store(_) | Error::Json(_))) => {
                text::illegible(table, id, &error);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    /// The first row of a query, if there is one.
    ///
    /// # Errors
    /// [`Error::Store`], and what `read` returns.
    pub fn row<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut statement = self.prepared(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(params.iter().map(Bound)))?;
        let row = self.captured(|| rows.next().map_err(refused))?;
        row.map(|row| read(&Row::new(row))).transpose()
    }

    /// The row of a query that always has one.
    ///
    /// # Errors
    /// [`Error::Store`], also when there is none, and what `read` returns.
    pub fn one<T>(
        &self,
        sql: &str,
        params: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.row(sql, params, read)?
            .ok_or_else(|| Error::Store(format!("no row: {sql}")))
    }

    /// The row of a table that has this `id` (its `INTEGER PRIMARY KEY`), as [`Change::new`](crate::Change::new) reads one: columns are the members, and
    /// `T` picks those it needs.
    ///
    /// # Errors
    /// `NOT_FOUND` for the client when there is none; [`Error::Json`] when it is not what `T` expects; [`Error::Store`].
    pub fn get<T: DeserializeOwned>(&self, table: &str, id: i64) -> Result<T, Error> {
        let quoted = table.replace('"', "\"\"");
        let sql = format!("SELECT * FROM \"{quoted}\" WHERE rowid = ?1");
        let row = self.row(&sql, &[id.into()], |row| {
            let mut members = serde_json::Map::new();
            for (at, name) in row.driver().as_ref().column_names().into_iter().enumerate() {
                let value = match row.driver().get_ref(at)? {
                    ValueRef::Null => serde_json::Value::Null,
                    ValueRef::Integer(n) => n.into(),
                    ValueRef::Real(x) => x.into(),
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into(),
                    // As the change log has it.
                    ValueRef::Blob(bytes) => hex(bytes).into(),
                };
                members.insert(name.to_owned(), value);
            }
            Ok(serde_json::from_value(members.into())?)
        })?;
        row.ok_or_else(|| Error::client(Kind::NotFound, "NOT_FOUND", format!("{table}: no {id}")))
    }

    /// The newest event's number: what an answer reports as `as_of`.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn head(&self) -> Result<u64, Error> {
        self.log().head()
    }

    /// The number of the oldest event in the history that was told to `group`: see [`Context::join_after`](crate::Context::join_after). `None`: none was,
    /// or none is kept.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn first_told(&self, group: &impl Display) -> Result<Option<u64>, Error> {
        self.log().first(&group.to_string())
    }

    /// What was told to `group`, oldest first: the newest `at_most` events that the history keeps. One that `E` cannot be is left out.
    ///
    /// ```no_run
    /// # use maitred::{Error, Reader};
    /// # fn last(db: &Reader<'_>) -> Result<(), Error> {
    /// for told in db.told::<serde_json::Value>(&"order:7", 10)? {
    ///     println!("{} {}: {}", told.at_ms, told.seq, told.event);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn told<E: DeserializeOwned>(
        &self,
        group: &impl Display,
        at_most: usize,
    ) -> Result<Vec<Told<E>>, Error> {
        let log = self.log();
        let numbers = log.last(&group.to_string(), at_most)?;
        let mut all = Vec::with_capacity(numbers.len());
        log.read(&numbers, |stored| {
            match serde_json::from_str(&stored.event) {
                Ok(event) => all.push(Told {
                    seq: stored.seq,
                    at_ms: stored.at,
                    event,
                }),
                Err(error) => text::illegible("event_log", stored.seq as i64, &error.into()),
            }
            Ok(true)
        })?;
        Ok(all)
    }

    /// The log of events, at the state that this reader sees.
    pub(crate) fn log(&self) -> SqliteLog<'c> {
        self.is_no_row();
        SqliteLog::new(self.connection, self.index)
    }
}
