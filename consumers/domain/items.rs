//! An order's lines: each has a state of its own, and the order follows.

use super::audit::{self, Note};
use super::edits::NOTE_MAX;
use super::orders::{self, OrderFacts};
use super::placing::{self, NewLine, Place, QUANTITY_MAX};
use super::{Actor, Refusal, Role, Status, progress, restaurants};
use crate::db::{Error, Reader, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ItemStatus {
    /// A later course: the kitchen does not see it yet.
    Held,
    Queued,
    Preparing,
    Ready,
    Served,
    Voided,
}

impl ItemStatus {
    /// In the order of a line's life.
    pub const ALL: [ItemStatus; 6] = [
        ItemStatus::Held,
        ItemStatus::Queued,
        ItemStatus::Preparing,
        ItemStatus::Ready,
        ItemStatus::Served,
        ItemStatus::Voided,
    ];

    /// As in `order_items.status`.
    pub const fn name(self) -> &'static str {
        match self {
            ItemStatus::Held => "held",
            ItemStatus::Queued => "queued",
            ItemStatus::Preparing => "preparing",
            ItemStatus::Ready => "ready",
            ItemStatus::Served => "served",
            ItemStatus::Voided => "voided",
        }
    }

    fn parse(text: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|status| status.name() == text);
        found.ok_or_else(|| Error::Store(format!("line status {text:?}")))
    }

    /// Whether a line may go from here to there, whoever asks. Voiding is apart: it needs a reason.
    pub const fn leads_to(self, to: ItemStatus) -> bool {
        use ItemStatus::{Held, Preparing, Queued, Ready, Served};
        matches!(
            (self, to),
            (Held, Queued)
                | (Queued, Preparing | Ready)
                | (Preparing, Ready)
                | (Ready, Served | Preparing)
        )
    }
}

impl fmt::Display for ItemStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What was changed about a dish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Modifier {
    pub name: String,
    #[serde(default)]
    pub price_minor: i64,
    #[serde(default = "one", alias = "qty")]
    pub quantity: i64,
}

const fn one() -> i64 {
    1
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ItemFacts {
    pub id: i64,
    pub uuid: String,
    pub order_id: i64,
    pub menu_item_id: Option<i64>,
    pub name: String,
    pub quantity: i64,
    /// Modifiers included.
    pub unit_price_minor: i64,
    pub currency_exp: u32,
    pub modifiers: Vec<Modifier>,
    pub seat: Option<i64>,
    pub course: Option<i64>,
    pub station: Option<String>,
    pub note: Option<String>,
    pub allergy: Option<String>,
    pub status: ItemStatus,
    /// 2 and up: added later.
    pub batch: i64,
    pub fired_at: Option<i64>,
    pub started_at: Option<i64>,
    pub ready_at: Option<i64>,
    pub served_at: Option<i64>,
    pub voided_at: Option<i64>,
    pub void_reason: Option<String>,
    pub created_at: i64,
    pub version: i64,
}

const FACTS: &str = "SELECT i.id, i.uuid, i.order_id, i.menu_item_id, i.name, i.qty, i.unit_price_minor, r.currency_exp, i.modifiers_json, i.seat, i.course,
  s.code, i.note, i.allergy, i.status, i.batch, i.fired_at, i.started_at, i.ready_at, i.served_at, i.voided_at, i.void_reason, i.created_at, i.version
  FROM order_items i JOIN orders o ON o.id = i.order_id JOIN restaurants r ON r.id = o.restaurant_id LEFT JOIN stations s ON s.id = i.station_id";

fn read(row: &Row<'_>) -> Result<ItemFacts, Error> {
    Ok(ItemFacts {
        id: row.get(0)?,
        uuid: row.get(1)?,
        order_id: row.get(2)?,
        menu_item_id: row.get(3)?,
        name: row.get(4)?,
        quantity: row.get(5)?,
        unit_price_minor: row.get(6)?,
        currency_exp: row.get(7)?,
        modifiers: row.json(8)?,
        seat: row.get(9)?,
        course: row.get(10)?,
        station: row.get(11)?,
        note: row.get(12)?,
        allergy: row.get(13)?,
        status: ItemStatus::parse(row.text(14)?)?,
        batch: row.get(15)?,
        fired_at: row.get(16)?,
        started_at: row.get(17)?,
        ready_at: row.get(18)?,
        served_at: row.get(19)?,
        voided_at: row.get(20)?,
        void_reason: row.get(21)?,
        created_at: row.get(22)?,
        version: row.get(23)?,
    })
}

/// A line, if there is one.
///
/// # Errors
/// [`Error::Store`]; likewise below.
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<ItemFacts>, Error> {
    db.row(&format!("{FACTS} WHERE i.id = ?1"), params![id], read)
}

/// All lines of an order, also the voided ones, as they were ordered.
///
/// # Errors
/// [`Error::Store`].
pub fn of_order(db: &Reader<'_>, order_id: i64) -> Result<Vec<ItemFacts>, Error> {
    db.rows(
        &format!("{FACTS} WHERE i.order_id = ?1 ORDER BY i.id"),
        params![order_id],
        read,
    )
}

/// How many lines are in each status, as in [`ItemStatus::ALL`].
pub(super) fn counts(db: &Reader<'_>, order_id: i64) -> Result<[i64; 6], Error> {
    let mut counts = [0; 6];
    let rows = db.rows(
        "SELECT status, count(*) FROM order_items WHERE order_id = ?1 GROUP BY status",
        params![order_id],
        |row| Ok((ItemStatus::parse(row.text(0)?)?, row.get(1)?)),
    )?;
    for (status, count) in rows {
        counts[status as usize] = count;
    }
    Ok(counts)
}

fn get(db: &Reader<'_>, id: i64) -> Result<ItemFacts, Error> {
    facts(db, id)?.ok_or_else(|| Refusal::NotFound { entity: "line" }.into())
}

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
    let restaurant = restaurants::get(tx, order.restaurant_id)?;
    let place = Place {
        restaurant_id: restaurant.id,
        currency_exp: restaurant.currency_exp,
        open_items: restaurant.settings.allow_open_items
            || (actor.role.is_staff() && !actor.anonymous),
    };
    let mut lines = placing::price(tx, &place, new)?;
    let mut made = Vec::new();
    let mut fresh = Vec::new();
    for line in lines.drain(..) {
        let known: Option<(i64, i64)> = tx.row(
            "SELECT id, order_id FROM order_items WHERE uuid = ?1",
            params![&line.uuid],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        match known {
            Some((id, order)) if order == order_id => made.push(id),
            Some(_) => return Err(Refusal::LineExists.into()),
            None => fresh.push(line),
        }
    }
    if !fresh.is_empty() {
        placing::sum(&fresh)?;
        let batch = tx.one(
            "SELECT 1 + coalesce(max(batch), 0) FROM order_items WHERE order_id = ?1",
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
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct ItemPatch {
    pub quantity: Option<i64>,
    pub note: Option<String>,
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
    orders::same_version(patch.expected_version, item.version)?;
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
        if [note, allergy]
            .into_iter()
            .flatten()
            .any(|t| t.len() > NOTE_MAX)
        {
            return Err(Refusal::value("note", format!("at most {NOTE_MAX} bytes")).into());
        }
        tx.execute(
            "UPDATE order_items SET qty = coalesce(?2, qty), note = coalesce(?3, note), allergy = coalesce(?4, allergy), seat = coalesce(?5, seat),
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
        ItemStatus::Preparing | ItemStatus::Ready if actor.role.manages() => Ok(()),
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
    orders::same_version(expected_version, item.version)?;
    unbegun(actor, &item)?;
    let reason = reason.map(str::trim).filter(|reason| !reason.is_empty());
    let begun = matches!(item.status, ItemStatus::Preparing | ItemStatus::Ready);
    if begun && reason.is_none() {
        return Err(Refusal::Reason.into());
    }
    if reason.is_some_and(|reason| reason.len() > NOTE_MAX) {
        return Err(Refusal::value("reason", format!("at most {NOTE_MAX} bytes")).into());
    }
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
    orders::same_version(expected_version, item.version)?;
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
    tx.execute(
        "UPDATE order_items SET status = ?2, fired_at = ?3, started_at = ?4, ready_at = ?5, served_at = ?6 WHERE id = ?1",
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
            if to == ItemStatus::Served { Some(now) } else { item.served_at }
        ],
    )?;
    progress::roll_up(tx, actor, item.order_id)?;
    get(tx, item_id)
}

/// The order's sums follow its lines. One that stays the same is no change.
fn total(tx: &Transaction<'_>, order_id: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE orders SET subtotal_minor = s.sum, total_minor = max(0, s.sum - discount_minor + tax_minor + delivery_fee_minor + tip_minor)
         FROM (SELECT coalesce(sum(qty * unit_price_minor), 0) AS sum FROM order_items WHERE order_id = ?1 AND status <> 'voided') s
         WHERE id = ?1",
        params![order_id],
    )?;
    Ok(())
}
