//! A screen says that it has drawn a ticket: until then nobody knows that the kitchen has it.

use super::lines::{Done, Lines, cook, ids, json, ticket};
use crate::db::{Error, Transaction, params};
use crate::domain::items::ItemStatus;
use crate::domain::{Actor, Status};

/// The lines that are meant were drawn. What is held is not the kitchen's yet. Nothing new is a success without a change.
///
/// # Errors
/// [`Refusal::Forbidden`](crate::domain::Refusal::Forbidden), [`Refusal::NotFound`](crate::domain::Refusal::NotFound).
pub fn seen(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    which: &Lines,
) -> Result<Done, Error> {
    cook(actor)?;
    let order = ticket(tx, order_id)?;
    let mut lines = which.of(tx, order_id)?;
    // What waits for approval is not the kitchen's yet, whatever it shows.
    lines.retain(|_| order.status != Status::New);
    lines.retain(|line| line.status != ItemStatus::Held && line.seen_at.is_none());
    let fresh = ids(&lines);
    if !fresh.is_empty() {
        tx.execute(
            "UPDATE order_items SET seen_at = ?2 WHERE id IN (SELECT value FROM json_each(?1))",
            params![json(&fresh)?, tx.now_ms()],
        )?;
    }
    Done::of(tx, order_id, &fresh, !fresh.is_empty())
}
