//! Which database this is, and how it becomes the one this program needs.

#[cfg(test)]
mod tests;

use super::{StoreConfig, changes, outcomes, sqlite};
use crate::{Error, Watched, history, signals};
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::path::Path;

/// An application's tables.
#[derive(Debug, Clone, Copy)]
pub struct Schema {
    /// Says that a database is this application's: any number but 0.
    pub application_id: i32,
    /// The n-th (from 1) makes version n of version n - 1. What was released once is never edited.
    ///
    /// Each runs in one transaction with foreign keys off, and they are checked at its end. The triggers of the version before are still there: what
    /// a migration changes is announced, and one that drops a column of a watched table drops that table's triggers first (they are made anew).
    ///
    /// A trigger whose name begins with `others_` is for other programs: it does for a shell what the application's commands do by themselves. Its condition begins
    /// with `coalesce(1, 0)`, which the writer's connection reads as `NULL` there, so it costs a command next to nothing. It calls that function for nothing else.
    /// While rows go along with a row of `parent`, `EXISTS (SELECT 1 FROM change_replaced WHERE tbl = '>parent')`.
    pub migrations: &'static [&'static str],
}

impl Schema {
    /// Tables that these migrations make.
    pub const fn new(application_id: i32, migrations: &'static [&'static str]) -> Self {
        Schema {
            application_id,
            migrations,
        }
    }

    fn version(&self) -> u32 {
        self.migrations.len() as u32
    }
}

/// Brings a database to the version this program needs, without serving it. Says from which version to which.
///
/// # Errors
/// [`Error::Config`] when the database is another application's or a newer version's (it is left untouched) or is being served;
/// [`Error::Busy`] when another program holds it; [`Error::Store`] when a migration fails: those before it stay.
pub fn migrate(
    config: &StoreConfig,
    schema: &Schema,
    watched: &[Watched],
) -> Result<(u32, u32), Error> {
    let (_connection, _lock, from) = sqlite::prepare(config, schema, watched)?;
    Ok((from, schema.version()))
}

/// Refuses a file that is not ours before anything touches it: opening it for writing could already change it.
pub(super) fn inspect(path: &Path, schema: &Schema) -> Result<(), Error> {
    match std::fs::metadata(path) {
        Ok(file) if file.len() > 0 => {}
        _ => return Ok(()), // not there or empty: will be made
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let c = Connection::open_with_flags(path, flags)?;
    c.busy_timeout(std::time::Duration::from_secs(2))?;
    version(&c, path, schema).map(|_| ())
}

/// The version of a database that is ours or empty.
fn version(c: &Connection, path: &Path, schema: &Schema) -> Result<u32, Error> {
    let path = path.display();
    let pragma = |name: &str| c.pragma_query_value(None, name, |r| r.get::<_, i32>(0));
    let id = match pragma("application_id") {
        Ok(id) => id,
        Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) => {
            return Err(Error::Config(format!("{path}: is not an SQLite database")));
        }
        Err(e) => return Err(e.into()),
    };
    let tables: i64 = c.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    if id != schema.application_id && (id != 0 || tables > 0) {
        return Err(Error::Config(format!(
            "{path}: is another application's database (application_id {id}, not {}); it was left untouched",
            schema.application_id
        )));
    }
    let (found, known) = (pragma("user_version")?, schema.version());
    match u32::try_from(found) {
        Ok(found) if found <= known => Ok(found),
        _ => Err(Error::Config(format!(
            "{path}: is of version {found}, this program knows versions up to {known}; use a newer program"
        ))),
    }
}

/// Upgrades; installs the framework's tables and the triggers. Says which version it found.
pub(super) fn upgrade(
    c: &mut Connection,
    path: &Path,
    schema: &Schema,
    watched: &[Watched],
) -> Result<u32, Error> {
    let tx = c.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = version(&tx, path, schema)?;
    // With the tables: else a crash in between leaves a database that is nobody's.
    tx.pragma_update(None, "application_id", schema.application_id)?;
    for tables in [
        changes::TABLES,
        history::TABLES,
        history::recovery::TABLES,
        signals::TABLES,
        outcomes::TABLES,
    ] {
        tx.execute_batch(tables)?;
    }
    tx.commit()?;

    // A migration that rebuilds a table drops the old one: its rows' children must not go with it.
    c.pragma_update(None, "foreign_keys", false)?;
    for (version, sql) in (1..).zip(schema.migrations).skip(from as usize) {
        one(c, version, sql).map_err(|e| match e {
            Error::Store(text) => Error::Store(format!("migration {version}: {text}")),
            e => e,
        })?;
    }
    c.pragma_update(None, "foreign_keys", true)?;

    // From the tables as they are now, at every start: the triggers always fit.
    let tx = c.transaction_with_behavior(TransactionBehavior::Immediate)?;
    changes::install(&tx, watched)?;
    tx.commit()?;
    Ok(from)
}

fn one(c: &mut Connection, version: u32, sql: &str) -> Result<(), Error> {
    let tx = c.transaction_with_behavior(TransactionBehavior::Immediate)?;
    tx.execute_batch(sql)?;
    let orphan: Option<String> = tx
        .prepare("PRAGMA foreign_key_check")?
        .query_map([], |r| r.get(0))?
        .next()
        .transpose()?;
    if let Some(table) = orphan {
        return Err(Error::Store(format!(
            "leaves rows in {table} whose parent is missing"
        )));
    }
    tx.pragma_update(None, "user_version", version)?;
    tx.commit()?;
    Ok(())
}
