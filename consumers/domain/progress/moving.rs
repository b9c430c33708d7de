//! Moving an order to another status, because somebody asked for it.

use crate::db::{Error, Transaction, Value, params};
use crate::domain::audit::{self, Note};
use crate::domain::orders::{self, OrderFacts, OrderType};
use crate::domain::version::same_version;
use crate::domain::workflow::{self, Guard, Kind, Step};
use crate::domain::{Actor, CANONICAL, Refusal, Role, Status, StatusWords};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// How long something can be called back.
pub const RECALL_MS: i64 = 30 * 60 * 1000;

/// A status that is asked for.
#[derive(Debug, Clone)]
pub struct Move {
    /// The status to move to.
    pub to: Status,
    /// In whose words: states that it cannot name are passed through on the way.
    pub words: &'static StatusWords,
    /// Why.
    pub reason: Option<String>,
    /// Going back (recall, the driver's drop, opening again) is meant.
    pub back: bool,
    /// Against the workflow, by a manager, with a reason. Never out of `cancelled`.
    pub force: bool,
    /// The version the asker saw.
    pub expected_version: Option<i64>,
}

impl Move {
    /// In canonical words.
    pub fn to(status: Status) -> Self {
        Move {
            to: status,
            words: &CANONICAL,
            reason: None,
            back: false,
            force: false,
            expected_version: None,
        }
    }

    /// In a vocabulary's words.
    ///
    /// # Errors
    /// [`Refusal::UnknownStatus`].
    pub fn word(words: &'static StatusWords, word: &str) -> Result<Self, Refusal> {
        Ok(Move {
            words,
            ..Move::to(words.parse(word)?)
        })
    }
}

/// What became of a move.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Moved {
    /// The order now.
    pub order: OrderFacts,
    /// Its status before.
    pub previous: Status,
    /// Whether anything changed: asking for the present status is a success without a change.
    pub changed: bool,
}

/// Moves an order on, if its workflow lets this actor.
///
/// # Errors
/// [`Refusal::Transition`], [`Refusal::Forbidden`], [`Refusal::RecallExpired`], [`Refusal::Version`], [`Refusal::Reason`], [`Refusal::NotFound`].
pub fn change_status(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    wanted: &Move,
) -> Result<Moved, Error> {
    let order = orders::get(tx, order_id)?;
    orders::own(tx, actor, &order)?;
    if actor.anonymous {
        return Err(Refusal::Forbidden("changing a status needs a token".into()).into());
    }
    if order.workflow_id != workflow::RESTAURANT {
        return Err(Refusal::NotFound { entity: "order" }.into());
    }
    let previous = order.status;
    let unchanged = |order| Moved {
        order,
        previous,
        changed: false,
    };
    if previous == wanted.to {
        return Ok(unchanged(order));
    }
    same_version(wanted.expected_version, order.version)?;
    let Some(path) = path(tx, actor, &order, wanted)? else {
        return Ok(unchanged(order));
    };
    let mut moved = apply(tx, actor, &order, path, wanted.reason.as_deref())?;
    if wanted.back && recall_items(tx, &order, wanted.to)? {
        moved = orders::get(tx, order_id)?;
    }
    Ok(Moved {
        order: moved,
        previous,
        changed: true,
    })
}

/// The statuses that it passes through and ends in. `None`: through this vocabulary it is there already.
fn path(
    tx: &Transaction<'_>,
    actor: &Actor,
    order: &OrderFacts,
    wanted: &Move,
) -> Result<Option<Vec<Status>>, Error> {
    let (from, to) = (order.status, wanted.to);
    let direct = workflow::step(tx, order.workflow_id, from.name(), to.name())?.filter(|step| {
        let back = matches!(step.kind, Kind::Recall | Kind::Drop | Kind::Reopen);
        wanted.back || !back
    });
    if let Some(step) = &direct
        && step.allows(actor.role)
        && holds(step.guard, actor, order)
    {
        if step.kind == Kind::Recall {
            let since = if from == Status::Ready {
                order.ready_at
            } else {
                order.delivered_at
            };
            if since.is_some_and(|at| tx.now_ms() - at > RECALL_MS) {
                return Err(Refusal::RecallExpired.into());
            }
        }
        return Ok(Some(vec![to]));
    }
    if let Some(step) = &direct
        && step.kind == Kind::Cancel
        && actor.approved_by.is_some()
        && step.allows(Role::Manager)
        && holds(step.guard, actor, order)
    {
        let reason = wanted.reason.as_deref().filter(|r| !r.trim().is_empty());
        let note = Note {
            action: "cancel",
            entity: "order",
            id: order.id,
            restaurant_id: order.restaurant_id,
            reason: Some(reason.ok_or(Refusal::Reason)?),
            before: from,
            after: to,
        };
        audit::note(tx, actor, &note)?;
        return Ok(Some(vec![to]));
    }
    if direct.is_none() && !wanted.back && wanted.words.alike(from, to) {
        return Ok(None);
    }
    let may_skip = |code: &str| {
        let status = code.parse::<Status>();
        status.is_ok_and(|status| !wanted.words.can_name(status))
    };
    let steps = workflow::steps(tx, order.workflow_id)?;
    let may_take = |step: &Step| step.allows(actor.role) && holds(step.guard, actor, order);
    if let Some(way) = workflow::way(&steps, from.name(), to.name(), may_skip, may_take) {
        return Ok(Some(way.iter().filter_map(|s| s.to.parse().ok()).collect()));
    }
    if wanted.force && actor.role.manages() && from != Status::Cancelled {
        let reason = wanted.reason.as_deref().filter(|r| !r.trim().is_empty());
        let reason = reason.ok_or(Refusal::Reason)?;
        let note = Note {
            action: "override",
            entity: "order",
            id: order.id,
            restaurant_id: order.restaurant_id,
            reason: Some(reason),
            before: from,
            after: to,
        };
        audit::note(tx, actor, &note)?;
        return Ok(Some(vec![to]));
    }
    // A guest learns where the order stands; staff learn that somebody else may do it.
    if let Some(step) =
        direct.filter(|step| actor.role != Role::Customer && !step.allows(actor.role))
    {
        let roles = step.roles.iter().filter(|r| **r != Role::System);
        let roles: Vec<_> = roles.map(|role| role.name()).collect();
        let text = format!("only {} may do this", roles.join(", "));
        return Err(Refusal::Forbidden(text.into()).into());
    }
    let named = |step: &&Step| matches!(step.kind, Kind::Forward | Kind::Cancel);
    let onward = steps.iter().filter(|step| step.from == from.name());
    let onward = onward.filter(named).filter(|step| may_take(step));
    Err(Refusal::Transition {
        status: from,
        requested: to,
        allowed: onward.filter_map(|step| step.to.parse().ok()).collect(),
    }
    .into())
}

pub(super) fn holds(guard: Guard, actor: &Actor, order: &OrderFacts) -> bool {
    let theirs =
        actor.role != Role::Driver || (actor.user_id.is_some() && actor.user_id == order.driver_id);
    match guard {
        Guard::Always => true,
        Guard::NotDelivery => order.order_type != OrderType::Delivery,
        // Taking an order that nobody has is the drivers' own command.
        Guard::Delivery => order.order_type == OrderType::Delivery && theirs,
        Guard::Assigned => theirs,
        Guard::BeforePickUp => {
            theirs && (actor.role != Role::Driver || order.picked_up_at.is_none())
        }
    }
}

/// Writes the new status and the times of all statuses on the way, in one statement: one change, however many states were skipped. Says what the order
/// is after it.
pub(in crate::domain) fn apply(
    tx: &Transaction<'_>,
    actor: &Actor,
    order: &OrderFacts,
    mut path: Vec<Status>,
    reason: Option<&str>,
) -> Result<OrderFacts, Error> {
    let now = tx.now_ms();
    let end = path.last().copied().unwrap_or(order.status);
    let forward = end > order.status;
    // Served and paid: nothing is left to do. Opening an order again means that something is.
    if end == Status::Delivered && forward && order.balance_minor() <= 0 {
        path.push(Status::Completed);
    }
    let mut after = OrderFacts {
        status: path.last().copied().unwrap_or(end),
        updated_at: now,
        version: order.version + 1,
        ..order.clone()
    };
    // A time that stays what it was looks to the triggers like one that the statement did not see to.
    let mut repaired = order.updated_at == now;
    if !forward {
        for (status, at) in stamps(&mut after) {
            if status > end {
                *at = None;
            }
        }
    }
    if order.status == Status::New && forward && end != Status::Cancelled {
        after.approved_at = Some(now);
        // It is the kitchen's from now on: that is when its timer starts.
        tx.execute(
            "UPDATE order_items SET fired_at = ?2 WHERE order_id = ?1 AND status = 'queued'",
            params![order.id, now],
        )?;
    }
    for passed in &path {
        for (status, at) in stamps(&mut after) {
            if status == *passed {
                repaired |= at.replace(now) == Some(now);
            }
        }
    }
    if order.status == Status::OutForDelivery && end < order.status {
        after.driver_id = None;
        after.driver_accepted_at = None;
        after.picked_up_at = None;
    }
    if end == Status::Cancelled {
        after.cancel_reason = reason.map(str::to_owned);
    }
    match write(tx, actor, order, &after)? {
        1 if repaired => orders::get(tx, order.id),
        1 => {
            orders::written(tx, &after)?;
            Ok(after)
        }
        _ => Err(Error::Store(format!("order {} moved under us", order.id))),
    }
}

/// Writes a move, and says how many orders it was. Only what differs: each column that is named has its indexes, its foreign key and its triggers looked
/// at. Version and time too: they would cost a second statement.
fn write(
    tx: &Transaction<'_>,
    actor: &Actor,
    order: &OrderFacts,
    after: &OrderFacts,
) -> Result<usize, Error> {
    let mut sql = String::with_capacity(256);
    sql.push_str("UPDATE orders SET status = ?3, updated_at = ?4, version = version + 1");
    let mut values: Vec<Value<'_>> = Vec::with_capacity(16);
    values.extend([
        order.id.into(),
        order.status.name().into(),
        after.status.name().into(),
        after.updated_at.into(),
    ]);
    let mut set = |column, value| {
        values.push(value);
        let _ = write!(sql, ", {column} = ?{}", values.len());
    };
    let columns = [
        ("approved_at", order.approved_at, after.approved_at),
        ("confirmed_at", order.confirmed_at, after.confirmed_at),
        ("preparing_at", order.preparing_at, after.preparing_at),
        ("ready_at", order.ready_at, after.ready_at),
        ("driver_id", order.driver_id, after.driver_id),
        (
            "driver_accepted_at",
            order.driver_accepted_at,
            after.driver_accepted_at,
        ),
        ("picked_up_at", order.picked_up_at, after.picked_up_at),
        ("delivered_at", order.delivered_at, after.delivered_at),
        ("completed_at", order.completed_at, after.completed_at),
        ("cancelled_at", order.cancelled_at, after.cancelled_at),
    ];
    for (column, old, new) in columns {
        if old != new {
            set(column, new.into());
        }
    }
    if after.status == Status::Cancelled {
        set("cancel_reason", after.cancel_reason.as_deref().into());
        set("cancelled_by", actor.user_id.into());
    } else if order.status == Status::Cancelled {
        set("cancelled_by", Value::Null);
    }
    sql.push_str(" WHERE id = ?1 AND status = ?2");
    tx.execute(&sql, &values)
}

fn stamps(order: &mut OrderFacts) -> [(Status, &mut Option<i64>); 6] {
    [
        (Status::Confirmed, &mut order.confirmed_at),
        (Status::Preparing, &mut order.preparing_at),
        (Status::Ready, &mut order.ready_at),
        (Status::Delivered, &mut order.delivered_at),
        (Status::Completed, &mut order.completed_at),
        (Status::Cancelled, &mut order.cancelled_at),
    ]
}

/// A ticket that is called back as a whole brings its lines back. Says whether that changed any.
fn recall_items(tx: &Transaction<'_>, order: &OrderFacts, to: Status) -> Result<bool, Error> {
    let brought = match (order.status, to) {
        (Status::Ready, Status::Preparing) => tx.execute(
            "UPDATE order_items SET status = 'preparing', ready_at = NULL, recalled_at = ?2 WHERE order_id = ?1 AND status = 'ready'",
            params![order.id, tx.now_ms()],
        )?,
        (Status::Delivered, Status::Ready) => tx.execute(
            "UPDATE order_items SET status = 'ready', served_at = NULL WHERE order_id = ?1 AND status = 'served'",
            params![order.id],
        )?,
        (Status::Delivered | Status::Completed, Status::OutForDelivery) => tx.execute(
            "UPDATE order_items SET status = 'ready', served_at = NULL WHERE order_id = ?1 AND status = 'served'",
            params![order.id],
        )?,
        _ => 0,
    };
    Ok(brought > 0)
}
