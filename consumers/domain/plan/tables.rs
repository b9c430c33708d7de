//! Tables as they stand there.

use super::named::{given, manages, name};
use super::zones::zone;
use crate::db::{Error, Transaction, params};
use crate::domain::tables::{self, TableFacts};
use crate::domain::version::same_version;
use crate::domain::{Actor, Key, Refusal};
use serde::Deserialize;
use utoipa::ToSchema;

/// A table that is to be there.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTable {
    /// Which restaurant, for those who run several.
    pub restaurant_id: Option<Key>,
    /// What is on it: nothing else there has it.
    #[schema(min_length = 1, max_length = 20)]
    pub number: String,
    /// How many sit there; 4, where it is not said.
    #[schema(minimum = 1, maximum = 500)]
    pub capacity: Option<i64>,
    /// Where it stands.
    pub zone_id: Option<i64>,
    /// Guests may sit there; so, where it is not said.
    pub is_active: Option<bool>,
}

/// What is to be different about a table. What is not named stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct TablePatch {
    #[schema(min_length = 1, max_length = 20)]
    pub number: Option<String>,
    #[schema(minimum = 1, maximum = 500)]
    pub capacity: Option<i64>,
    /// `null`: in none.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub zone_id: Option<Option<i64>>,
    pub is_active: Option<bool>,
    /// The `row_version` the asker saw.
    #[serde(rename = "row_version")]
    pub expected_version: Option<i64>,
}

/// The longest number of a table, in bytes: it is the largest thing on every screen.
const NUMBER_MAX: usize = 20;
const CAPACITY: std::ops::RangeInclusive<i64> = 1..=500;

/// Adds a table.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::NameTaken`], [`Refusal::OtherRestaurant`], [`Refusal::Forbidden`], [`Refusal::NotFound`] for its zone.
pub fn add_table(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant: i64,
    new: &NewTable,
) -> Result<TableFacts, Error> {
    manages(actor)?;
    let number = free(tx, restaurant, &new.number, None)?;
    let zone_id = of_house(tx, restaurant, new.zone_id)?;
    let capacity = capacity(new.capacity.unwrap_or(4))?;
    let is_active = new.is_active.unwrap_or(true);
    let id = tx.one(
        "INSERT INTO tables(restaurant_id, zone_id, number, capacity, is_active, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id",
        params![restaurant, zone_id, number, capacity, is_active, tx.now_ms()],
        |row| row.get(0),
    )?;
    tables::get(tx, id)
}

/// Changes a table. One where guests sit stays in use.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::NameTaken`], [`Refusal::TableOccupied`], [`Refusal::OtherRestaurant`], [`Refusal::Version`], [`Refusal::Forbidden`],
/// [`Refusal::NotFound`].
pub fn patch_table(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    patch: &TablePatch,
) -> Result<TableFacts, Error> {
    manages(actor)?;
    let known = tables::get(tx, id)?;
    same_version(patch.expected_version, known.version)?;
    let number = match &patch.number {
        Some(wanted) => free(tx, known.restaurant_id, wanted, Some(id))?,
        None => &known.number,
    };
    let zone_id = match patch.zone_id {
        Some(wanted) => of_house(tx, known.restaurant_id, wanted)?,
        None => known.zone_id,
    };
    let capacity = capacity(patch.capacity.unwrap_or(known.capacity))?;
    let is_active = patch.is_active.unwrap_or(known.is_active);
    if let (false, Some(there)) = (is_active, &known.session) {
        return Err(Refusal::TableOccupied {
            table_id: id,
            table_number: known.number,
            session_id: there.id,
            guests_count: there.guests_count,
        }
        .into());
    }
    tx.execute(
        "UPDATE tables SET number = ?2, zone_id = ?3, capacity = ?4, is_active = ?5 WHERE id = ?1",
        params![id, number, zone_id, capacity, is_active],
    )?;
    tables::get(tx, id)
}

fn capacity(seats: i64) -> Result<i64, Refusal> {
    match CAPACITY.contains(&seats) {
        true => Ok(seats),
        false => Err(Refusal::value("capacity", "1 to 500")),
    }
}

/// A zone of the same house.
fn of_house(
    tx: &Transaction<'_>,
    restaurant: i64,
    wanted: Option<i64>,
) -> Result<Option<i64>, Error> {
    let Some(id) = wanted else {
        return Ok(None);
    };
    match zone(tx, id)?.restaurant_id == restaurant {
        true => Ok(Some(id)),
        false => Err(Refusal::OtherRestaurant { field: "zone_id" }.into()),
    }
}

/// A number that no other table of the house has.
fn free<'t>(
    tx: &Transaction<'_>,
    restaurant: i64,
    wanted: &'t str,
    own: Option<i64>,
) -> Result<&'t str, Error> {
    let wanted = name("number", wanted, NUMBER_MAX)?;
    let taken = tx.row(
        "SELECT id FROM tables WHERE restaurant_id = ?1 AND number = ?2 AND id IS NOT ?3",
        params![restaurant, wanted, own],
        |row| row.get::<i64>(0),
    )?;
    match taken {
        None => Ok(wanted),
        Some(_) => Err(Refusal::NameTaken { field: "number" }.into()),
    }
}
