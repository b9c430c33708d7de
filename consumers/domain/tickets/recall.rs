//! Back on the stove: what was put away too early.

use super::lines::{Done, Lines, cook, ids, json, ticket};
use crate::db::{Error, Transaction, params};
use crate::domain::audit::{self, Note};
use crate::domain::items::{self, ItemFacts, ItemStatus};
use crate::domain::orders::OrderFacts;
use crate::domain::progress::{self, RECALL_MS};
use crate::domain::version::same_version;
use crate::domain::{Actor, Refusal, Status, sessions};

/// Lines that were ready, or went out, are cooked again: they keep their place and their timer (`fired_at`), and so does the order. Within 30 minutes. Nothing
/// to bring back is a success without a change.
///
/// # Errors
/// [`Refusal::RecallExpired`], [`Refusal::OrderClosed`] (it is on the road, cancelled, or its guests have left), [`Refusal::Version`], [`Refusal::Forbidden`].
pub fn recall(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    which: &Lines,
    expected_version: Option<i64>,
) -> Result<Done, Error> {
    cook(actor)?;
    let order = ticket(tx, order_id)?;
    let lines = which.of(tx, order_id)?;
    let done: Vec<&ItemFacts> = lines.iter().filter(|line| is_done(line)).collect();
    if done.is_empty() {
        return Done::of(tx, order_id, &ids(&lines), false);
    }
    same_version(expected_version, order.version)?;
    let since = tx.now_ms() - RECALL_MS;
    let fresh: Vec<&ItemFacts> = done
        .into_iter()
        .filter(|line| is_fresh(line, since))
        .collect();
    if fresh.is_empty() {
        return Err(Refusal::RecallExpired.into());
    }
    bring_back(tx, actor, &order, &ids(fresh))
}

/// The same for one line.
///
/// # Errors
/// As [`recall`]; [`Refusal::ItemTransition`] for a line that is off or was never fired.
pub fn recall_item(
    tx: &Transaction<'_>,
    actor: &Actor,
    item_id: i64,
    expected_version: Option<i64>,
) -> Result<Done, Error> {
    cook(actor)?;
    let item = items::get(tx, item_id)?;
    let order = ticket(tx, item.order_id)?;
    if matches!(item.status, ItemStatus::Queued | ItemStatus::Preparing) {
        return Done::of(tx, order.id, &[item_id], false);
    }
    if !is_done(&item) {
        return Err(Refusal::ItemTransition {
            status: item.status,
            requested: ItemStatus::Preparing,
        }
        .into());
    }
    same_version(expected_version, item.version)?;
    if !is_fresh(&item, tx.now_ms() - RECALL_MS) {
        return Err(Refusal::RecallExpired.into());
    }
    bring_back(tx, actor, &order, &[item_id])
}

const fn is_done(line: &ItemFacts) -> bool {
    matches!(line.status, ItemStatus::Ready | ItemStatus::Served)
}

/// What another program marked has no time: it is not held against it.
fn is_fresh(line: &ItemFacts, since: i64) -> bool {
    let at = line.served_at.or(line.ready_at);
    at.is_none_or(|at| at >= since)
}

fn bring_back(
    tx: &Transaction<'_>,
    actor: &Actor,
    order: &OrderFacts,
    lines: &[i64],
) -> Result<Done, Error> {
    let left = match order.session_id {
        Some(visit) => sessions::facts(tx, visit)?.is_some_and(|visit| visit.closed_at.is_some()),
        None => false,
    };
    let open = match order.status {
        Status::Confirmed | Status::Preparing | Status::Ready => true,
        Status::Delivered | Status::Completed => !left,
        Status::New | Status::Pending | Status::OutForDelivery | Status::Cancelled => false,
    };
    if !open {
        return Err(Refusal::OrderClosed {
            status: order.status,
        }
        .into());
    }
    let now = tx.now_ms();
    tx.execute(
        "UPDATE order_items SET status = 'preparing', ready_at = NULL, served_at = NULL, recalled_at = ?2 WHERE id IN (SELECT value FROM json_each(?1))",
        params![json(lines)?, now],
    )?;
    if order.status > Status::Ready {
        // What was closed is opened again: that is looked up later.
        if order.status == Status::Completed {
            let note = Note {
                action: "recall",
                entity: "order",
                id: order.id,
                restaurant_id: order.restaurant_id,
                reason: None,
                before: order.status,
                after: Status::Preparing,
            };
            audit::note(tx, actor, &note)?;
        }
        let order = crate::domain::orders::get(tx, order.id)?;
        progress::apply(tx, actor, &order, vec![Status::Preparing], None)?;
    } else {
        progress::roll_up(tx, actor, order.id)?;
    }
    Done::of(tx, order.id, lines, true)
}
