//! What a screen is told that asked for an acknowledgement.

use super::messages::word;
use crate::domain::Status;
use schemars::JsonSchema;
use serde::Serialize;

/// To `join:restaurant` and `join:station`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenJoined")]
#[serde(rename_all = "camelCase")]
pub struct Joined<'a> {
    #[schemars(extend("const" = true))]
    pub success: bool,
    pub restaurant_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub station: Option<&'a str>,
}

/// To `orders:sync`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenSynced")]
pub struct SyncDone {
    #[schemars(extend("const" = true))]
    pub success: bool,
    /// How many orders there are.
    pub total: i64,
}

/// To `order:update_status`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenMoved")]
#[serde(rename_all = "camelCase")]
pub struct StatusDone<'a> {
    #[schemars(extend("const" = true))]
    pub success: bool,
    pub order_id: &'a str,
    #[schemars(schema_with = "word")]
    pub previous_status: &'static str,
    #[schemars(schema_with = "word")]
    pub status: &'static str,
    pub canonical_status: Status,
    pub version: i64,
    /// It was another one before.
    pub changed: bool,
}

/// To `table:complete`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenTableDone")]
#[serde(rename_all = "camelCase")]
pub struct TableDone<'a> {
    #[schemars(extend("const" = true))]
    pub success: bool,
    pub table_number: &'a str,
    pub order_ids: &'a [String],
}
