//! One row of a result, as an application reads it.

use super::text;
use crate::error::Error;
use rusqlite::types::{FromSqlError, ValueRef};
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// One row of a result. Columns are counted from 0.
pub struct Row<'r>(&'r rusqlite::Row<'r>);

impl<'r> Row<'r> {
    pub(super) fn new(row: &'r rusqlite::Row<'r>) -> Self {
        Row(row)
    }

    pub(super) fn driver(&self) -> &'r rusqlite::Row<'r> {
        self.0
    }

    /// The value of a column. A text is read as [`text`](Self::text) does it.
    ///
    /// # Errors
    /// [`Error::Store`] when there is no such column, or it holds another type.
    pub fn get<T: FromValue>(&self, column: usize) -> Result<T, Error> {
        T::from_column(self.0.get_ref(column).map_err(Error::from)?).map_err(|e| {
            Error::Store(format!(
                "column {column} ({}): {e}",
                self.0.as_ref().column_name(column).unwrap_or("?")
            ))
        })
    }

    /// The text of a column, borrowed from the row. Bytes that are not UTF-8 become U+FFFD (another program may have written them). A blob in a column that is not
    /// declared for one is returned as SQL's `hex()` writes it.
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

/// What a column can be read as: numbers, booleans, text, bytes, and `Option` of these. Sealed: the set is ours.
pub trait FromValue: sealed::FromColumn {}

mod sealed {
    use rusqlite::types::{FromSqlError, ValueRef};

    pub trait FromColumn: Sized {
        fn from_column(value: ValueRef<'_>) -> Result<Self, FromSqlError>;
    }
}

macro_rules! from_value {
    ($($t:ty),*) => {$(
        impl FromValue for $t {}
        impl sealed::FromColumn for $t {
            fn from_column(value: ValueRef<'_>) -> Result<Self, FromSqlError> {
                rusqlite::types::FromSql::column_result(value)
            }
        }
    )*};
}
from_value!(bool, i64, i32, u32, u64, f64, Vec<u8>);

impl FromValue for String {}
impl sealed::FromColumn for String {
    fn from_column(value: ValueRef<'_>) -> Result<Self, FromSqlError> {
        text::text(value).map(Cow::into_owned)
    }
}

impl<T: FromValue> FromValue for Option<T> {}
impl<T: FromValue> sealed::FromColumn for Option<T> {
    fn from_column(value: ValueRef<'_>) -> Result<Self, FromSqlError> {
        match value {
            ValueRef::Null => Ok(None),
            value => T::from_column(value).map(Some),
        }
    }
}
