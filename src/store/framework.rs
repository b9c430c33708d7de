//! The framework's own tables.

use super::{capture, idempotency, log, writer};
use crate::error::Error;
use rusqlite::Connection;

/// Makes them where they are not there.
///
/// # Errors
/// [`Error::Store`].
pub(super) fn framework(c: &Connection) -> Result<(), Error> {
    capture::create(c)?;
    for tables in [
        log::TABLES,
        log::recovery::TABLES,
        idempotency::TABLES,
        writer::TABLES,
    ] {
        c.execute_batch(tables)?;
    }
    idempotency::upgrade(c)
}
