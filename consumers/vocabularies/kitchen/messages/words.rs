//! The words that fields are limited to, as schemas.

use crate::domain::alerts::Level;
use crate::domain::{KITCHEN, Status};
use schemars::{Schema, SchemaGenerator, json_schema};

/// How an alert is meant.
pub(super) fn level(_: &mut SchemaGenerator) -> Schema {
    let words = [Level::Urgent, Level::Warning, Level::Info].map(Level::name);
    json_schema!({"type": "string", "enum": words})
}

/// One of the document's words.
pub fn word(_: &mut SchemaGenerator) -> Schema {
    let mut words = Status::ALL.map(|status| KITCHEN.word(status)).to_vec();
    words.dedup();
    json_schema!({"enum": words})
}
