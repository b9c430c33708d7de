//! What a screen is told that asked for an acknowledgement.

use super::messages::{DishData, Item, Order, Station, Time, word};
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
    /// All of the restaurant's, and when their tickets are late.
    pub stations: Vec<Station<'a>>,
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

/// To what a cook does with a ticket: `order:bump`, `order:recall`, `order:confirm`, and the same of one line.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenDone")]
#[serde(rename_all = "camelCase")]
pub struct TicketDone<'a> {
    #[schemars(extend("const" = true))]
    pub success: bool,
    pub order_id: &'a str,
    #[schemars(schema_with = "word")]
    pub status: &'static str,
    pub canonical_status: Status,
    pub version: i64,
    /// Something is different: what was done already is no mistake.
    pub changed: bool,
    /// The lines that it was about.
    pub items: Vec<Item<'a>>,
}

/// To `orders:seen`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenSeen")]
#[serde(rename_all = "camelCase")]
pub struct SeenDone<'a> {
    #[schemars(extend("const" = true))]
    pub success: bool,
    /// The orders that had something new.
    pub order_ids: Vec<&'a str>,
    pub changed: bool,
}

/// To `order:prioritize`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenPrioritized")]
#[serde(rename_all = "camelCase")]
pub struct Prioritized<'a> {
    #[schemars(extend("const" = true))]
    pub success: bool,
    pub order_id: &'a str,
    pub priority: i64,
    pub version: i64,
    pub changed: bool,
}

/// To `order:call`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenCalled")]
#[serde(rename_all = "camelCase")]
pub struct Called<'a> {
    #[schemars(extend("const" = true))]
    pub success: bool,
    pub order_id: &'a str,
    pub called_at: Option<Time>,
    pub version: i64,
}

/// To `menu:availability`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenAvailability")]
#[serde(rename_all = "camelCase")]
pub struct Availability<'a> {
    #[schemars(extend("const" = true))]
    pub success: bool,
    pub item: DishData<'a>,
    pub changed: bool,
}

/// To `orders:recent`.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenRecent")]
pub struct Recent<'a> {
    #[schemars(extend("const" = true))]
    pub success: bool,
    /// The newest done first; handed over or not.
    pub orders: Vec<Order<'a>>,
    pub total: usize,
    pub timestamp: Time,
    /// The point of the history at which it is true.
    pub as_of: u64,
}
