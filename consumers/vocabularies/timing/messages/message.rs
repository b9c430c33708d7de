//! The messages, by their names.

use super::data::{self, Order};
use crate::domain::orders::OrderFacts;
use crate::domain::{Status, TIMING};
use maitred::Message;
use schemars::JsonSchema;
use serde::Serialize;

/// `{"type":"newOrder","order":{...}}`
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename = "newOrder")]
pub struct NewOrder<'a> {
    order: Order<'a>,
}

/// `{"type":"orderStatusUpdate","order":{...},"status":"ready"}`
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename = "orderStatusUpdate")]
pub struct OrderStatusUpdate<'a> {
    order: Order<'a>,
    /// One of this vocabulary's words, as in the order.
    #[schemars(schema_with = "data::word")]
    status: &'static str,
}

/// `{"type":"connection","orders":[...],"total":9}`: what a stream starts with.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename = "connection")]
pub struct Connection<'a> {
    /// The newest orders; what follows is about them, and about new ones.
    orders: Vec<Order<'a>>,
    /// How many there are altogether.
    total: i64,
}

/// `{"type":"connection"}`: what a client that comes back hears before what it missed.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename = "connection")]
pub struct Connected {}

/// `{"type":"disconnect"}`: another dashboard of the same restaurant was closed.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename = "disconnect")]
pub struct Disconnect {}

pub fn new_order(order: &OrderFacts) -> Message {
    Message::bare(&NewOrder {
        order: Order::of(order),
    })
}

pub fn order_status_update(order: &OrderFacts, status: Status) -> Message {
    Message::bare(&OrderStatusUpdate {
        order: Order::at(order, status),
        status: TIMING.word(status),
    })
}

pub fn connection(orders: &[OrderFacts], total: i64) -> Message {
    let orders = orders.iter().map(Order::of).collect();
    Message::bare(&Connection { orders, total })
}

pub fn connected() -> Message {
    Message::bare(&Connected {})
}

pub fn disconnect() -> Message {
    Message::bare(&Disconnect {})
}
