//! Done: lines become ready, and the order follows.

use super::lines::{Done, Lines, cook, ids, json, ticket};
use crate::db::{Error, Transaction, params};
use crate::domain::items::{self, ItemFacts, ItemStatus};
use crate::domain::orders::{self, Move, OrderFacts};
use crate::domain::version::same_version;
use crate::domain::{Actor, Refusal, Status, progress};

/// All open lines that are meant become ready, in one step from wherever they and the order are. What is held waits for its course. Nothing open is a
/// success without a change: a repeated bump.
///
/// # Errors
/// [`Refusal::Unconfirmed`] while a cook has not confirmed a void or an allergy of these stations' lines, or of the order; [`Refusal::OrderClosed`],
/// [`Refusal::Version`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn bump(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    which: &Lines,
    expected_version: Option<i64>,
) -> Result<Done, Error> {
    cook(actor)?;
    let order = ticket(tx, order_id)?;
    let lines = which.of(tx, order_id)?;
    let open: Vec<&ItemFacts> = lines.iter().filter(|line| is_open(line)).collect();
    if open.is_empty() {
        // Something without lines is bumped as what it is.
        let bare = items::of_order(tx, order_id)?.is_empty();
        let cooking = [Status::Pending, Status::Confirmed, Status::Preparing];
        if !bare || !cooking.contains(&order.status) {
            return Done::of(tx, order_id, &ids(&lines), false);
        }
    }
    same_version(expected_version, order.version)?;
    listed(&order)?;
    confirmed(&order, &which.at_stations(tx, order_id)?)?;
    if open.is_empty() {
        let mut all = progress_to_ready(tx, actor, &order)?;
        all.changed = true;
        return Ok(all);
    }
    let open = ids(open);
    ready(tx, &open)?;
    progress::roll_up(tx, actor, order_id)?;
    Done::of(tx, order_id, &open, true)
}

/// One line becomes ready, or is begun.
///
/// # Errors
/// As [`bump`], of this line; [`Refusal::ItemTransition`].
pub fn bump_item(
    tx: &Transaction<'_>,
    actor: &Actor,
    item_id: i64,
    to: ItemStatus,
    expected_version: Option<i64>,
) -> Result<Done, Error> {
    cook(actor)?;
    if !matches!(to, ItemStatus::Preparing | ItemStatus::Ready) {
        return Err(Refusal::value("status", "preparing or ready").into());
    }
    let item = items::get(tx, item_id)?;
    let order = ticket(tx, item.order_id)?;
    let before = item.status;
    if before == ItemStatus::Ready && to == ItemStatus::Preparing {
        return super::recall_item(tx, actor, item_id, expected_version);
    }
    if to == ItemStatus::Ready && before != to {
        confirmed(&order, std::slice::from_ref(&item))?;
    }
    items::set_status(tx, actor, item_id, to, expected_version)?;
    Done::of(tx, order.id, &[item_id], before != to)
}

const fn is_open(line: &ItemFacts) -> bool {
    matches!(line.status, ItemStatus::Queued | ItemStatus::Preparing)
}

/// The kitchen has it on its list.
fn listed(order: &OrderFacts) -> Result<(), Refusal> {
    match order.status {
        Status::Pending | Status::Confirmed | Status::Preparing | Status::Ready => Ok(()),
        status => Err(Refusal::OrderClosed { status }),
    }
}

/// A cook has said that they know of everything that must not be missed.
fn confirmed(order: &OrderFacts, lines: &[ItemFacts]) -> Result<(), Refusal> {
    let voids = ids(lines.iter().filter(|line| line.void_waits()));
    let allergies = ids(lines
        .iter()
        .filter(|line| is_open(line) && line.allergy_waits()));
    let order_allergy = order.allergy_waits();
    match voids.is_empty() && allergies.is_empty() && !order_allergy {
        true => Ok(()),
        false => Err(Refusal::Unconfirmed {
            voids,
            allergies,
            order_allergy,
        }),
    }
}

/// All at the same time, which is also the order's where it becomes ready with them: so it is told once.
fn ready(tx: &Transaction<'_>, lines: &[i64]) -> Result<(), Error> {
    tx.execute(
        "UPDATE order_items SET status = 'ready', ready_at = ?2, fired_at = coalesce(fired_at, ?2), started_at = coalesce(started_at, ?2),
           seen_at = coalesce(seen_at, ?2) WHERE id IN (SELECT value FROM json_each(?1))",
        params![json(lines)?, tx.now_ms()],
    )?;
    Ok(())
}

/// Through every state on the way.
fn progress_to_ready(
    tx: &Transaction<'_>,
    actor: &Actor,
    order: &OrderFacts,
) -> Result<Done, Error> {
    let way = [Status::Confirmed, Status::Preparing, Status::Ready];
    for to in way.into_iter().filter(|to| *to > order.status) {
        orders::change_status(tx, actor, order.id, &Move::to(to))?;
    }
    Done::of(tx, order.id, &[], true)
}
