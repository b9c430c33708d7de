//! The kitchen over HTTP, under `/api/v1`: because somebody must create things.
//!
//! Statuses and objects are the sockets'. What went well is `{"success": true, "data": ...}`, a mistake has the shape that it has on a socket. Field names are those of the
//! orders (`table_number`); those of the events (`tableNumber`) are understood too, and nothing else. Nobody is told anything from here.

mod alerts;
pub mod openapi;
mod orders;

use super::mistakes;
use crate::domain::Key;
use crate::rest::Handler::{Read, Write};
use crate::rest::{Answer, Method, Methods, Service};
use crate::schema::written_as;
use maitred::Error;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// As in `routing.toml`.
pub const NAME: &str = "kitchen.api";

/// The service.
pub const SERVICE: Service = Service {
    below: "api/v1",
    table: ROUTES,
    refusal: mistakes::body,
};

/// Everything there is, below `/api/v1/`. `*` is the key of a thing.
const ROUTES: &[(&str, Methods)] = &[
    (
        "orders",
        &[
            (Method::GET, Read(orders::list)),
            (Method::POST, Write(orders::place)),
        ],
    ),
    (
        "orders/*",
        &[
            (Method::GET, Read(orders::show)),
            (Method::PATCH, Write(orders::change)),
            (Method::DELETE, Write(orders::delete)),
        ],
    ),
    ("kitchen/alerts", &[(Method::POST, Write(alerts::raise))]),
];

/// What went well.
#[derive(Serialize, ToSchema)]
#[schema(as = kitchen::Done)]
struct Done<T> {
    success: bool,
    data: T,
}

impl<T> Done<T> {
    fn with(data: T) -> Self {
        Done {
            success: true,
            data,
        }
    }
}

fn ok<T: Serialize>(data: T) -> Result<Answer, Error> {
    Answer::ok(&Done::with(data))
}

fn created<T: Serialize>(data: T) -> Result<Answer, Error> {
    Answer::created(&Done::with(data))
}

/// Tells `null`, which empties, from what is not there, which stays.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// What is written on a table. People write a number for a number.
#[derive(Debug, Clone, Deserialize)]
#[serde(from = "Key")]
pub struct Number(pub String);

written_as!(Number, "kitchen.TableNumber", {
    "description": "What is written on a table.",
    "type": ["string", "integer"],
});

impl From<Key> for Number {
    fn from(key: Key) -> Self {
        Number(key.to_string())
    }
}
