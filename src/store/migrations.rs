//! Opening a database: ours and as old as we are, or older, or new; never somebody else's, never newer.

use super::{StoreConfig, changes, connect, outcomes};
use crate::{Error, Watched, history};
use rusqlite::{Connection, TransactionBehavior};
use std::path::Path;

/// An application's tables, as numbered steps. Migration n makes version n of version n - 1. A released step is never changed.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// SQLite's `application_id`: tells our databases from others.
    pub application_id: i32,
    /// The steps, embedded in the program.
    pub migrations: &'static [&'static str],
}

/// Brings a database up to date without serving it. Returns the version it had and the one it has.
///
/// # Errors
/// [`Error::Config`] when it is newer, another application's, or being served.
pub fn migrate(
    config: &StoreConfig,
    schema: &Schema,
    watched: &[Watched],
) -> Result<(usize, usize), Error> {
    let _lock = super::lock(&config.path)?;
    let before = if config.path.exists() {
        version(&Connection::open(&config.path)?)?
    } else {
        0
    };
    let c = open(config, schema, watched)?;
    Ok((before, version(&c)?))
}

/// Opens the writer's connection on a database that is up to date.
pub(super) fn open(
    config: &StoreConfig,
    schema: &Schema,
    watched: &[Watched],
) -> Result<Connection, Error> {
    let mut c = connect(config)?;
    let had = examine(&c, &config.path, schema)?;
    // the journal mode is kept in the file: only ours is changed
    c.execute_batch("PRAGMA journal_mode=WAL")?;
    for (step, sql) in schema.migrations.iter().enumerate().skip(had) {
        let tx = c.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(sql).map_err(|e| {
            Error::Config(format!(
                "{}: migration {}: {e}",
                config.path.display(),
                step + 1
            ))
        })?;
        tx.pragma_update(None, "application_id", schema.application_id)?;
        tx.pragma_update(None, "user_version", (step + 1) as i64)?;
        tx.commit()?;
    }
    let tx = c.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(changes::TABLES)?;
    tx.execute_batch(history::TABLES)?;
    tx.execute_batch(outcomes::TABLES)?;
    changes::install(&tx, watched)?;
    tx.commit()?;
    Ok(c)
}

/// The version a database has, if it may be opened at all.
fn examine(c: &Connection, path: &Path, schema: &Schema) -> Result<usize, Error> {
    let refuse = |why: String| Err(Error::Config(format!("{}: {why}", path.display())));
    let id: i32 = c.pragma_query_value(None, "application_id", |r| r.get(0))?;
    let tables: i64 = c.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get(0))?;
    if tables > 0 && id != schema.application_id {
        return refuse("this database belongs to another program: it is left alone".to_owned());
    }
    let had = version(c)?;
    let ours = schema.migrations.len();
    if had > ours {
        return refuse(format!(
            "this database has version {had}, and this program knows {ours}: use a newer program"
        ));
    }
    Ok(had)
}

fn version(c: &Connection) -> Result<usize, Error> {
    let version: i64 = c.pragma_query_value(None, "user_version", |r| r.get(0))?;
    Ok(version.max(0) as usize)
}
