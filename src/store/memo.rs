//! What the writer need not read again: kept by the framework, and dropped by it when a row that it was made of changes.

mod kept;
mod sources;
#[cfg(test)]
mod tests;

pub(super) use kept::Memos;
pub(super) use sources::Reading;

use super::Reader;
use crate::error::Error;
use std::any::TypeId;
use std::marker::PhantomData;

/// Something that is read from rows again and again, by an id: an order with all that it shows, say. See [`Reader::memo`].
///
/// ```
/// # use maitred::{Error, Memo, Reader, params};
/// static OPEN: Memo<i64> = Memo::new("open orders of a table").by(&[("orders", "table_id")]);
///
/// fn open_orders(db: &Reader<'_>, table: i64) -> Result<i64, Error> {
///     db.memo(&OPEN, table, |db| {
///         db.one(
///             "SELECT count(*) FROM orders WHERE table_id = ?1 AND status <> 'completed'",
///             params![table],
///             |row| row.get(0),
///         )
///     })
/// }
/// ```
pub struct Memo<T> {
    name: &'static str,
    by: &'static [(&'static str, &'static str)],
    of: PhantomData<fn() -> T>,
}

impl<T: Clone + PartialEq + Send + 'static> Memo<T> {
    /// `name` says what it is, for people; together with `T` it tells one memo from another.
    pub const fn new(name: &'static str) -> Self {
        Memo {
            name,
            by: &[],
            of: PhantomData,
        }
    }

    /// Tables and a column of each: of such a table, what is read for a key are only rows whose column (an integer) is the key. A row of another key may
    /// then change without anything being read again. Of a table that is not named here, any change of a row drops the values of all keys.
    pub const fn by(mut self, columns: &'static [(&'static str, &'static str)]) -> Self {
        self.by = columns;
        self
    }

    fn id(&self) -> (&'static str, TypeId) {
        (self.name, TypeId::of::<T>())
    }
}

impl Reader<'_> {
    /// What `read` gives for `key`; kept, so that the next command, or the announcement of this one, need not read it again.
    ///
    /// Only the writer keeps anything, on its own thread; elsewhere this is `read`. Nobody has to forget what was kept: the framework sees which tables the
    /// statements of `read` look at, and drops a value as soon as a row of one of them changes, whoever changes it, or such a change is undone. What it could
    /// not see change is not kept at all: rows of tables that are neither in [`App::WATCHED`](crate::App::WATCHED) nor in
    /// [`App::STEADY`](crate::App::STEADY), secret columns, the time, random numbers, numbers of events. So `read` may depend on `key` and on rows, and on
    /// nothing else. At most 1,024 keys of a memo are kept; with one more, those are dropped.
    ///
    /// A debug build reads all the same, and panics if what was kept is not what is there: a column of [`Memo::by`] that does not tell the keys apart shows
    /// in an application's tests.
    ///
    /// # Errors
    /// What `read` returns; then nothing is kept.
    pub fn memo<T: Clone + PartialEq + Send + 'static>(
        &self,
        memo: &Memo<T>,
        key: i64,
        read: impl FnOnce(&Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let Some(memos) = self.memos() else {
            return read(self);
        };
        if let Some(kept) = memos.get(memo.id(), key) {
            debug_assert!(
                memos.aside(|| read(self))? == kept,
                "{} {key}: what is kept is not what is there",
                memo.name
            );
            return Ok(kept);
        }
        let (value, sources) = memos.collect(|| read(self));
        let value = value?;
        memos.keep(memo.id(), memo.by, key, value.clone(), sources);
        Ok(value)
    }

    /// Keeps `value` as what `read` would give for `key` now, for who has just written the rows and knows them. Only where this memo was read before: else
    /// nobody knows which rows it is made of. A debug build calls `read`, and panics if it gives something else.
    ///
    /// # Errors
    /// In a debug build what `read` returns.
    pub fn memo_written<T: Clone + PartialEq + Send + 'static>(
        &self,
        memo: &Memo<T>,
        key: i64,
        value: T,
        read: impl FnOnce(&Self) -> Result<T, Error>,
    ) -> Result<(), Error> {
        let Some(memos) = self.memos() else {
            return Ok(());
        };
        if cfg!(debug_assertions) {
            let found = memos.aside(|| read(self))?;
            assert!(found == value, "{} {key}: what was written", memo.name);
        }
        memos.renew(memo.id(), key, value);
        Ok(())
    }
}
