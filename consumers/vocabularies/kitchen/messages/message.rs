//! The messages, by their names.

use super::changes;
use super::data::{DishData, Order, Station, Time};
use crate::domain::alerts::Level;
use crate::domain::menu::Dish;
use crate::domain::notifications::{NotificationFacts, NotificationKind};
use crate::domain::orders::{Moved, OrderFacts, TableCompleted};
use crate::domain::{KITCHEN, Status};
use crate::events::{Event, Fact, OrderOff};
use maitred::Message;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// How a fact is told here. Some are not.
pub fn event(event: &Event) -> Option<Message> {
    match event.fact.as_ref()? {
        Fact::OrderPlaced(order) => Some(Message::new("order:created", &Order::of(order))),
        Fact::OrderStatus {
            order, previous, ..
        } => Some(if KITCHEN.alike(order.status, *previous) {
            order_updated(
                Order::of(order),
                vec!["canonical_status"],
                event.by.as_deref(),
            )
        } else {
            order_status_changed(order, *previous)
        }),
        Fact::OrderChanged(order) | Fact::OrderPriced(order) => {
            let changes = event.change.as_ref().map(changes::of).unwrap_or_default();
            Some(order_updated(
                Order::of(order),
                changes,
                event.by.as_deref(),
            ))
        }
        Fact::OrderPaid(order) => {
            let changes = vec!["payment"];
            Some(order_updated(
                Order::of(order),
                changes,
                event.by.as_deref(),
            ))
        }
        Fact::Items { placed: true, .. } => None,
        Fact::Items { order, items, .. } => {
            let order = Order::with(order, items);
            Some(order_updated(order, vec!["items"], event.by.as_deref()))
        }
        Fact::OrderOff(off) => Some(order_deleted(off)),
        Fact::OrderDeleted {
            order: Some(order),
            reason,
            at,
            version,
            ..
        } => Some(order_deleted(&OrderOff {
            id: order.id,
            uuid: order.uuid.clone(),
            public_id: order.public_id.clone(),
            restaurant_uuid: order.restaurant_uuid.clone(),
            reason: reason.clone(),
            at: *at,
            version: *version,
        })),
        Fact::Notified(notification) => Some(told(notification)),
        Fact::DishChanged { dish, .. } => Some(menu_updated(dish)),
        Fact::DishDeleted {
            id,
            restaurant_uuid,
            version,
            ..
        } => Some(dish_deleted(*id, restaurant_uuid, *version)),
        _ => None,
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Updated<'a> {
    order: Order<'a>,
    changes: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_by: Option<&'a str>,
}

fn order_updated(order: Order<'_>, changes: Vec<&str>, by: Option<&str>) -> Message {
    let updated = Updated {
        order,
        changes,
        updated_by: by,
    };
    Message::new("order:updated", &updated)
}

#[derive(Serialize, JsonSchema)]
pub struct StatusChanged<'a> {
    #[serde(rename = "orderId")]
    order_id: &'a str,
    #[serde(rename = "previousStatus")]
    #[schemars(schema_with = "super::words::word")]
    previous_status: &'static str,
    #[schemars(schema_with = "super::words::word")]
    status: &'static str,
    timestamp: Time,
    restaurant_id: &'a str,
    canonical_status: Status,
    version: i64,
}

impl<'a> StatusChanged<'a> {
    fn of(order: &'a OrderFacts, previous: Status) -> Self {
        StatusChanged {
            order_id: &order.uuid,
            previous_status: KITCHEN.word(previous),
            status: KITCHEN.word(order.status),
            timestamp: Time(order.updated_at),
            restaurant_id: &order.restaurant_uuid,
            canonical_status: order.status,
            version: order.version,
        }
    }
}

fn order_status_changed(order: &OrderFacts, previous: Status) -> Message {
    Message::new("order:status_changed", &StatusChanged::of(order, previous))
}

/// The answer for who asked, where nothing changed, or where they do not hear of such orders.
pub fn moved(moved: &Moved) -> Message {
    order_status_changed(&moved.order, moved.previous)
}

#[derive(Serialize, JsonSchema)]
pub struct Deleted<'a> {
    #[serde(rename = "orderId")]
    order_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    timestamp: Time,
    order_number: &'a str,
    restaurant_id: &'a str,
    version: i64,
}

fn order_deleted(off: &OrderOff) -> Message {
    let deleted = Deleted {
        order_id: &off.uuid,
        reason: off.reason.as_deref(),
        timestamp: Time(off.at),
        order_number: &off.public_id,
        restaurant_id: &off.restaurant_uuid,
        version: off.version,
    };
    Message::new("order:deleted", &deleted)
}

/// A dish is sold out, or different.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct MenuUpdated<'a> {
    restaurant_id: &'a str,
    item: DishData<'a>,
}

fn menu_updated(dish: &Dish) -> Message {
    let updated = MenuUpdated {
        restaurant_id: &dish.restaurant_uuid,
        item: DishData::of(dish),
    };
    Message::new("menu:updated", &updated)
}

/// A dish's row is gone.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DishDeleted<'a> {
    restaurant_id: &'a str,
    item: DishGone,
}

#[derive(Serialize, JsonSchema)]
struct DishGone {
    id: i64,
    removed: bool,
    version: i64,
}

fn dish_deleted(id: i64, restaurant_id: &str, version: i64) -> Message {
    let item = DishGone {
        id,
        removed: true,
        version,
    };
    Message::new(
        "menu:updated",
        &DishDeleted {
            restaurant_id,
            item,
        },
    )
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ready<'a> {
    table_number: Option<&'a str>,
    order_ids: &'a [String],
    ready_at: Time,
    restaurant_id: &'a str,
}

/// What is told in words: an alert, or that all orders of a table are ready, or closed.
fn told(notification: &NotificationFacts) -> Message {
    let number = notification.table_number.as_deref();
    match notification.kind {
        NotificationKind::TableReady => {
            let ready = Ready {
                table_number: number,
                order_ids: &notification.order_uuids,
                ready_at: Time(notification.created_at),
                restaurant_id: &notification.restaurant_uuid,
            };
            Message::new("table:ready", &ready)
        }
        NotificationKind::TableCompleted => table_completed(&Completed {
            table_number: number,
            restaurant_id: &notification.restaurant_uuid,
            order_ids: &notification.order_uuids,
            timestamp: Time(notification.created_at),
        }),
        _ => Message::new("kitchen:alert", &Alert::of(notification)),
    }
}

/// Words for the kitchen.
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = kitchen::Alert)]
pub struct Alert<'a> {
    #[schemars(schema_with = "super::words::level")]
    r#type: &'a str,
    message: &'a str,
    #[serde(rename = "orderId", skip_serializing_if = "Option::is_none")]
    order_id: Option<&'a str>,
    #[serde(rename = "tableNumber", skip_serializing_if = "Option::is_none")]
    table_number: Option<&'a str>,
    /// 5: the most urgent.
    #[schemars(range(min = 1, max = 5))]
    #[schema(minimum = 1, maximum = 5)]
    severity: i64,
    id: &'a str,
    restaurant_id: &'a str,
    timestamp: Time,
}

impl<'a> Alert<'a> {
    pub fn of(notification: &'a NotificationFacts) -> Self {
        let severity = notification.severity;
        let said = [Level::Urgent, Level::Warning, Level::Info].map(Level::name);
        let said = notification
            .event
            .as_deref()
            .filter(|level| said.contains(level));
        Alert {
            r#type: said.unwrap_or(Level::of_severity(severity).name()),
            message: &notification.message,
            order_id: notification.order_uuid.as_deref(),
            table_number: notification.table_number.as_deref(),
            severity,
            id: &notification.uuid,
            restaurant_id: &notification.restaurant_uuid,
            timestamp: Time(notification.created_at),
        }
    }
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Completed<'a> {
    table_number: Option<&'a str>,
    restaurant_id: &'a str,
    order_ids: &'a [String],
    timestamp: Time,
}

fn table_completed(completed: &Completed<'_>) -> Message {
    Message::new("table:completed", completed)
}

/// The answer for who asked, where nothing was left to do, or where they do not hear of that restaurant.
pub fn completed(table: &TableCompleted) -> Message {
    table_completed(&Completed {
        table_number: Some(&table.table_number),
        restaurant_id: &table.restaurant_uuid,
        order_ids: &table.order_uuids,
        timestamp: Time(table.at),
    })
}

/// Orders that were asked for. There may be more in the database than a screen can show.
#[derive(Serialize, JsonSchema)]
pub struct Synced<'a> {
    pub orders: Vec<Order<'a>>,
    #[serde(rename = "restaurantId")]
    pub restaurant_id: &'a str,
    pub statuses: Vec<&'static str>,
    /// How many there are.
    pub total: i64,
    pub timestamp: Time,
    /// The point of the history at which it is true.
    pub as_of: u64,
    /// All of the restaurant's.
    pub stations: Vec<Station<'a>>,
    /// Orders that were cancelled lately after the kitchen had been told of them, and no cook has confirmed that.
    pub cancelled: Vec<Order<'a>>,
}

pub fn sync_complete(synced: &Synced<'_>) -> Message {
    Message::new("orders:sync:complete", synced)
}

// One of several events that are told together. (A doc comment would be a description in the contract, which has none.)
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Told")]
pub struct Batched<'a> {
    event: &'a str,
    #[schemars(with = "serde_json::Value")]
    data: Option<&'a RawValue>,
}

/// Several of the events above, as they were told or would have been.
pub fn batch_update(messages: &[&Message]) -> Message {
    let told = messages.iter().map(|message| Batched {
        event: message.name().unwrap_or_default(),
        data: serde_json::from_str(message.data()).ok(),
    });
    Message::new("orders:batch_update", &told.collect::<Vec<_>>())
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Connected {
    #[schemars(extend("const" = "connected"))]
    state: &'static str,
    attempt: u32,
    max_attempts: u32,
    /// Milliseconds.
    next_retry: u32,
}

/// Said once, on connecting: a server cannot tell a client that it is disconnected. The rest are hints for the client's own attempts.
pub fn connected() -> Message {
    let connected = Connected {
        state: "connected",
        attempt: 0,
        max_attempts: 5,
        next_retry: 1000,
    };
    Message::new("connection:status", &connected)
}
