//! The objects inside the messages.

use crate::domain::items::{ItemFacts, ItemStatus, Modifier, ModifierKind};
use crate::domain::menu::Dish;
use crate::domain::orders::{OrderFacts, OrderType, Paid, Source};
use crate::domain::tickets::Place;
use crate::domain::{KITCHEN, Status, money, time};
use crate::schema::written_as;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// An order with its lines.
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = kitchen::Order)]
#[schemars(rename = "KitchenOrder")]
pub struct Order<'a> {
    id: &'a str,
    order_number: &'a str,
    #[schemars(schema_with = "super::words::word")]
    status: &'static str,
    r#type: OrderType,
    #[serde(skip_serializing_if = "Option::is_none")]
    table_number: Option<&'a str>,
    items: Vec<Item<'a>>,
    total: Amount,
    created_at: Time,
    restaurant_id: &'a str,
    total_amount: String,
    currency: &'a str,
    payment_status: Paid,
    canonical_status: Status,
    notes: Option<&'a str>,
    allergy_note: Option<&'a str>,
    priority: i64,
    eta_at: Option<Time>,
    updated_at: Time,
    version: i64,
    /// What is called out: `P41`.
    code: Option<&'a str>,
    source: Source,
    guests_count: Option<i64>,
    waiter_name: Option<&'a str>,
    confirmed_at: Option<Time>,
    ready_at: Option<Time>,
    /// What somebody who eats of it must not get: a cook confirms it.
    allergy: Option<&'a str>,
    allergy_acked_at: Option<Time>,
    /// When the screens of its stations had drawn all that was fired of it.
    seen_at: Option<Time>,
    /// When something of it last went back on the stove.
    recalled_at: Option<Time>,
    /// When staff last called it again.
    called_at: Option<Time>,
    /// When a cook confirmed that it is off.
    cancel_acked_at: Option<Time>,
}

impl<'a> Order<'a> {
    /// With the lines that it carries.
    pub fn of(order: &'a OrderFacts) -> Self {
        Order::with(order, &order.lines)
    }

    pub fn with(order: &'a OrderFacts, lines: &'a [ItemFacts]) -> Self {
        Order {
            id: &order.uuid,
            order_number: &order.public_id,
            status: KITCHEN.word(order.status),
            r#type: order.order_type,
            table_number: order.table_number.as_deref(),
            items: lines.iter().map(Item::of).collect(),
            total: Amount(order.total_minor, order.currency_exp),
            created_at: Time(order.created_at),
            restaurant_id: &order.restaurant_uuid,
            total_amount: order.total(),
            currency: &order.currency,
            payment_status: order.paid(),
            canonical_status: order.status,
            notes: order.note.as_deref(),
            allergy_note: order.allergy_note.as_deref(),
            priority: order.priority,
            eta_at: order.eta_at.map(Time),
            updated_at: Time(order.updated_at),
            version: order.version,
            code: order.code.as_deref(),
            source: order.source,
            guests_count: order.guests_count,
            waiter_name: order.waiter_name.as_deref(),
            confirmed_at: order.confirmed_at.map(Time),
            ready_at: order.ready_at.map(Time),
            allergy: order.allergy_note.as_deref(),
            allergy_acked_at: order.allergy_acked_at.map(Time),
            seen_at: order.seen_at.map(Time),
            recalled_at: order.recalled_at.map(Time),
            called_at: order.called_at.map(Time),
            cancel_acked_at: order.cancel_acked_at.map(Time),
        }
    }
}

/// A line. Those that are off stay, as `voided`: the cook must see it.
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = kitchen::Item)]
#[schemars(rename = "KitchenItem")]
pub struct Item<'a> {
    id: &'a str,
    name: &'a str,
    quantity: i64,
    /// Of one, modifiers included.
    price: Amount,
    modifiers: Vec<Change<'a>>,
    notes: Option<&'a str>,
    status: ItemStatus,
    station: Option<&'a str>,
    menu_item_id: Option<i64>,
    seat: Option<i64>,
    course: Option<i64>,
    allergy: Option<&'a str>,
    /// 2 and up: added later.
    batch: i64,
    /// Where the cook's timer starts.
    fired_at: Option<Time>,
    version: i64,
    ready_at: Option<Time>,
    /// When a screen of its station had drawn it.
    seen_at: Option<Time>,
    recalled_at: Option<Time>,
    void_reason: Option<&'a str>,
    voided_at: Option<Time>,
    /// When a cook confirmed that it is off.
    void_acked_at: Option<Time>,
    /// When a cook confirmed its allergy.
    allergy_acked_at: Option<Time>,
}

/// What was changed about a dish.
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = kitchen::Modifier)]
#[schemars(rename = "KitchenModifier")]
struct Change<'a> {
    name: &'a str,
    quantity: i64,
    price: Amount,
    /// What it does to the dish.
    kind: ModifierKind,
}

impl<'a> Item<'a> {
    pub fn of(item: &'a ItemFacts) -> Self {
        let change = |modifier: &'a Modifier| Change {
            name: &modifier.name,
            quantity: modifier.quantity,
            price: Amount(modifier.price_minor, item.currency_exp),
            kind: modifier.kind(),
        };
        Item {
            id: &item.uuid,
            name: &item.name,
            quantity: item.quantity,
            price: Amount(item.unit_price_minor, item.currency_exp),
            modifiers: item.modifiers.iter().map(change).collect(),
            notes: item.note.as_deref(),
            status: item.status,
            station: item.station.as_deref(),
            menu_item_id: item.menu_item_id,
            seat: item.seat,
            course: item.course,
            allergy: item.allergy.as_deref(),
            batch: item.batch,
            fired_at: item.fired_at.map(Time),
            version: item.version,
            ready_at: item.ready_at.map(Time),
            seen_at: item.seen_at.map(Time),
            recalled_at: item.recalled_at.map(Time),
            void_reason: item.void_reason.as_deref(),
            voided_at: item.voided_at.map(Time),
            void_acked_at: item.void_acked_at.map(Time),
            allergy_acked_at: item.allergy_acked_at.map(Time),
        }
    }
}

/// A dish, as far as a kitchen says something about it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenDish")]
pub struct DishData<'a> {
    id: i64,
    uuid: &'a str,
    name: &'a str,
    category: Option<&'a str>,
    /// Not sold out.
    is_available: bool,
    price: Amount,
    station: Option<&'a str>,
    /// It is off the menu for good.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    removed: bool,
    version: i64,
}

impl<'a> DishData<'a> {
    pub fn of(dish: &'a Dish) -> Self {
        DishData {
            id: dish.id,
            uuid: &dish.uuid,
            name: &dish.name,
            category: dish.category.as_deref(),
            is_available: dish.is_available,
            price: Amount(dish.price_minor, dish.currency_exp),
            station: dish.station.as_deref(),
            removed: dish.removed_at.is_some(),
            version: dish.version,
        }
    }
}

/// A station, and when its tickets are late.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "KitchenStation")]
pub struct Station<'a> {
    id: i64,
    code: &'a str,
    name: &'a str,
    is_expo: bool,
    /// Seconds after which a ticket's clock is amber.
    amber_s: i64,
    /// Seconds after which it is red.
    red_s: i64,
}

impl<'a> Station<'a> {
    pub fn of(place: &'a Place) -> Self {
        Station {
            id: place.id,
            code: &place.code,
            name: &place.name,
            is_expo: place.is_expo,
            amber_s: place.amber_s,
            red_s: place.red_s,
        }
    }
}

/// So many of the currency's smallest unit, and the digits after its point: a number in JSON, exactly as the integer says.
struct Amount(i64, u32);

written_as!(Amount, "kitchen.Amount", {
    "description": "An amount, with all of the currency's digits.",
    "type": "number",
}, sockets);

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = money::format(self.0, self.1);
        let number = RawValue::from_string(text).map_err(serde::ser::Error::custom)?;
        number.serialize(serializer)
    }
}

/// Milliseconds since 1970-01-01 UTC, written `2026-01-28T21:00:00.250Z`.
#[derive(Clone, Copy)]
pub struct Time(pub i64);

written_as!(Time, "kitchen.Time", {"type": "string", "format": "date-time"}, sockets);

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time::iso(self.0))
    }
}
