//! The data of messages that are more, or less, than one object.

use super::data::{NotificationData, TaskData, Text, Time, word};
use super::item::ItemData;
use crate::domain::Status;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::BTreeMap;

/// An order's row is gone.
#[derive(Serialize, JsonSchema)]
pub struct OrderDeleted {
    pub id: i64,
    pub order_id: i64,
    pub deleted: bool,
    pub version: i64,
}

/// The lines of an order that is gone.
#[derive(Serialize, JsonSchema)]
pub struct ItemsGone {
    pub order_id: i64,
    pub items: [(); 0],
    pub items_count: i64,
    pub deleted: bool,
}

/// A table's row is gone.
#[derive(Serialize, JsonSchema)]
pub struct TableDeleted {
    pub id: i64,
    pub table_id: i64,
    pub deleted: bool,
    pub version: u64,
}

/// A visit's row is gone.
#[derive(Serialize, JsonSchema)]
pub struct SessionDeleted {
    pub id: i64,
    pub session_id: i64,
    pub is_active: bool,
    pub deleted: bool,
    pub version: i64,
}

/// Somebody took care of a notification.
#[derive(Serialize, JsonSchema)]
pub struct AcknowledgedData<'a> {
    pub notification_id: Text,
    pub acknowledged_by: Option<i64>,
    pub by: Option<&'a str>,
    pub acknowledged_at: Time,
    pub version: i64,
}

/// Nothing is owed any more.
#[derive(Serialize, JsonSchema)]
pub struct PaidData<'a> {
    pub payment_id: i64,
    pub order_id: Option<i64>,
    pub session_id: Option<i64>,
    pub table_id: Option<i64>,
    pub table_number: Option<&'a str>,
    pub amount: String,
    pub total_amount: String,
    pub currency: &'a str,
    pub method: &'a str,
    pub version: i64,
}

/// What somebody has to do.
#[derive(Serialize, JsonSchema)]
pub struct TasksData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiter_id: Option<i64>,
    pub tasks: &'a [TaskData<'a>],
    pub tasks_count: usize,
    pub notifications: Vec<NotificationData<'a>>,
}

/// How a restaurant stands.
#[derive(Serialize, JsonSchema)]
pub struct RestaurantData<'a> {
    pub id: i64,
    pub restaurant_id: i64,
    pub restaurant: &'a str,
    pub tables_total: i64,
    pub tables_occupied: i64,
    pub guests_count: i64,
    pub active_orders: i64,
    /// Those that are not over, in this vocabulary's words.
    pub orders: BTreeMap<&'static str, i64>,
    pub open_tasks: i64,
    pub open_alerts: i64,
    pub version: i64,
}

/// All lines of an order.
#[derive(Serialize, JsonSchema)]
pub struct ItemsData<'a> {
    pub id: i64,
    pub order_id: i64,
    #[schemars(schema_with = "word")]
    pub status: &'static str,
    pub canonical_status: Status,
    pub items: &'a [ItemData<'a>],
    pub items_count: i64,
    pub total_amount: String,
    pub version: u64,
}
