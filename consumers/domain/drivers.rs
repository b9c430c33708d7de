//! Drivers: whether they take orders. Who never said anything does.

use super::page::PAGE_MAX;
use super::{Actor, Refusal, Role};
use crate::db::{Error, Reader, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a driver is doing.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DriverStatus {
    /// Nothing that is known.
    #[default]
    Offline,
    /// Waiting for orders.
    Available,
    /// On the road.
    Busy,
}

impl DriverStatus {
    /// What `drivers.status` means.
    fn of(text: &str) -> Self {
        match text {
            "available" => DriverStatus::Available,
            "busy" => DriverStatus::Busy,
            _ => DriverStatus::Offline,
        }
    }
}

/// Whether a driver takes orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Availability {
    /// Their row in `users`.
    pub driver_id: i64,
    /// What they are doing.
    pub status: DriverStatus,
    /// Whether they are offered orders.
    pub available: bool,
}

/// Somebody who drives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriverFacts {
    /// Their row in `users`.
    pub id: i64,
    /// What they are called.
    pub name: String,
    /// What they drive, where they said so.
    pub vehicle: Option<String>,
    /// What they are doing.
    pub status: DriverStatus,
    /// Whether they are offered orders.
    pub available: bool,
}

/// Who may drive for these restaurants (`None`: for any of them): their own drivers, and those who are bound to none. Who can take something comes first; at most
/// [`PAGE_MAX`].
///
/// # Errors
/// [`Error::Store`].
pub fn list(db: &Reader<'_>, restaurants: Option<&[i64]>) -> Result<Vec<DriverFacts>, Error> {
    let restaurants = restaurants.map(serde_json::to_string).transpose()?;
    db.rows(
        "SELECT u.id, u.name, d.vehicle, coalesce(d.status, 'offline') AS status, d.offline_at
         FROM users u LEFT JOIN drivers d ON d.user_id = u.id
         WHERE u.role = 'driver' AND u.is_active
           AND (?1 IS NULL OR u.restaurant_id IS NULL OR u.restaurant_id IN (SELECT value FROM json_each(?1)))
         ORDER BY CASE coalesce(d.status, 'offline') WHEN 'available' THEN 0 WHEN 'busy' THEN 1 ELSE 2 END, u.name, u.id
         LIMIT ?2",
        params![&restaurants, PAGE_MAX],
        |row| {
            Ok(DriverFacts {
                id: row.get(0)?,
                name: row.get(1)?,
                vehicle: row.get(2)?,
                status: DriverStatus::of(&row.text(3)?),
                available: row.get::<Option<i64>>(4)?.is_none(),
            })
        },
    )
}

/// Whether a driver takes orders. One who is not known yet does.
///
/// # Errors
/// [`Error::Store`].
pub fn availability(db: &Reader<'_>, driver_id: i64) -> Result<Availability, Error> {
    let found = db.row(
        "SELECT status, offline_at FROM drivers WHERE user_id = ?1",
        params![driver_id],
        |row| {
            Ok(Availability {
                driver_id,
                status: DriverStatus::of(&row.text(0)?),
                available: row.get::<Option<i64>>(1)?.is_none(),
            })
        },
    )?;
    Ok(found.unwrap_or(Availability {
        driver_id,
        status: DriverStatus::Offline,
        available: true,
    }))
}

/// A driver takes orders from now on, or takes none. What they have they bring to its end.
///
/// # Errors
/// [`Refusal::Forbidden`].
pub fn set_available(
    tx: &Transaction<'_>,
    actor: &Actor,
    available: bool,
) -> Result<Availability, Error> {
    let (Role::Driver, Some(driver)) = (actor.role, actor.user_id) else {
        return Err(Refusal::Forbidden("only a driver takes orders".into()).into());
    };
    tx.execute(
        "INSERT INTO drivers(user_id, status) VALUES (?1, 'available') ON CONFLICT DO NOTHING",
        params![driver],
    )?;
    match available {
        true => tx.execute(
            "UPDATE drivers SET offline_at = NULL, status = CASE status WHEN 'offline' THEN 'available' ELSE status END
             WHERE user_id = ?1 AND (offline_at IS NOT NULL OR status = 'offline')",
            params![driver],
        )?,
        false => tx.execute(
            "UPDATE drivers SET offline_at = ?2, status = CASE status WHEN 'available' THEN 'offline' ELSE status END
             WHERE user_id = ?1 AND offline_at IS NULL",
            params![driver, tx.now_ms()],
        )?,
    };
    availability(tx, driver)
}
