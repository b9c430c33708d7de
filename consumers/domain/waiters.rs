//! Those who serve.

use super::orders::{self, Filter, OrderFacts};
use super::page::PAGE_MAX;
use super::{Key, Refusal, Status, ids};
use crate::db::{Error, Reader, Row, params};
use serde::{Deserialize, Serialize};

/// Somebody who serves.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct WaiterFacts {
    pub id: i64,
    pub uuid: String,
    pub restaurant_id: i64,
    pub name: String,
    pub is_active: bool,
    pub version: i64,
}

/// Managers serve, too.
const FACTS: &str = "SELECT id, uuid, restaurant_id, name, is_active, version FROM users WHERE role IN ('waiter', 'manager') AND restaurant_id IS NOT NULL";

fn read(row: &Row<'_>) -> Result<WaiterFacts, Error> {
    Ok(WaiterFacts {
        id: row.get(0)?,
        uuid: row.get(1)?,
        restaurant_id: row.get(2)?,
        name: row.get(3)?,
        is_active: row.get(4)?,
        version: row.get(5)?,
    })
}

/// Somebody who serves, if there is one.
///
/// # Errors
/// [`Error::Store`].
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<WaiterFacts>, Error> {
    db.row(&format!("{FACTS} AND id = ?1"), params![id], read)
}

/// Somebody who must be there.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn get(db: &Reader<'_>, id: i64) -> Result<WaiterFacts, Error> {
    facts(db, id)?.ok_or_else(|| Refusal::NotFound { entity: "waiter" }.into())
}

/// All who serve in a restaurant.
///
/// # Errors
/// [`Error::Store`].
pub fn list(db: &Reader<'_>, restaurant_id: i64) -> Result<Vec<WaiterFacts>, Error> {
    let all = db.rows(
        &format!("{FACTS} AND restaurant_id = ?1 ORDER BY id"),
        params![restaurant_id],
        |row| db.legible("users", row.get(0)?, read(row)),
    )?;
    Ok(all.into_iter().flatten().collect())
}

/// Somebody who serves in this restaurant, now.
pub(super) fn in_restaurant(db: &Reader<'_>, key: &Key, restaurant_id: i64) -> Result<i64, Error> {
    let waiter = get(db, ids::user(db, key)?)?;
    if waiter.restaurant_id != restaurant_id {
        return Err(Refusal::OtherRestaurant { field: "waiter_id" }.into());
    }
    match waiter.is_active {
        true => Ok(waiter.id),
        false => Err(Refusal::value("waiter_id", "does not work here any more").into()),
    }
}

/// The tables of a waiter's section. Attribution, not a lock.
///
/// # Errors
/// [`Error::Store`].
pub fn section(db: &Reader<'_>, waiter_id: i64) -> Result<Vec<i64>, Error> {
    db.rows(
        "SELECT table_id FROM waiter_tables WHERE user_id = ?1 ORDER BY table_id",
        params![waiter_id],
        |row| row.get(0),
    )
}

/// The orders that a waiter still has to do with, newest first.
///
/// # Errors
/// [`Error::Store`].
pub fn orders(db: &Reader<'_>, waiter_id: i64) -> Result<Vec<OrderFacts>, Error> {
    let open = Status::ALL
        .into_iter()
        .filter(|status| !status.is_terminal());
    let filter = Filter {
        statuses: open.collect(),
        waiter_id: Some(waiter_id),
        ..Filter::default()
    };
    Ok(orders::list(db, &filter, None, PAGE_MAX)?.items)
}
