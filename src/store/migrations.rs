//! Which database this is, and how it becomes the one this program needs.

mod dumped;
#[cfg(test)]
mod tests;

use super::capture::{self, Blueprint, Condition};
use super::connection::named;
use super::framework::framework;
use super::schema::Schema;
use super::watched::Watched;
use crate::error::Error;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};
use std::fmt;
use std::path::Path;

/// Refuses a file that is not ours before anything touches it: opening it for writing could already change it.
pub(super) fn inspect(path: &Path, schema: &Schema) -> Result<(), Error> {
    match std::fs::metadata(path) {
        Ok(file) if file.len() > 0 => {}
        _ => return Ok(()), // not there or empty: will be made
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let inspected = || {
        let c = Connection::open_with_flags(path, flags)?;
        c.busy_timeout(std::time::Duration::from_secs(2))?;
        version(&c, path, schema).map(|_| ())
    };
    inspected().map_err(|e| named(path, e))
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
        Err(e) if e.sqlite_error_code() == Some(rusqlite::ErrorCode::DatabaseCorrupt) => {
            return Err(Error::Config(format!("{path}: is damaged: {e}")));
        }
        Err(e) => return Err(e.into()),
    };
    let tables: i64 = c.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    if id == 0 && tables > 0 && dumped::is_likely(c)? {
        return dumped(c, path, schema);
    }
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

/// The version of a database that has our tables and says that it is nobody's.
fn dumped(c: &Connection, path: impl fmt::Display, schema: &Schema) -> Result<u32, Error> {
    let found = c.pragma_query_value(None, "user_version", |r| r.get::<_, i32>(0))?;
    let found = match u32::try_from(found) {
        Ok(0) | Err(_) => dumped::version(c, schema)?,
        Ok(found) => Some(found).filter(|found| *found <= schema.version()),
    };
    found.ok_or_else(|| {
        let (id, version) = (schema.application_id, schema.version());
        Error::Config(format!(
            "{path}: looks like a copy that was made with .dump, which forgets whose database it is and of which version, and its tables do not tell. If it \
             is a copy of this application's, of version {version}, say so and start again: PRAGMA application_id = {id}; PRAGMA user_version = {version};"
        ))
    })
}

/// A database of the version that this program needs.
pub(super) struct Upgraded {
    /// The version it had before.
    pub from: u32,
    pub blueprint: Blueprint,
    pub condition: Condition,
}

/// Upgrades; installs the framework's tables and the triggers.
pub(super) fn upgrade(
    c: &mut Connection,
    path: &Path,
    schema: &Schema,
    watched: &[Watched],
) -> Result<Upgraded, Error> {
    let tx = c.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = version(&tx, path, schema)?;
    // With the tables: else a crash in between leaves a database that is nobody's.
    tx.pragma_update(None, "application_id", schema.application_id)?;
    tx.pragma_update(None, "user_version", from)?; // a dump's was guessed
    framework(&tx)?;
    // A migration may take triggers away, and make others.
    let lost = capture::lost(&tx)?;
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
    let blueprint = Blueprint::of(watched, schema.migrations, framework)?;
    let tx = c.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let condition = capture::mend(&tx, &blueprint, lost, true)?;
    match &condition {
        // What was lost the writer says, and mends, in the transaction in which everybody begins anew.
        Condition::Whole(mended) if !mended.lost.is_empty() && from == schema.version() => {
            tx.rollback()?;
        }
        Condition::Whole(mended) => {
            capture::unsettle(&tx, &mended.lost)?;
            tx.commit()?;
        }
        Condition::Broken(_) => tx.rollback()?,
    }
    Ok(Upgraded {
        from,
        blueprint,
        condition,
    })
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
