//! The facts that can be told.
//!
//! Events are stored as JSON and rendered later, by consumers that see no database: a fact carries everything that any vocabulary says about it.
//! Fields are added with `#[serde(default)]`, never renamed: the history of the previous version must stay readable.
//! Times are milliseconds since 1970-01-01 UTC, amounts integers in the currency's smallest unit.

use crate::domain::Status;
use crate::domain::drivers::Availability;
use crate::domain::items::ItemFacts;
use crate::domain::jobs::JobFacts;
use crate::domain::menu::{Dish, Group as Choices};
use crate::domain::notifications::NotificationFacts;
use crate::domain::orders::OrderFacts;
use crate::domain::payments::PaymentFacts;
use crate::domain::sessions::SessionFacts;
use crate::domain::tables::TableFacts;
use serde::{Deserialize, Serialize};

/// An order that nobody needs to cook any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct OrderOff {
    pub id: i64,
    pub uuid: String,
    pub public_id: String,
    pub restaurant_uuid: String,
    /// Why, where somebody said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When, in milliseconds.
    pub at: i64,
    /// Where its row is gone: above its last one.
    pub version: i64,
}

/// A fact worth telling.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fact {
    /// An order came in.
    OrderPlaced(OrderFacts),
    /// An order moved on, or back.
    OrderStatus {
        /// The order after it.
        order: OrderFacts,
        /// Where it stood before.
        previous: Status,
        /// An event of the payment, or of the lines, that it followed from shows it so already.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        shown: bool,
    },
    /// Something else about an order changed.
    OrderChanged(OrderFacts),
    /// An order's sums followed from its lines, whose event shows them so already.
    OrderPriced(OrderFacts),
    /// An order's row is gone.
    OrderDeleted {
        /// Which one it was.
        id: i64,
        /// Above its last one.
        version: i64,
        /// What it was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        order: Option<Box<OrderFacts>>,
        /// Why, where somebody said it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// When, in milliseconds.
        #[serde(default)]
        at: i64,
    },
    /// What drivers can take changed: an order went on offer, or off it, or was given to one of them.
    Offer {
        /// The order after it.
        order: OrderFacts,
        /// Whether drivers can take it now.
        open: bool,
    },
    /// Something was paid of it, or given back.
    OrderPaid(OrderFacts),
    /// Nobody needs to cook an order any more: it was cancelled.
    OrderOff(OrderOff),
    /// What shows on the board is different: an order is being made, can be fetched, is gone, or was called again.
    Board {
        /// The order after it.
        order: OrderFacts,
        /// Staff called it again.
        called: bool,
    },
    /// The kitchen's screens have drawn something of an order, or a cook has confirmed it.
    KitchenSaw {
        /// The order after it.
        order: OrderFacts,
        /// All of its lines.
        items: Vec<ItemFacts>,
        /// Rises with each change of the order or one of its lines.
        version: u64,
    },
    /// A dish is new on the menu, different, sold out, or off it.
    DishChanged {
        /// The dish after it.
        dish: Dish,
        /// What can be changed about it.
        choices: Vec<Choices>,
    },
    /// A dish's row is gone.
    DishDeleted {
        /// Which one it was.
        id: i64,
        /// Whose it was.
        restaurant_id: i64,
        /// The same as a uuid.
        restaurant_uuid: String,
        /// Above its last one.
        version: i64,
    },
    /// Lines came, went, or moved on.
    Items {
        /// The order they belong to.
        order: OrderFacts,
        /// All of its lines, also those that are voided.
        items: Vec<ItemFacts>,
        /// Rises with each change of the order or one of its lines.
        version: u64,
        /// An event of the order itself that came of the same transaction shows them so already: it was placed with them, or became ready, or was served.
        #[serde(default)]
        shown: bool,
        /// Whether these are the lines that the order was placed with.
        #[serde(default)]
        placed: bool,
    },
    /// A table was occupied or released.
    TableStatus {
        /// The table after it.
        table: TableFacts,
        /// As in [`TableChanged`](Fact::TableChanged).
        version: u64,
    },
    /// Something about a table changed: its session, its guests, its orders, the table itself.
    TableChanged {
        /// The table after it.
        table: TableFacts,
        /// Rises with each change of the table or of who sits there.
        version: u64,
        /// Whether it was occupied or released, or is itself another: then the whole restaurant hears of it.
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
    SessionChanged(SessionFacts),
    /// A visit's row is gone.
    SessionDeleted {
        /// Which one it was.
        id: i64,
        /// Above its last one.
        version: i64,
    },
    /// Somebody is to know something.
    Notified(NotificationFacts),
    /// Somebody took care of it; the others need not.
    Acknowledged(NotificationFacts),
    /// Nothing is owed any more.
    PaidInFull(PaymentFacts),
    /// A driver takes orders from now on, or takes none.
    DriverAvailability(Availability),
    /// A print shop took on a job.
    JobPlaced(JobFacts),
    /// Its stage or its time changed, or something was said about it.
    JobMoved(JobFacts),
    /// Something about it changed, be it that or something else.
    JobChanged(JobFacts),
    /// Its row is gone: this is what it was.
    JobDeleted(JobFacts),
    /// Somebody who runs a restaurant closed its dashboard. Told to live connections only.
    DashboardClosed,
}
