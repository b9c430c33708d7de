//! What is done with lines: added, changed, taken off, moved on.

use super::facts::get;
use super::{ItemFacts, ItemStatus};
use crate::db::{Error, Transaction, params};
use crate::domain::audit::{self, Note};
use crate::domain::orders::{self, OrderFacts};
use crate::domain::placing::{self, NewLine, QUANTITY_MAX, Terms};
use crate::domain::version::same_version;
use crate::domain::{Actor, Refusal, Role, Status, note, progress, qr, restaurants, tables};
use serde::Deserialize;
use utoipa::ToSchema;

/// Adds lines to an order that is not handed over yet. What is done stays done; a ready order goes back to the kitchen. A line whose uuid is in this
/// order already is not added again. Returns the lines of this request.
///
/// # Errors
/// As for placing an order, and [`Refusal::OrderClosed`], [`Refusal::LineExists`], [`Refusal::Version`].
pub fn add(
    tx: &Transaction<'_>,
    actor: &Actor,
    order_id: i64,
    new: &[NewLine],
) -> Result<Vec<ItemFacts>, Error> {
    let order = open(tx, actor, order_id)?;
    if let (Some(_), Some(table)) = (actor.session_id, order.table_id) {
        qr::may_order(actor, &tables::get(tx, table)?)?;
    }
    let restaurant = restaurants::get(tx, order.restaurant_id)?;
    let terms = Terms {
        restaurant_id: restaurant.id,
        currency_exp: restaurant.currency_exp,
        open_items: restaurant.settings.allow_open_items
            || (actor.role.is_staff() && !actor.anonymous),
    };
    let mut lines = placing::price(tx, &terms, new)?;
    let mut made = Vec::new();
    let mut fresh = Vec::new();
    for line in lines.drain(..) {
        match placing::placed(tx, &line.uuid)? {
            Some((id, order)) if order == order_id => made.push(id),
            Some(_) => return Err(Refusal::LineExists.into()),
            None => fresh.push(line),
        }
    }
    if !fresh.is_empty() {
        placing::sum(&fresh)?;
        let batch = tx.one(
            "SELECT 1 + min(coalesce(max(batch), 0), 9223372036854775806) FROM order_items WHERE order_id = ?1",
            params![order_id],
            |row| row.get(0),
        )?;
        made.extend(placing::insert(tx, order_id, batch, &fresh)?);
        total(tx, order_id)?;
        progress::roll_up(tx, actor, order_id)?;
    }
    made.into_iter().map(|id| get(tx, id)).collect()
}

/// Lines come and go until the order leaves the kitchen's hands.
fn open(tx: &Transaction<'_>, actor: &Actor, order_id: i64) -> Result<OrderFacts, Error> {
    let order = orders::get(tx, order_id)?;
    orders::own(tx, actor, &order)?;
    match order.status {
        Status::New | Status::Pending | Status::Confirmed | Status::Preparing | Status::Ready => {
            Ok(order)
        }
        status => Err(Refusal::OrderClosed { status }.into()),
    }
}

/// What is to be different about a line. What is not named stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct ItemPatch {
    #[schema(minimum = 1, maximum = 999)]
    pub quantity: Option<i64>,
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    #[schema(max_length = 1000)]
    pub allergy: Option<String>,
    pub seat: Option<i64>,
    pub course: Option<i64>,
    pub status: Option<ItemStatus>,
    #[serde(rename = "version")]
    pub expected_version: Option<i64>,
}

/// Changes a line: what it says as long as the kitchen has not begun (a manager: until it is served), and its status.
///
/// # Errors
/// [`Refusal::InPreparation`], [`Refusal::ItemTransition`], [`Refusal::Forbidden`], [`Refusal::OrderClosed`], [`Refusal::Value`], [`Refusal::Version`].
pub fn patch(
    tx: &Transaction<'_>,
    actor: &Actor,
    item_id: i64,
    patch: &ItemPatch,
) -> Result<ItemFacts, Error> {
    let item = get(tx, item_id)?;
    same_version(patch.expected_version, item.version)?;
    let ItemPatch {
        quantity,
        note,
        allergy,
        seat,
        course,
        ..
    } = patch;
    let edits = quantity.is_some() || note.is_some() || allergy.is_some();
    if edits || seat.is_some() || course.is_some() {
        open(tx, actor, item.order_id)?;
        unbegun(actor, &item)?;
        if quantity.is_some_and(|q| !(1..=QUANTITY_MAX).contains(&q)) {
            return Err(Refusal::value("quantity", format!("1 to {QUANTITY_MAX}")).into());
        }
        for text in [note, allergy] {
            note::check("note", text.as_deref())?;
        }
        tx.execute(
            "UPDATE order_items SET qty = coalesce(?2, qty), note = coalesce(?3, note),
               allergy_acked_at = CASE WHEN allergy IS coalesce(?4, allergy) THEN allergy_acked_at END, allergy = coalesce(?4, allergy), seat = coalesce(?5, seat),
               course = coalesce(?6, course) WHERE id = ?1",
            params![item_id, *quantity, note, allergy, *seat, *course],
        )?;
        if quantity.is_some() {
            total(tx, item.order_id)?;
        }
    }
    match patch.status {
        Some(status) => set_status(tx, actor, item_id, status, None),
        None => get(tx, item_id),
    }
}

/// Until the kitchen has begun anybody concerned may change a line, afterwards a manager.
fn unbegun(actor: &Actor, item: &ItemFacts) -> Result<(), Refusal> {
    match item.status {
        ItemStatus::Held | ItemStatus::Queued => Ok(()),
        ItemStatus::Preparing | ItemStatus::Ready if actor.may_override() => Ok(()),
        ItemStatus::Preparing | ItemStatus::Ready => Err(Refusal::InPreparation),
        ItemStatus::Served | ItemStatus::Voided => Err(Refusal::ItemTransition {
            status: item.status,
            requested: ItemStatus::Voided,
        }),
    }
}

/// Takes a line off the bill. It stays on the order, so that the kitchen sees that it is off. Voiding it again changes nothing.
///
/// # Errors
/// [`Refusal::InPreparation`], [`Refusal::ItemTransition`] (it was served), [`Refusal::Reason`] (a manager, once cooking has begun), [`Refusal::Version`],
/// [`Refusal::OrderClosed`].
pub fn void(
    tx: &Transaction<'_>,
    actor: &Actor,
    item_id: i64,
    reason: Option<&str>,
    expected_version: Option<i64>,
) -> Result<ItemFacts, Error> {
    let item = get(tx, item_id)?;
    let order = open(tx, actor, item.order_id)?;
    if item.status == ItemStatus::Voided {
        return Ok(item);
    }
    same_version(expected_version, item.version)?;
    unbegun(actor, &item)?;
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    let begun = matches!(item.status, ItemStatus::Preparing | ItemStatus::Ready);
    if begun && reason.is_none() {
        return Err(Refusal::Reason.into());
    }
    note::check("reason", reason)?;
    tx.execute(
        "UPDATE order_items SET status = 'voided', voided_at = ?2, void_reason = ?3 WHERE id = ?1",
        params![item_id, tx.now_ms(), reason],
    )?;
    let note = Note {
        action: "void",
        entity: "order_item",
        id: item_id,
        restaurant_id: order.restaurant_id,
        reason,
        before: item.status,
        after: ItemStatus::Voided,
    };
    audit::note(tx, actor, &note)?;
    total(tx, item.order_id)?;
    progress::roll_up(tx, actor, item.order_id)?;
    get(tx, item_id)
}

/// Moves a line on, and the order with it. A second bump of the same line is a success without a change.
///
/// # Errors
/// [`Refusal::ItemTransition`], [`Refusal::Forbidden`], [`Refusal::OrderClosed`], [`Refusal::Version`].
pub fn set_status(
    tx: &Transaction<'_>,
    actor: &Actor,
    item_id: i64,
    to: ItemStatus,
    expected_version: Option<i64>,
) -> Result<ItemFacts, Error> {
    if to == ItemStatus::Voided {
        return void(tx, actor, item_id, None, expected_version);
    }
    let item = get(tx, item_id)?;
    let order = orders::get(tx, item.order_id)?;
    orders::own(tx, actor, &order)?;
    if item.status == to {
        return Ok(item);
    }
    let floor = [ItemStatus::Queued, ItemStatus::Served].contains(&to);
    let may = match actor.role {
        Role::Kitchen | Role::Manager | Role::Admin | Role::System => true,
        Role::Waiter => floor,
        Role::Customer | Role::Driver | Role::Display => false,
    };
    if !may || actor.anonymous {
        return Err(Refusal::Forbidden("this role moves no such lines".into()).into());
    }
    if matches!(
        order.status,
        Status::New | Status::Completed | Status::Cancelled
    ) {
        return Err(Refusal::OrderClosed {
            status: order.status,
        }
        .into());
    }
    same_version(expected_version, item.version)?;
    if !item.status.leads_to(to) {
        return Err(Refusal::ItemTransition {
            status: item.status,
            requested: to,
        }
        .into());
    }
    let now = tx.now_ms();
    let first = |at: Option<i64>, when: bool| if when { at.or(Some(now)) } else { at };
    let started = matches!(to, ItemStatus::Preparing | ItemStatus::Ready);
    let recalled = (item.status, to) == (ItemStatus::Ready, ItemStatus::Preparing);
    tx.execute(
        "UPDATE order_items SET status = ?2, fired_at = ?3, started_at = ?4, ready_at = ?5, served_at = ?6, seen_at = ?7, recalled_at = ?8 WHERE id = ?1",
        params![
            item_id,
            to.name(),
            first(item.fired_at, true),
            first(item.started_at, started),
            match to {
                ItemStatus::Ready => Some(now),
                ItemStatus::Preparing => None,
                _ => item.ready_at,
            },
            if to == ItemStatus::Served { Some(now) } else { item.served_at },
            // Whoever cooks it has seen it.
            first(item.seen_at, started),
            if recalled { Some(now) } else { item.recalled_at }
        ],
    )?;
    progress::roll_up(tx, actor, item.order_id)?;
    get(tx, item_id)
}

/// The order's sums follow its lines, by the one rule that also holds for other programs (`domain/sums.sql`). Sums that stay the same are no change.
fn total(tx: &Transaction<'_>, order_id: i64) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO order_sums(order_id) VALUES (?1)",
        params![order_id],
    )?;
    Ok(())
}
