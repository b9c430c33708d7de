//! What lines cost, and writing them.

use super::line::{LINES_MAX, NewLine, QUANTITY_MAX};
use crate::db::{Error, Transaction, params};
use crate::domain::items::{ItemStatus, Modifier};
use crate::domain::menu::{self, Dish};
use crate::domain::money::MAX_MINOR;
use crate::domain::{Refusal, SoldOutLine, ids, note};
use std::collections::BTreeSet;

/// Whose menu the lines are of, and on which terms.
pub(in crate::domain) struct Terms {
    pub restaurant_id: i64,
    /// Digits after the point of the restaurant's currency.
    pub currency_exp: u32,
    /// Whether a line may be free text with a price.
    pub open_items: bool,
}

/// A line with its price.
pub(in crate::domain) struct Line {
    pub uuid: String,
    menu_item_id: Option<i64>,
    name: String,
    quantity: i64,
    unit_price_minor: i64,
    modifiers: Vec<Modifier>,
    station_id: Option<i64>,
    course: Option<i64>,
    seat: Option<i64>,
    note: Option<String>,
    allergy: Option<String>,
    pub hold: bool,
}

/// Checks lines and reads their prices.
pub(in crate::domain) fn price(
    tx: &Transaction<'_>,
    terms: &Terms,
    new: &[NewLine],
) -> Result<Vec<Line>, Error> {
    if new.is_empty() || new.len() > LINES_MAX {
        return Err(Refusal::value("items", format!("1 to {LINES_MAX} lines")).into());
    }
    let mut lines = Vec::with_capacity(new.len());
    let mut sold_out = Vec::new();
    for (index, line) in new.iter().enumerate() {
        match priced(tx, terms, line)? {
            Priced::Line(line) => lines.push(line),
            Priced::SoldOut(dish) => sold_out.push(SoldOutLine {
                index,
                uuid: line.uuid.clone(),
                menu_item_id: dish.id,
                name: dish.name,
            }),
        }
    }
    // All of them at once: whoever ordered takes them out, and sends the rest.
    if let Some(first) = sold_out.first() {
        return Err(Refusal::SoldOut {
            menu_item_id: first.menu_item_id,
            items: sold_out,
        }
        .into());
    }
    let uuids: BTreeSet<&str> = lines.iter().map(|line| line.uuid.as_str()).collect();
    match uuids.len() == lines.len() {
        true => Ok(lines),
        false => Err(Refusal::value("uuid", "two of the lines have the same").into()),
    }
}

/// The line that a uuid names already, and its order.
pub(in crate::domain) fn placed(
    tx: &Transaction<'_>,
    uuid: &str,
) -> Result<Option<(i64, i64)>, Error> {
    tx.row(
        "SELECT id, order_id FROM order_items WHERE uuid = ?1",
        params![uuid],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// What came of a line that is wanted.
enum Priced {
    Line(Line),
    SoldOut(Dish),
}

fn priced(tx: &Transaction<'_>, terms: &Terms, new: &NewLine) -> Result<Priced, Error> {
    if !(1..=QUANTITY_MAX).contains(&new.quantity) {
        return Err(Refusal::value("quantity", format!("1 to {QUANTITY_MAX}")).into());
    }
    for (field, text) in [
        ("note", &new.note),
        ("allergy", &new.allergy),
        ("name", &new.name),
    ] {
        note::check(field, text.as_deref())?;
    }
    let uuid = match &new.uuid {
        Some(text) => uuid::Uuid::parse_str(text)
            .map_err(|_| Refusal::value("uuid", "not a uuid"))?
            .to_string(),
        None => ids::uuid(),
    };
    let mut line = Line {
        uuid,
        menu_item_id: None,
        name: String::new(),
        quantity: new.quantity,
        unit_price_minor: 0,
        modifiers: Vec::new(),
        station_id: None,
        course: new.course,
        seat: new.seat,
        note: new.note.clone(),
        allergy: new.allergy.clone(),
        hold: new.hold,
    };
    if let Some(key) = &new.menu_item_id {
        let dish = menu::dish(tx, ids::menu_item(tx, key)?)?;
        if dish.restaurant_id != terms.restaurant_id {
            return Err(Refusal::OtherRestaurant {
                field: "menu_item_id",
            }
            .into());
        }
        if !dish.is_available || dish.removed_at.is_some() {
            return Ok(Priced::SoldOut(dish));
        }
        line.modifiers = menu::choose(tx, dish.id, &new.modifiers)?;
        let extra = line.modifiers.iter().try_fold(0_i64, |sum, modifier| {
            sum.checked_add(modifier.price_minor.checked_mul(modifier.quantity)?)
        });
        let each = extra.and_then(|extra| dish.price_minor.checked_add(extra));
        line.unit_price_minor = each.ok_or_else(too_much)?.max(0);
        line.menu_item_id = Some(dish.id);
        line.name = dish.name;
        line.station_id = dish.station_id;
        line.course = new.course.or(dish.course);
        return Ok(Priced::Line(line));
    }
    if !terms.open_items {
        return Err(Refusal::OpenItems.into());
    }
    if !new.modifiers.is_empty() {
        return Err(Refusal::value("modifiers", "only dishes of the menu have some").into());
    }
    let name = new.name.as_deref().map(str::trim).filter(|n| !n.is_empty());
    line.name = name
        .ok_or_else(|| Refusal::value("items", "a line needs menu_item_id, or name and price"))?
        .to_owned();
    let price = new.price.as_ref();
    let price = price.ok_or_else(|| Refusal::value("price", "free text needs a price"))?;
    line.unit_price_minor = price.minor(terms.currency_exp)?;
    Ok(Priced::Line(line))
}

fn too_much() -> Refusal {
    Refusal::value("items", "the sum is too large")
}

/// What the lines cost together.
pub(in crate::domain) fn sum(lines: &[Line]) -> Result<i64, Refusal> {
    let sum = lines.iter().try_fold(0_i64, |sum, line| {
        sum.checked_add(line.unit_price_minor.checked_mul(line.quantity)?)
    });
    sum.filter(|sum| *sum <= MAX_MINOR).ok_or_else(too_much)
}

/// Writes lines of one batch: 1 is the order itself, the others were added later.
pub(in crate::domain) fn insert(
    tx: &Transaction<'_>,
    order_id: i64,
    batch: i64,
    lines: &[Line],
) -> Result<Vec<i64>, Error> {
    let now = tx.now_ms();
    let mut made = Vec::with_capacity(lines.len());
    for line in lines {
        let (status, fired_at) = match line.hold {
            true => (ItemStatus::Held, None),
            false => (ItemStatus::Queued, Some(now)),
        };
        made.push(tx.one(
            "INSERT INTO order_items(uuid, order_id, menu_item_id, name, qty, unit_price_minor, modifiers_json, seat, course, station_id, note, allergy,
               status, batch, fired_at, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?16) RETURNING id",
            params![
                &line.uuid,
                order_id,
                line.menu_item_id,
                &line.name,
                line.quantity,
                line.unit_price_minor,
                serde_json::to_string(&line.modifiers)?,
                line.seat,
                line.course,
                line.station_id,
                &line.note,
                &line.allergy,
                status.name(),
                batch,
                fired_at,
                now
            ],
            |row| row.get(0),
        )?);
    }
    Ok(made)
}
