//! What became of an order, and who did it: read back from what was told of it, and from what was written down about it.
//!
//! What was told is kept as long as the history of events is; what was written down, for ever.

use super::{Event, Fact, Group};
use crate::domain::audit::{self, AboutOrder};
use crate::domain::items::{ItemFacts, ItemStatus};
use crate::domain::orders::{self, OrderFacts};
use crate::domain::{Status, money};
use maitred::{Error, Reader, Told, params};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Something that became of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// When, in milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Who did it: `waiter:10`. `None`: another program, or the house itself.
    pub actor: Option<String>,
    /// What they are called.
    pub actor_name: Option<String>,
    /// The screen that they did it on, where that is known: its number, and what it is called.
    pub device: Option<(i64, String)>,
    /// What is different: `status`, `table`, `line_added`, ...; or what was written down: `void`, `refund`, ...
    pub what: String,
    /// How it was.
    pub before: Value,
    /// How it is.
    pub after: Value,
    /// Why, where somebody said it.
    pub reason: Option<String>,
    /// Who allowed it by PIN.
    pub approved_by: Option<String>,
}

impl Entry {
    fn new(at: i64, by: Option<&str>, what: &str, before: Value, after: Value) -> Self {
        Entry {
            at,
            actor: by.map(str::to_owned),
            actor_name: None,
            device: None,
            what: what.to_owned(),
            before,
            after,
            reason: None,
            approved_by: None,
        }
    }
}

/// The events of an order that are looked at, and what was written down: an order that was changed more often than that shows its newest changes.
const LOOKED_AT: usize = 1000;

/// What became of an order, oldest first.
///
/// # Errors
/// [`Refusal::NotFound`](crate::domain::Refusal::NotFound).
pub fn of_order(db: &Reader<'_>, id: i64) -> Result<Vec<Entry>, Error> {
    let order = orders::get(db, id)?;
    let told: Vec<Told<Event>> = db.told(&Group::Order(id), LOOKED_AT)?;
    let mut seen = Seen::default();
    let mut all = Vec::new();
    for told in &told {
        seen.look(told, &mut all);
    }
    let known_from = told.first().map_or(i64::MAX, |first| first.at_ms);
    all.extend(before(db, &order, &all, known_from)?);
    let written = audit::of_order(db, id, LOOKED_AT as u32)?;
    // What was written down says more than what was told.
    let noted = |entry: &Entry| {
        written.iter().any(|note| match &*entry.what {
            "line_voided" => note.action == "void" && entry.before["item_id"] == note.entity_id,
            "refund" => note.entity == "payment" && (note.at - entry.at).abs() < NEAR_MS,
            _ => false,
        })
    };
    all.retain(|entry| !noted(entry));
    all.extend(written.into_iter().map(note));
    all.sort_by_key(|entry| entry.at);
    People::default().name(db, &mut all)?;
    Ok(all)
}

/// What is told is told within this time after it was written down, in milliseconds.
const NEAR_MS: i64 = 1000;

fn note(note: AboutOrder) -> Entry {
    let mut entry = Entry::new(
        note.at,
        Some(&note.actor),
        &note.action,
        note.before,
        note.after,
    );
    if let Some((name, quantity)) = note.line {
        let line = |status: &Value| json!({"item_id": note.entity_id, "name": name, "quantity": quantity, "status": status});
        (entry.before, entry.after) = (line(&entry.before), line(&entry.after));
    }
    entry.reason = note.reason;
    entry.approved_by = note.approved_by;
    entry
}

/// What the order's row still says of what was before the history that is kept: that it was placed, and when it came to which status.
fn before(
    db: &Reader<'_>,
    order: &OrderFacts,
    told: &[Entry],
    known_from: i64,
) -> Result<Vec<Entry>, Error> {
    let by: Option<i64> = db.one(
        "SELECT created_by FROM orders WHERE id = ?1",
        params![order.id],
        |row| row.get(0),
    )?;
    let by = by.map(|id| id.to_string());
    let placed = json!({"source": order.source.name(), "type": order.order_type.name()});
    let mut all = vec![Entry::new(
        order.created_at,
        by.as_deref(),
        "placed",
        Value::Null,
        placed,
    )];
    for (status, at) in [
        (Status::Confirmed, order.confirmed_at),
        (Status::Preparing, order.preparing_at),
        (Status::Ready, order.ready_at),
        (Status::Delivered, order.delivered_at),
        (Status::Completed, order.completed_at),
        (Status::Cancelled, order.cancelled_at),
    ] {
        let name = Value::from(status.name());
        let is_told = |entry: &Entry| entry.what == "status" && entry.after == name;
        // placed in it: that is no step
        let stepped = at.filter(|at| *at > order.created_at && *at < known_from);
        if let Some(at) = stepped
            && !told.iter().any(is_told)
        {
            all.push(Entry::new(at, None, "status", Value::Null, name.clone()));
        }
    }
    Ok(all)
}

/// The order as the events until now have shown it.
#[derive(Default)]
struct Seen<'e> {
    order: Option<&'e OrderFacts>,
    lines: Option<BTreeMap<i64, &'e ItemFacts>>,
}

impl<'e> Seen<'e> {
    /// Adds what an event says that those before it did not.
    fn look(&mut self, told: &'e Told<Event>, all: &mut Vec<Entry>) {
        let (at, by) = (told.at_ms, told.event.by.as_deref());
        let Some(fact) = &told.event.fact else {
            return;
        };
        let order = match fact {
            Fact::OrderStatus {
                order, previous, ..
            } => {
                if order.status != *previous {
                    let (from, to) = (previous.name().into(), order.status.name().into());
                    let mut entry = Entry::new(at, by, "status", from, to);
                    entry.reason = order
                        .cancel_reason
                        .clone()
                        .filter(|_| order.status == Status::Cancelled);
                    all.push(entry);
                }
                order
            }
            Fact::OrderPlaced(order)
            | Fact::OrderChanged(order)
            | Fact::OrderPriced(order)
            | Fact::OrderPaid(order) => order,
            Fact::Items { order, items, .. } => {
                self.lines(items, at, by, all);
                order
            }
            _ => return,
        };
        if let Some(old) = self.order.replace(order) {
            differences(old, order, at, by, all);
        }
    }

    fn lines(&mut self, items: &'e [ItemFacts], at: i64, by: Option<&str>, all: &mut Vec<Entry>) {
        let now: BTreeMap<i64, &ItemFacts> = items.iter().map(|item| (item.id, item)).collect();
        let Some(old) = self.lines.replace(now) else {
            return;
        };
        for item in items {
            let Some(was) = old.get(&item.id) else {
                all.push(Entry::new(at, by, "line_added", Value::Null, line(item)));
                continue;
            };
            if was.status != item.status {
                let voided = item.status == ItemStatus::Voided;
                let what = if voided { "line_voided" } else { "line_status" };
                let mut entry = Entry::new(at, by, what, line(was), line(item));
                entry.reason = item.void_reason.clone().filter(|_| voided);
                all.push(entry);
            }
            let says = |item: &ItemFacts| json!({"item_id": item.id, "name": item.name, "quantity": item.quantity, "note": item.note, "allergy": item.allergy, "seat": item.seat, "course": item.course});
            if says(was) != says(item) {
                all.push(Entry::new(at, by, "line_changed", says(was), says(item)));
            }
        }
        for (id, was) in &old {
            if !items.iter().any(|item| item.id == *id) {
                all.push(Entry::new(at, by, "line_removed", line(was), Value::Null));
            }
        }
    }
}

fn line(item: &ItemFacts) -> Value {
    json!({"item_id": item.id, "name": item.name, "quantity": item.quantity, "status": item.status})
}

/// What two sights of an order differ in, besides its status.
fn differences(
    old: &OrderFacts,
    new: &OrderFacts,
    at: i64,
    by: Option<&str>,
    all: &mut Vec<Entry>,
) {
    let amount = |minor: i64| money::format(minor, new.currency_exp);
    for (what, before, after) in [
        ("table", json!(old.table_number), json!(new.table_number)),
        ("waiter", json!(old.waiter_id), json!(new.waiter_id)),
        ("driver", json!(old.driver_id), json!(new.driver_id)),
        ("note", json!(old.note), json!(new.note)),
        (
            "allergy_note",
            json!(old.allergy_note),
            json!(new.allergy_note),
        ),
        ("eta", json!(old.eta_at), json!(new.eta_at)),
        ("priority", json!(old.priority), json!(new.priority)),
        (
            "picked_up",
            json!(old.picked_up_at),
            json!(new.picked_up_at),
        ),
        ("failed", json!(old.fail_reason), json!(new.fail_reason)),
        (
            "total",
            json!(amount(old.total_minor)),
            json!(amount(new.total_minor)),
        ),
    ] {
        if before != after {
            all.push(Entry::new(at, by, what, before, after));
        }
    }
    let what = match new.paid_minor.cmp(&old.paid_minor) {
        std::cmp::Ordering::Greater => "payment",
        std::cmp::Ordering::Less => "refund",
        std::cmp::Ordering::Equal => return,
    };
    let paid = |order: &OrderFacts| json!(amount(order.paid_minor));
    all.push(Entry::new(at, by, what, paid(old), paid(new)));
}

/// Who is who: each is looked up once.
#[derive(Default)]
struct People {
    known: BTreeMap<String, (Option<String>, Option<String>, Option<(i64, String)>)>,
}

impl People {
    fn name(&mut self, db: &Reader<'_>, all: &mut [Entry]) -> Result<(), Error> {
        for entry in all {
            let Some(label) = entry.actor.take() else {
                continue;
            };
            if !self.known.contains_key(&label) {
                let found = look_up(db, &label)?;
                self.known.insert(label.clone(), found);
            }
            if let Some((actor, name, device)) = self.known.get(&label) {
                (entry.actor, entry.actor_name, entry.device) =
                    (actor.clone(), name.clone(), device.clone());
            }
        }
        Ok(())
    }
}

/// Who is meant: what was told has whom the token names (`10`, `device:3`), what was written down who it was (`waiter:10`, `kitchen@device:3`).
#[allow(
    clippy::type_complexity,
    reason = "the label, the name, and the screen: one use"
)]
fn look_up(
    db: &Reader<'_>,
    label: &str,
) -> Result<(Option<String>, Option<String>, Option<(i64, String)>), Error> {
    let after = |mark: &str| label.rsplit_once(mark).map(|(_, id)| id);
    if let Some(id) = after("device:").and_then(|id| id.parse::<i64>().ok()) {
        let name = db.row(
            "SELECT name FROM devices WHERE id = ?1",
            params![id],
            |row| row.get::<String>(0),
        )?;
        let device = name.clone().map(|name| (id, name));
        return Ok((Some(label.to_owned()), name, device));
    }
    let key = after(":").unwrap_or(label);
    let found = db.row(
        "SELECT role || ':' || id, name FROM users WHERE id = CAST(?1 AS INTEGER) AND CAST(?1 AS INTEGER) || '' = ?1 OR uuid = ?1",
        params![key],
        |row| Ok((row.get::<String>(0)?, row.get::<String>(1)?)),
    )?;
    Ok(match found {
        // A guest's session has a number, too.
        Some((actor, name)) if !label.contains("session:") => (
            Some(actor),
            Some(name).filter(|name| !name.is_empty()),
            None,
        ),
        _ => (Some(label.to_owned()), None, None),
    })
}
