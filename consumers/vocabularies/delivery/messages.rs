//! What this vocabulary says. Each name of the document is spelled here and nowhere else.
//!
//! An order's statuses are the document's six words and `cancelled`; `canonical_status` beside them tells apart what they do not. Whatever is about an order carries its
//! `version`, so that a client can drop what is older than what it shows.

use crate::domain::drivers::{Availability, DriverFacts, DriverStatus};
use crate::domain::items::{ItemFacts, ItemStatus};
use crate::domain::money::Number;
use crate::domain::orders::{OrderFacts, OrderType, Paid};
use crate::domain::{DELIVERY, Status, time};
use maitred::{ClientError, Message};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use utoipa::ToSchema;

/// What cannot name an order, in the document's words.
pub const INVALID_ID: &str = "Invalid order ID";

/// To whoever placed it.
pub fn order_created(order: &OrderFacts) -> Message {
    Message::new("order-created", &Whole::of(order))
}

/// To its restaurant.
pub fn new_order(order: &OrderFacts) -> Message {
    Message::new("new-order", &Whole::of(order))
}

/// To everybody concerned.
pub fn order_updated(order: &OrderFacts) -> Message {
    Message::new("order-updated", &Whole::of(order))
}

/// To everybody concerned, in the document's only word for it: the order is gone.
pub fn order_gone(order: &OrderFacts) -> Message {
    let order = OrderFacts {
        status: Status::Cancelled,
        ..order.clone()
    };
    let order = OrderData::of(&order);
    let gone = Gone {
        order,
        deleted: true,
    };
    Message::new("order-updated", &gone)
}

/// To drivers who can take it. Whom it is for is nobody's business yet.
pub fn new_available_order(order: &OrderFacts) -> Message {
    Message::new("new-available-order", &Whole::offered(order))
}

/// To drivers who cannot take it any more.
pub fn order_taken(order: i64) -> Message {
    Message::new("order-taken", &Taken { order_id: order })
}

/// To the driver who took it.
pub fn order_accepted(order: &OrderFacts) -> Message {
    Message::new("order-accepted", &Whole::of(order))
}

/// To the driver who has it now.
pub fn order_assigned(order: &OrderFacts) -> Message {
    Message::new("order-assigned", &Whole::of(order))
}

/// What a driver can take.
pub fn available_orders(orders: &[OrderFacts], as_of: u64) -> Message {
    let orders = orders.iter().map(OrderData::offered).collect();
    Message::new("available-orders", &Several { orders, as_of })
}

/// What a restaurant has.
pub fn restaurant_orders(orders: &[OrderFacts], as_of: u64) -> Message {
    let orders = orders.iter().map(OrderData::of).collect();
    Message::new("restaurant-orders", &Several { orders, as_of })
}

/// Whether a driver takes orders.
pub fn availability(availability: &Availability) -> Message {
    Message::new("availability", &AvailabilityData::of(availability))
}

/// A mistake: a sentence, and a stable code beside it.
pub fn error(error: &ClientError) -> Message {
    Message::new("error", &Mistake::of(error))
}

/// A mistake as HTTP tells it: a sentence, and a stable code beside it.
pub fn refusal(error: &ClientError) -> String {
    Message::bare(&Mistake::of(error)).data().to_owned()
}

/// For those who asked for an acknowledgement.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "DeliveryAck")]
#[serde(rename_all = "camelCase")]
pub struct Ack {
    #[schemars(extend("const" = true))]
    ok: bool,
    order_id: i64,
    version: i64,
}

impl Ack {
    /// That the order is changed: its number and its version.
    pub fn of(order: &OrderFacts) -> Self {
        Ack {
            ok: true,
            order_id: order.id,
            version: order.version,
        }
    }
}

/// Whether a driver takes orders.
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = delivery::Availability)]
#[schemars(rename = "DriverAvailability")]
pub struct AvailabilityData {
    status: DriverStatus,
    /// Whether they are offered orders.
    available: bool,
}

impl AvailabilityData {
    pub fn of(availability: &Availability) -> Self {
        AvailabilityData {
            status: availability.status,
            available: availability.available,
        }
    }
}

/// Somebody who drives.
#[derive(Serialize, ToSchema)]
#[schema(as = delivery::Driver)]
pub struct DriverData<'a> {
    id: i64,
    name: &'a str,
    vehicle: Option<&'a str>,
    status: DriverStatus,
    /// Whether they are offered orders.
    available: bool,
}

/// `{"drivers": [...]}`
#[derive(Serialize, ToSchema)]
#[schema(as = delivery::Drivers)]
pub struct Drivers<'a> {
    drivers: Vec<DriverData<'a>>,
}

impl<'a> Drivers<'a> {
    pub fn of(drivers: &'a [DriverFacts]) -> Self {
        let shown = |driver: &'a DriverFacts| DriverData {
            id: driver.id,
            name: &driver.name,
            vehicle: driver.vehicle.as_deref(),
            status: driver.status,
            available: driver.available,
        };
        Drivers {
            drivers: drivers.iter().map(shown).collect(),
        }
    }
}

/// For those who asked for an acknowledgement of whether they take orders.
#[derive(Serialize, JsonSchema)]
pub struct AvailabilityAck {
    #[schemars(extend("const" = true))]
    ok: bool,
    #[serde(flatten)]
    data: AvailabilityData,
}

impl AvailabilityAck {
    pub fn of(availability: &Availability) -> Self {
        AvailabilityAck {
            ok: true,
            data: AvailabilityData::of(availability),
        }
    }
}

/// An order that drivers cannot take any more.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Taken {
    order_id: i64,
}

/// An order whose row is gone, as it was.
#[derive(Serialize, JsonSchema)]
pub struct Gone<'a> {
    order: OrderData<'a>,
    deleted: bool,
}

/// Why something was not done: for people, and for programs.
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = delivery::Refused)]
pub struct Mistake<'a> {
    message: Cow<'a, str>,
    code: &'a str,
}

impl<'a> Mistake<'a> {
    /// In the document's words for the kinds of mistakes that it lists.
    fn of(error: &'a ClientError) -> Self {
        #[derive(Deserialize)]
        struct Transition {
            status: Status,
            requested: Status,
        }
        let details = error.details.as_deref().map(|details| details.get());
        let transition =
            details.and_then(|details| serde_json::from_str::<Transition>(details).ok());
        let text = &error.text;
        let message = match (&*error.code, transition) {
            ("INVALID_TRANSITION", Some(Transition { status, requested })) => format!(
                "Invalid status transition: {} to {}",
                DELIVERY.word(status),
                DELIVERY.word(requested)
            )
            .into(),
            ("INVALID_TRANSITION" | "INVALID_STATUS", _) => {
                format!("Invalid status transition: {text}").into()
            }
            ("INVALID_FRAME", _) if text.contains(INVALID_ID) || text.contains("`orderId`") => {
                INVALID_ID.into()
            }
            ("NOT_FOUND", _) if text == "no such order" => "Order not found".into(),
            ("FORBIDDEN", _) => format!("Insufficient permissions: {text}").into(),
            ("UNAUTHENTICATED" | "TOKEN_MISSING" | "TOKEN_INVALID" | "TOKEN_EXPIRED", _) => {
                format!("Invalid authentication: {text}").into()
            }
            _ => Cow::Borrowed(&**text),
        };
        Mistake {
            message,
            code: &error.code,
        }
    }
}

/// `{"order": ...}`
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = delivery::Whole)]
pub struct Whole<'a> {
    order: OrderData<'a>,
}

impl<'a> Whole<'a> {
    /// For those whom it concerns.
    pub fn of(order: &'a OrderFacts) -> Self {
        Whole {
            order: OrderData::of(order),
        }
    }

    fn offered(order: &'a OrderFacts) -> Self {
        Whole {
            order: OrderData::offered(order),
        }
    }
}

/// `{"orders": [...]}`, and as of which point of the history.
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = delivery::Orders)]
pub struct Several<'a> {
    pub orders: Vec<OrderData<'a>>,
    pub as_of: u64,
}

/// An order.
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = delivery::Order)]
#[schemars(rename = "DeliveryOrder")]
#[serde(rename_all = "camelCase")]
pub struct OrderData<'a> {
    id: i64,
    public_id: &'a str,
    /// What is called out: `D7`.
    code: Option<&'a str>,
    #[schemars(schema_with = "word")]
    status: &'static str,
    #[serde(rename = "canonical_status")]
    canonical_status: Status,
    user_id: Option<i64>,
    restaurant_id: i64,
    driver_id: Option<i64>,
    r#type: OrderType,
    items: Vec<Line<'a>>,
    #[schemars(with = "f64")]
    total: Number,
    #[serde(rename = "total_amount")]
    total_amount: String,
    currency: &'a str,
    payment_status: Paid,
    /// To be collected at the door.
    collect: String,
    notes: Option<&'a str>,
    customer_name: Option<&'a str>,
    customer_phone: Option<&'a str>,
    delivery_address: Option<&'a str>,
    restaurant_name: Option<&'a str>,
    ready_at: Option<String>,
    picked_up_at: Option<String>,
    delivered_at: Option<String>,
    /// When the driver could not hand it over.
    failed_at: Option<String>,
    fail_reason: Option<&'a str>,
    created_at: String,
    updated_at: String,
    version: i64,
}

#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = delivery::Line)]
#[schemars(rename = "DeliveryLine")]
#[serde(rename_all = "camelCase")]
struct Line<'a> {
    id: i64,
    menu_item_id: Option<i64>,
    name: &'a str,
    quantity: i64,
    #[schemars(with = "f64")]
    unit_price: Number,
    status: ItemStatus,
    notes: Option<&'a str>,
}

impl<'a> OrderData<'a> {
    /// For those whom it concerns.
    pub fn of(order: &'a OrderFacts) -> Self {
        let customer = order.customer.as_ref();
        let failed = order.status == Status::OutForDelivery;
        let ordered = |line: &&ItemFacts| line.status != ItemStatus::Voided;
        OrderData {
            id: order.id,
            public_id: &order.public_id,
            code: order.code.as_deref(),
            status: DELIVERY.word(order.status),
            canonical_status: order.status,
            user_id: order.customer_user_id(),
            restaurant_id: order.restaurant_id,
            driver_id: order.driver_id,
            r#type: order.order_type,
            items: order.lines.iter().filter(ordered).map(Line::of).collect(),
            total: Number {
                minor: order.total_minor,
                exp: order.currency_exp,
            },
            total_amount: order.total(),
            currency: &order.currency,
            payment_status: order.paid(),
            collect: order.amount(order.collect_minor()),
            notes: order.note.as_deref(),
            customer_name: customer.map(|customer| customer.name.as_str()),
            customer_phone: customer.and_then(|customer| customer.phone.as_deref()),
            delivery_address: order.address.as_deref(),
            restaurant_name: order.restaurant_name.as_deref(),
            ready_at: order.ready_at.map(time::iso),
            picked_up_at: order.picked_up_at.map(time::iso),
            delivered_at: order.delivered_at.map(time::iso),
            failed_at: order.failed_at.filter(|_| failed).map(time::iso),
            fail_reason: order.fail_reason.as_deref().filter(|_| failed),
            created_at: time::iso(order.created_at),
            updated_at: time::iso(order.updated_at),
            version: order.version,
        }
    }

    /// For drivers who have not taken it: without who it is for.
    fn offered(order: &'a OrderFacts) -> Self {
        OrderData {
            customer_name: None,
            customer_phone: None,
            ..OrderData::of(order)
        }
    }
}

impl<'a> Line<'a> {
    fn of(line: &'a ItemFacts) -> Self {
        Line {
            id: line.id,
            menu_item_id: line.menu_item_id,
            name: &line.name,
            quantity: line.quantity,
            unit_price: Number {
                minor: line.unit_price_minor,
                exp: line.currency_exp,
            },
            status: line.status,
            notes: line.note.as_deref(),
        }
    }
}

/// One of the document's words.
fn word(_: &mut SchemaGenerator) -> Schema {
    let mut words = Status::ALL.map(|status| DELIVERY.word(status)).to_vec();
    words.dedup();
    json_schema!({"enum": words})
}
