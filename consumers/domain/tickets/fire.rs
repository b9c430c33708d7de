//! A later course is due: what was held goes to the kitchen.

use super::lines::{Done, Lines, ids, json, staff, ticket};
use crate::db::{Error, Transaction, params};
use crate::domain::items::ItemStatus;
use crate::domain::{Actor, Refusal, Status, progress};

/// Held lines of a course (all of them, where none is named) that are among `which` are for the kitchen now: their timer starts. What was fired before keeps its
/// timer, so firing twice is a success without a change.
///
/// # Errors
/// [`Refusal::OrderClosed`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn fire(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    course: Option<i64>,
    which: &Lines,
) -> Result<Done, Error> {
    staff(actor)?;
    let order = ticket(tx, order_id)?;
    let mut lines = which.of(tx, order_id)?;
    lines.retain(|line| course.is_none() || line.course == course);
    let held = ids(lines.iter().filter(|line| line.status == ItemStatus::Held));
    if held.is_empty() {
        return Done::of(tx, order_id, &ids(&lines), false);
    }
    if matches!(
        order.status,
        Status::New | Status::OutForDelivery | Status::Completed | Status::Cancelled
    ) {
        return Err(Refusal::OrderClosed {
            status: order.status,
        }
        .into());
    }
    tx.execute(
        "UPDATE order_items SET status = 'queued', fired_at = ?2 WHERE id IN (SELECT value FROM json_each(?1))",
        params![json(&held)?, tx.now_ms()],
    )?;
    // Everything before this course was handed over: the kitchen has it on its list again.
    if order.status == Status::Delivered {
        let order = crate::domain::orders::get(tx, order_id)?;
        progress::apply(tx, actor, &order, vec![Status::Preparing], None)?;
    } else {
        progress::roll_up(tx, actor, order_id)?;
    }
    Done::of(tx, order_id, &held, true)
}
