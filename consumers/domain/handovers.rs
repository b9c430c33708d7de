//! The end of a drive: handed over, with the cash that was collected; not handed over, and why; said too early, and taken back.

use super::audit::{self, Note};
use super::money::Decimal;
use super::orders::{self, Move, OrderFacts, OrderType};
use super::payments::{self, Booking};
use super::{Actor, Refusal, Role, Status, tasks, workflow};
use crate::db::{Error, Transaction, params};

/// What a driver got at the door.
#[derive(Debug, Clone)]
pub struct Collected {
    /// Of what the order costs.
    pub amount: Decimal,
    /// Beyond it.
    pub tip: Option<Decimal>,
}

/// The longest reason why an order was not handed over, in bytes: with what it is about it is the title of a task.
const REASON_MAX: usize = 300;

/// Whose cash a payment is: one for each time that an order is handed over.
fn scope(order: i64) -> String {
    format!("delivery:{order}")
}

/// Whoever drives an order, and those who run the house.
fn drives(actor: &Actor, order: &OrderFacts) -> Result<(), Error> {
    if order.workflow_id != workflow::RESTAURANT || order.order_type != OrderType::Delivery {
        return Err(Refusal::value("orderId", "this order is not driven").into());
    }
    let own = actor.user_id.is_some() && actor.user_id == order.driver_id;
    match actor.role {
        Role::Driver if own => Ok(()),
        _ if actor.role.manages() && !actor.anonymous => Ok(()),
        _ => Err(Refusal::Forbidden("this order is another driver's".into()).into()),
    }
}

/// Hands an order over, and books the cash that was collected: once, however often it is said.
///
/// # Errors
/// [`Refusal::Overpayment`], [`Refusal::Amount`], [`Refusal::Forbidden`]; as [`orders::change_status`].
pub fn deliver(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    how: &Move,
    collected: Option<&Collected>,
) -> Result<OrderFacts, Error> {
    if let Some(collected) = collected {
        let order = orders::get(tx, order_id)?;
        drives(actor, &order)?;
        collect(tx, actor, &order, collected)?;
    }
    forget_failure(tx, order_id)?;
    Ok(orders::change_status(tx, actor, order_id, how)?.order)
}

fn collect(
    tx: &Transaction<'_>,
    actor: &Actor,
    order: &OrderFacts,
    collected: &Collected,
) -> Result<(), Error> {
    let scope = scope(order.id);
    let (known, booked): (i64, i64) = tx.one(
        "SELECT count(*), count(CASE status WHEN 'captured' THEN 1 END) FROM payments WHERE scope = ?1",
        params![&scope],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let exp = order.currency_exp;
    let amount = collected.amount.minor(exp)?;
    let tip_minor = collected.tip.as_ref().map_or(Ok(0), |tip| tip.minor(exp))?;
    if booked > 0 || amount == 0 {
        return Ok(());
    }
    if amount > order.collect_minor() {
        let balance = order.amount(order.collect_minor());
        return Err(Refusal::Overpayment { balance }.into());
    }
    let key = known.to_string();
    let booking = Booking {
        session_id: order.session_id,
        tip_minor,
        key: Some((&scope, &key)),
        ..Booking::of(order.id, amount)
    };
    payments::book(tx, actor, &booking)?;
    Ok(())
}

/// Notes that an order could not be handed over. It stays on the road, with the one who has it: what becomes of it is a task for those who run the house.
///
/// # Errors
/// [`Refusal::Reason`], [`Refusal::Value`], [`Refusal::Transition`] unless it is on the road, [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn fail(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    reason: Option<&str>,
) -> Result<OrderFacts, Error> {
    let order = orders::get(tx, order_id)?;
    drives(actor, &order)?;
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    let reason = reason.ok_or(Refusal::Reason)?;
    if reason.len() > REASON_MAX {
        return Err(Refusal::value("reason", format!("at most {REASON_MAX} bytes")).into());
    }
    if order.status != Status::OutForDelivery {
        return Err(Refusal::Transition {
            status: order.status,
            requested: Status::OutForDelivery,
            allowed: Vec::new(),
        }
        .into());
    }
    if order.failed_at.is_some() && order.fail_reason.as_deref() == Some(reason) {
        return Ok(order);
    }
    let title = format!("Delivery of {} failed: {reason}", order.public_id);
    let known = tx.row(
        "SELECT k.id FROM orders o JOIN tasks k ON k.id = o.fail_task_id WHERE o.id = ?1 AND k.status IN ('open', 'acknowledged')",
        params![order_id],
        |row| row.get::<i64>(0),
    )?;
    let task = match known {
        Some(task) => {
            tx.execute(
                "UPDATE tasks SET title = ?2 WHERE id = ?1",
                params![task, &title],
            )?;
            task
        }
        None => tasks::for_order(tx, actor, &order, &title, URGENT)?,
    };
    tx.execute(
        "UPDATE orders SET failed_at = ?2, fail_reason = ?3, fail_task_id = ?4 WHERE id = ?1",
        params![order_id, tx.now_ms(), reason, task],
    )?;
    orders::get(tx, order_id)
}

/// How urgent it is that food is on the road and nobody takes it.
const URGENT: i64 = 4;

/// Whoever has the order now starts anew, and what there was to do about it is done.
///
/// # Errors
/// [`Error::Store`].
pub(super) fn forget_failure(tx: &Transaction<'_>, order_id: i64) -> Result<(), Error> {
    let failed = tx.row(
        "SELECT fail_task_id FROM orders WHERE id = ?1 AND failed_at IS NOT NULL",
        params![order_id],
        |row| row.get::<Option<i64>>(0),
    )?;
    let Some(task) = failed else {
        return Ok(());
    };
    tx.execute(
        "UPDATE orders SET failed_at = NULL, fail_reason = NULL, fail_task_id = NULL WHERE id = ?1",
        params![order_id],
    )?;
    tx.execute(
        "UPDATE tasks SET status = 'done' WHERE id = ?1 AND status IN ('open', 'acknowledged')",
        params![task],
    )?;
    Ok(())
}

/// Takes back that an order was handed over, within half an hour: it is on the road again, and the cash that was booked with it is not received.
///
/// # Errors
/// [`Refusal::RecallExpired`], [`Refusal::Transition`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn take_back(tx: &Transaction<'_>, actor: &Actor, order_id: i64) -> Result<OrderFacts, Error> {
    let order = orders::get(tx, order_id)?;
    drives(actor, &order)?;
    if order.status == Status::OutForDelivery {
        return Ok(order);
    }
    tx.execute(
        "UPDATE payments SET status = 'voided' WHERE scope = ?1 AND status = 'captured'",
        params![scope(order_id)],
    )?;
    let back = Move {
        back: true,
        ..Move::to(Status::OutForDelivery)
    };
    let moved = orders::change_status(tx, actor, order_id, &back)?.order;
    let note = Note {
        action: "undo_delivered",
        entity: "order",
        id: order_id,
        restaurant_id: order.restaurant_id,
        reason: None,
        before: order.status,
        after: moved.status,
    };
    audit::note(tx, actor, &note)?;
    Ok(moved)
}
