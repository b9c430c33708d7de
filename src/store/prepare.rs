//! A database is made, or brought to the version that this program needs, before it is served.

use super::capture::Condition;
use super::config::StoreConfig;
use super::connection::{connect, named};
use super::files;
use super::lock::{lock, lock_of};
use super::migrations::{self, Upgraded};
use super::schema::Schema;
use super::watched::Watched;
use crate::error::Error;
use rusqlite::Connection;
use std::fs::File;

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
    let prepared = prepare(config, schema, watched)?;
    match prepared.upgraded.condition {
        Condition::Whole(_) => Ok((prepared.upgraded.from, schema.version())),
        Condition::Broken(why) => Err(Error::Config(format!(
            "{}: {}",
            config.path.display(),
            why.join("; ")
        ))),
    }
}

/// The writer's connection to an upgraded database.
pub(super) struct Prepared {
    pub connection: Connection,
    pub lock: File,
    pub upgraded: Upgraded,
}

pub(super) fn prepare(
    config: &StoreConfig,
    schema: &Schema,
    watched: &[Watched],
) -> Result<Prepared, Error> {
    files::belong_together(&config.path, &lock_of(&config.path))?;
    migrations::inspect(&config.path, schema)?;
    let lock = lock(&config.path)?;
    let set_up = set_up(config, schema, watched);
    let (connection, upgraded) = set_up.map_err(|e| named(&config.path, e))?;
    Ok(Prepared {
        connection,
        lock,
        upgraded,
    })
}

fn set_up(
    config: &StoreConfig,
    schema: &Schema,
    watched: &[Watched],
) -> Result<(Connection, Upgraded), Error> {
    let mut c = connect(config)?;
    // What a savepoint may have to undo is kept in memory, and not in a file as soon as it is 64 KiB: a write(2) for each page that a command touches.
    c.pragma_update(None, "temp_store", "MEMORY")?;
    let mode: String = c.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Error::Config(format!(
            "{}: SQLite cannot use a write-ahead log here (it says {mode:?}); is it a network file system?",
            config.path.display()
        )));
    }
    let upgraded = migrations::upgrade(&mut c, &config.path, schema, watched)?;
    Ok((c, upgraded))
}
