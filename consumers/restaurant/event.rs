//! What can be told.
//!
//! Events are stored as JSON and rendered later, by consumers that see no database: a fact carries everything that any vocabulary says about it.
//! Fields are added with `#[serde(default)]`, never renamed: the history of the previous version must stay readable.
//! Times are milliseconds since 1970-01-01 UTC, amounts are decimal text (`"250.00"`) in the restaurant's currency.

use super::Entity;
use serde::{Deserialize, Serialize};

/// What a change means to people, and what it was in the tables.
///
/// One change can make several events (a table's status and its details). Exactly one of them carries the change itself: the change feed tells
/// each change once. A change that means nothing to people makes an event without a fact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What the vocabularies tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fact: Option<Fact>,
    /// What the change feed tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<ChangeRecord>,
}

/// One change of one row, for integrators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChangeRecord {
    /// What kind of row.
    pub entity: Entity,
    /// Its id.
    pub id: i64,
    /// Whose it is.
    pub restaurant_id: i64,
    /// Its version after the change; of a deleted row the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// What happened.
    pub op: Operation,
    /// Its status after the change, where such rows have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// The columns that differ.
    pub changed: Vec<String>,
}

/// What happened to a row, as the change feed says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// It is new.
    Insert,
    /// It is different.
    Update,
    /// It is gone.
    Delete,
}

impl From<maitred::Op> for Operation {
    fn from(op: maitred::Op) -> Self {
        match op {
            maitred::Op::Insert => Operation::Insert,
            maitred::Op::Update => Operation::Update,
            maitred::Op::Delete => Operation::Delete,
        }
    }
}

/// A fact worth telling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// An order came in.
    OrderPlaced(OrderFact),
    /// An order moved on, or back.
    OrderStatus {
        /// The order after it.
        order: OrderFact,
        /// The canonical status before.
        previous: String,
    },
    /// Something else about an order changed.
    OrderChanged(OrderFact),
    /// An order's row is gone.
    OrderDeleted {
        /// Which one it was.
        id: i64,
        /// Its last version.
        version: i64,
    },
    /// Lines came, went, or moved on.
    Items {
        /// The order they belong to.
        order: OrderFact,
        /// All of its lines, also those that are voided.
        items: Vec<ItemFact>,
        /// Rises with each change of the order or one of its lines.
        version: u64,
    },
    /// A table was occupied or released.
    TableStatus(TableFact),
    /// Something about a table changed: its session, its guests, its orders, the table itself.
    TableChanged {
        /// The table after it.
        table: TableFact,
        /// Whether it was occupied or released: then the whole restaurant hears of it.
        occupancy: bool,
    },
    /// A table's row is gone.
    TableDeleted {
        /// Which one it was.
        id: i64,
        /// Higher than any before.
        version: u64,
    },
    /// Something about a visit changed: its guests, its waiter, its end.
    SessionChanged(SessionFact),
    /// Somebody is to know something.
    Notified(NotificationFact),
    /// Somebody took care of it; the others need not.
    Acknowledged(NotificationFact),
    /// Nothing is owed any more.
    PaidInFull(PaymentFact),
}

/// An order without its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderFact {
    pub id: i64,
    pub public_id: String,
    pub restaurant_id: i64,
    /// The canonical name.
    pub status: String,
    pub r#type: String,
    pub table_id: Option<i64>,
    pub table_number: Option<String>,
    pub session_id: Option<i64>,
    pub waiter_id: Option<i64>,
    pub driver_id: Option<i64>,
    /// Lines that are not voided.
    pub items_count: i64,
    pub total_amount: String,
    pub note: Option<String>,
    pub eta_at: Option<i64>,
    pub created_at: i64,
    pub confirmed_at: Option<i64>,
    pub ready_at: Option<i64>,
    pub delivered_at: Option<i64>,
    pub cancelled_at: Option<i64>,
    pub cancel_reason: Option<String>,
    pub version: i64,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ItemFact {
    pub id: i64,
    pub menu_item_id: Option<i64>,
    pub name: String,
    pub quantity: i64,
    pub price: String,
    pub status: String,
    pub seat: Option<i64>,
    pub course: Option<i64>,
    pub modifiers: Vec<ModifierFact>,
    pub note: Option<String>,
    pub allergy: Option<String>,
    pub version: i64,
}

/// What was changed about a dish.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModifierFact {
    pub name: String,
    pub price: String,
    pub quantity: i64,
}

/// A table and who sits there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableFact {
    pub id: i64,
    pub number: String,
    pub capacity: i64,
    pub is_active: bool,
    pub zone: Option<String>,
    pub restaurant_id: i64,
    /// The restaurant's name.
    pub restaurant: String,
    pub session: Option<SessionFact>,
    /// Rises with each change of the table or of who sits there.
    pub version: u64,
}

/// One visit to a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionFact {
    pub id: i64,
    pub session_code: String,
    pub table_id: i64,
    pub table_number: Option<String>,
    pub guests_count: i64,
    pub waiter_id: Option<i64>,
    pub started_at: i64,
    pub closed_at: Option<i64>,
    pub close_reason: Option<String>,
    pub version: i64,
    /// Its row is gone.
    #[serde(default)]
    pub deleted: bool,
}

/// What somebody is to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotificationFact {
    pub id: i64,
    pub restaurant_id: i64,
    /// `waiter:10`, `floor`, `restaurant`, `kitchen` or `admin`.
    pub audience: String,
    pub kind: String,
    /// What made it: `created`, `assigned`, `ready`, `cancelled`, `captured`.
    pub event: Option<String>,
    pub severity: i64,
    pub title: Option<String>,
    pub message: String,
    pub order_id: Option<i64>,
    pub table_id: Option<i64>,
    pub table_number: Option<String>,
    pub items_count: Option<i64>,
    pub task_id: Option<i64>,
    pub task_kind: Option<String>,
    pub payment_id: Option<i64>,
    pub amount: Option<String>,
    pub created_at: i64,
    pub acknowledged_at: Option<i64>,
    pub acknowledged_by: Option<String>,
}

/// A payment that was received.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaymentFact {
    pub id: i64,
    pub restaurant_id: i64,
    pub order_id: Option<i64>,
    pub session_id: Option<i64>,
    pub table_number: Option<String>,
    pub amount: String,
    pub total_amount: String,
    pub method: String,
}

/// Something to do. Told in lists only: that there is a new one is told as a notification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskFact {
    pub id: i64,
    pub restaurant_id: i64,
    pub kind: String,
    pub title: String,
    pub status: String,
    pub priority: i64,
    pub assignee_id: Option<i64>,
    pub order_id: Option<i64>,
    pub table_id: Option<i64>,
    pub table_number: Option<String>,
    pub created_at: i64,
    pub version: i64,
}
