//! The objects inside the messages.

use super::request::RequestData;
use crate::domain::notifications::NotificationFacts;
use crate::domain::orders::{OrderFacts, OrderType};
use crate::domain::sessions::SessionFacts;
use crate::domain::tables::TableFacts;
use crate::domain::tasks::{TaskFacts, TaskKind, TaskStatus};
use crate::domain::{DINING, Status, money, time};
use crate::schema::written_as;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use utoipa::ToSchema;

#[derive(Serialize, JsonSchema)]
pub(in crate::vocabularies::dining) struct OrderData<'a> {
    id: i64,
    order_id: i64,
    public_id: &'a str,
    /// What is called out.
    code: Option<&'a str>,
    restaurant_id: i64,
    #[schemars(schema_with = "word")]
    status: &'static str,
    status_display: &'static str,
    canonical_status: Status,
    r#type: OrderType,
    table_id: Option<i64>,
    table_number: Option<&'a str>,
    session_id: Option<i64>,
    waiter_id: Option<i64>,
    waiter_name: Option<&'a str>,
    guests_count: Option<i64>,
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
    allergy_note: Option<&'a str>,
    /// When a cook confirmed the allergy note.
    allergy_acked_at: Time,
    /// When the kitchen's screens had drawn all that was fired of it.
    seen_at: Time,
    recalled_at: Time,
    /// When it was last called again.
    called_at: Time,
    version: i64,
}

impl<'a> OrderData<'a> {
    pub(in crate::vocabularies::dining) fn of(order: &'a OrderFacts) -> Self {
        OrderData {
            id: order.id,
            order_id: order.id,
            public_id: &order.public_id,
            code: order.code.as_deref(),
            restaurant_id: order.restaurant_id,
            status: DINING.word(order.status),
            status_display: DINING.label(order.status),
            canonical_status: order.status,
            r#type: order.order_type,
            table_id: order.table_id,
            table_number: order.table_number.as_deref(),
            session_id: order.session_id,
            waiter_id: order.waiter_id,
            waiter_name: order.waiter_name.as_deref(),
            guests_count: order.guests_count,
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
            allergy_note: order.allergy_note.as_deref(),
            allergy_acked_at: Time(order.allergy_acked_at),
            seen_at: Time(order.seen_at),
            recalled_at: Time(order.recalled_at),
            called_at: Time(order.called_at),
            version: order.version,
        }
    }
}

#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = Table)]
pub(in crate::vocabularies::dining) struct TableData<'a> {
    id: i64,
    table_id: i64,
    number: &'a str,
    table_number: &'a str,
    capacity: i64,
    is_occupied: bool,
    is_active: bool,
    /// Guests cannot order here by themselves.
    qr_blocked: bool,
    zone: Option<&'a str>,
    zone_id: Option<i64>,
    restaurant: &'a str,
    restaurant_id: i64,
    session: Option<SessionOfTable<'a>>,
    /// Of the table itself; `version` is that of all that is shown here.
    row_version: i64,
    version: u64,
}

#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = SessionOfTable)]
struct SessionOfTable<'a> {
    id: i64,
    session_code: &'a str,
    guests_count: i64,
    started_at: Time,
    waiter_id: Option<i64>,
    version: i64,
}

impl<'a> TableData<'a> {
    pub(in crate::vocabularies::dining) fn of(table: &'a TableFacts, version: u64) -> Self {
        TableData {
            id: table.id,
            table_id: table.id,
            number: &table.number,
            table_number: &table.number,
            capacity: table.capacity,
            is_occupied: table.is_occupied(),
            is_active: table.is_active,
            qr_blocked: table.qr_blocked,
            zone: table.zone.as_deref(),
            zone_id: table.zone_id,
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
            row_version: table.version,
            version,
        }
    }
}

#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = Session)]
pub(in crate::vocabularies::dining) struct SessionData<'a> {
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
    /// It ended because its guests joined this visit.
    merged_into_id: Option<i64>,
    /// What its guests wait for.
    requests: Vec<RequestData<'a>>,
    version: i64,
}

impl<'a> SessionData<'a> {
    pub(in crate::vocabularies::dining) fn of(session: &'a SessionFacts) -> Self {
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
            merged_into_id: session.merged_into_id,
            requests: session.requests.iter().map(RequestData::of).collect(),
            version: session.version,
        }
    }
}

/// All kinds of notifications; what a kind does not have is left out.
#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = Notification)]
pub(in crate::vocabularies::dining) struct NotificationData<'a> {
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
    /// What is called out, of its order.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
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
    /// When it is not shown any more.
    #[serde(skip_serializing_if = "Time::is_none")]
    expires_at: Time,
    /// When somebody took care of it, or ended it.
    #[serde(skip_serializing_if = "Time::is_none")]
    acknowledged_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_by: Option<i64>,
    created_at: Time,
    version: i64,
}

impl<'a> NotificationData<'a> {
    pub(in crate::vocabularies::dining) fn of(notification: &'a NotificationFacts) -> Self {
        let amount = notification.amount_minor;
        NotificationData {
            notification_id: Text(notification.id),
            kind: notification.task_kind.as_deref(),
            event: notification.event.as_deref(),
            title: notification.title.as_deref(),
            message: &notification.message,
            priority: notification.severity,
            order_id: notification.order_id,
            code: notification.code.as_deref(),
            table_id: notification.table_id,
            table_number: notification.table_number.as_deref(),
            items_count: notification.items_count,
            task_id: notification.task_id,
            payment_id: notification.payment_id,
            amount: amount.map(|minor| money::format(minor, notification.currency_exp)),
            expires_at: Time(notification.expires_at),
            acknowledged_at: Time(notification.acknowledged_at),
            acknowledged_by: notification.acknowledged_by,
            created_at: Time(Some(notification.created_at)),
            version: notification.version,
        }
    }
}

#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = Task)]
pub(in crate::vocabularies::dining) struct TaskData<'a> {
    id: i64,
    task_id: i64,
    kind: TaskKind,
    title: &'a str,
    status: TaskStatus,
    priority: i64,
    assignee_id: Option<i64>,
    assignee_name: Option<&'a str>,
    order_id: Option<i64>,
    table_id: Option<i64>,
    table_number: Option<&'a str>,
    created_at: Time,
    version: i64,
}

impl<'a> TaskData<'a> {
    pub(in crate::vocabularies::dining) fn of(task: &'a TaskFacts) -> Self {
        TaskData {
            id: task.id,
            task_id: task.id,
            kind: task.kind,
            title: &task.title,
            status: task.status,
            priority: task.priority,
            assignee_id: task.assignee_id,
            assignee_name: task.assignee_name.as_deref(),
            order_id: task.order_id,
            table_id: task.table_id,
            table_number: task.table_number.as_deref(),
            created_at: Time(Some(task.created_at)),
            version: task.version,
        }
    }
}

/// An order's status, in this vocabulary's words.
pub(in crate::vocabularies::dining) fn word(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": DINING.words()})
}

/// An id that the document writes as a string.
pub(in crate::vocabularies::dining) struct Text(pub i64);

written_as!(Text, "TextId", {"type": "string", "description": "A number, written as text."});

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Milliseconds since 1970-01-01 UTC, written in whole seconds as in the document: `2026-01-28T21:00:00Z`.
pub(in crate::vocabularies::dining) struct Time(pub Option<i64>);

impl Time {
    /// Whether there is none.
    fn is_none(&self) -> bool {
        self.0.is_none()
    }
}

written_as!(Time, "Time", {"type": ["string", "null"], "format": "date-time"});

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Some(ms) => serializer.serialize_str(&time::iso(ms - ms.rem_euclid(1000))),
            None => serializer.serialize_none(),
        }
    }
}

impl JsonSchema for Text {
    fn schema_name() -> Cow<'static, str> {
        "Text".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string"})
    }
}

impl JsonSchema for Time {
    fn schema_name() -> Cow<'static, str> {
        "Time".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": ["string", "null"], "format": "date-time"})
    }
}
