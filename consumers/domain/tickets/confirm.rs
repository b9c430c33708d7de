//! A cook says that they know: something is off, or somebody is allergic.

use super::lines::{Done, Lines, cook, ids, json, ticket};
use crate::db::{Error, Transaction, params};
use crate::domain::items::{self, ItemStatus};
use crate::domain::{Actor, Status};
use schemars::JsonSchema;
use serde::Deserialize;
use utoipa::ToSchema;

/// What is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// That it is off: the cook has stopped.
    Void,
    /// That somebody is allergic to something.
    Allergy,
}

/// Confirms everything of a ticket that waits for it: the lines that are meant, and the order's own allergy note or its end. What was confirmed stays.
///
/// # Errors
/// [`Refusal::Forbidden`](crate::domain::Refusal::Forbidden), [`Refusal::NotFound`](crate::domain::Refusal::NotFound).
pub fn confirm(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    what: What,
    which: &Lines,
) -> Result<Done, Error> {
    cook(actor)?;
    let order = ticket(tx, order_id)?;
    let lines = which.of(tx, order_id)?;
    let waiting = ids(lines.iter().filter(|line| match what {
        What::Void => line.void_waits(),
        What::Allergy => line.allergy_waits(),
    }));
    write(tx, what, &waiting)?;
    let own = match what {
        What::Void => order.status == Status::Cancelled && order.cancel_acked_at.is_none(),
        What::Allergy => order.allergy_waits(),
    };
    if own {
        let sql = match what {
            What::Void => "UPDATE orders SET cancel_acked_at = ?2 WHERE id = ?1",
            What::Allergy => "UPDATE orders SET allergy_acked_at = ?2 WHERE id = ?1",
        };
        tx.execute(sql, params![order_id, tx.now_ms()])?;
    }
    let changed = own || !waiting.is_empty();
    Done::of(tx, order_id, &ids(&lines), changed)
}

/// Confirms one line. What a line does not have (somebody took the allergy back meanwhile) is a success without a change.
///
/// # Errors
/// As [`confirm`].
pub fn confirm_item(
    tx: &Transaction<'_>,
    actor: &Actor,
    item_id: i64,
    what: What,
) -> Result<Done, Error> {
    cook(actor)?;
    let item = items::get(tx, item_id)?;
    let order = ticket(tx, item.order_id)?;
    let waits = match what {
        What::Void => item.status == ItemStatus::Voided && item.void_acked_at.is_none(),
        What::Allergy => item.allergy_waits(),
    };
    if waits {
        write(tx, what, &[item_id])?;
    }
    Done::of(tx, order.id, &[item_id], waits)
}

fn write(tx: &Transaction<'_>, what: What, lines: &[i64]) -> Result<(), Error> {
    if lines.is_empty() {
        return Ok(());
    }
    let sql = match what {
        What::Void => {
            "UPDATE order_items SET void_acked_at = ?2 WHERE id IN (SELECT value FROM json_each(?1))"
        }
        What::Allergy => {
            "UPDATE order_items SET allergy_acked_at = ?2 WHERE id IN (SELECT value FROM json_each(?1))"
        }
    };
    tx.execute(sql, params![json(lines)?, tx.now_ms()])?;
    Ok(())
}
