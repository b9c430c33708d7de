//! Changes that cannot be announced: they were made, and others wait behind them.

use crate::error::Error;
use crate::store::author::Author;
use crate::store::change::Change;
use crate::store::op::Op;
use rusqlite::{Connection, Row, params};

/// Not STRICT: what is wrong with a change may be a type.
pub(super) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS change_rejects(n INTEGER PRIMARY KEY, tbl, row_id, op, old, new, actor, command_id,
  error TEXT NOT NULL, at INTEGER NOT NULL);";

/// Rejected changes that are kept, the newest ones.
const REJECTS: i64 = 10_000;

pub(super) fn reject_logged(
    tx: &Connection,
    row: &Row<'_>,
    author: Option<&Author>,
    error: &Error,
    at: i64,
) -> Result<(), Error> {
    let seq: i64 = row.get(0)?;
    let table = row.get_ref(1)?.as_str().unwrap_or("?");
    tracing::error!(change = seq, table, error = %error, "a change cannot be announced, see change_rejects");
    tx.prepare_cached(
        "INSERT INTO change_rejects(tbl, row_id, op, old, new, actor, command_id, error, at)
         SELECT tbl, row_id, op, old, new, ?2, ?3, ?4, ?5 FROM change_log WHERE seq = ?1",
    )?
    .execute(params![
        seq,
        author.and_then(|author| author.actor.as_deref()),
        author.and_then(|author| author.command_id.as_deref()),
        error.to_string(),
        at
    ])?;
    forget_rejects(tx)
}

pub(super) fn reject_buffered(
    tx: &Connection,
    change: &Change<'_>,
    error: &Error,
    at: i64,
) -> Result<(), Error> {
    tracing::error!(change = change.id, table = change.table, error = %error, "a change cannot be announced, see change_rejects");
    let op = match change.op {
        Op::Insert => "i",
        Op::Update => "u",
        Op::Delete => "d",
    };
    let old: Option<serde_json::Value> = change.old()?;
    let new: Option<serde_json::Value> = change.new()?;
    let text = |row: Option<serde_json::Value>| row.map(|row| row.to_string());
    tx.prepare_cached(
        "INSERT INTO change_rejects(tbl, row_id, op, old, new, actor, command_id, error, at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        change.table,
        change.id,
        op,
        text(old),
        text(new),
        change.actor,
        change.command_id,
        error.to_string(),
        at
    ])?;
    forget_rejects(tx)
}

fn forget_rejects(tx: &Connection) -> Result<(), Error> {
    tx.prepare_cached("DELETE FROM change_rejects WHERE n <= ?1")?
        .execute([tx.last_insert_rowid() - REJECTS])?;
    Ok(())
}
