//! The parts of a menu.

use super::editing::runs;
use crate::db::{Error, Reader, Row, Transaction, params};
use crate::domain::version::same_version;
use crate::domain::{Actor, Refusal, note};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// A part of a menu: starters, drinks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = MenuCategory)]
#[allow(missing_docs)]
pub struct Category {
    pub id: i64,
    pub restaurant_id: i64,
    pub name: String,
    /// Where it stands: the smallest first.
    pub sort: i64,
    /// Who makes its dishes, where they do not say otherwise.
    pub station_id: Option<i64>,
    pub course: Option<i64>,
    pub version: i64,
}

/// A part that is to be on the menu.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMenuCategory)]
#[allow(missing_docs)]
pub struct NewCategory {
    #[schema(min_length = 1, max_length = 1000)]
    pub name: String,
    #[serde(default)]
    pub sort: i64,
    #[serde(default)]
    pub station_id: Option<i64>,
    #[serde(default)]
    pub course: Option<i64>,
}

/// What is to be different about a part of the menu. What is not named stays; `null` empties.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(as = MenuCategoryChange)]
#[allow(missing_docs)]
pub struct CategoryPatch {
    pub name: Option<String>,
    pub sort: Option<i64>,
    #[serde(deserialize_with = "named")]
    pub station_id: Option<Option<i64>>,
    #[serde(deserialize_with = "named")]
    pub course: Option<Option<i64>>,
    #[serde(rename = "version")]
    pub expected_version: Option<i64>,
}

/// Tells `null` from nothing.
pub(super) fn named<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    d: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::<T>::deserialize(d).map(Some)
}

const CATEGORY: &str =
    "SELECT id, restaurant_id, name, sort, station_id, course, version FROM menu_categories";

fn read(row: &Row<'_>) -> Result<Category, Error> {
    Ok(Category {
        id: row.get(0)?,
        restaurant_id: row.get(1)?,
        name: row.get(2)?,
        sort: row.get(3)?,
        station_id: row.get(4)?,
        course: row.get(5)?,
        version: row.get(6)?,
    })
}

/// The parts of a restaurant's menu, in their order.
///
/// # Errors
/// [`Error::Store`].
pub fn categories(db: &Reader<'_>, restaurant: i64) -> Result<Vec<Category>, Error> {
    let sql = format!("{CATEGORY} WHERE restaurant_id = ?1 ORDER BY sort, id");
    db.rows(&sql, params![restaurant], read)
}

/// One of them.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn category(db: &Reader<'_>, id: i64) -> Result<Category, Error> {
    let found = db.row(&format!("{CATEGORY} WHERE id = ?1"), params![id], read)?;
    found.ok_or_else(|| Refusal::NotFound { entity: "category" }.into())
}

/// Adds a part to a menu.
///
/// # Errors
/// [`Refusal::NameTaken`], [`Refusal::Value`], [`Refusal::OtherRestaurant`], [`Refusal::Forbidden`].
pub fn add_category(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant: i64,
    new: &NewCategory,
) -> Result<Category, Error> {
    runs(actor)?;
    let name = name(tx, restaurant, &new.name, None)?;
    station(tx, restaurant, new.station_id)?;
    let id = tx.one(
        "INSERT INTO menu_categories(restaurant_id, name, sort, station_id, course) VALUES (?1, ?2, ?3, ?4, ?5) RETURNING id",
        params![restaurant, name, new.sort, new.station_id, new.course],
        |row| row.get(0),
    )?;
    category(tx, id)
}

/// Changes a part of a menu. Its dishes show it, so they are told anew.
///
/// # Errors
/// As [`add_category`]; [`Refusal::Version`], [`Refusal::NotFound`].
pub fn patch_category(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    patch: &CategoryPatch,
) -> Result<Category, Error> {
    runs(actor)?;
    let before = category(tx, id)?;
    same_version(patch.expected_version, before.version)?;
    let mut after = before.clone();
    if let Some(wanted) = &patch.name {
        name(tx, before.restaurant_id, wanted, Some(id))?.clone_into(&mut after.name);
    }
    after.sort = patch.sort.unwrap_or(before.sort);
    after.station_id = patch.station_id.unwrap_or(before.station_id);
    after.course = patch.course.unwrap_or(before.course);
    station(tx, before.restaurant_id, after.station_id)?;
    if after == before {
        return Ok(before);
    }
    tx.execute(
        "UPDATE menu_categories SET name = ?2, sort = ?3, station_id = ?4, course = ?5, version = version + 1, updated_at = ?6 WHERE id = ?1",
        params![id, &after.name, after.sort, after.station_id, after.course, tx.now_ms()],
    )?;
    tx.execute(
        "UPDATE menu_items SET shown = shown + 1 WHERE category_id = ?1",
        params![id],
    )?;
    category(tx, id)
}

fn name<'a>(
    tx: &Transaction<'_>,
    restaurant: i64,
    wanted: &'a str,
    own: Option<i64>,
) -> Result<&'a str, Error> {
    let wanted = wanted.trim();
    if wanted.is_empty() {
        return Err(Refusal::value("name", "it is called something").into());
    }
    note::check("name", Some(wanted))?;
    let taken = tx.row(
        "SELECT id FROM menu_categories WHERE restaurant_id = ?1 AND name = ?2 AND id IS NOT ?3",
        params![restaurant, wanted, own],
        |row| row.get::<i64>(0),
    )?;
    match taken {
        None => Ok(wanted),
        Some(_) => Err(Refusal::NameTaken { field: "name" }.into()),
    }
}

/// A station is of the same house.
pub(super) fn station(
    tx: &Transaction<'_>,
    restaurant: i64,
    station: Option<i64>,
) -> Result<(), Error> {
    let Some(station) = station else {
        return Ok(());
    };
    let house = tx.row(
        "SELECT restaurant_id FROM stations WHERE id = ?1",
        params![station],
        |row| row.get::<i64>(0),
    )?;
    match house {
        Some(house) if house == restaurant => Ok(()),
        Some(_) => Err(Refusal::OtherRestaurant {
            field: "station_id",
        }
        .into()),
        None => Err(Refusal::NotFound { entity: "station" }.into()),
    }
}
