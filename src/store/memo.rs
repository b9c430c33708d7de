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
use std::hash::Hash;
use std::marker::PhantomData;

/// Something that is read from rows again and again, by a key: an order with all that it shows, by its id, say. See [`Reader::memo`].
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
pub struct Memo<T, K = i64> {
    name: &'static str,
    by: &'static [(&'static str, &'static str)],
    of: PhantomData<fn(K) -> T>,
}

impl<T: 'static, K: 'static> Memo<T, K> {
    /// `name` says what it is, for people; together with `T` it tells one memo from another.
    pub const fn new(name: &'static str) -> Self {
        Memo {
            name,
            by: &[],
            of: PhantomData,
        }
    }

    fn id(&self) -> (&'static str, TypeId) {
        (self.name, TypeId::of::<(T, K)>())
    }
}

impl<T> Memo<T> {
    /// Tables and a column of each: of such a table, what is read for a key are only rows whose column (an integer) is the key. A row of another key may
    /// then change without anything being read again. Of a table that is not named here, any change of a row drops the values of all keys.
    pub const fn by(mut self, columns: &'static [(&'static str, &'static str)]) -> Self {
        self.by = columns;
        self
    }
}

impl Reader<'_> {
    /// What `read` gives for `key`; kept, so that the next command, or the announcement of this one, need not read it again.
    ///
    /// Only the writer keeps anything, on its own thread; elsewhere this is `read`. Nobody has to forget what was kept: the framework sees which columns of which tables
    /// the statements of `read` look at, and drops a value as soon as one of them changes, whoever changes it, or such a change is undone. What it could
    /// not see change is not kept at all: rows of tables that are neither in [`App::WATCHED`](crate::App::WATCHED) nor in
    /// [`App::STEADY`](crate::App::STEADY), secret columns, the time, random numbers, numbers of events. So `read` may depend on `key` and on rows, and on
    /// nothing else. At most 4,096 keys of a memo are kept; one more drops the older ones.
    ///
    /// A statement of which several rows are kept has an `ORDER BY`: without one SQLite takes the order of an index, which may follow columns that nobody looks at.
    ///
    /// A debug build reads all the same, and panics if what was kept is not what is there: a column of [`Memo::by`] that does not tell the keys apart shows
    /// in an application's tests.
    ///
    /// # Errors
    /// What `read` returns; then nothing is kept.
    pub fn memo<T, K>(
        &self,
        memo: &Memo<T, K>,
        key: K,
        read: impl FnOnce(&Self) -> Result<T, Error>,
    ) -> Result<T, Error>
    where
        T: Clone + PartialEq + Send + 'static,
        K: Eq + Hash + Send + 'static,
    {
        let Some(memos) = self.memos() else {
            return read(self);
        };
        if let Some(kept) = memos.get(memo.id(), &key) {
            debug_assert!(
                memos.aside(|| read(self))? == kept,
                "{}: what is kept is not what is there",
                memo.name
            );
            return Ok(kept);
        }
        let (value, sources) = memos.collect(|| read(self));
        let value = value?;
        memos.keep(memo.id(), memo.by, key, value.clone(), sources);
        Ok(value)
    }

    /// Whether a memo is kept here, so that it may be worth reading more than is asked for.
    pub fn keeps_memos(&self) -> bool {
        self.memos().is_some()
    }

    /// Keeps `value` as what `read` would give for `key` now, for who has just written the rows and knows them. Only where this memo was read before, for
    /// whatever key: else nobody knows which rows it is made of. So its `read` runs the same statements for every key.
    /// A debug build calls `read`, and panics if it gives something else.
    ///
    /// # Errors
    /// In a debug build what `read` returns.
    pub fn memo_written<T, K>(
        &self,
        memo: &Memo<T, K>,
        key: K,
        value: T,
        read: impl FnOnce(&Self) -> Result<T, Error>,
    ) -> Result<(), Error>
    where
        T: PartialEq + Send + 'static,
        K: Eq + Hash + Send + 'static,
    {
        let Some(memos) = self.memos() else {
            return Ok(());
        };
        if cfg!(debug_assertions) {
            let found = memos.aside(|| read(self))?;
            assert!(found == value, "{}: what was written", memo.name);
        }
        memos.renew(memo.id(), key, value);
        Ok(())
    }
}
