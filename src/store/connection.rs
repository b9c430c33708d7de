//! Connections of SQLite, set up as the store needs them.

use super::config::{Durability, StoreConfig};
use super::guarded::guarded;
use super::log::Index;
use super::reader::Reader;
use crate::error::Error;
use rusqlite::Connection;
use std::path::Path;
use std::time::Duration;

/// Statements that a connection keeps compiled.
const STATEMENTS: usize = 256;

/// Opens a connection that may write.
pub(super) fn connect(config: &StoreConfig) -> Result<Connection, Error> {
    let c = Connection::open(&config.path)?;
    c.busy_timeout(config.busy_timeout)?;
    let synchronous = match config.durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    c.pragma_update(None, "synchronous", synchronous)?;
    c.pragma_update(None, "foreign_keys", true)?;
    // as in other programs: the change log's triggers report what a REPLACE removes
    c.pragma_update(None, "recursive_triggers", false)?;
    // KiB. What is read again and again is far less, and each commit that ends a large page looks through all of it.
    c.pragma_update(None, "cache_size", -8_000)?;
    c.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(c)
}

/// Opens a connection that only reads.
pub(super) fn reader(config: &StoreConfig) -> Result<Connection, Error> {
    let c = connect(config)?;
    c.pragma_update(None, "query_only", true)?;
    Ok(c)
}

/// Runs `f` in one read transaction: everything it reads is of one state.
pub(super) fn snapshot<T>(
    c: &Connection,
    index: Option<&Index>,
    f: impl FnOnce(&Reader<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    c.prepare_cached("BEGIN DEFERRED")?.execute([])?;
    let result = guarded(|| f(&Reader::with(c, index)));
    if !c.is_autocommit() {
        c.prepare_cached("ROLLBACK")?.execute([])?;
    }
    result
}

/// Leaves a file without a log beside it, where nobody else reads.
pub(super) async fn close(connection: tokio_rusqlite::Connection) {
    let checkpoint = connection.call(|c| {
        c.busy_timeout(Duration::from_millis(100))?;
        c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    });
    if let Err(e) = checkpoint.await {
        tracing::debug!(error = %e, "the write-ahead log stays");
    }
    if let Err(e) = connection.close().await {
        tracing::warn!(error = %e, "the writer's connection cannot be closed");
    }
}

/// Adds the database's path to an error.
pub(super) fn named(path: &Path, e: Error) -> Error {
    let path = path.display();
    match e {
        Error::Full => Error::Store(format!("{path}: the disk is full")),
        Error::Store(text) if text.contains("malformed") => {
            Error::Config(format!("{path}: is damaged: {text}"))
        }
        Error::Store(text) => {
            let may_not = ["unable to open", "readonly"];
            let hint = match may_not.iter().any(|why| text.contains(why)) {
                true => "; SQLite keeps a log beside it: can files be made and written there?",
                false => "",
            };
            Error::Store(match text.contains(&path.to_string()) {
                true => format!("{text}{hint}"),
                false => format!("{path}: {text}{hint}"),
            })
        }
        e => e,
    }
}

/// Changes whenever another connection commits.
pub(super) fn data_version(c: &Connection) -> Result<i64, Error> {
    Ok(c.prepare_cached("PRAGMA data_version")?
        .query_row([], |row| row.get(0))?)
}

/// Changes with each `CREATE`, `ALTER` and `DROP`.
pub(super) fn schema_version(c: &Connection) -> Result<i64, Error> {
    Ok(c.prepare_cached("PRAGMA schema_version")?
        .query_row([], |row| row.get(0))?)
}
