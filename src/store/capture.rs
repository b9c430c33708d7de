//! The change log: triggers, generated from the schema, that note every change of a watched table, whoever makes it.
//!
//! They run in the SQLite of whoever writes: a stock `sqlite3` shell has `foreign_keys` and `recursive_triggers` off and may be as old as 3.38. So they use
//! nothing newer, and do themselves what those pragmas would do:
//!
//! - `REPLACE` removes rows without firing their delete triggers. A `BEFORE` trigger notes the rows that may go (all that share a key with the new one); the
//!   `AFTER` trigger reports those that are gone. `OR IGNORE` and upserts keep the row, so their notes come to nothing and are wiped by the next `BEFORE`.
//!   Under `recursive_triggers` the delete triggers do fire; then the note is only there for the version.
//! - `ON DELETE CASCADE` and `SET NULL` are done by `BEFORE DELETE` triggers of the parent, and fire the children's triggers (`cascades.rs`).
//! - `version` rises and `updated_at` and the stamps are set where the statement did not; that repair is no change of its own. An insert's version stays what
//!   it is, unless the row replaced another one: `RETURNING` has shown it already.
//!
//! Another program may rebuild a table, and its triggers are gone: [`mend`] compares, and makes them anew.
//!
//! Limits: what a `REPLACE` removes because of a unique index on an expression is not told (the log names the index); `ON UPDATE CASCADE` is left to SQLite (ids do not change here).

mod blueprint;
mod cascades;
mod image;
mod keys;
mod log;
mod made;
mod mend;
mod notes;
mod noting;
mod table;
mod upkeep;

pub(crate) use blueprint::Blueprint;
pub(crate) use image::Image;
pub(crate) use made::{lost, unsettle};
#[cfg(any(test, feature = "testing"))]
pub(crate) use mend::install;
use mend::tables;
pub(crate) use mend::{Condition, Mended, mend};
pub(crate) use notes::{Note, Notes, Shown};
pub(crate) use noting::Noting;

use crate::error::Error;
use rusqlite::Connection;

/// `seq` orders what waits, and may begin again once nothing does: numbers that are never given twice would cost each statement a second table.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS change_log(
  seq INTEGER PRIMARY KEY, tbl TEXT NOT NULL, row_id INTEGER NOT NULL, op TEXT NOT NULL,
  old TEXT, new TEXT) STRICT;
CREATE INDEX IF NOT EXISTS change_log_gone ON change_log(tbl, row_id) WHERE op = 'd';
CREATE TABLE IF NOT EXISTS change_replaced(tbl TEXT NOT NULL, id INTEGER NOT NULL, old TEXT NOT NULL, version INTEGER, PRIMARY KEY(tbl, id)) STRICT, WITHOUT ROWID;";

/// Makes the tables of the change log where there are none.
pub(crate) fn create(c: &Connection) -> Result<(), Error> {
    c.execute_batch(TABLES)?;
    c.execute_batch(made::TABLE)?;
    Ok(())
}

/// What all our triggers' names begin with.
const PREFIX: &str = "maitred_";
/// The condition of all our triggers: so for everybody but the writer, whose connection reads this function as NULL wherever a trigger of ours calls it (see
/// [`Noting`]). So none calls it for anything else.
const LOUD: &str = "coalesce(1, 0)";
/// Milliseconds since 1970 in SQL that SQLite 3.38 knows.
const NOW: &str = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `'text'`
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests;
