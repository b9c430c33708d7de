//! What this vocabulary says. Each name of the document is spelled here and nowhere else.
//!
//! The document's own examples and its prose name some fields differently (`id` and `table_id`, `number` and `table_number`): messages carry both. They
//! carry `version` as well, so that a client can drop what is older than what it shows. A row's is the row's; that of a view which several rows make up (a
//! table and who sits there, an order's lines) is a point of the history: it rises with each change of any of them.

use crate::restaurant::{
    ChangeRecord, ItemFact, ModifierFact, NotificationFact, OrderFact, PaymentFact, SessionFact,
    TableFact, TaskFact,
};
use maitred::{ClientError, Message};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// What a client sees of a status: this vocabulary has five.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    Pending,
    Confirmed,
    Ready,
    Delivered,
    Cancelled,
}

impl Status {
    /// How a canonical status looks from here.
    pub fn of(canonical: &str) -> Status {
        match canonical {
            "confirmed" | "preparing" => Status::Confirmed,
            "ready" | "out_for_delivery" => Status::Ready,
            "delivered" | "completed" => Status::Delivered,
            "cancelled" => Status::Cancelled,
            _ => Status::Pending,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Status::Pending => "Pending",
            Status::Confirmed => "Confirmed",
            Status::Ready => "Ready",
            Status::Delivered => "Delivered",
            Status::Cancelled => "Cancelled",
        }
    }
}

/// A message of the stream, which has its number outside, or an answer, which says inside as of which number it is true.
type AsOf = Option<u64>;

pub fn order_status(order: &OrderFact, as_of: AsOf) -> Message {
    message("order_status", OrderData::of(order), as_of)
}

pub fn order_update(order: &OrderFact) -> Message {
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

pub fn new_order(order: &OrderFact) -> Message {
    message("new_order", OrderData::of(order), None)
}

pub fn order_ready(order: &OrderFact) -> Message {
    message("order_ready", OrderData::of(order), None)
}

/// On an order's own channel.
pub fn order_items_update(order: &OrderFact, items: &[ItemFact], version: u64) -> Message {
    items_message("order_items_update", order, items, version, None)
}

/// On the channel of its lines.
pub fn items_updated(order: &OrderFact, items: &[ItemFact], version: u64) -> Message {
    items_message("items_updated", order, items, version, None)
}

pub fn items_list(order: &OrderFact, items: &[ItemFact], version: u64, as_of: AsOf) -> Message {
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

pub fn table_status(table: &TableFact, as_of: AsOf) -> Message {
    message("table_status", TableData::of(table), as_of)
}

pub fn table_update(table: &TableFact) -> Message {
    message("table_update", TableData::of(table), None)
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

pub fn session_status(session: &SessionFact, as_of: AsOf) -> Message {
    message("session_status", SessionData::of(session), as_of)
}

pub fn session_update(session: &SessionFact) -> Message {
    message("session_update", SessionData::of(session), None)
}

pub fn order_notification(notification: &NotificationFact) -> Message {
    notified("order_notification", notification)
}

pub fn payment_notification(notification: &NotificationFact) -> Message {
    notified("payment_notification", notification)
}

pub fn task_notification(notification: &NotificationFact) -> Message {
    notified("task_notification", notification)
}

pub fn alert(notification: &NotificationFact) -> Message {
    notified("alert", notification)
}

pub fn broadcast(notification: &NotificationFact) -> Message {
    notified("broadcast", notification)
}

/// Not in the document, which has no word for it: somebody took care of a notification, and the others can take it off their screens.
pub fn notification_acknowledged(notification: &NotificationFact) -> Message {
    #[derive(Serialize)]
    struct Acknowledged<'a> {
        notification_id: Text,
        acknowledged_by: Option<&'a str>,
        acknowledged_at: Time,
    }
    let data = Acknowledged {
        notification_id: Text(notification.id),
        acknowledged_by: notification.acknowledged_by.as_deref(),
        acknowledged_at: Time(notification.acknowledged_at),
    };
    message("notification_acknowledged", data, None)
}

pub fn payment_completed(payment: &PaymentFact) -> Message {
    #[derive(Serialize)]
    struct Paid<'a> {
        payment_id: i64,
        order_id: Option<i64>,
        session_id: Option<i64>,
        table_number: Option<&'a str>,
        amount: &'a str,
        total_amount: &'a str,
        method: &'a str,
    }
    let data = Paid {
        payment_id: payment.id,
        order_id: payment.order_id,
        session_id: payment.session_id,
        table_number: payment.table_number.as_deref(),
        amount: &payment.amount,
        total_amount: &payment.total_amount,
        method: &payment.method,
    };
    message("payment_completed", data, None)
}

pub fn tasks_list(list: &TaskList, as_of: AsOf) -> Message {
    #[derive(Serialize)]
    struct Tasks<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        waiter_id: Option<i64>,
        tasks: &'a [TaskData<'a>],
        tasks_count: usize,
        notifications: Vec<NotificationData<'a>>,
    }
    let tasks: Vec<TaskData<'_>> = list.tasks.iter().map(TaskData::of).collect();
    let notifications = list.notifications.iter().map(NotificationData::of);
    let data = Tasks {
        waiter_id: list.waiter_id,
        tasks_count: tasks.len(),
        tasks: &tasks,
        notifications: notifications.collect(),
    };
    message("tasks_list", data, as_of).beside("tasks", &tasks)
}

/// What somebody has to do: open tasks, and notifications nobody took care of yet.
#[derive(Debug)]
pub struct TaskList {
    /// Whose; `None`: the whole floor's.
    pub waiter_id: Option<i64>,
    pub tasks: Vec<TaskFact>,
    pub notifications: Vec<NotificationFact>,
}

pub fn restaurant_status(status: &RestaurantStatus, as_of: AsOf) -> Message {
    message("restaurant_status", status, as_of)
}

/// How a restaurant is doing.
#[derive(Debug, Serialize)]
pub struct RestaurantStatus {
    pub id: i64,
    pub restaurant_id: i64,
    pub restaurant: String,
    pub tables_total: i64,
    pub tables_occupied: i64,
    /// Neither delivered nor cancelled.
    pub active_orders: i64,
    /// How many of today's and the active orders are in which of this vocabulary's statuses.
    pub orders: OrdersByStatus,
}

/// How many orders are in which status.
#[derive(Debug, Default, Serialize)]
pub struct OrdersByStatus {
    pub pending: i64,
    pub confirmed: i64,
    pub ready: i64,
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
    status: Status,
    status_display: &'static str,
    canonical_status: &'a str,
    r#type: &'a str,
    table_id: Option<i64>,
    table_number: Option<&'a str>,
    session_id: Option<i64>,
    waiter_id: Option<i64>,
    total_amount: &'a str,
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
    fn of(order: &'a OrderFact) -> Self {
        let status = Status::of(&order.status);
        OrderData {
            id: order.id,
            order_id: order.id,
            public_id: &order.public_id,
            restaurant_id: order.restaurant_id,
            status,
            status_display: status.label(),
            canonical_status: &order.status,
            r#type: &order.r#type,
            table_id: order.table_id,
            table_number: order.table_number.as_deref(),
            session_id: order.session_id,
            waiter_id: order.waiter_id,
            total_amount: &order.total_amount,
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
    order: &OrderFact,
    items: &[ItemFact],
    version: u64,
    as_of: AsOf,
) -> Message {
    #[derive(Serialize)]
    struct Items<'a> {
        id: i64,
        order_id: i64,
        status: Status,
        canonical_status: &'a str,
        items: &'a [ItemData<'a>],
        items_count: i64,
        total_amount: &'a str,
        version: u64,
    }
    let items: Vec<ItemData<'_>> = items.iter().map(ItemData::of).collect();
    let data = Items {
        id: order.id,
        order_id: order.id,
        status: Status::of(&order.status),
        canonical_status: &order.status,
        items: &items,
        items_count: order.items_count,
        total_amount: &order.total_amount,
        version,
    };
    message(name, data, as_of).beside("items", &items)
}

#[derive(Serialize)]
struct ItemData<'a> {
    id: i64,
    menu_item_id: Option<i64>,
    name: &'a str,
    #[serde(rename = "menu_item__name")]
    menu_item_name: &'a str,
    quantity: i64,
    price: &'a str,
    status: &'a str,
    seat: Option<i64>,
    course: Option<i64>,
    modifiers: &'a [ModifierFact],
    note: Option<&'a str>,
    allergy: Option<&'a str>,
    version: i64,
}

impl<'a> ItemData<'a> {
    fn of(item: &'a ItemFact) -> Self {
        ItemData {
            id: item.id,
            menu_item_id: item.menu_item_id,
            name: &item.name,
            menu_item_name: &item.name,
            quantity: item.quantity,
            price: &item.price,
            status: &item.status,
            seat: item.seat,
            course: item.course,
            modifiers: &item.modifiers,
            note: item.note.as_deref(),
            allergy: item.allergy.as_deref(),
            version: item.version,
        }
    }
}

#[derive(Serialize)]
struct TableData<'a> {
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
    fn of(table: &'a TableFact) -> Self {
        TableData {
            id: table.id,
            table_id: table.id,
            number: &table.number,
            table_number: &table.number,
            capacity: table.capacity,
            is_occupied: table.session.is_some(),
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
            version: table.version,
        }
    }
}

#[derive(Serialize)]
struct SessionData<'a> {
    id: i64,
    session_id: i64,
    session_code: &'a str,
    table_id: i64,
    table_number: Option<&'a str>,
    guests_count: i64,
    is_active: bool,
    /// `open` or `closed`.
    status: &'static str,
    waiter_id: Option<i64>,
    started_at: Time,
    closed_at: Time,
    close_reason: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    deleted: bool,
    version: i64,
}

impl<'a> SessionData<'a> {
    fn of(session: &'a SessionFact) -> Self {
        let is_active = session.closed_at.is_none() && !session.deleted;
        SessionData {
            id: session.id,
            session_id: session.id,
            session_code: &session.session_code,
            table_id: session.table_id,
            table_number: session.table_number.as_deref(),
            guests_count: session.guests_count,
            is_active,
            status: if is_active { "open" } else { "closed" },
            waiter_id: session.waiter_id,
            started_at: Time(Some(session.started_at)),
            closed_at: Time(session.closed_at),
            close_reason: session.close_reason.as_deref(),
            deleted: session.deleted,
            version: session.version,
        }
    }
}

/// `message` and `priority` are at the top as well: clients of the original look there.
fn notified(name: &'static str, notification: &NotificationFact) -> Message {
    message(name, NotificationData::of(notification), None)
        .beside("message", &notification.message)
        .beside("priority", &notification.severity)
}

/// All kinds of notifications; what a kind does not have is left out.
#[derive(Serialize)]
struct NotificationData<'a> {
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
    amount: Option<&'a str>,
    created_at: Time,
}

impl<'a> NotificationData<'a> {
    fn of(notification: &'a NotificationFact) -> Self {
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
            amount: notification.amount.as_deref(),
            created_at: Time(Some(notification.created_at)),
        }
    }
}

#[derive(Serialize)]
struct TaskData<'a> {
    id: i64,
    task_id: i64,
    kind: &'a str,
    title: &'a str,
    status: &'a str,
    priority: i64,
    assignee_id: Option<i64>,
    order_id: Option<i64>,
    table_id: Option<i64>,
    table_number: Option<&'a str>,
    created_at: Time,
    version: i64,
}

impl<'a> TaskData<'a> {
    fn of(task: &'a TaskFact) -> Self {
        TaskData {
            id: task.id,
            task_id: task.id,
            kind: &task.kind,
            title: &task.title,
            status: &task.status,
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

/// Milliseconds since 1970-01-01 UTC, written as `2026-01-28T21:00:00Z`: whole seconds, as in the document.
struct Time(Option<i64>);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(ms) = self.0 else {
            return serializer.serialize_none();
        };
        let seconds = ms.div_euclid(1000);
        let (year, month, day) = date(seconds.div_euclid(86_400));
        let second = seconds.rem_euclid(86_400);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        serializer.collect_str(&format_args!(
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        ))
    }
}

/// The date of a day counted from 1970-01-01. Years are counted from March, so that the leap day is the last of its year; 400 of them repeat.
fn date(day: i64) -> (i64, i64, i64) {
    let day = day + 719_468; // from 0000-03-01
    let era = day.div_euclid(146_097);
    let day = day.rem_euclid(146_097);
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}
