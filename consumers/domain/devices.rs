//! Screens and handhelds of the house: which there are, what each is, when it was last seen.

use super::audit::{self, Note};
use super::notifications::{self, Audience, New, NotificationKind};
use super::version::same_version;
use super::{Actor, Denial, Key, Refusal, restaurants};
use crate::db::{Error, Reader, Row, Transaction, params};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The letters of a device's key's hash that its tokens name.
pub const PRINT: usize = 16;
/// A device that has said so in this time is there, in milliseconds: it says so every half minute.
pub const ONLINE_MS: i64 = 75_000;
/// The longest name, in bytes.
const NAME_MAX: usize = 100;

/// What a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// A wall in the kitchen: it may what a cook may.
    Kitchen,
    /// A wall for guests: it hears.
    Board,
    /// A phone that staff sign in on.
    Handheld,
    /// A till, a tablet, an office: staff sign in.
    Other,
}

impl DeviceKind {
    /// As in `devices.kind`.
    pub const fn name(self) -> &'static str {
        match self {
            DeviceKind::Kitchen => "kitchen",
            DeviceKind::Board => "board",
            DeviceKind::Handheld => "handheld",
            DeviceKind::Other => "other",
        }
    }

    /// What `devices.kind` names.
    pub fn of(text: &str) -> DeviceKind {
        match text {
            "kitchen" => DeviceKind::Kitchen,
            "board" => DeviceKind::Board,
            "handheld" => DeviceKind::Handheld,
            _ => DeviceKind::Other,
        }
    }
}

/// A device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct DeviceFacts {
    pub id: i64,
    pub restaurant_id: i64,
    pub kind: DeviceKind,
    pub name: String,
    pub station: Option<Station>,
    /// The beginning of its key's hash.
    pub print: Option<String>,
    pub paired_at: Option<i64>,
    pub last_seen_at: Option<i64>,
    /// Of the page that it shows.
    pub build: Option<String>,
    /// Commands that wait there.
    pub outbox: i64,
    /// Who is signed in there.
    pub user: Option<(i64, String)>,
    pub version: i64,
}

/// Where in the kitchen it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = StationOfDevice)]
#[allow(missing_docs)]
pub struct Station {
    pub id: i64,
    pub code: String,
    pub name: String,
}

const FACTS: &str = "SELECT d.id, d.restaurant_id, d.kind, d.name, t.id, t.code, t.name, d.print, d.paired_at, s.last_seen_at, s.build, coalesce(s.outbox, 0),
  u.id, u.name, d.version FROM devices d LEFT JOIN stations t ON t.id = d.station_id LEFT JOIN device_signs s ON s.device_id = d.id
  LEFT JOIN users u ON u.id = s.user_id";

fn read(row: &Row<'_>) -> Result<DeviceFacts, Error> {
    let station = match row.get::<Option<i64>>(4)? {
        Some(id) => Some(Station {
            id,
            code: row.get(5)?,
            name: row.get(6)?,
        }),
        None => None,
    };
    let user = match row.get::<Option<i64>>(12)? {
        Some(id) => Some((id, row.get(13)?)),
        None => None,
    };
    Ok(DeviceFacts {
        id: row.get(0)?,
        restaurant_id: row.get(1)?,
        kind: DeviceKind::of(&row.text(2)?),
        name: row.get(3)?,
        station,
        print: row.get(7)?,
        paired_at: row.get(8)?,
        last_seen_at: row.get(9)?,
        build: row.get(10)?,
        outbox: row.get(11)?,
        user,
        version: row.get(14)?,
    })
}

/// A device that must be there.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn get(db: &Reader<'_>, id: i64) -> Result<DeviceFacts, Error> {
    db.row(
        &format!("{FACTS} WHERE d.id = ?1 AND d.revoked_at IS NULL"),
        params![id],
        read,
    )?
    .ok_or_else(|| Refusal::NotFound { entity: "device" }.into())
}

/// The devices of a restaurant, in the order in which they came.
///
/// # Errors
/// [`Error::Store`].
pub fn list(db: &Reader<'_>, restaurant_id: i64) -> Result<Vec<DeviceFacts>, Error> {
    let all = db.rows(
        &format!("{FACTS} WHERE d.restaurant_id = ?1 AND d.revoked_at IS NULL ORDER BY d.id"),
        params![restaurant_id],
        |row| db.legible("devices", row.get(0)?, read(row)),
    )?;
    Ok(all.into_iter().flatten().collect())
}

/// The id of a device that is named by its number.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn find(db: &Reader<'_>, key: &Key) -> Result<i64, Error> {
    let found = db.row(
        "SELECT id FROM devices WHERE id = ?1 AND revoked_at IS NULL",
        params![key.id()],
        |row| row.get(0),
    )?;
    found.ok_or_else(|| Refusal::NotFound { entity: "device" }.into())
}

/// A name that is fit to be shown.
pub(super) fn name(name: &str) -> Result<&str, Refusal> {
    let name = name.trim();
    match name.len() {
        1..=NAME_MAX => Ok(name),
        _ => Err(Refusal::value("name", format!("1 to {NAME_MAX} bytes"))),
    }
}

/// The beginning of a text: at most so many bytes, whole letters.
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// A station of this restaurant, by number or code.
pub(super) fn station(db: &Reader<'_>, key: &Key, restaurant_id: i64) -> Result<i64, Error> {
    let found = db.row(
        "SELECT id FROM stations WHERE restaurant_id = ?1 AND (id = ?2 OR code = ?3)",
        params![restaurant_id, key.id(), key.to_string()],
        |row| row.get(0),
    )?;
    found.ok_or_else(|| Refusal::NotFound { entity: "station" }.into())
}

/// What is to be different about a device. What is not named stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct DevicePatch {
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    pub station_id: Option<Key>,
    #[serde(rename = "version")]
    pub expected_version: Option<i64>,
}

/// Gives a device another name, or another station.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::Version`], [`Refusal::NotFound`].
pub fn patch(tx: &Transaction<'_>, id: i64, patch: &DevicePatch) -> Result<DeviceFacts, Error> {
    let device = get(tx, id)?;
    same_version(patch.expected_version, device.version)?;
    let name = match &patch.name {
        Some(name) => self::name(name)?,
        None => &device.name,
    };
    let before = device.station.as_ref().map(|station| station.id);
    let station = match &patch.station_id {
        Some(key) => Some(station(tx, key, device.restaurant_id)?),
        None => before,
    };
    if name != device.name || station != before {
        tx.execute(
            "UPDATE devices SET name = ?2, station_id = ?3 WHERE id = ?1",
            params![id, name, station],
        )?;
    }
    get(tx, id)
}

/// Takes a device away: its key, its tokens and those of whoever signed in on it are worthless.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn revoke(tx: &Transaction<'_>, actor: &Actor, id: i64) -> Result<(), Error> {
    let device = get(tx, id)?;
    tx.execute(
        "UPDATE devices SET revoked_at = ?2 WHERE id = ?1",
        params![id, tx.now_ms()],
    )?;
    settle(tx, id)?;
    let note = Note {
        action: "revoke",
        entity: "device",
        id,
        restaurant_id: device.restaurant_id,
        reason: None,
        before: (&device.name, device.kind),
        after: (),
    };
    audit::note(tx, actor, &note)
}

/// What a device says of itself.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sign {
    /// Of the page that it shows.
    #[schema(max_length = 100)]
    pub build: Option<String>,
    /// Commands that wait there.
    #[schema(minimum = 0)]
    pub outbox: i64,
}

/// A device is there. This is no change that anybody is told.
///
/// # Errors
/// [`Denial::DeviceUnpaired`] for whoever uses none, [`Refusal::Value`].
pub fn seen(tx: &Transaction<'_>, actor: &Actor, sign: &Sign) -> Result<DeviceFacts, Error> {
    let id = actor.device.ok_or(Denial::DeviceUnpaired)?;
    if sign.outbox < 0 {
        return Err(Refusal::value("outbox", "a number of commands").into());
    }
    let build = sign.build.as_deref().map(|build| cut(build, NAME_MAX));
    tx.execute(
        "INSERT INTO device_signs(device_id, last_seen_at, build, outbox, user_id) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT(device_id) DO UPDATE SET last_seen_at = ?2, build = coalesce(?3, build), outbox = ?4, user_id = ?5",
        params![id, tx.now_ms(), build, sign.outbox, actor.user_id],
    )?;
    settle(tx, id)?;
    get(tx, id)
}

/// It is back, or off for good: nobody needs to look for it any more.
fn settle(tx: &Transaction<'_>, id: i64) -> Result<(), Error> {
    let alert: Option<Option<i64>> = tx.row(
        "SELECT alert_id FROM device_signs WHERE device_id = ?1",
        params![id],
        |row| row.get(0),
    )?;
    if let Some(alert) = alert.flatten() {
        tx.execute(
            "UPDATE notifications SET acknowledged_at = ?2 WHERE id = ?1 AND acknowledged_at IS NULL",
            params![alert, tx.now_ms()],
        )?;
        tx.execute(
            "UPDATE device_signs SET alert_id = NULL WHERE device_id = ?1",
            params![id],
        )?;
    }
    Ok(())
}

/// The walls that have said nothing for as long as their house allows, and of which that was not said yet: their ids. Before `since_ms` nobody could have said anything.
/// Phones sleep in pockets: nobody misses them.
///
/// # Errors
/// [`Error::Store`].
pub fn silent(db: &Reader<'_>, since_ms: i64, now_ms: i64) -> Result<Vec<i64>, Error> {
    let walls: Vec<(i64, i64, i64)> = db.rows(
        "SELECT d.id, d.restaurant_id, s.last_seen_at FROM device_signs s JOIN devices d ON d.id = s.device_id
         WHERE s.last_seen_at < ?1 AND s.alert_id IS NULL AND d.revoked_at IS NULL AND d.kind IN ('kitchen', 'board') ORDER BY d.restaurant_id, d.id",
        params![now_ms],
        |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
    )?;
    let (mut silent, mut house) = (Vec::new(), None);
    for (wall, restaurant, last_seen) in walls {
        let allowed_s = match house {
            Some((known, allowed_s)) if known == restaurant => allowed_s,
            _ => restaurants::get(db, restaurant)?.settings.device_alert_s,
        };
        house = Some((restaurant, allowed_s));
        let silent_ms = now_ms - last_seen.max(since_ms);
        if allowed_s.is_some_and(|allowed_s| silent_ms > 1000 * i64::from(allowed_s)) {
            silent.push(wall);
        }
    }
    Ok(silent)
}

/// Tells the managers of a wall that says nothing.
///
/// # Errors
/// [`Refusal::NotFound`], when it was revoked meanwhile.
pub fn miss(tx: &Transaction<'_>, id: i64) -> Result<(), Error> {
    let device = get(tx, id)?;
    let message = format!("{} does not answer", device.name);
    let (kind, title) = (NotificationKind::Alert, Some("Screen gone"));
    let said = New::said(
        device.restaurant_id,
        Audience::Admin,
        kind,
        title,
        cut(&message, 400),
    )?;
    let alert = notifications::insert(tx, &Actor::system(), &said)?;
    tx.execute(
        "UPDATE device_signs SET alert_id = ?2 WHERE device_id = ?1",
        params![id, alert.id],
    )?;
    Ok(())
}
