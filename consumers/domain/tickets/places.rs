//! The places where a kitchen's screens hang.

use crate::db::{Error, Reader, params};
use crate::domain::Refusal;
use serde::{Deserialize, Serialize};

/// The stations that see all orders.
const SEE_ALL: [&str; 2] = ["expo", "pos"];
/// The document's stations: a restaurant that has written down none has these.
const USUAL: [&str; 4] = ["kitchen", "expo", "bar", "pos"];

/// A station, and when its tickets are late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Its row.
    pub id: i64,
    /// `kitchen`, `bar`, ...
    pub code: String,
    /// What people call it.
    pub name: String,
    /// It sees all orders.
    pub is_expo: bool,
    /// Seconds after which a clock is amber.
    pub amber_s: i64,
    /// Seconds after which it is red.
    pub red_s: i64,
}

/// The stations of a restaurant.
///
/// # Errors
/// [`Error::Store`].
pub fn places(db: &Reader<'_>, restaurant: i64) -> Result<Vec<Place>, Error> {
    db.rows(
        "SELECT id, code, name, is_expo, amber_s, red_s FROM stations WHERE restaurant_id = ?1 ORDER BY id",
        params![restaurant],
        |row| {
            Ok(Place {
                id: row.get(0)?,
                code: row.get(1)?,
                name: row.get(2)?,
                is_expo: row.get(3)?,
                amber_s: row.get(4)?,
                red_s: row.get(5)?,
            })
        },
    )
}

/// The station of this name; `None`: one that sees everything.
///
/// # Errors
/// [`Refusal::Value`]: there is no such station.
pub fn station(db: &Reader<'_>, restaurant: i64, code: &str) -> Result<Option<i64>, Error> {
    let all = places(db, restaurant)?;
    match all.iter().find(|place| place.code == code) {
        Some(place) if place.is_expo => Ok(None),
        _ if SEE_ALL.contains(&code) => Ok(None),
        Some(place) => Ok(Some(place.id)),
        None if all.is_empty() && USUAL.contains(&code) => Ok(None),
        None => {
            let mut known: Vec<&str> = all.iter().map(|place| place.code.as_str()).collect();
            let missing = SEE_ALL
                .iter()
                .filter(|code| !all.iter().any(|p| p.code == **code));
            known.extend(missing);
            let rule = format!("one of {}", known.join(", "));
            Err(Refusal::value("station", rule).into())
        }
    }
}
