//! An order as this vocabulary shows it.

use crate::domain::items::{ItemFacts, ItemStatus};
use crate::domain::money::Number;
use crate::domain::orders::{OrderFacts, OrderType, Paid};
use crate::domain::{Status, TIMING, time};
use crate::schema::written_as;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use utoipa::ToSchema;

/// An order with its lines.
#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = timing::Order)]
#[schemars(rename = "TimingOrder")]
pub struct Order<'a> {
    id: i64,
    public_id: &'a str,
    /// What is called out: `P41`.
    code: Option<&'a str>,
    uuid: &'a str,
    restaurant_id: i64,
    /// One of this vocabulary's five words.
    #[schemars(schema_with = "word")]
    status: &'static str,
    /// One of the nine that it stands for.
    canonical_status: Status,
    r#type: OrderType,
    table_number: Option<&'a str>,
    /// A number, written with the currency's digits.
    total: Number,
    /// The same as text: exact in any language.
    total_amount: String,
    currency: &'a str,
    payment_status: Paid,
    customer_info: CustomerInfo<'a>,
    /// What is to be cooked and served: voided lines are left out.
    items: Vec<Item<'a>>,
    note: Option<&'a str>,
    created_at: Time,
    updated_at: Time,
    version: i64,
}

/// Who gets it.
#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = timing::CustomerInfo)]
#[schemars(rename = "TimingCustomerInfo")]
pub struct CustomerInfo<'a> {
    /// Never empty: a table's number, or "Guest", where no name is known.
    name: Cow<'a, str>,
    /// All but its end is hidden from who has no token.
    phone: Option<Cow<'a, str>>,
}

/// One line.
#[derive(Serialize, ToSchema, JsonSchema)]
#[schema(as = timing::Item)]
#[schemars(rename = "TimingItem")]
pub struct Item<'a> {
    id: i64,
    menu_item_id: Option<i64>,
    menu_name: &'a str,
    /// Of one, with what was chosen about it.
    price: Number,
    quantity: i64,
    status: ItemStatus,
    note: Option<&'a str>,
}

/// Milliseconds since 1970-01-01 UTC, as ISO 8601.
pub struct Time(i64);

written_as!(Time, "timing.Time", {"type": "string", "format": "date-time"}, sockets);

impl<'a> Order<'a> {
    /// As it is.
    pub fn of(order: &'a OrderFacts) -> Self {
        Order::at(order, order.status)
    }

    /// As it is, in another status.
    pub fn at(order: &'a OrderFacts, status: Status) -> Self {
        let exp = order.currency_exp;
        let live = |item: &&ItemFacts| item.status != ItemStatus::Voided;
        Order {
            id: order.id,
            public_id: &order.public_id,
            code: order.code.as_deref(),
            uuid: &order.uuid,
            restaurant_id: order.restaurant_id,
            status: TIMING.word(status),
            canonical_status: status,
            r#type: order.order_type,
            table_number: order.table_number.as_deref(),
            total: Number {
                minor: order.total_minor,
                exp,
            },
            total_amount: order.total(),
            currency: &order.currency,
            payment_status: order.paid(),
            customer_info: CustomerInfo::of(order),
            items: order.lines.iter().filter(live).map(Item::of).collect(),
            note: order.note.as_deref(),
            created_at: Time(order.created_at),
            updated_at: Time(order.updated_at),
            version: order.version,
        }
    }

    /// As whoever has the link may see it.
    pub fn masked(mut self) -> Self {
        let phone = &mut self.customer_info.phone;
        *phone = phone.take().map(|phone| mask(&phone).into());
        self
    }
}

impl<'a> CustomerInfo<'a> {
    fn of(order: &'a OrderFacts) -> Self {
        let customer = order.customer.as_ref();
        let name = customer.map(|customer| customer.name.as_str());
        let name = match (name.filter(|name| !name.is_empty()), &order.table_number) {
            (Some(name), _) => name.into(),
            (None, Some(table)) => format!("Table {table}").into(),
            (None, None) => "Guest".into(),
        };
        let phone = customer.and_then(|customer| customer.phone.as_deref());
        CustomerInfo {
            name,
            phone: phone.map(Cow::from),
        }
    }
}

impl<'a> Item<'a> {
    fn of(item: &'a ItemFacts) -> Self {
        Item {
            id: item.id,
            menu_item_id: item.menu_item_id,
            menu_name: &item.name,
            price: Number {
                minor: item.unit_price_minor,
                exp: item.currency_exp,
            },
            quantity: item.quantity,
            status: item.status,
            note: item.note.as_deref(),
        }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time::iso(self.0))
    }
}

/// An order's status, in this vocabulary's words.
pub(super) fn word(_: &mut SchemaGenerator) -> Schema {
    json_schema!({"type": "string", "enum": TIMING.words()})
}

/// The last three digits, which their owner recognizes. How many there were before is not said.
fn mask(phone: &str) -> String {
    let digits: Vec<char> = phone.chars().filter(char::is_ascii_digit).collect();
    // Of a short one even three would say too much.
    let shown = if digits.len() >= 6 { 3 } else { 0 };
    let end: String = digits[digits.len() - shown..].iter().collect();
    format!("******{end}")
}
