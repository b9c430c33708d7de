//! Zones: which tables stand together.

use super::named::{manages, name};
use crate::db::{Error, Reader, Row, Transaction, params};
use crate::domain::version::same_version;
use crate::domain::{Actor, Key, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct Zone {
    pub id: i64,
    pub restaurant_id: i64,
    pub name: String,
    /// Lower ones come first.
    pub sort: i64,
    pub version: i64,
}

/// A zone that is to be there.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewZone {
    /// Which restaurant, for those who run several.
    pub restaurant_id: Option<Key>,
    /// What it is called: nothing else there is.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// Lower ones come first.
    #[serde(default)]
    pub sort: i64,
}

/// What is to be different about a zone. What is not named stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct ZonePatch {
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    pub sort: Option<i64>,
    /// The version the asker saw.
    #[serde(rename = "version")]
    pub expected_version: Option<i64>,
}

const FACTS: &str = "SELECT id, restaurant_id, name, sort, version FROM zones";

fn read(row: &Row<'_>) -> Result<Zone, Error> {
    Ok(Zone {
        id: row.get(0)?,
        restaurant_id: row.get(1)?,
        name: row.get(2)?,
        sort: row.get(3)?,
        version: row.get(4)?,
    })
}

/// A zone that must be there.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn zone(db: &Reader<'_>, id: i64) -> Result<Zone, Error> {
    let found = db.row(&format!("{FACTS} WHERE id = ?1"), params![id], read)?;
    found.ok_or_else(|| Refusal::NotFound { entity: "zone" }.into())
}

/// A restaurant's zones, in their order.
///
/// # Errors
/// [`Error::Store`].
pub fn zones(db: &Reader<'_>, restaurant: i64) -> Result<Vec<Zone>, Error> {
    let sql = format!("{FACTS} WHERE restaurant_id = ?1 ORDER BY sort, id");
    let all = db.rows(&sql, params![restaurant], |row| {
        db.legible("zones", row.get(0)?, read(row))
    })?;
    Ok(all.into_iter().flatten().collect())
}

/// Adds a zone.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::NameTaken`], [`Refusal::Forbidden`].
pub fn add_zone(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant: i64,
    new: &NewZone,
) -> Result<Zone, Error> {
    manages(actor)?;
    let name = free(tx, restaurant, &new.name, None)?;
    let id = tx.one(
        "INSERT INTO zones(restaurant_id, name, sort, updated_at) VALUES (?1, ?2, ?3, ?4) RETURNING id",
        params![restaurant, name, new.sort, tx.now_ms()],
        |row| row.get(0),
    )?;
    zone(tx, id)
}

/// Changes a zone.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::NameTaken`], [`Refusal::Version`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn patch_zone(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    patch: &ZonePatch,
) -> Result<Zone, Error> {
    manages(actor)?;
    let known = zone(tx, id)?;
    same_version(patch.expected_version, known.version)?;
    let name = match &patch.name {
        Some(wanted) => free(tx, known.restaurant_id, wanted, Some(id))?,
        None => &known.name,
    };
    tx.execute(
        "UPDATE zones SET name = ?2, sort = ?3 WHERE id = ?1",
        params![id, name, patch.sort.unwrap_or(known.sort)],
    )?;
    zone(tx, id)
}

/// A name that no other zone of the house has.
fn free<'t>(
    tx: &Transaction<'_>,
    restaurant: i64,
    wanted: &'t str,
    own: Option<i64>,
) -> Result<&'t str, Error> {
    let wanted = name("name", wanted, usize::MAX)?;
    let taken = tx.row(
        "SELECT id FROM zones WHERE restaurant_id = ?1 AND name = ?2 AND id IS NOT ?3",
        params![restaurant, wanted, own],
        |row| row.get::<i64>(0),
    )?;
    match taken {
        None => Ok(wanted),
        Some(_) => Err(Refusal::NameTaken { field: "name" }.into()),
    }
}
