//! What a line of an order is, and finding one.

use super::{ItemStatus, Modifier};
use crate::db::{Error, Memo, Reader, Row, params};
use crate::domain::Refusal;
use serde::{Deserialize, Serialize};

/// How much of what cannot be read is shown, in characters.
const NAME_MAX: usize = 200;

/// One line.
#[serde_with::skip_serializing_none]
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
    /// When a cook confirmed to have seen that it is off.
    pub void_acked_at: Option<i64>,
    /// When a cook confirmed to have read its allergy.
    pub allergy_acked_at: Option<i64>,
    /// When a screen of its station had drawn it.
    pub seen_at: Option<i64>,
    /// When it went back on the stove after it had been ready.
    pub recalled_at: Option<i64>,
    pub created_at: i64,
    pub version: i64,
}

impl ItemFacts {
    /// The kitchen was told of it, it is off, and no cook has said that they stopped.
    pub const fn void_waits(&self) -> bool {
        matches!(self.status, ItemStatus::Voided)
            && self.fired_at.is_some()
            && self.void_acked_at.is_none()
    }

    /// Somebody may not eat something, and no cook has said that they know.
    pub fn allergy_waits(&self) -> bool {
        let allergy = self.allergy.as_deref().unwrap_or_default();
        self.status != ItemStatus::Voided
            && !allergy.trim().is_empty()
            && self.allergy_acked_at.is_none()
    }

    /// The kitchen has it on its list, and no screen there has drawn it.
    pub const fn unseen(&self) -> bool {
        matches!(self.status, ItemStatus::Queued | ItemStatus::Preparing) && self.seen_at.is_none()
    }
}

/// The station that a line (`i`) is for: what it was given, else its dish's, else its dish's category's, else the kitchen's, because somebody must hear of it.
macro_rules! station {
    () => {
        "coalesce(i.station_id, (SELECT coalesce(m.station_id, c.station_id) FROM menu_items m LEFT JOIN menu_categories c ON c.id = m.category_id WHERE m.id = i.menu_item_id),
           (SELECT k.id FROM stations k JOIN orders w ON w.restaurant_id = k.restaurant_id WHERE w.id = i.order_id AND k.code = 'kitchen'))"
    };
}
pub(in crate::domain) use station;

const FACTS: &str = concat!("SELECT i.id, i.uuid, i.order_id, i.menu_item_id, i.name, i.qty, i.unit_price_minor, r.currency_exp, i.modifiers_json, i.seat, i.course,
  s.code, i.note, i.allergy, i.status, i.batch, i.fired_at, i.started_at, i.ready_at, i.served_at, i.voided_at, i.void_reason, i.created_at, i.version,
  i.void_acked_at, i.allergy_acked_at, i.seen_at, i.recalled_at
  FROM order_items i JOIN orders o ON o.id = i.order_id JOIN restaurants r ON r.id = o.restaurant_id LEFT JOIN stations s ON s.id = ", station!());

/// An order is told of with its lines, and most changes of it change none of them.
static LINES: Memo<Vec<ItemFacts>> = Memo::new("lines of an order").by(OF_ORDER);
static STATIONS: Memo<Vec<i64>> = Memo::new("stations of an order").by(OF_ORDER);

const OF_ORDER: &[(&str, &str)] = &[("order_items", "order_id"), ("orders", "id")];

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
        modifiers: modifiers(row)?,
        seat: row.get(9)?,
        course: row.get(10)?,
        station: row.get(11)?,
        note: row.get(12)?,
        allergy: row.get(13)?,
        status: ItemStatus::parse(&row.text(14)?)?,
        batch: row.get(15)?,
        fired_at: row.get(16)?,
        started_at: row.get(17)?,
        ready_at: row.get(18)?,
        served_at: row.get(19)?,
        voided_at: row.get(20)?,
        void_reason: row.get(21)?,
        created_at: row.get(22)?,
        version: row.get(23)?,
        void_acked_at: row.get(24)?,
        allergy_acked_at: row.get(25)?,
        seen_at: row.get(26)?,
        recalled_at: row.get(27)?,
    })
}

/// What another program wrote there is shown as it is written: whoever cooks must see it.
fn modifiers(row: &Row<'_>) -> Result<Vec<Modifier>, Error> {
    match row.json(8) {
        Err(Error::Json(_)) => Ok(vec![Modifier {
            name: row.text(8)?.chars().take(NAME_MAX).collect(),
            price_minor: 0,
            quantity: 1,
            kind: None,
        }]),
        read => read,
    }
}

/// A line, if there is one.
///
/// # Errors
/// [`Error::Store`].
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<ItemFacts>, Error> {
    db.row(&format!("{FACTS} WHERE i.id = ?1"), params![id], read)
}

/// All lines of an order, also the voided ones, as they were ordered. One that makes no sense (another program wrote it) is left out.
///
/// # Errors
/// [`Error::Store`].
pub fn of_order(db: &Reader<'_>, order_id: i64) -> Result<Vec<ItemFacts>, Error> {
    db.memo(&LINES, order_id, |db| {
        let all = db.rows(
            &format!("{FACTS} WHERE i.order_id = ?1 ORDER BY i.id"),
            params![order_id],
            |row| db.legible("order_items", row.get(0)?, read(row)),
        )?;
        Ok(all.into_iter().flatten().collect())
    })
}

/// The stations that have something to do with an order: those of its lines, also of the voided ones, which must be seen to be off.
///
/// # Errors
/// [`Error::Store`].
pub fn stations(db: &Reader<'_>, order_id: i64) -> Result<Vec<i64>, Error> {
    db.memo(&STATIONS, order_id, |db| {
        let all: Vec<Option<i64>> = db.rows(
            concat!(
                "SELECT DISTINCT ",
                station!(),
                " FROM order_items i WHERE i.order_id = ?1 ORDER BY 1"
            ),
            params![order_id],
            |row| row.get(0),
        )?;
        Ok(all.into_iter().flatten().collect())
    })
}

/// The lines of an order, and the stations that they are for.
pub(in crate::domain) fn routed(
    db: &Reader<'_>,
    order_id: i64,
) -> Result<Vec<(i64, Option<i64>)>, Error> {
    db.rows(
        concat!(
            "SELECT i.id, ",
            station!(),
            " FROM order_items i WHERE i.order_id = ?1 ORDER BY i.id"
        ),
        params![order_id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// How many lines are in each status, as in [`ItemStatus::ALL`].
pub(in crate::domain) fn counts(db: &Reader<'_>, order_id: i64) -> Result<[i64; 6], Error> {
    let mut counts = [0; 6];
    let rows: Vec<(Option<ItemStatus>, i64)> = db.rows(
        "SELECT status, count(*) FROM order_items WHERE order_id = ?1 GROUP BY status",
        params![order_id],
        |row| Ok((ItemStatus::parse(&row.text(0)?).ok(), row.get(1)?)),
    )?;
    for (status, count) in rows {
        if let Some(status) = status {
            counts[status as usize] = count;
        }
    }
    Ok(counts)
}

pub(in crate::domain) fn get(db: &Reader<'_>, id: i64) -> Result<ItemFacts, Error> {
    facts(db, id)?.ok_or_else(|| Refusal::NotFound { entity: "line" }.into())
}
