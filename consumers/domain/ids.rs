//! Three names of one thing: its number, its uuid, and what people call it.

use super::Refusal;
use crate::db::{Error, Reader, Transaction, params};
use crate::schema::written_as;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// A new uuid. Version 7: they sort as they were made, so an index on them grows at its end.
pub fn uuid() -> String {
    uuid::Uuid::now_v7().to_string()
}

/// What guests type or read out: six characters that nobody mistakes for each other (no 0 and O, no 1 and I).
pub fn session_code() -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let random = uuid::Uuid::now_v7();
    // The time and the version are in front of these bytes.
    let letters = random.as_bytes()[10..].iter();
    letters
        .map(|byte| char::from(LETTERS[usize::from(byte % 32)]))
        .collect()
}

/// How a client names a thing.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Key {
    /// A number, or text that is one.
    Id(i64),
    /// A uuid, or what people call it.
    Text(String),
}

written_as!(Key, "Key", {
    "description": "What names a thing: its number, its uuid, or what people call it (`order-123`).",
    "type": ["integer", "string"],
    "minLength": 1,
});

impl Key {
    pub(super) fn id(&self) -> Option<i64> {
        match self {
            Key::Id(id) => Some(*id),
            Key::Text(_) => None,
        }
    }
}

impl JsonSchema for Key {
    fn schema_name() -> Cow<'static, str> {
        "Key".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["integer", "string"], "description": "A number, a uuid, or what people call it."})
    }
}

impl From<i64> for Key {
    fn from(id: i64) -> Self {
        Key::Id(id)
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Self {
        match text.parse::<i64>() {
            Ok(id) if id.to_string() == text => Key::Id(id),
            _ => Key::Text(text.to_owned()),
        }
    }
}

impl FromStr for Key {
    type Err = std::convert::Infallible;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Key::from(text))
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Id(id) => id.fmt(f),
            Key::Text(text) => text.fmt(f),
        }
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Key::Id(id) => serializer.serialize_i64(*id),
            Key::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Key;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id: a number, a uuid or a public id")
            }
            fn visit_i64<E>(self, id: i64) -> Result<Key, E> {
                Ok(Key::Id(id))
            }
            fn visit_u64<E: serde::de::Error>(self, id: u64) -> Result<Key, E> {
                i64::try_from(id).map(Key::Id).map_err(E::custom)
            }
            fn visit_str<E>(self, text: &str) -> Result<Key, E> {
                Ok(Key::from(text))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// The id that the next order will have. There is one writer, so it is known before the order is written: its public id can say it, and the order is one change
/// and not two.
///
/// # Errors
/// [`Error::Store`].
pub fn next_order(tx: &Transaction<'_>) -> Result<i64, Error> {
    tx.one(
        "SELECT 1 + max(coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'orders'), 0), coalesce((SELECT max(id) FROM orders), 0))",
        params![],
        |row| row.get(0),
    )
}

/// What people call a new order: `order-123`. Anybody may have given that name to another one before, then it gets some letters as well.
///
/// # Errors
/// [`Error::Store`].
pub fn public_id(db: &Reader<'_>, restaurant: i64, order: i64) -> Result<String, Error> {
    let name = format!("order-{order}");
    let taken = db.row(
        "SELECT 1 FROM orders WHERE restaurant_id = ?1 AND public_id = ?2",
        params![restaurant, &name],
        |row| row.get::<i64>(0),
    )?;
    Ok(match taken {
        None => name,
        Some(_) => format!("{name}-{}", session_code().to_ascii_lowercase()),
    })
}

/// The id of an order that is named by its number, its uuid or its public id (`order-123`). Public ids are a restaurant's own: `restaurant` says whose.
///
/// # Errors
/// [`Refusal::NotFound`], also for a public id that two restaurants use when none is said.
pub fn order(db: &Reader<'_>, key: &Key, restaurant: Option<i64>) -> Result<i64, Error> {
    let found = match key {
        Key::Id(id) => db.rows(
            "SELECT id FROM orders WHERE id = ?1 AND (?2 IS NULL OR restaurant_id = ?2)",
            params![id, restaurant],
            |row| row.get(0),
        )?,
        Key::Text(text) => db.rows(
            "SELECT id FROM orders WHERE (uuid = ?1 OR public_id = ?1) AND (?2 IS NULL OR restaurant_id = ?2) LIMIT 2",
            params![text, restaurant],
            |row| row.get(0),
        )?,
    };
    match found[..] {
        [id] => Ok(id),
        _ => Err(Refusal::NotFound { entity: "order" }.into()),
    }
}

/// The id of a restaurant that is named by its number or its uuid.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn restaurant(db: &Reader<'_>, key: &Key) -> Result<i64, Error> {
    by_uuid(
        db,
        "SELECT id FROM restaurants WHERE id = ?1 OR uuid = ?2",
        key,
        "restaurant",
    )
}

/// The id of a customer. Customers have numbers only.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn customer(db: &Reader<'_>, id: i64) -> Result<i64, Error> {
    let known = db.row(
        "SELECT id FROM customers WHERE id = ?1",
        params![id],
        |row| row.get(0),
    )?;
    known.ok_or_else(|| Refusal::NotFound { entity: "customer" }.into())
}

/// The id of a table that is named by its number in `tables` (not the one on it) or its uuid.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn table(db: &Reader<'_>, key: &Key) -> Result<i64, Error> {
    by_uuid(
        db,
        "SELECT id FROM tables WHERE id = ?1 OR uuid = ?2",
        key,
        "table",
    )
}

/// The id of a visit that is named by its number or its uuid.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn session(db: &Reader<'_>, key: &Key) -> Result<i64, Error> {
    by_uuid(
        db,
        "SELECT id FROM table_sessions WHERE id = ?1 OR uuid = ?2",
        key,
        "session",
    )
}

/// The id of somebody who is named by number or uuid.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn user(db: &Reader<'_>, key: &Key) -> Result<i64, Error> {
    by_uuid(
        db,
        "SELECT id FROM users WHERE id = ?1 OR uuid = ?2",
        key,
        "user",
    )
}

/// The id of a line that is named by its number or its uuid.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn item(db: &Reader<'_>, key: &Key) -> Result<i64, Error> {
    by_uuid(
        db,
        "SELECT id FROM order_items WHERE id = ?1 OR uuid = ?2",
        key,
        "line",
    )
}

/// The id of a dish that is named by its number or its uuid.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn menu_item(db: &Reader<'_>, key: &Key) -> Result<i64, Error> {
    by_uuid(
        db,
        "SELECT id FROM menu_items WHERE id = ?1 OR uuid = ?2",
        key,
        "menu item",
    )
}

/// The id of a task that is named by its number or its uuid.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn task(db: &Reader<'_>, key: &Key) -> Result<i64, Error> {
    by_uuid(
        db,
        "SELECT id FROM tasks WHERE id = ?1 OR uuid = ?2",
        key,
        "task",
    )
}

/// The id of a notification that is named by its number or its uuid.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn notification(db: &Reader<'_>, key: &Key) -> Result<i64, Error> {
    by_uuid(
        db,
        "SELECT id FROM notifications WHERE id = ?1 OR uuid = ?2",
        key,
        "notification",
    )
}

/// A number is never taken for a uuid, nor the other way round.
fn by_uuid(db: &Reader<'_>, sql: &str, key: &Key, entity: &'static str) -> Result<i64, Error> {
    let text = match key {
        Key::Id(_) => None,
        Key::Text(text) => Some(text),
    };
    db.row(sql, params![key.id(), text], |row| row.get(0))?
        .ok_or_else(|| Refusal::NotFound { entity }.into())
}
