//! How a refusal is told where a vocabulary has no shape of its own.

use maitred::{ClientError, Message};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// What a refusal looks like where a vocabulary has no shape of its own.
#[derive(ToSchema)]
#[allow(dead_code, reason = "written by the framework: this is its schema")]
pub struct Refused {
    /// For people.
    error: String,
    /// Stable, for programs.
    code: String,
    /// What a program needs to go on: the allowed values, the present version.
    #[serde(flatten)]
    details: BTreeMap<String, serde_json::Value>,
}

/// A refusal where a vocabulary has no shape of its own.
pub fn refusal(error: &ClientError) -> String {
    Message::error(error).data().to_owned()
}
