//! How requests and answers look here.

use crate::domain::Key;
use crate::rest::Answer;
use crate::schema::written_as;
use maitred::Error;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// What went well.
#[derive(Serialize, ToSchema)]
#[schema(as = kitchen::Done)]
pub struct Done<T> {
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

pub fn ok<T: Serialize>(data: T) -> Result<Answer, Error> {
    Answer::ok(&Done::with(data))
}

pub fn created<T: Serialize>(data: T) -> Result<Answer, Error> {
    Answer::created(&Done::with(data))
}

/// Tells `null`, which empties, from what is not there, which stays.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
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
