//! Dishes.

use crate::db::{Error, Reader, Row, params};
use crate::domain::Refusal;
use serde::{Deserialize, Serialize};

/// A dish.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Dish {
    pub id: i64,
    pub uuid: String,
    pub restaurant_id: i64,
    #[serde(default)]
    pub restaurant_uuid: String,
    #[serde(default)]
    pub category_id: Option<i64>,
    pub category: Option<String>,
    pub name: String,
    pub description: String,
    pub price_minor: i64,
    pub currency_exp: u32,
    pub is_available: bool,
    pub prep_s: Option<i64>,
    /// Its own, else its category's.
    pub station_id: Option<i64>,
    #[serde(default)]
    pub station: Option<String>,
    pub course: Option<i64>,
    pub allergens: Vec<String>,
    pub image_url: Option<String>,
    /// When it went off the menu for good.
    #[serde(default)]
    pub removed_at: Option<i64>,
    pub version: i64,
}

const DISH: &str = "SELECT m.id, m.uuid, m.restaurant_id, c.name, m.name, m.description, m.price_minor, r.currency_exp, m.is_available, m.prep_s,
  coalesce(m.station_id, c.station_id), c.course, m.allergens_json, m.image_url, m.version, m.category_id,
  (SELECT code FROM stations s WHERE s.id = coalesce(m.station_id, c.station_id)), m.removed_at, r.uuid
  FROM menu_items m JOIN restaurants r ON r.id = m.restaurant_id LEFT JOIN menu_categories c ON c.id = m.category_id";

fn read(row: &Row<'_>) -> Result<Dish, Error> {
    Ok(Dish {
        id: row.get(0)?,
        uuid: row.get(1)?,
        restaurant_id: row.get(2)?,
        category: row.get(3)?,
        name: row.get(4)?,
        description: row.get(5)?,
        price_minor: row.get(6)?,
        currency_exp: row.get(7)?,
        is_available: row.get(8)?,
        prep_s: row.get(9)?,
        station_id: row.get(10)?,
        course: row.get(11)?,
        allergens: row.json(12)?,
        image_url: row.get(13)?,
        version: row.get(14)?,
        category_id: row.get(15)?,
        station: row.get(16)?,
        removed_at: row.get(17)?,
        restaurant_uuid: row.get(18)?,
    })
}

/// One dish, if there is one; also one that is off the menu.
///
/// # Errors
/// [`Error::Store`].
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<Dish>, Error> {
    db.row(&format!("{DISH} WHERE m.id = ?1"), params![id], read)
}

/// One dish.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn dish(db: &Reader<'_>, id: i64) -> Result<Dish, Error> {
    facts(db, id)?.ok_or_else(|| {
        Refusal::NotFound {
            entity: "menu item",
        }
        .into()
    })
}

/// A restaurant's dishes, by category.
///
/// # Errors
/// [`Error::Store`].
pub fn dishes(db: &Reader<'_>, restaurant_id: i64) -> Result<Vec<Dish>, Error> {
    let all = db.rows(
        &format!(
            "{DISH} WHERE m.restaurant_id = ?1 AND m.removed_at IS NULL ORDER BY c.sort, c.id, m.id"
        ),
        params![restaurant_id],
        |row| db.legible("menu_items", row.get(0)?, read(row)),
    )?;
    Ok(all.into_iter().flatten().collect())
}
