//! What SQLite's errors are to everybody else.

use crate::error::{Constraint, Error};

/// What a statement of the application failed with. Only there a constraint is the client's fault: our own statements have none that a client could break.
pub(super) fn refused(e: rusqlite::Error) -> Error {
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
