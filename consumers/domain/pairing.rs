//! Pairing: a screen shows a code, a manager says which screen that is, and what the screen holds is its key from then on.
//!
//! The key is the screen's alone. Here is only its hash, so whoever reads the database cannot be the screen.

use super::audit::{self, Note};
use super::devices::{self, DeviceFacts, DeviceKind};
use super::{Actor, Denial, Key, Refusal, ids};
use crate::db::{ClientError, Error, Kind, Reader, Transaction, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use utoipa::ToSchema;

/// How long a code is good, in milliseconds.
const CODE_MS: i64 = 600_000;
/// How long it is remembered that it was, in milliseconds.
const REMEMBERED_MS: i64 = 24 * 3_600_000;
/// Screens that wait for a manager at once, in the whole house. More are somebody who plays.
const WAITING_MAX: i64 = 200;
/// The longest name of a device, and the longest name of a build, in bytes.
const NAME_MAX: usize = 100;
/// Without those that look alike.
const LETTERS: &[u8; 30] = b"ABCDEFGHJKMNPQRSTVWXYZ23456789";
const CODE_LETTERS: usize = 6;
/// Of a secret, in bytes.
const SECRET: usize = 32;

/// A code that a screen shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shown {
    /// For people.
    pub code: String,
    /// The screen's key. It is told this once.
    pub secret: String,
    /// When the code ends, in milliseconds.
    #[serde(skip)]
    pub expires_at: i64,
}

/// A new code. `random` says bytes that nobody can guess.
///
/// # Errors
/// `RATE_LIMITED` when too many wait.
pub fn begin(
    tx: &Transaction<'_>,
    secret: &str,
    build: Option<&str>,
) -> Result<(String, i64), Error> {
    let now = tx.now_ms();
    tx.execute(
        "DELETE FROM pairings WHERE expires_at < ?1",
        params![now - REMEMBERED_MS],
    )?;
    let (waiting, all): (i64, i64) = tx.one(
        "SELECT count(*) FILTER (WHERE expires_at > ?1), count(*) FROM pairings",
        params![now],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if waiting >= WAITING_MAX {
        let text = "too many screens wait to be paired: try again later";
        return Err(ClientError::new(Kind::RateLimited, "RATE_LIMITED", text).into());
    }
    if all >= 10 * WAITING_MAX {
        tx.execute("DELETE FROM pairings WHERE expires_at <= ?1", params![now])?;
    }
    let build = build.map(|build| devices::cut(build, NAME_MAX));
    // Two screens with one code would be two that one manager pairs.
    for _ in 0..8 {
        let code = code()?;
        let made = tx.execute(
            "INSERT INTO pairings(code, secret_hash, build, created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT(code) DO NOTHING",
            params![&code, hash(secret), build, now, now + CODE_MS],
        )?;
        if made == 1 {
            return Ok((code, now + CODE_MS));
        }
    }
    Err(Error::Store("no code is free".to_owned()))
}

fn code() -> Result<String, Error> {
    // 240 is the largest multiple of 30 in a byte: what is above would make some letters likelier.
    let mut code = String::with_capacity(CODE_LETTERS);
    while code.len() < CODE_LETTERS {
        for byte in random::<16>()?.into_iter().filter(|byte| *byte < 240) {
            if code.len() < CODE_LETTERS {
                code.push(char::from(LETTERS[usize::from(byte % 30)]));
            }
        }
    }
    Ok(code)
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| Error::Store(format!("no random bytes: {e}")))?;
    Ok(bytes)
}

/// A key that nobody can guess, in hex.
///
/// # Errors
/// [`Error::Store`] when the system has no random bytes.
pub fn secret() -> Result<String, Error> {
    Ok(hex(&random::<SECRET>()?))
}

/// What is kept of a secret. It is as long as a hash already, so it needs no salt and no time.
pub fn hash(secret: &str) -> String {
    hex(&Sha256::digest(secret.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Where a screen stands that asks with its key.
#[derive(Debug, Clone, PartialEq)]
pub enum Standing {
    /// No manager has said anything yet.
    Waiting {
        /// What it shows.
        code: String,
        /// When that ends, in milliseconds.
        expires_at: i64,
    },
    /// It is a device of the house.
    Paired(DeviceFacts),
}

/// Where a screen stands.
///
/// # Errors
/// [`Denial::PairingExpired`], [`Denial::DeviceRevoked`], [`Denial::DeviceUnknown`].
pub fn standing(db: &Reader<'_>, secret: &str, now_ms: i64) -> Result<Standing, Error> {
    let hash = hash(secret);
    let device: Option<(i64, bool)> = db.row(
        "SELECT id, revoked_at IS NOT NULL FROM devices WHERE token_hash = ?1",
        params![&hash],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    match device {
        Some((_, true)) => return Err(Denial::DeviceRevoked.into()),
        Some((id, false)) => return Ok(Standing::Paired(devices::get(db, id)?)),
        None => {}
    }
    let waiting: Option<(String, i64)> = db.row(
        "SELECT code, expires_at FROM pairings WHERE secret_hash = ?1",
        params![&hash],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    match waiting {
        Some((_, expires_at)) if expires_at <= now_ms => Err(Denial::PairingExpired.into()),
        Some((code, expires_at)) => Ok(Standing::Waiting { code, expires_at }),
        None => Err(Denial::DeviceUnknown.into()),
    }
}

/// Which screen it is that shows a code.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewDevice {
    /// As it is shown; spaces and small letters do not matter.
    pub code: String,
    pub kind: DeviceKind,
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// A station's number or code: what a kitchen's screen shows.
    #[serde(default)]
    pub station_id: Option<Key>,
    /// Where, for those who run several.
    #[serde(default)]
    pub restaurant_id: Option<Key>,
}

/// Makes the screen that shows a code a device of the house.
///
/// # Errors
/// [`Denial::PairingUnknown`], [`Denial::PairingExpired`], [`Refusal::Value`], [`Refusal::NotFound`].
pub fn confirm(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant_id: i64,
    new: &NewDevice,
) -> Result<DeviceFacts, Error> {
    let letters = new.code.chars().filter(|c| c.is_ascii_alphanumeric());
    let code: String = letters.map(|c| c.to_ascii_uppercase()).take(16).collect();
    let name = devices::name(&new.name)?;
    let station = match &new.station_id {
        Some(key) => Some(devices::station(tx, key, restaurant_id)?),
        None => None,
    };
    let found: Option<(i64, String, Option<String>, i64)> = tx.row(
        "SELECT id, secret_hash, build, expires_at FROM pairings WHERE code = ?1",
        params![code],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)),
    )?;
    let Some((pairing, hash, build, expires_at)) = found else {
        return Err(Denial::PairingUnknown.into());
    };
    if expires_at <= tx.now_ms() {
        return Err(Denial::PairingExpired.into());
    }
    let id: i64 = tx.one(
        "INSERT INTO devices(restaurant_id, kind, name, station_id, token_hash, print, paired_at, paired_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) RETURNING id",
        params![
            restaurant_id,
            new.kind.name(),
            name,
            station,
            &hash,
            hash.get(..devices::PRINT),
            tx.now_ms(),
            actor.user_id
        ],
        |row| row.get(0),
    )?;
    tx.execute(
        "INSERT INTO device_signs(device_id, last_seen_at, build) VALUES (?1, ?2, ?3)",
        params![id, tx.now_ms(), build],
    )?;
    tx.execute("DELETE FROM pairings WHERE id = ?1", params![pairing])?;
    let note = Note {
        action: "pair",
        entity: "device",
        id,
        restaurant_id,
        reason: None,
        before: (),
        after: (name, new.kind),
    };
    audit::note(tx, actor, &note)?;
    devices::get(tx, id)
}

/// Where the device is to be.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::Value`].
pub fn place(tx: &Reader<'_>, named: Option<&Key>, own: Option<&[i64]>) -> Result<i64, Error> {
    match (named, own) {
        (Some(key), _) => ids::restaurant(tx, key),
        (None, Some([only])) => Ok(*only),
        _ => Err(Refusal::value("restaurant_id", "say which restaurant").into()),
    }
}
