//! What follows from an order's lines and payments.

use super::moving::{apply, holds};
use crate::db::{Error, Transaction};
use crate::domain::items::{self, ItemStatus};
use crate::domain::workflow::{self, Step};
use crate::domain::{Actor, Role, Status, orders};

/// Served and paid is completed: asked after each payment.
pub(in crate::domain) fn settle(tx: &Transaction<'_>, order_id: i64) -> Result<(), Error> {
    let order = orders::get(tx, order_id)?;
    if order.status == Status::Delivered && order.balance_minor() <= 0 {
        apply(tx, &Actor::system(), &order, vec![Status::Completed], None)?;
    }
    Ok(())
}

/// Lets an order follow its lines: the first one begun, the last one ready, all of them served, new ones on a ready order. Held lines wait for a later
/// course and are not looked at. A step that neither the house nor the actor may take is not taken.
pub(in crate::domain) fn roll_up(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
) -> Result<(), Error> {
    let order = orders::get(tx, order_id)?;
    if order.workflow_id != workflow::RESTAURANT {
        return Ok(());
    }
    let counts = items::counts(tx, order_id)?;
    let count = |status: ItemStatus| counts[status as usize];
    let open = count(ItemStatus::Queued) + count(ItemStatus::Preparing);
    let done = count(ItemStatus::Ready) + count(ItemStatus::Served);
    let target = match order.status {
        Status::Pending | Status::Confirmed | Status::Preparing if open == 0 && done > 0 => {
            if count(ItemStatus::Ready) == 0 && count(ItemStatus::Held) == 0 {
                Status::Delivered
            } else {
                Status::Ready
            }
        }
        Status::Pending | Status::Confirmed if count(ItemStatus::Preparing) + done > 0 => {
            Status::Preparing
        }
        Status::Ready if open > 0 => Status::Preparing,
        Status::Ready
            if count(ItemStatus::Ready) + count(ItemStatus::Held) == 0
                && count(ItemStatus::Served) > 0 =>
        {
            Status::Delivered
        }
        _ => return Ok(()),
    };
    let may = |step: &Step| {
        (step.allows(Role::System) || step.allows(actor.role)) && holds(step.guard, actor, &order)
    };
    let back = workflow::step(tx, order.workflow_id, order.status.name(), target.name())?;
    let path = match back {
        Some(step) if may(&step) => vec![target],
        _ => {
            let (from, to) = (order.status.name(), target.name());
            let steps = workflow::steps(tx, order.workflow_id)?;
            let way = workflow::way(&steps, from, to, |_| true, may);
            let way = way.unwrap_or_default();
            way.iter().filter_map(|s| s.to.parse().ok()).collect()
        }
    };
    if path.is_empty() {
        return Ok(());
    }
    apply(tx, actor, &order, path, None)?;
    Ok(())
}
