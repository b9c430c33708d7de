//! What this vocabulary says. Each name of the document is spelled here and nowhere else.
//!
//! The document's own examples and its prose name some fields differently (`id` and `table_id`, `number` and `table_number`): messages carry both. They
//! carry `version` as well, so that a client can drop what is older than what it shows. A row's is the row's; that of a view which several rows make up (a
//! table and who sits there, an order's lines) is a point of the history: it rises with each change of any of them.

use crate::domain::items::{ItemFacts, ItemStatus};
use crate::domain::notifications::{NotificationFacts, NotificationKind};
use crate::domain::orders::{OrderFacts, OrderType};
use crate::domain::payments::PaymentFacts;
use crate::domain::restaurants::Overview;
use crate::domain::sessions::SessionFacts;
use crate::domain::tables::TableFacts;
use crate::domain::tasks::{TaskFacts, TaskKind, TaskStatus};
use crate::domain::{DINING, Status, money, time};
use crate::restaurant::ChangeRecord;
use maitred::{ClientError, Message};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
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
    #[derive(Serialize)]
    struct Deleted {
        id: i64,
        order_id: i64,
        deleted: bool,
        version: i64,
    }
    let data = Deleted {
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
    #[derive(Serialize)]
    struct Gone {
        order_id: i64,
        items: [(); 0],
        items_count: i64,
        deleted: bool,
    }
    let data = Gone {
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
    #[derive(Serialize)]
    struct Deleted {
        id: i64,
        table_id: i64,
        deleted: bool,
        version: u64,
    }
    let data = Deleted {
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
    #[derive(Serialize)]
    struct Deleted {
        id: i64,
        session_id: i64,
        is_active: bool,
        deleted: bool,
        version: i64,
    }
    let data = Deleted {
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
    };
    message(name, NotificationData::of(notification), None)
        .beside("message", &notification.message)
        .beside("priority", &notification.severity)
}

/// Not in the document, which has no word for it: somebody took care of a notification, and the others can take it off their screens.
pub fn notification_acknowledged(notification: &NotificationFacts, as_of: AsOf) -> Message {
    #[derive(Serialize)]
    struct Acknowledged<'a> {
        notification_id: Text,
        acknowledged_by: Option<i64>,
        by: Option<&'a str>,
        acknowledged_at: Time,
        version: i64,
    }
    let data = Acknowledged {
        notification_id: Text(notification.id),
        acknowledged_by: notification.acknowledged_by,
        by: notification.acknowledged_name.as_deref(),
        acknowledged_at: Time(notification.acknowledged_at),
        version: notification.version,
    };
    message("notification_acknowledged", data, as_of)
}

pub fn payment_completed(payment: &PaymentFacts) -> Message {
    #[derive(Serialize)]
    struct Paid<'a> {
        payment_id: i64,
        order_id: Option<i64>,
        session_id: Option<i64>,
        table_id: Option<i64>,
        table_number: Option<&'a str>,
        amount: String,
        total_amount: String,
        currency: &'a str,
        method: &'a str,
        version: i64,
    }
    let data = Paid {
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
    #[derive(Serialize)]
    struct Tasks<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        waiter_id: Option<i64>,
        tasks: &'a [TaskData<'a>],
        tasks_count: usize,
        notifications: Vec<NotificationData<'a>>,
    }
    let tasks: Vec<TaskData<'_>> = tasks.iter().map(TaskData::of).collect();
    let notifications = notifications.iter().map(NotificationData::of);
    let data = Tasks {
        waiter_id: waiter,
        tasks_count: tasks.len(),
        tasks: &tasks,
        notifications: notifications.collect(),
    };
    message("tasks_list", data, as_of).beside("tasks", &tasks)
}

pub fn restaurant_status(overview: &Overview, as_of: AsOf) -> Message {
    #[derive(Serialize)]
    struct Stands<'a> {
        id: i64,
        restaurant_id: i64,
        restaurant: &'a str,
        tables_total: i64,
        tables_occupied: i64,
        guests_count: i64,
        active_orders: i64,
        /// Those that are not over, in this vocabulary's words.
        orders: BTreeMap<&'static str, i64>,
        open_tasks: i64,
        open_alerts: i64,
        version: i64,
    }
    let mut orders = BTreeMap::new();
    for (status, count) in &overview.orders {
        *orders.entry(DINING.word(*status)).or_default() += count;
    }
    let restaurant = &overview.restaurant;
    let data = Stands {
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

/// The change feed's only message.
pub fn change(record: &ChangeRecord) -> Message {
    message("change", record, None)
}

/// What was missed cannot be told any more.
pub fn reset() -> Message {
    #[derive(Serialize)]
    struct Reset {}
    message("reset", Reset {}, None)
}

/// `{"error": "...", "code": "..."}`, and beside them what a program needs to go on.
pub fn error(error: &ClientError) -> Message {
    #[derive(Serialize)]
    struct Told<'a> {
        error: &'a str,
        code: &'a str,
        #[serde(flatten)]
        details: BTreeMap<&'a str, &'a RawValue>,
    }
    let details = error.details.as_deref().map(RawValue::get);
    let details = details.and_then(|details| serde_json::from_str(details).ok());
    Message::bare(&Told {
        error: &error.text,
        code: &error.code,
        details: details.unwrap_or_default(),
    })
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

#[derive(Serialize)]
struct OrderData<'a> {
    id: i64,
    order_id: i64,
    public_id: &'a str,
    restaurant_id: i64,
    status: &'static str,
    status_display: &'static str,
    canonical_status: Status,
    r#type: OrderType,
    table_id: Option<i64>,
    table_number: Option<&'a str>,
    session_id: Option<i64>,
    waiter_id: Option<i64>,
    total_amount: String,
    currency: &'a str,
    items_count: i64,
    note: Option<&'a str>,
    eta_at: Time,
    created_at: Time,
    confirmed_at: Time,
    ready_at: Time,
    delivered_at: Time,
    cancelled_at: Time,
    cancel_reason: Option<&'a str>,
    version: i64,
}

impl<'a> OrderData<'a> {
    fn of(order: &'a OrderFacts) -> Self {
        OrderData {
            id: order.id,
            order_id: order.id,
            public_id: &order.public_id,
            restaurant_id: order.restaurant_id,
            status: DINING.word(order.status),
            status_display: DINING.label(order.status),
            canonical_status: order.status,
            r#type: order.order_type,
            table_id: order.table_id,
            table_number: order.table_number.as_deref(),
            session_id: order.session_id,
            waiter_id: order.waiter_id,
            total_amount: order.total(),
            currency: &order.currency,
            items_count: order.items_count,
            note: order.note.as_deref(),
            eta_at: Time(order.eta_at),
            created_at: Time(Some(order.created_at)),
            confirmed_at: Time(order.confirmed_at),
            ready_at: Time(order.ready_at),
            delivered_at: Time(order.delivered_at),
            cancelled_at: Time(order.cancelled_at),
            cancel_reason: order.cancel_reason.as_deref(),
            version: order.version,
        }
    }
}

fn items_message(
    name: &'static str,
    order: &OrderFacts,
    items: &[ItemFacts],
    version: u64,
    as_of: AsOf,
) -> Message {
    #[derive(Serialize)]
    struct Items<'a> {
        id: i64,
        order_id: i64,
        status: &'static str,
        canonical_status: Status,
        items: &'a [ItemData<'a>],
        items_count: i64,
        total_amount: String,
        version: u64,
    }
    let items: Vec<ItemData<'_>> = items.iter().map(ItemData::of).collect();
    let data = Items {
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

#[derive(Serialize)]
pub(super) struct ItemData<'a> {
    id: i64,
    menu_item_id: Option<i64>,
    name: &'a str,
    #[serde(rename = "menu_item__name")]
    menu_item_name: &'a str,
    quantity: i64,
    price: String,
    status: ItemStatus,
    seat: Option<i64>,
    course: Option<i64>,
    modifiers: Vec<ModifierData<'a>>,
    note: Option<&'a str>,
    allergy: Option<&'a str>,
    version: i64,
}

#[derive(Serialize)]
struct ModifierData<'a> {
    name: &'a str,
    price: String,
    quantity: i64,
}

impl<'a> ItemData<'a> {
    pub(super) fn of(item: &'a ItemFacts) -> Self {
        let modifiers = item.modifiers.iter().map(|modifier| ModifierData {
            name: &modifier.name,
            price: money::format(modifier.price_minor, item.currency_exp),
            quantity: modifier.quantity,
        });
        ItemData {
            id: item.id,
            menu_item_id: item.menu_item_id,
            name: &item.name,
            menu_item_name: &item.name,
            quantity: item.quantity,
            price: money::format(item.unit_price_minor, item.currency_exp),
            status: item.status,
            seat: item.seat,
            course: item.course,
            modifiers: modifiers.collect(),
            note: item.note.as_deref(),
            allergy: item.allergy.as_deref(),
            version: item.version,
        }
    }
}

#[derive(Serialize)]
pub(super) struct TableData<'a> {
    id: i64,
    table_id: i64,
    number: &'a str,
    table_number: &'a str,
    capacity: i64,
    is_occupied: bool,
    is_active: bool,
    zone: Option<&'a str>,
    restaurant: &'a str,
    restaurant_id: i64,
    session: Option<SessionOfTable<'a>>,
    version: u64,
}

#[derive(Serialize)]
struct SessionOfTable<'a> {
    id: i64,
    session_code: &'a str,
    guests_count: i64,
    started_at: Time,
    waiter_id: Option<i64>,
    version: i64,
}

impl<'a> TableData<'a> {
    pub(super) fn of(table: &'a TableFacts, version: u64) -> Self {
        TableData {
            id: table.id,
            table_id: table.id,
            number: &table.number,
            table_number: &table.number,
            capacity: table.capacity,
            is_occupied: table.is_occupied(),
            is_active: table.is_active,
            zone: table.zone.as_deref(),
            restaurant: &table.restaurant,
            restaurant_id: table.restaurant_id,
            session: table.session.as_ref().map(|session| SessionOfTable {
                id: session.id,
                session_code: &session.session_code,
                guests_count: session.guests_count,
                started_at: Time(Some(session.started_at)),
                waiter_id: session.waiter_id,
                version: session.version,
            }),
            version,
        }
    }
}

#[derive(Serialize)]
pub(super) struct SessionData<'a> {
    id: i64,
    session_id: i64,
    session_code: &'a str,
    table_id: i64,
    table_number: &'a str,
    guests_count: i64,
    is_active: bool,
    /// `open` or `closed`.
    status: &'static str,
    waiter_id: Option<i64>,
    started_at: Time,
    closed_at: Time,
    close_reason: Option<&'a str>,
    version: i64,
}

impl<'a> SessionData<'a> {
    pub(super) fn of(session: &'a SessionFacts) -> Self {
        let is_active = session.closed_at.is_none();
        SessionData {
            id: session.id,
            session_id: session.id,
            session_code: &session.session_code,
            table_id: session.table_id,
            table_number: &session.table_number,
            guests_count: session.guests_count,
            is_active,
            status: if is_active { "open" } else { "closed" },
            waiter_id: session.waiter_id,
            started_at: Time(Some(session.started_at)),
            closed_at: Time(session.closed_at),
            close_reason: session.close_reason.as_deref(),
            version: session.version,
        }
    }
}

/// All kinds of notifications; what a kind does not have is left out.
#[derive(Serialize)]
pub(super) struct NotificationData<'a> {
    notification_id: Text,
    /// A task's.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    message: &'a str,
    priority: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    table_number: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    items_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<String>,
    created_at: Time,
    version: i64,
}

impl<'a> NotificationData<'a> {
    pub(super) fn of(notification: &'a NotificationFacts) -> Self {
        let amount = notification.amount_minor;
        NotificationData {
            notification_id: Text(notification.id),
            kind: notification.task_kind.as_deref(),
            event: notification.event.as_deref(),
            title: notification.title.as_deref(),
            message: &notification.message,
            priority: notification.severity,
            order_id: notification.order_id,
            table_id: notification.table_id,
            table_number: notification.table_number.as_deref(),
            items_count: notification.items_count,
            task_id: notification.task_id,
            payment_id: notification.payment_id,
            amount: amount.map(|minor| money::format(minor, notification.currency_exp)),
            created_at: Time(Some(notification.created_at)),
            version: notification.version,
        }
    }
}

#[derive(Serialize)]
pub(super) struct TaskData<'a> {
    id: i64,
    task_id: i64,
    kind: TaskKind,
    title: &'a str,
    status: TaskStatus,
    priority: i64,
    assignee_id: Option<i64>,
    order_id: Option<i64>,
    table_id: Option<i64>,
    table_number: Option<&'a str>,
    created_at: Time,
    version: i64,
}

impl<'a> TaskData<'a> {
    pub(super) fn of(task: &'a TaskFacts) -> Self {
        TaskData {
            id: task.id,
            task_id: task.id,
            kind: task.kind,
            title: &task.title,
            status: task.status,
            priority: task.priority,
            assignee_id: task.assignee_id,
            order_id: task.order_id,
            table_id: task.table_id,
            table_number: task.table_number.as_deref(),
            created_at: Time(Some(task.created_at)),
            version: task.version,
        }
    }
}

/// An id that the document writes as a string.
struct Text(i64);

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Milliseconds since 1970-01-01 UTC, written in whole seconds as in the document: `2026-01-28T21:00:00Z`.
pub(super) struct Time(pub Option<i64>);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(ms) => serializer.serialize_str(&time::iso(ms - ms.rem_euclid(1000))),
            None => serializer.serialize_none(),
        }
    }
}
