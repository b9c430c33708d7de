//! The tables that triggers of other programs write into.

use super::{made, rejects};
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
    c.execute_batch(rejects::TABLES)?;
    Ok(())
}
