//! Orders that are driven: what is on offer, who takes it, who gives it back.
//!
//! An offer is a state and not an event: an order that is ready, is to be delivered, and has no driver. So a driver who connects late finds it.

use super::orders::{self, Move, OrderFacts, OrderType};
use super::page::PAGE_MAX;
use super::{Actor, Key, Refusal, Role, Status, handovers, ids, workflow};
use crate::db::{Error, Reader, Transaction, params};

/// What became of taking an offer.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The order, as it is now.
    pub order: OrderFacts,
    /// Whether the order was theirs before: asked again, nothing changed.
    pub already: bool,
}

/// A driver takes an order. Exactly one of several wins, because the row is only written while it is nobody's (or was assigned to this driver), and there is
/// one writer.
///
/// # Errors
/// [`Refusal::Taken`] for whoever was slower, [`Refusal::NotOnOffer`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn accept(tx: &Transaction<'_>, actor: &Actor, order_id: i64) -> Result<Accepted, Error> {
    let (Role::Driver, Some(driver)) = (actor.role, actor.user_id) else {
        return Err(Refusal::Forbidden("only a driver can accept an order".into()).into());
    };
    let now = tx.now_ms();
    let won = tx.execute(
        "UPDATE orders SET status = 'out_for_delivery', driver_id = ?2, driver_accepted_at = ?3, picked_up_at = NULL, updated_at = ?3, version = version + 1
         WHERE id = ?1 AND workflow_id = 1 AND status = 'ready' AND type = 'delivery' AND (driver_id IS NULL OR driver_id = ?2)",
        params![order_id, driver, now],
    )?;
    if won == 1 {
        handovers::forget_failure(tx, order_id)?;
    }
    let order = orders::get(tx, order_id)?;
    if won == 1 {
        return Ok(Accepted {
            order,
            already: false,
        });
    }
    if order.workflow_id != workflow::RESTAURANT {
        return Err(Refusal::NotFound { entity: "order" }.into());
    }
    match order.driver_id {
        Some(own) if own == driver && order.status == Status::OutForDelivery => Ok(Accepted {
            order,
            already: true,
        }),
        Some(other) if other != driver => Err(Refusal::Taken.into()),
        _ => Err(Refusal::NotOnOffer {
            status: order.status,
        }
        .into()),
    }
}

/// The driver has left with it. Taking an order sets its status already; this is noted beside it, and after it the order cannot be given back.
///
/// # Errors
/// As [`orders::change_status`].
pub fn leave_with(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    how: &Move,
) -> Result<OrderFacts, Error> {
    let moved = orders::change_status(tx, actor, order_id, how)?;
    let own = actor.user_id.is_some() && actor.user_id == moved.order.driver_id;
    if moved.changed || !own || moved.order.picked_up_at.is_some() {
        return Ok(moved.order);
    }
    tx.execute(
        "UPDATE orders SET picked_up_at = ?2 WHERE id = ?1",
        params![order_id, tx.now_ms()],
    )?;
    orders::get(tx, order_id)
}

/// Gives an order to a driver, or to nobody: then it is on offer again, if it is ready. A driver can only give back what is theirs, and not after leaving with it.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], [`Refusal::OrderClosed`], [`Refusal::Value`]; as [`orders::change_status`].
pub fn assign(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    driver: Option<&Key>,
) -> Result<OrderFacts, Error> {
    let order = orders::get(tx, order_id)?;
    if order.workflow_id != workflow::RESTAURANT || order.order_type != OrderType::Delivery {
        return Err(Refusal::value("driverId", "this order is not driven").into());
    }
    if matches!(order.status, Status::Delivered) || order.status.is_terminal() {
        return Err(Refusal::OrderClosed {
            status: order.status,
        }
        .into());
    }
    let own = actor.user_id.is_some() && actor.user_id == order.driver_id;
    if !(actor.role.manages() || (actor.role == Role::Driver && own && driver.is_none())) {
        return Err(Refusal::Forbidden("only manager, admin may do this".into()).into());
    }
    let driver = driver.map(|key| self::driver(tx, key)).transpose()?;
    if driver == order.driver_id {
        return Ok(order);
    }
    handovers::forget_failure(tx, order_id)?;
    if driver.is_none() && order.status == Status::OutForDelivery {
        let back = Move {
            back: true,
            ..Move::to(Status::Ready)
        };
        return Ok(orders::change_status(tx, actor, order_id, &back)?.order);
    }
    tx.execute(
        "UPDATE orders SET driver_id = ?2, driver_accepted_at = NULL, picked_up_at = NULL WHERE id = ?1",
        params![order_id, driver],
    )?;
    orders::get(tx, order_id)
}

fn driver(tx: &Transaction<'_>, key: &Key) -> Result<i64, Error> {
    let id = ids::user(tx, key)?;
    let drives = tx.row(
        "SELECT 1 FROM users WHERE id = ?1 AND role = 'driver' AND is_active",
        params![id],
        |row| row.get::<i64>(0),
    )?;
    drives
        .map(|_| id)
        .ok_or_else(|| Refusal::NotFound { entity: "driver" }.into())
}

/// What a driver can take: what is on offer in these restaurants (`None`: in all) unless they are off, and what was assigned to them; oldest first, with lines,
/// at most [`PAGE_MAX`].
///
/// # Errors
/// [`Error::Store`].
pub fn open_to(
    db: &Reader<'_>,
    driver: i64,
    restaurants: Option<&[i64]>,
) -> Result<Vec<OrderFacts>, Error> {
    let restaurants = restaurants.map(serde_json::to_string).transpose()?;
    let ids: Vec<i64> = db.rows(
        "SELECT id FROM orders WHERE status = 'ready' AND type = 'delivery' AND workflow_id = 1
           AND (driver_id = ?1 OR (driver_id IS NULL AND NOT EXISTS (SELECT 1 FROM drivers WHERE user_id = ?1 AND offline_at IS NOT NULL)
             AND (?2 IS NULL OR restaurant_id IN (SELECT value FROM json_each(?2)))))
         ORDER BY ready_at, id LIMIT 200",
        params![driver, &restaurants],
        |row| row.get(0),
    )?;
    debug_assert!(ids.len() <= PAGE_MAX as usize);
    orders::each(db, ids, |id| orders::whole(db, id))
}
