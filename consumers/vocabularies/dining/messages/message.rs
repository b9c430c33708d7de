//! The messages, by their names.

use super::bodies::{
    AcknowledgedData, ItemsData, ItemsGone, OrderDeleted, PaidData, RestaurantData, SessionDeleted,
    TableDeleted, TasksData,
};
use super::data::{NotificationData, OrderData, SessionData, TableData, TaskData, Text, Time};
use super::dish::{Dish, DishDeleted};
use super::item::ItemData;
use super::kitchen::{BoardData, BoardNews, KitchenData};
use crate::domain::items::ItemFacts;
use crate::domain::menu;
use crate::domain::notifications::{NotificationFacts, NotificationKind};
use crate::domain::orders::OrderFacts;
use crate::domain::payments::PaymentFacts;
use crate::domain::restaurants::Overview;
use crate::domain::sessions::SessionFacts;
use crate::domain::tables::TableFacts;
use crate::domain::tasks::TaskFacts;
use crate::domain::{DINING, money};
use maitred::Message;
use serde::Serialize;
use std::collections::BTreeMap;

/// A message of the stream, which has its number outside, or an answer, which says inside as of which number it is true.
type AsOf = Option<u64>;

pub fn order_status(order: &OrderFacts, as_of: AsOf) -> Message {
    message("order_status", OrderData::of(order), as_of)
}

pub fn order_update(order: &OrderFacts) -> Message {
    message("order_update", OrderData::of(order), None)
}

pub fn order_deleted(id: i64, version: i64) -> Message {
    let data = OrderDeleted {
        id,
        order_id: id,
        deleted: true,
        version,
    };
    message("order_update", data, None)
}

pub fn new_order(order: &OrderFacts) -> Message {
    message("new_order", OrderData::of(order), None)
}

pub fn order_ready(order: &OrderFacts) -> Message {
    message("order_ready", OrderData::of(order), None)
}

/// Not in the document, which has a board that hears what is new and what is ready, and not what was fetched.
pub fn board_update(order: &OrderFacts, called: bool) -> Message {
    let order = BoardData::of(order);
    message("board_update", BoardNews { order, called }, None)
}

/// Not in the document: what the kitchen has seen and confirmed.
pub fn kitchen_update(order: &OrderFacts, items: &[ItemFacts], version: u64) -> Message {
    let data = KitchenData::of(order, items, version);
    message("kitchen_update", data, None)
}

/// Not in the document: a dish is sold out, or different.
pub fn dish_update(dish: &menu::Dish, choices: &[menu::Group]) -> Message {
    message("menu_update", Dish::of(dish, choices), None)
}

pub fn dish_deleted(id: i64, restaurant_id: i64, version: i64) -> Message {
    let data = DishDeleted {
        id,
        restaurant_id,
        removed: true,
        version,
    };
    message("menu_update", data, None)
}

/// On an order's own channel.
pub fn order_items_update(order: &OrderFacts, items: &[ItemFacts], version: u64) -> Message {
    items_message("order_items_update", order, items, version, None)
}

/// On the channel of its lines.
pub fn items_updated(order: &OrderFacts, items: &[ItemFacts], version: u64) -> Message {
    items_message("items_updated", order, items, version, None)
}

pub fn items_list(order: &OrderFacts, items: &[ItemFacts], version: u64, as_of: AsOf) -> Message {
    items_message("items_list", order, items, version, as_of)
}

/// The lines of an order that is gone.
pub fn items_gone(order: i64) -> Message {
    let data = ItemsGone {
        order_id: order,
        items: [],
        items_count: 0,
        deleted: true,
    };
    message("items_updated", data, None).beside("items", &[(); 0])
}

pub fn table_status(table: &TableFacts, version: u64, as_of: AsOf) -> Message {
    message("table_status", TableData::of(table, version), as_of)
}

pub fn table_update(table: &TableFacts, version: u64) -> Message {
    message("table_update", TableData::of(table, version), None)
}

pub fn table_deleted(id: i64, version: u64) -> Message {
    let data = TableDeleted {
        id,
        table_id: id,
        deleted: true,
        version,
    };
    message("table_update", data, None)
}

pub fn session_status(session: &SessionFacts, as_of: AsOf) -> Message {
    message("session_status", SessionData::of(session), as_of)
}

pub fn session_update(session: &SessionFacts) -> Message {
    message("session_update", SessionData::of(session), None)
}

pub fn session_deleted(id: i64, version: i64) -> Message {
    let data = SessionDeleted {
        id,
        session_id: id,
        is_active: false,
        deleted: true,
        version,
    };
    message("session_update", data, None)
}

/// `message` and `priority` are at the top as well: clients of the original look there.
pub fn notification(notification: &NotificationFacts) -> Message {
    let name = match notification.kind {
        NotificationKind::OrderNotification => "order_notification",
        NotificationKind::PaymentNotification => "payment_notification",
        NotificationKind::TaskNotification => "task_notification",
        NotificationKind::Alert => "alert",
        NotificationKind::Broadcast => "broadcast",
        // The kitchen's, which nobody hears here.
        NotificationKind::TableReady => "table_ready",
        NotificationKind::TableCompleted => "table_completed",
    };
    message(name, NotificationData::of(notification), None)
        .beside("message", &notification.message)
        .beside("priority", &notification.severity)
}

/// Not in the document, which has no word for it: somebody took care of a notification, and the others can take it off their screens.
pub fn notification_acknowledged(notification: &NotificationFacts, as_of: AsOf) -> Message {
    let data = AcknowledgedData {
        notification_id: Text(notification.id),
        acknowledged_by: notification.acknowledged_by,
        by: notification.acknowledged_name.as_deref(),
        acknowledged_at: Time(notification.acknowledged_at),
        version: notification.version,
    };
    message("notification_acknowledged", data, as_of)
}

pub fn payment_completed(payment: &PaymentFacts) -> Message {
    let data = PaidData {
        payment_id: payment.id,
        order_id: payment.order_id,
        session_id: payment.session_id,
        table_id: payment.table_id,
        table_number: payment.table_number.as_deref(),
        amount: payment.amount(),
        total_amount: money::format(payment.total_minor, payment.currency_exp),
        currency: &payment.currency,
        method: &payment.method,
        version: payment.version,
    };
    message("payment_completed", data, None)
}

/// What somebody has to do: open tasks, and notifications that nobody took care of yet. Of one waiter, or of the whole floor.
pub fn tasks_list(
    waiter: Option<i64>,
    tasks: &[TaskFacts],
    notifications: &[NotificationFacts],
    as_of: AsOf,
) -> Message {
    let tasks: Vec<TaskData<'_>> = tasks.iter().map(TaskData::of).collect();
    let notifications = notifications.iter().map(NotificationData::of);
    let data = TasksData {
        waiter_id: waiter,
        tasks_count: tasks.len(),
        tasks: &tasks,
        notifications: notifications.collect(),
    };
    message("tasks_list", data, as_of).beside("tasks", &tasks)
}

pub fn restaurant_status(overview: &Overview, as_of: AsOf) -> Message {
    let mut orders = BTreeMap::new();
    for (status, count) in &overview.orders {
        *orders.entry(DINING.word(*status)).or_default() += count;
    }
    let restaurant = &overview.restaurant;
    let data = RestaurantData {
        id: restaurant.id,
        restaurant_id: restaurant.id,
        restaurant: &restaurant.name,
        tables_total: overview.tables_total,
        tables_occupied: overview.tables_occupied,
        guests_count: overview.guests,
        active_orders: overview.active_orders(),
        orders,
        open_tasks: overview.open_tasks,
        open_alerts: overview.open_alerts,
        version: restaurant.version,
    };
    message("restaurant_status", data, as_of)
}

fn message(name: &'static str, body: impl Serialize, as_of: AsOf) -> Message {
    #[derive(Serialize)]
    struct Data<T> {
        #[serde(flatten)]
        body: T,
        #[serde(skip_serializing_if = "Option::is_none")]
        as_of: AsOf,
    }
    match as_of {
        Some(_) => Message::new(name, &Data { body, as_of }),
        None => Message::new(name, &body),
    }
}

fn items_message(
    name: &'static str,
    order: &OrderFacts,
    items: &[ItemFacts],
    version: u64,
    as_of: AsOf,
) -> Message {
    let items: Vec<ItemData<'_>> = items.iter().map(ItemData::of).collect();
    let data = ItemsData {
        id: order.id,
        order_id: order.id,
        status: DINING.word(order.status),
        canonical_status: order.status,
        items: &items,
        items_count: order.items_count,
        total_amount: order.total(),
        version,
    };
    message(name, data, as_of).beside("items", &items)
}
