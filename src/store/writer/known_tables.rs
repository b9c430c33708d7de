//! What the writer knows of the schema that it serves.

use crate::store::capture::Blueprint;
use crate::store::schema::Schema;
use std::time::Instant;

/// What the writer knows of the schema.
pub(crate) struct Tables {
    pub(super) schema: Schema,
    pub(super) blueprint: Blueprint,
    pub(super) steady: &'static [&'static str],
    /// The schema's version that was found in order. `None`: nobody has looked.
    pub(super) seen: Option<i64>,
    /// The version that the open transaction found in order, and how many tables were mended in it: nothing until it is committed.
    pub(super) made: Option<(i64, u64)>,
    /// When broken tables were looked at.
    pub(super) tried: Option<Instant>,
}

impl Tables {
    pub fn new(schema: Schema, blueprint: Blueprint, steady: &'static [&'static str]) -> Self {
        Tables {
            schema,
            blueprint,
            steady,
            seen: None,
            made: None,
            tried: None,
        }
    }
}
