//! `/api/delivery/orders`: ordering, and what the document's events have no word for.
//!
//! Members see what concerns them: users their own orders, restaurants theirs, drivers those they have. Fields that nobody knows are left alone. Whoever listens hears of
//! every change made here; nothing is sent from this module.

use super::commands::{self, Wish};
use super::member::{self, Member, Part};
use super::messages::{self, AvailabilityData, Drivers, OrderData, Several, Whole};
use crate::access::Action;
use crate::domain::money::Decimal;
use crate::domain::orders::{self as domain, NewLine, NewModifier, NewOrder, OrderType, Source};
use crate::domain::page::PAGE_MAX;
use crate::domain::{Key, Refusal, ids};
use crate::rest::Handler::{Read, Write};
use crate::rest::{Answer, Call, Method, Methods, Service};
use maitred::{Error, Reader, Transaction};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

pub mod openapi;

/// As in `routing.toml`.
pub const NAME: &str = "delivery.api";

/// The service.
pub const SERVICE: Service = Service {
    below: "api/delivery",
    table: ROUTES,
    refusal: messages::refusal,
};

const ROUTES: &[(&str, Methods)] = &[
    (
        "orders",
        &[(Method::GET, Read(list)), (Method::POST, Write(place))],
    ),
    (
        "orders/*",
        &[(Method::GET, Read(show)), (Method::PATCH, Write(change))],
    ),
    (
        "availability",
        &[
            (Method::GET, Read(availability)),
            (Method::PUT, Write(set_available)),
        ],
    ),
    ("drivers", &[(Method::GET, Read(drivers))]),
];

#[derive(Deserialize, ToSchema)]
#[schema(as = delivery::NewOrder)]
#[serde(rename_all = "camelCase")]
struct New {
    restaurant_id: Key,
    #[serde(alias = "orderItems")]
    #[schema(min_items = 1, max_items = 200)]
    items: Vec<NewItem>,
    /// `delivery`, unless it is said otherwise.
    r#type: Option<OrderType>,
    #[serde(alias = "note", alias = "specialInstructions")]
    notes: Option<String>,
    #[serde(alias = "address")]
    delivery_address: Option<String>,
    #[serde(alias = "customerPhone")]
    phone: Option<String>,
}

/// A dish. What it costs is the menu's business, whatever else is sent.
#[derive(Deserialize, ToSchema)]
#[schema(as = delivery::NewLine)]
#[serde(rename_all = "camelCase")]
struct NewItem {
    menu_item_id: Key,
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 999)]
    quantity: i64,
    #[serde(default)]
    modifiers: Vec<NewModifier>,
    #[serde(alias = "note")]
    notes: Option<String>,
}

const fn one() -> i64 {
    1
}

/// `POST /orders`
#[utoipa::path(post, path = "/orders", tag = "orders", request_body(content = New, example = json!({"restaurantId": 789, "items": [{"menuItemId": 11, "quantity": 2}], "deliveryAddress": "Soi 11, house 4", "phone": "+66 2 000 0001"})), responses((status = 201, description = "It was placed", body = Whole)))]
fn place(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: New = call.body()?;
    member::enroll(call.identity(), tx)?;
    let member = Member::of(call.identity(), tx)?;
    member.bearer.may(Action::OrderDelivery)?;
    let restaurant = ids::restaurant(tx, &new.restaurant_id)?;
    if let Part::Restaurant(Some(own)) = &member.part
        && !own.contains(&restaurant)
    {
        return Err(Refusal::Forbidden("this restaurant is somebody else's".into()).into());
    }
    let line = |item: NewItem| NewLine {
        menu_item_id: Some(item.menu_item_id),
        quantity: item.quantity,
        modifiers: item.modifiers,
        note: item.notes,
        ..NewLine::default()
    };
    let new = NewOrder {
        order_type: new.r#type.unwrap_or(OrderType::Delivery),
        source: Some(Source::Web),
        note: new.notes,
        address: new.delivery_address,
        phone: new.phone,
        items: new.items.into_iter().map(line).collect(),
        ..NewOrder::at(Key::Id(restaurant))
    };
    let order = domain::create(tx, &member.bearer.actor(), &new)?;
    Answer::created(&Whole::of(&domain::with_lines(tx, order)?))
}

/// `GET /orders?before=<id>&limit=<n>`: those that concern the asker, newest first.
#[utoipa::path(get, path = "/orders", tag = "orders", params(("limit" = Option<u32>, Query, description = "At most 200"), ("before" = Option<i64>, Query, description = "The last id of the page before")), responses((status = 200, description = "Those that concern the asker, newest first", body = Several)))]
fn list(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let member = Member::of(call.identity(), db)?;
    let before = number(call, "before")?;
    let limit = number(call, "limit")?.and_then(|limit| u32::try_from(limit).ok());
    let orders = commands::own(db, &member, before, limit.unwrap_or(PAGE_MAX))?;
    Answer::ok(&Several {
        orders: orders.iter().map(OrderData::of).collect(),
        as_of: db.head()?,
    })
}

fn number(call: &Call, name: &'static str) -> Result<Option<i64>, Refusal> {
    let text = call.query(name);
    text.map(|text| text.parse().map_err(|_| Refusal::value(name, "a number")))
        .transpose()
}

/// `GET /orders/{id}`
#[utoipa::path(get, path = "/orders/{id}", tag = "orders", params(("id" = Key, Path, description = "Number, uuid or public id", example = "6")), responses((status = 200, description = "An order", body = Whole)))]
fn show(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let member = Member::of(call.identity(), db)?;
    let id = commands::named(db, call.key(0))?;
    member.may(Action::HearOrder, id, db)?;
    let order = domain::with_lines(db, domain::get(db, id)?)?;
    Answer::ok(&Whole::of(&order))
}

/// What may be changed: the status, as on the socket (and a user may call off), or who drives.
#[derive(Deserialize, ToSchema)]
#[schema(as = delivery::Change)]
#[serde(rename_all = "camelCase")]
struct Change {
    status: Option<String>,
    reason: Option<String>,
    /// With `delivered`: the cash that the driver got.
    collected: Option<Decimal>,
    /// With `collected`: what there was beyond it.
    tip: Option<Decimal>,
    /// With `out_for_delivery`: it was not delivered after all.
    #[serde(default)]
    undo: bool,
    /// `null`: nobody, and it is on offer again.
    #[serde(default, deserialize_with = "given")]
    driver_id: Option<Option<Key>>,
}

/// Tells `null` from what is not there.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// `PATCH /orders/{id}`
#[utoipa::path(patch, path = "/orders/{id}", tag = "orders", params(("id" = Key, Path, description = "Number, uuid or public id", example = "6")), request_body(content = Change, example = json!({"driverId": 901})), responses((status = 200, description = "As it is now", body = Whole)))]
fn change(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let change: Change = call.body()?;
    let member = Member::of(call.identity(), tx)?;
    let id = commands::named(tx, call.key(0))?;
    let mut done = None;
    if let Some(driver) = &change.driver_id {
        done = Some(commands::assign(tx, &member, id, driver.as_ref())?);
    }
    if let Some(status) = change.status {
        let wish = Wish {
            status,
            reason: change.reason,
            collected: change.collected,
            tip: change.tip,
            undo: change.undo,
        };
        done = Some(commands::update_status(tx, &member, &Key::Id(id), wish)?);
    }
    match done {
        Some(done) => Answer::ok(&Whole::of(&done.order)),
        None => Err(Refusal::value("body", "name status or driverId").into()),
    }
}

/// Whether a driver takes orders.
#[derive(Deserialize, ToSchema)]
#[schema(as = delivery::SetAvailability)]
struct Available {
    available: bool,
}

/// `GET /availability`
#[utoipa::path(get, path = "/availability", tag = "drivers", responses((status = 200, description = "Whether the driver takes orders", body = AvailabilityData)))]
fn availability(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let member = Member::of(call.identity(), db)?;
    Answer::ok(&AvailabilityData::of(&commands::availability(db, &member)?))
}

/// `PUT /availability`
#[utoipa::path(put, path = "/availability", tag = "drivers", request_body(content = Available, example = json!({"available": true})), responses((status = 200, description = "Whether the driver takes orders now", body = AvailabilityData)))]
fn set_available(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let wanted: Available = call.body()?;
    let member = Member::of(call.identity(), tx)?;
    let (is, _) = commands::set_available(tx, &member, wanted.available)?;
    Answer::ok(&AvailabilityData::of(&is))
}

/// `GET /drivers?restaurant_id=2`
#[utoipa::path(get, path = "/drivers", tag = "drivers", params(("restaurant_id" = Option<i64>, Query, description = "For which restaurant, for those who run several", example = 2)), responses((status = 200, description = "Who may drive; who can take something comes first, at most 200", body = Drivers)))]
fn drivers(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let member = Member::of(call.identity(), db)?;
    let restaurant = call.query("restaurant_id").map(Key::from);
    let restaurant = restaurant
        .map(|key| ids::restaurant(db, &key))
        .transpose()?;
    Answer::ok(&Drivers::of(&commands::drivers(db, &member, restaurant)?))
}
