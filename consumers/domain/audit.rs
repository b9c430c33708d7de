//! What somebody did that the rules alone would not have allowed, or that takes something away: who, why, from what to what.

use super::Actor;
use crate::db::{Error, Reader, Transaction, params};
use serde::Serialize;

/// What is written down.
#[derive(Debug)]
pub struct Note<'a, B, A> {
    /// `override`, `force_release`, `void`, `refund`, ...
    pub action: &'static str,
    /// `order`, `session`, ...
    pub entity: &'static str,
    /// Which one.
    pub id: i64,
    /// Whose.
    pub restaurant_id: i64,
    /// What was said.
    pub reason: Option<&'a str>,
    /// How it was.
    pub before: B,
    /// How it is.
    pub after: A,
}

/// Writes it down, in the transaction of what it is about.
///
/// # Errors
/// [`Error::Store`], [`Error::Json`].
pub fn note<B: Serialize, A: Serialize>(
    tx: &Transaction<'_>,
    actor: &Actor,
    note: &Note<'_, B, A>,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO audit(at, restaurant_id, actor, action, entity, entity_id, reason, before_json, after_json, approved_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        params![
            tx.now_ms(),
            note.restaurant_id,
            actor.label(),
            note.action,
            note.entity,
            note.id,
            note.reason,
            serde_json::to_string(&note.before)?,
            serde_json::to_string(&note.after)?,
            actor.approved_by
        ],
    )?;
    Ok(())
}

/// An entry, as it is shown.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct Entry {
    pub at: i64,
    pub actor: String,
    pub action: String,
    pub reason: Option<String>,
}

/// What was written down about a thing, oldest first.
///
/// # Errors
/// [`Error::Store`].
pub fn of(db: &Reader<'_>, entity: &str, id: i64) -> Result<Vec<Entry>, Error> {
    db.rows(
        "SELECT at, actor, action, reason FROM audit WHERE entity = ?1 AND entity_id = ?2 ORDER BY id",
        params![entity, id],
        |row| {
            Ok(Entry {
                at: row.get(0)?,
                actor: row.get(1)?,
                action: row.get(2)?,
                reason: row.get(3)?,
            })
        },
    )
}
