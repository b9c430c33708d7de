//! What another program wrote where the application expects something else.
//!
//! SQLite keeps any bytes as text: a terminal in Latin-1, Perl or PHP write what is no UTF-8. Who reads must show the row all the same.

use crate::error::Error;
use rusqlite::types::{FromSqlError, ValueRef};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// Rows that are known to be unreadable, and not logged again: more than anybody mends in a day. With one more the list begins anew.
const KNOWN: usize = 1_024;

/// A text: what is not UTF-8 becomes U+FFFD; bytes, in a table that is not STRICT, are as the change log has them, `hex()`.
pub(crate) fn text(value: ValueRef<'_>) -> Result<Cow<'_, str>, FromSqlError> {
    match value {
        // `from_utf8_lossy` alone looks at each byte by itself
        ValueRef::Text(bytes) => Ok(match std::str::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(_) => String::from_utf8_lossy(bytes),
        }),
        ValueRef::Blob(bytes) => Ok(hex(bytes).into()),
        _ => Err(FromSqlError::InvalidType),
    }
}

/// A text as [`text`] has it; `None` for `NULL`.
pub(crate) fn text_or_null(value: ValueRef<'_>) -> Result<Option<Cow<'_, str>>, FromSqlError> {
    match value {
        ValueRef::Null => Ok(None),
        value => text(value).map(Some),
    }
}

/// Hexadecimal digits, as SQL's function `hex` writes them.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Logs that a row, or something in it, cannot be read: once for each, because a list is read again and again.
pub(crate) fn illegible(table: &str, id: i64, error: &Error) {
    static TOLD: Mutex<BTreeSet<(String, i64)>> = Mutex::new(BTreeSet::new());
    let mut told = TOLD.lock().unwrap_or_else(PoisonError::into_inner);
    if told.len() >= KNOWN {
        told.clear();
    }
    if told.insert((table.to_owned(), id)) {
        tracing::error!(table, id, %error, "a row cannot be read: it is left out, or only what cannot be read of it");
    }
}
