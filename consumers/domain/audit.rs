//! What somebody did that the rules alone would not have allowed, or that takes something away: who, why, from what to what.

use super::Actor;
use crate::db::{Error, Reader, Transaction, params};
use serde::Serialize;
use serde_json::Value;

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

/// An entry about an order, one of its lines, its payments or its visit.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct AboutOrder {
    pub at: i64,
    pub actor: String,
    pub action: String,
    pub entity: String,
    pub entity_id: i64,
    pub reason: Option<String>,
    pub before: Value,
    pub after: Value,
    /// The name of the manager who allowed it by PIN.
    pub approved_by: Option<String>,
    /// Of a line: what it is.
    pub line: Option<(String, i64)>,
}

/// What was written down about an order, its lines, its payments and its visit, oldest first: the newest `at_most`.
///
/// # Errors
/// [`Error::Store`].
pub fn of_order(db: &Reader<'_>, order: i64, at_most: u32) -> Result<Vec<AboutOrder>, Error> {
    let mut all = db.rows(
        "SELECT a.at, a.actor, a.action, a.entity, a.entity_id, a.reason, a.before_json, a.after_json, u.name, i.name, i.qty
         FROM audit a LEFT JOIN users u ON u.id = a.approved_by LEFT JOIN order_items i ON a.entity = 'order_item' AND i.id = a.entity_id
         WHERE (a.entity = 'order' AND a.entity_id = ?1)
           OR (a.entity = 'order_item' AND a.entity_id IN (SELECT id FROM order_items WHERE order_id = ?1))
           OR (a.entity = 'payment' AND a.entity_id IN (SELECT id FROM payments WHERE order_id = ?1))
           OR (a.entity = 'session' AND a.entity_id IN (SELECT session_id FROM orders WHERE id = ?1))
         ORDER BY a.id DESC LIMIT ?2",
        params![order, at_most],
        |row| {
            let json = |at: usize| -> Result<Value, Error> {
                let text = row.get::<Option<String>>(at)?;
                Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
            };
            Ok(AboutOrder {
                at: row.get(0)?,
                actor: row.get(1)?,
                action: row.get(2)?,
                entity: row.get(3)?,
                entity_id: row.get(4)?,
                reason: row.get(5)?,
                before: json(6)?,
                after: json(7)?,
                approved_by: row.get(8)?,
                line: match (row.get(9)?, row.get(10)?) {
                    (Some(name), Some(quantity)) => Some((name, quantity)),
                    _ => None,
                },
            })
        },
    )?;
    all.reverse();
    Ok(all)
}
