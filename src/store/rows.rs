//! Rows and transactions as an application sees them: no driver's type, so that another database can stand behind.
//!
//! Statements use numbered placeholders (`?1`, `?2`), and an insert that needs its id says `RETURNING id`.

use super::freshness::Freshness;
use super::memo::Memos;
use super::text::{self, hex};
use super::value::Value;
use crate::error::{Constraint, Error, Kind};
use crate::store::log::{Index, Log, SqliteLog};
use rusqlite::types::ValueRef;
use serde::de::DeserializeOwned;
use std::borrow::Cow;
use std::fmt::Display;
use std::ops::Deref;

/// One row of a result. Columns are counted from 0.
pub struct Row<'r>(&'r rusqlite::Row<'r>);

impl Row<'_> {
    /// The value of a column. A text is read as [`text`](Self::text) has it.
    ///
    /// # Errors
    /// [`Error::Store`] when there is no such column, or it holds another type.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T, Error> {
        T::from_value(self.0.get_ref(column).map_err(Error::from)?).map_err(|e| {
            Error::Store(format!(
                "column {column} ({}): {e}",
                self.0.as_ref().column_name(column).unwrap_or("?")
            ))
        })
    }

    /// The text of a column, borrowed from the row. What another program wrote need not be UTF-8: what is not becomes U+FFFD. Bytes in a column that is not
    /// declared for them are as SQL's `hex()` has them.
    ///
    /// # Errors
    /// [`Error::Store`] when there is no such column, or it is no text.
    pub fn text(&self, column: usize) -> Result<Cow<'_, str>, Error> {
        Ok(text::text(self.0.get_ref(column)?).map_err(rusqlite::Error::from)?)
    }

    /// A column that holds JSON text, decoded.
    ///
    /// # Errors
    /// [`Error::Store`] as for [`text`](Self::text), [`Error::Json`] when it is not what `T` expects.
    pub fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, Error> {
        Ok(serde_json::from_str(&self.text(column)?)?)
    }
}

/// What a column can be read as. Sealed: the set is ours.
pub trait FromValue: Sized + sealed::Sealed {
    #[doc(hidden)]
    fn from_value(
        value: rusqlite::types::ValueRef<'_>,
    ) -> Result<Self, rusqlite::types::FromSqlError>;
}
mod sealed {
    pub trait Sealed {}
}
macro_rules! from_value {
    ($($t:ty),*) => {$(
        impl sealed::Sealed for $t {}
        impl FromValue for $t {
            fn from_value(value: rusqlite::types::ValueRef<'_>) -> Result<Self, rusqlite::types::FromSqlError> {
                rusqlite::types::FromSql::column_result(value)
            }
        }
    )*};
}
from_value!(bool, i64, i32, u32, u64, f64, Vec<u8>);
impl sealed::Sealed for String {}
impl FromValue for String {
    fn from_value(
        value: rusqlite::types::ValueRef<'_>,
    ) -> Result<Self, rusqlite::types::FromSqlError> {
        text::text(value).map(Cow::into_owned)
    }
}
impl<T: FromValue> sealed::Sealed for Option<T> {}
impl<T: FromValue> FromValue for Option<T> {
    fn from_value(
        value: rusqlite::types::ValueRef<'_>,
    ) -> Result<Self, rusqlite::types::FromSqlError> {
        match value {
            rusqlite::types::ValueRef::Null => Ok(None),
            v => T::from_value(v).map(Some),
        }
    }
}

/// Reads rows: all reads through one `Reader` see one state of the database.
pub struct Reader<'c> {
    pub(crate) connection: &'c rusqlite::Connection,
    /// Of the writer's connection.
    freshness: Option<&'c Freshness>,
    index: Option<&'c Index>,
}

impl<'c> Reader<'c> {
    pub(crate) fn new(connection: &'c rusqlite::Connection) -> Self {
        Reader::with(connection, None)
    }

    /// Where a writer may be at work.
    pub(crate) fn with(connection: &'c rusqlite::Connection, index: Option<&'c Index>) -> Self {
        Reader {
            connection,
            freshness: None,
            index,
        }
    }

    /// On the writer's connection.
    pub(crate) fn at(connection: &'c rusqlite::Connection, freshness: &'c Freshness) -> Self {
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

    /// What is asked for is no row of a table: what is read with it is not kept.
    fn is_no_row(&self) {
        if let Some(freshness) = self.freshness {
            freshness.looks_elsewhere();
        }
    }

    fn prepared(&self, sql: &str) -> Result<rusqlite::CachedStatement<'c>, Error> {
        if let Some(freshness) = self.freshness {
            freshness.looks(self.connection, sql);
        }
        Ok(self.connection.prepare_cached(sql)?)
    }

    /// Runs a statement that may change rows.
    fn captured<T>(&self, run: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
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
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        let mut found = Vec::new();
        while let Some(row) = self.captured(|| rows.next().map_err(refused))? {
            found.push(read(&Row(row))?);
        }
        Ok(found)
    }

    /// For rows of a list: what was read of one, or `None` where another program wrote something that `T` cannot be. The others are shown; which one is not is
    /// logged, once. Also for one column of a row that can do without it.
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
        let mut rows = statement.query(rusqlite::params_from_iter(params))?;
        let row = self.captured(|| rows.next().map_err(refused))?;
        row.map(|row| read(&Row(row))).transpose()
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
            for (at, name) in row.0.as_ref().column_names().into_iter().enumerate() {
                let value = match row.0.get_ref(at)? {
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

    /// The log of events, at the state that this reader sees.
    pub(crate) fn log(&self) -> SqliteLog<'c> {
        self.is_no_row();
        SqliteLog::new(self.connection, self.index)
    }
}

/// One command's reads and writes. It is committed together with others or not at all; when the closure returns an error, nothing of it happened.
pub struct Transaction<'c> {
    reader: Reader<'c>,
    now_ms: i64,
}

impl<'c> Transaction<'c> {
    pub(crate) fn new(reader: Reader<'c>, now_ms: i64) -> Self {
        Transaction { reader, now_ms }
    }

    /// Runs a statement and says how many rows it changed (those that triggers and cascades changed do not count).
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn execute(&self, sql: &str, params: &[Value<'_>]) -> Result<usize, Error> {
        let mut statement = self.prepared(sql)?;
        self.captured(|| {
            let done = statement.execute(rusqlite::params_from_iter(params));
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

/// What a statement of the application failed with. Only there a constraint is the client's fault: our own statements have none that a client could break.
fn refused(e: rusqlite::Error) -> Error {
    use rusqlite::ffi;
    let code = e.sqlite_error().map(|failed| failed.extended_code);
    let rule = match code {
        Some(ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Constraint::ForeignKey,
        Some(ffi::SQLITE_CONSTRAINT_CHECK) => Constraint::Check,
        Some(
            ffi::SQLITE_CONSTRAINT_UNIQUE
            | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
            | ffi::SQLITE_CONSTRAINT_ROWID,
        ) => Constraint::Unique,
        _ => return e.into(),
    };
    let cause = e.to_string();
    Error::Constraint { rule, cause }
}

impl From<rusqlite::Error> for Error {
    fn from(e: rusqlite::Error) -> Self {
        match e.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                Error::Busy
            }
            Some(rusqlite::ErrorCode::DiskFull) => Error::Full,
            _ => Error::Store(e.to_string()),
        }
    }
}
