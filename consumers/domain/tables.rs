//! Tables. Whether one is occupied is not written anywhere: it is whether a visit is open.

use super::sessions::{self, Closed, Closing, SessionFacts};
use super::{Actor, Refusal, Role, ids};
use crate::db::{Error, Reader, Row, Transaction, params};
use serde::{Deserialize, Serialize};

/// A table and who sits there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct TableFacts {
    pub id: i64,
    pub uuid: String,
    pub restaurant_id: i64,
    /// The restaurant's name.
    pub restaurant: String,
    pub zone_id: Option<i64>,
    pub zone: Option<String>,
    pub number: String,
    pub capacity: i64,
    pub is_active: bool,
    pub group_id: Option<String>,
    /// Guests cannot order here by themselves.
    #[serde(default)]
    pub qr_blocked: bool,
    pub session: Option<SessionFacts>,
    pub version: i64,
}

impl TableFacts {
    /// Whether somebody sits there.
    pub const fn is_occupied(&self) -> bool {
        self.session.is_some()
    }
}

/// One statement: it runs for every change at a table.
const FACTS: &str = "SELECT t.id, t.uuid, t.restaurant_id, r.name, t.zone_id, z.name, t.number, t.capacity, t.is_active, t.group_id, t.version,
  s.id, s.uuid, s.session_code, s.guests_count, s.waiter_id, s.opened_at, s.version, t.qr_blocked
  FROM tables t JOIN restaurants r ON r.id = t.restaurant_id LEFT JOIN zones z ON z.id = t.zone_id
  LEFT JOIN table_sessions s ON s.table_id = t.id AND s.closed_at IS NULL";

fn read(row: &Row<'_>) -> Result<TableFacts, Error> {
    let (id, restaurant_id, number) = (row.get(0)?, row.get(2)?, row.get::<String>(6)?);
    let session = match row.get::<Option<i64>>(11)? {
        None => None,
        Some(session) => Some(SessionFacts {
            id: session,
            uuid: row.get(12)?,
            restaurant_id,
            table_id: id,
            table_number: number.clone(),
            session_code: row.get(13)?,
            guests_count: row.get(14)?,
            waiter_id: row.get(15)?,
            started_at: row.get(16)?,
            closed_at: None,
            closed_by: None,
            close_reason: None,
            requests: Vec::new(),
            version: row.get(17)?,
            merged_into_id: None,
        }),
    };
    Ok(TableFacts {
        id,
        uuid: row.get(1)?,
        restaurant_id,
        restaurant: row.get(3)?,
        zone_id: row.get(4)?,
        zone: row.get(5)?,
        number,
        capacity: row.get(7)?,
        is_active: row.get(8)?,
        group_id: row.get(9)?,
        qr_blocked: row.get(18)?,
        version: row.get(10)?,
        session,
    })
}

/// A table, if there is one.
///
/// # Errors
/// [`Error::Store`].
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<TableFacts>, Error> {
    db.row(&format!("{FACTS} WHERE t.id = ?1"), params![id], read)
}

/// A table that must be there.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn get(db: &Reader<'_>, id: i64) -> Result<TableFacts, Error> {
    facts(db, id)?.ok_or_else(|| Refusal::NotFound { entity: "table" }.into())
}

/// The table with this number on it.
///
/// # Errors
/// [`Error::Store`].
pub fn by_number(
    db: &Reader<'_>,
    restaurant_id: i64,
    number: &str,
) -> Result<Option<TableFacts>, Error> {
    db.row(
        &format!("{FACTS} WHERE t.restaurant_id = ?1 AND t.number = ?2"),
        params![restaurant_id, number],
        read,
    )
}

/// A restaurant's tables, by zone.
///
/// # Errors
/// [`Error::Store`].
pub fn list(db: &Reader<'_>, restaurant_id: i64) -> Result<Vec<TableFacts>, Error> {
    let all = db.rows(
        &format!("{FACTS} WHERE t.restaurant_id = ?1 ORDER BY z.sort, z.id, t.id"),
        params![restaurant_id],
        |row| db.legible("tables", row.get(0)?, read(row)),
    )?;
    Ok(all.into_iter().flatten().collect())
}

/// A table of this restaurant.
pub(super) fn in_restaurant(
    db: &Reader<'_>,
    id: i64,
    restaurant_id: i64,
) -> Result<TableFacts, Error> {
    let table = get(db, id)?;
    match table.restaurant_id == restaurant_id {
        true => Ok(table),
        false => Err(Refusal::OtherRestaurant { field: "table_id" }.into()),
    }
}

/// What became of seating guests.
#[derive(Debug, Clone, PartialEq)]
pub struct Occupied {
    /// The table now, with its visit.
    pub table: TableFacts,
    /// A visit was going on already: whoever asks second joins it, and it stays as it is.
    pub joined: bool,
}

/// Seats guests. One of two waiters who open the same table opens it, the other joins.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::TableInactive`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn occupy(
    tx: &Transaction<'_>,
    actor: &Actor,
    table_id: i64,
    guests_count: Option<i64>,
) -> Result<Occupied, Error> {
    let table = get(tx, table_id)?;
    sessions::serves(actor)?;
    let guests = sessions::guests(guests_count.unwrap_or(1))?;
    if table.session.is_some() {
        return Ok(Occupied {
            table,
            joined: true,
        });
    }
    if !table.is_active {
        return Err(Refusal::TableInactive.into());
    }
    let waiter_id = actor.user_id.filter(|_| actor.role == Role::Waiter);
    tx.execute(
        "INSERT INTO table_sessions(uuid, table_id, session_code, guests_count, waiter_id, opened_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)",
        params![ids::uuid(), table_id, ids::session_code(), guests, waiter_id, tx.now_ms()],
    )?;
    Ok(Occupied {
        table: get(tx, table_id)?,
        joined: false,
    })
}

/// What became of clearing a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Released {
    /// The table now.
    pub table: TableFacts,
    /// The visit that ended; `None`: nobody sat there.
    pub closed: Option<Closed>,
}

/// Ends the visit at a table. A table where nobody sits stays free.
///
/// # Errors
/// As for [`sessions::close`].
pub fn release(
    tx: &Transaction<'_>,
    actor: &Actor,
    table_id: i64,
    how: &Closing,
) -> Result<Released, Error> {
    let table = get(tx, table_id)?;
    sessions::serves(actor)?;
    let closed = match &table.session {
        Some(session) => Some(sessions::close(tx, actor, session.id, how)?),
        None => None,
    };
    Ok(Released {
        table: get(tx, table_id)?,
        closed,
    })
}
