//! Who may be played in a demo: the people of the house, by its rows as they are now.

use super::names::HOUSE;
use super::pins;
use crate::db::{Error, Reader, params};
use serde::Serialize;

/// What a demo's start page shows.
#[derive(Debug, Serialize)]
pub struct SignIns {
    /// The house.
    restaurant: House,
    /// How many tables it has.
    tables: i64,
    /// How many of them somebody sits at.
    tables_taken: i64,
    /// Orders that are not over.
    open_orders: i64,
    /// Its screens, with somebody for each.
    pub sign_ins: Vec<SignIn>,
}

#[derive(Debug, Serialize)]
struct House {
    id: i64,
    uuid: String,
    name: String,
    currency: String,
}

/// A screen, and somebody to open it as.
#[derive(Debug, Serialize)]
pub struct SignIn {
    /// `kitchen`, `waiter`, `guest`, `board`, `driver`, `manager`.
    screen: &'static str,
    /// What its button says.
    name: String,
    /// Where it is.
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    station: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pin: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<Person>,
    /// For who signs it: whom it is for. Not shown.
    #[serde(skip)]
    pub claims: Option<DemoClaims>,
    /// Put in by who signs the claims.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// When the token ends: milliseconds since 1970-01-01 UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at_ms: Option<u64>,
}

#[derive(Debug, Clone, Serialize)]
struct Person {
    id: i64,
    name: String,
    role: String,
}

/// What a token says. Whoever signs it adds when it ends.
#[derive(Debug, Clone, Serialize)]
pub struct DemoClaims {
    sub: String,
    role: String,
    user_id: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    restaurant_id: Option<i64>,
    token_version: i64,
}

/// Drivers who can be played. There may be many who are not needed for that.
const DRIVERS: i64 = 2;

impl SignIns {
    /// What there is to play at this moment.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn read(db: &Reader<'_>) -> Result<SignIns, Error> {
        let restaurant = db.one(
            "SELECT id, uuid, name, currency FROM restaurants WHERE id = ?1",
            params![HOUSE],
            |row| {
                Ok(House {
                    id: row.get(0)?,
                    uuid: row.get(1)?,
                    name: row.get(2)?,
                    currency: row.get(3)?,
                })
            },
        )?;
        let count = |sql: &str| db.one(sql, params![HOUSE], |row| row.get::<i64>(0));
        let mut sign_ins = Vec::new();
        for (screen, role) in [
            ("kitchen", "kitchen"),
            ("waiter", "waiter"),
            ("board", "display"),
            ("driver", "driver"),
            ("manager", "manager"),
        ] {
            for one in people(db, role)? {
                let one = one.at(screen);
                match screen {
                    "kitchen" => {
                        // one cook, at each of the stations in turn
                        sign_ins.extend(stations(db)?.into_iter().map(|at| one.standing(at)));
                        break;
                    }
                    _ => sign_ins.push(one),
                }
            }
            if screen == "waiter" {
                sign_ins.extend(guest(db)?);
            }
        }
        Ok(SignIns {
            restaurant,
            tables: count("SELECT count(*) FROM tables WHERE restaurant_id = ?1 AND is_active")?,
            tables_taken: count(
                "SELECT count(*) FROM table_sessions s JOIN tables t ON t.id = s.table_id WHERE t.restaurant_id = ?1 AND s.closed_at IS NULL",
            )?,
            open_orders: count(
                "SELECT count(*) FROM orders WHERE restaurant_id = ?1 AND status NOT IN ('delivered', 'completed', 'cancelled')",
            )?,
            sign_ins,
        })
    }
}

/// Somebody of the house, before it is known at which screen.
struct Candidate {
    person: Person,
    claims: DemoClaims,
    pin: Option<&'static str>,
}

impl Candidate {
    fn at(self, screen: &'static str) -> SignIn {
        SignIn {
            screen,
            name: self.person.name.clone(),
            url: format!("/{screen}"),
            station: None,
            pin: self.pin,
            user: Some(self.person),
            claims: Some(self.claims),
            token: None,
            expires_at_ms: None,
        }
    }
}

impl SignIn {
    fn standing(&self, (code, name): (String, String)) -> SignIn {
        SignIn {
            screen: self.screen,
            name,
            url: self.url.clone(),
            station: Some(code),
            pin: self.pin,
            user: self.user.clone(),
            claims: self.claims.clone(),
            token: None,
            expires_at_ms: None,
        }
    }
}

fn people(db: &Reader<'_>, role: &'static str) -> Result<Vec<Candidate>, Error> {
    let most = if role == "driver" { DRIVERS } else { 6 };
    db.rows(
        "SELECT id, name, restaurant_id, token_version, pin_hash FROM users
         WHERE role = ?1 AND is_active AND (restaurant_id = ?2 OR restaurant_id IS NULL) ORDER BY id LIMIT ?3",
        params![role, HOUSE, most],
        |row| {
            let id: i64 = row.get(0)?;
            let hash: Option<String> = row.get(4)?;
            Ok(Candidate {
                person: Person {
                    id,
                    name: row.get(1)?,
                    role: role.to_owned(),
                },
                claims: DemoClaims {
                    sub: id.to_string(),
                    role: role.to_owned(),
                    user_id: id,
                    restaurant_id: row.get(2)?,
                    token_version: row.get(3)?,
                },
                pin: pins::seeded(id, hash.as_deref()),
            })
        },
    )
}

/// Where a cook can stand.
fn stations(db: &Reader<'_>) -> Result<Vec<(String, String)>, Error> {
    db.rows(
        "SELECT code, name FROM stations WHERE restaurant_id = ?1 AND code <> 'pos' ORDER BY id",
        params![HOUSE],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )
}

/// A table that somebody sits at, whose code may be scanned.
fn guest(db: &Reader<'_>) -> Result<Option<SignIn>, Error> {
    db.row(
        "SELECT t.number, t.qr_secret FROM tables t JOIN table_sessions s ON s.table_id = t.id AND s.closed_at IS NULL
         WHERE t.restaurant_id = ?1 AND t.is_active ORDER BY t.id <> 5, t.id LIMIT 1",
        params![HOUSE],
        |row| {
            let (number, secret): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(SignIn {
                screen: "guest",
                name: format!("Table {number}"),
                url: format!("/t/{secret}"),
                station: None,
                pin: None,
                user: None,
                claims: None,
                token: None,
                expires_at_ms: None,
            })
        },
    )
}
