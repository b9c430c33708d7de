//! Stations: where dishes are made, and when their tickets are late.

use super::named::{manages, name};
use crate::db::{Error, Reader, Row, Transaction, params};
use crate::domain::version::same_version;
use crate::domain::{Actor, Key, Refusal};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[allow(missing_docs)]
pub struct Station {
    pub id: i64,
    pub restaurant_id: i64,
    /// As screens name it: `kitchen`, `bar`.
    pub code: String,
    pub name: String,
    /// It sees all orders, and hands them over.
    pub is_expo: bool,
    /// Seconds after which a ticket's clock is amber.
    pub amber_s: i64,
    /// Seconds after which it is red, and the ticket late.
    pub red_s: i64,
    pub version: i64,
}

/// A station that is to be there.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewStation {
    /// Which restaurant, for those who run several.
    pub restaurant_id: Option<Key>,
    /// As screens name it: small letters, digits, `_` and `-`.
    #[schema(min_length = 1, max_length = 32)]
    pub code: String,
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    #[serde(default)]
    pub is_expo: bool,
    /// 300, where it is not said.
    #[schema(minimum = 1, maximum = 86400)]
    pub amber_s: Option<i64>,
    /// 480, where it is not said; not less than amber.
    #[schema(minimum = 1, maximum = 86400)]
    pub red_s: Option<i64>,
}

/// What is to be different about a station. What is not named stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct StationPatch {
    #[schema(min_length = 1, max_length = 32)]
    pub code: Option<String>,
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    pub is_expo: Option<bool>,
    #[schema(minimum = 1, maximum = 86400)]
    pub amber_s: Option<i64>,
    #[schema(minimum = 1, maximum = 86400)]
    pub red_s: Option<i64>,
    /// The version the asker saw.
    #[serde(rename = "version")]
    pub expected_version: Option<i64>,
}

const FACTS: &str =
    "SELECT id, restaurant_id, code, name, is_expo, amber_s, red_s, version FROM stations";

/// The longest code, in bytes.
const CODE_MAX: usize = 32;
/// As `stations` in the database has them.
const AMBER_S: i64 = 300;
const RED_S: i64 = 480;

fn read(row: &Row<'_>) -> Result<Station, Error> {
    Ok(Station {
        id: row.get(0)?,
        restaurant_id: row.get(1)?,
        code: row.get(2)?,
        name: row.get(3)?,
        is_expo: row.get(4)?,
        amber_s: row.get(5)?,
        red_s: row.get(6)?,
        version: row.get(7)?,
    })
}

/// A station that must be there.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn station(db: &Reader<'_>, id: i64) -> Result<Station, Error> {
    let found = db.row(&format!("{FACTS} WHERE id = ?1"), params![id], read)?;
    found.ok_or_else(|| Refusal::NotFound { entity: "station" }.into())
}

/// A restaurant's stations.
///
/// # Errors
/// [`Error::Store`].
pub fn stations(db: &Reader<'_>, restaurant: i64) -> Result<Vec<Station>, Error> {
    let sql = format!("{FACTS} WHERE restaurant_id = ?1 ORDER BY id");
    let all = db.rows(&sql, params![restaurant], |row| {
        db.legible("stations", row.get(0)?, read(row))
    })?;
    Ok(all.into_iter().flatten().collect())
}

/// Adds a station.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::NameTaken`], [`Refusal::Forbidden`].
pub fn add_station(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant: i64,
    new: &NewStation,
) -> Result<Station, Error> {
    manages(actor)?;
    let code = free(tx, restaurant, &new.code, None)?;
    let name = name("name", &new.name, usize::MAX)?;
    let amber_s = new.amber_s.unwrap_or(AMBER_S);
    let red_s = new.red_s.unwrap_or(RED_S.max(amber_s));
    late(amber_s, red_s)?;
    let id = tx.one(
        "INSERT INTO stations(restaurant_id, code, name, is_expo, amber_s, red_s, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id",
        params![restaurant, code, name, new.is_expo, amber_s, red_s, tx.now_ms()],
        |row| row.get(0),
    )?;
    station(tx, id)
}

/// Changes a station.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::NameTaken`], [`Refusal::Version`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn patch_station(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    patch: &StationPatch,
) -> Result<Station, Error> {
    manages(actor)?;
    let known = station(tx, id)?;
    same_version(patch.expected_version, known.version)?;
    let code = match &patch.code {
        Some(wanted) => free(tx, known.restaurant_id, wanted, Some(id))?,
        None => &known.code,
    };
    let name = match &patch.name {
        Some(wanted) => name("name", wanted, usize::MAX)?,
        None => &known.name,
    };
    let amber_s = patch.amber_s.unwrap_or(known.amber_s);
    let red_s = patch.red_s.unwrap_or(known.red_s);
    late(amber_s, red_s)?;
    let is_expo = patch.is_expo.unwrap_or(known.is_expo);
    // Nobody else keeps the version of a table that is not watched. What stays the same is no change.
    tx.execute(
        "UPDATE stations SET code = ?2, name = ?3, is_expo = ?4, amber_s = ?5, red_s = ?6, updated_at = ?7, version = version + 1
         WHERE id = ?1 AND (code, name, is_expo, amber_s, red_s) IS NOT (?2, ?3, ?4, ?5, ?6)",
        params![id, code, name, is_expo, amber_s, red_s, tx.now_ms()],
    )?;
    station(tx, id)
}

/// A clock turns amber before it turns red, and both within a day.
fn late(amber_s: i64, red_s: i64) -> Result<(), Refusal> {
    const DAY_S: i64 = 86_400;
    if !(1..=DAY_S).contains(&amber_s) {
        return Err(Refusal::value("amber_s", "1 to 86400 seconds"));
    }
    match (amber_s..=DAY_S).contains(&red_s) {
        true => Ok(()),
        false => Err(Refusal::value("red_s", "amber_s to 86400 seconds")),
    }
}

/// A code that no other station of the house has.
fn free<'t>(
    tx: &Transaction<'_>,
    restaurant: i64,
    wanted: &'t str,
    own: Option<i64>,
) -> Result<&'t str, Error> {
    let wanted = name("code", wanted, CODE_MAX)?;
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"_-".contains(&b);
    if !wanted.bytes().all(plain) {
        return Err(Refusal::value("code", "small letters, digits, _ and -").into());
    }
    let taken = tx.row(
        "SELECT id FROM stations WHERE restaurant_id = ?1 AND code = ?2 AND id IS NOT ?3",
        params![restaurant, wanted, own],
        |row| row.get::<i64>(0),
    )?;
    match taken {
        None => Ok(wanted),
        Some(_) => Err(Refusal::NameTaken { field: "code" }.into()),
    }
}
