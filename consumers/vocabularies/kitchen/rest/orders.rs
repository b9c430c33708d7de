//! `/api/v1/orders`: orders as the kitchen sees them.

use super::alerts::table;
use super::shape::{Done, Number, created, given, ok};
use crate::access::{Action, Bearer, Target};
use crate::domain::money::Decimal;
use crate::domain::orders::{
    self as domain, Filter, NewLine, NewModifier, NewOrder, OrderFacts, OrderType, Patch, Source,
};
use crate::domain::transfers::Visit;
use crate::domain::{Key, Refusal, ids, tables, time};
use crate::rest::{Answer, Call};
use crate::vocabularies::kitchen::messages::Order;
use crate::vocabularies::kitchen::orders::{StatusRequest, change_status, statuses};
use maitred::{Error, Reader, Transaction};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One page of the list.
#[derive(Serialize, ToSchema)]
#[schema(as = kitchen::Orders)]
struct Listed<'a> {
    success: bool,
    data: Vec<Order<'a>>,
    /// `before` of the next page.
    next: Option<i64>,
    total: i64,
}

/// `GET /orders?status=preparing,ready&table_number=5`
#[utoipa::path(get, path = "/orders", tag = "orders", params(("status" = Option<String>, Query, description = "Several with commas: `preparing,ready`"), ("table_number" = Option<String>, Query), ("restaurant_id" = Option<i64>, Query, example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Newest first", body = Listed)))]
pub fn list(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let mut list = call.list(db, Action::ReadLists)?;
    let words = list.text("status").unwrap_or_default().split(',');
    let table_id = match list.text("table_number") {
        Some(number) => {
            let table = tables::by_number(db, list.one_restaurant()?, number)?;
            Some(table.ok_or(Refusal::NotFound { entity: "table" })?.id)
        }
        None => None,
    };
    let filter = Filter {
        restaurants: list.restaurants.clone(),
        statuses: statuses(words.filter(|word| !word.is_empty()))?,
        table_id,
        ..Filter::default()
    };
    list.nothing_else()?;
    let page = domain::list(db, &filter, list.before, list.limit)?;
    let orders = page
        .items
        .into_iter()
        .map(|order| domain::with_lines(db, order));
    let orders = orders.collect::<Result<Vec<_>, _>>()?;
    Answer::ok(&Listed {
        success: true,
        data: orders.iter().map(Order::of).collect(),
        next: page.next,
        total: page.total,
    })
}

/// An order that is to be placed.
#[derive(Deserialize, ToSchema)]
#[schema(as = kitchen::NewOrder)]
#[serde(deny_unknown_fields)]
struct Ticket {
    #[serde(alias = "restaurantId")]
    restaurant_id: Option<Key>,
    r#type: Option<OrderType>,
    #[serde(alias = "tableNumber")]
    table_number: Option<Number>,
    #[serde(alias = "waiterId")]
    waiter_id: Option<Key>,
    source: Option<Source>,
    #[serde(alias = "note")]
    notes: Option<String>,
    #[serde(alias = "allergyNote")]
    allergy_note: Option<String>,
    /// Where it is driven to.
    address: Option<String>,
    phone: Option<String>,
    #[schema(min_items = 1, max_items = 200)]
    items: Vec<Line>,
}

#[derive(Deserialize, ToSchema)]
#[schema(as = kitchen::NewItem)]
#[serde(deny_unknown_fields)]
struct Line {
    /// Made by the client: the same line sent twice is one line.
    #[serde(alias = "uuid")]
    #[schema(format = "uuid")]
    id: Option<String>,
    #[serde(alias = "menuItemId")]
    menu_item_id: Option<Key>,
    #[schema(min_length = 1, max_length = 1000)]
    name: Option<String>,
    price: Option<Decimal>,
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 999)]
    quantity: i64,
    #[serde(default)]
    modifiers: Vec<Modifier>,
    #[serde(alias = "note")]
    notes: Option<String>,
    allergy: Option<String>,
    seat: Option<i64>,
    course: Option<i64>,
    #[serde(default)]
    hold: bool,
}

const fn one() -> i64 {
    1
}

/// `"No onion"`, or `{"id": 12, "quantity": 1}`.
#[derive(Deserialize, ToSchema)]
#[schema(as = kitchen::NewModifier)]
#[serde(untagged)]
enum Modifier {
    Name(String),
    Whole(NewModifier),
}

impl From<Line> for NewLine {
    fn from(line: Line) -> Self {
        let modifiers = line.modifiers.into_iter().map(|modifier| match modifier {
            Modifier::Whole(modifier) => modifier,
            Modifier::Name(name) => NewModifier {
                id: None,
                name: Some(name),
                quantity: 1,
            },
        });
        NewLine {
            uuid: line.id,
            menu_item_id: line.menu_item_id,
            name: line.name,
            price: line.price,
            quantity: line.quantity,
            modifiers: modifiers.collect(),
            seat: line.seat,
            course: line.course,
            note: line.notes,
            allergy: line.allergy,
            hold: line.hold,
        }
    }
}

/// `POST /orders`
#[utoipa::path(post, path = "/orders", tag = "orders", request_body(content = Ticket, example = json!({"restaurant_id": 2, "table_number": "5", "items": [{"menu_item_id": 1, "quantity": 2, "notes": "no chili"}]})), responses((status = 201, description = "It was placed", body = Done<Order>)))]
pub fn place(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let ticket: Ticket = call.body()?;
    let named = ticket.restaurant_id.as_ref();
    let (restaurant, bearer) = call.restaurant(named, Action::PlaceOrder, tx)?;
    let table_id = match &ticket.table_number {
        Some(Number(number)) => Some(Key::Id(table(tx, restaurant, number)?)),
        None => None,
    };
    let new = NewOrder {
        restaurant_id: Key::Id(restaurant),
        // Without a table it is for the counter, unless somebody says where it goes.
        order_type: ticket.r#type.unwrap_or(match table_id {
            Some(_) => OrderType::DineIn,
            None => OrderType::Counter,
        }),
        table_id,
        waiter_id: ticket.waiter_id,
        source: ticket.source,
        note: ticket.notes,
        allergy_note: ticket.allergy_note,
        address: ticket.address,
        phone: ticket.phone,
        customer_id: None,
        customer: None,
        items: ticket.items.into_iter().map(NewLine::from).collect(),
    };
    let order = domain::create(tx, &bearer.actor(), &new)?;
    created(Order::of(&domain::with_lines(tx, order)?))
}

/// `GET /orders/{id}`
#[utoipa::path(get, path = "/orders/{id}", tag = "orders", params(("id" = Key, Path, description = "Uuid, number or public id", example = "order-1")), responses((status = 200, description = "With its lines", body = Done<Order>)))]
pub fn show(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (order, _) = named(call, Action::HearOrder, db)?;
    shown(db, order)
}

/// What may be changed about an order: its status, or the rest of it.
#[derive(Deserialize, ToSchema)]
#[schema(as = kitchen::Change)]
#[serde(deny_unknown_fields)]
struct Change {
    status: Option<String>,
    reason: Option<String>,
    #[serde(default, rename = "override")]
    force: bool,
    version: Option<i64>,
    #[serde(default, alias = "note", deserialize_with = "given")]
    notes: Option<Option<String>>,
    #[serde(default, alias = "allergyNote", deserialize_with = "given")]
    allergy_note: Option<Option<String>>,
    #[serde(default, alias = "etaAt", deserialize_with = "given")]
    eta_at: Option<Option<String>>,
    priority: Option<i64>,
    #[serde(default, alias = "tableNumber", deserialize_with = "given")]
    table_number: Option<Option<Number>>,
    /// What becomes of its visit when the order changes tables.
    #[serde(default)]
    visit: Visit,
    #[serde(default, alias = "waiterId", deserialize_with = "given")]
    waiter_id: Option<Option<Key>>,
}

impl Change {
    const fn edits(&self) -> bool {
        self.notes.is_some()
            || self.allergy_note.is_some()
            || self.eta_at.is_some()
            || self.priority.is_some()
            || self.table_number.is_some()
            || self.waiter_id.is_some()
    }

    /// All but the status.
    fn patch(&self, tx: &Transaction<'_>, order: &OrderFacts) -> Result<Patch, Error> {
        let time = |text: &String| {
            let time = time::parse_iso(text);
            time.ok_or_else(|| Refusal::value("eta_at", "a time like 2026-01-28T21:00:00Z"))
        };
        let at = |number: &Number| table(tx, order.restaurant_id, &number.0).map(Key::Id);
        Ok(Patch {
            note: self.notes.clone(),
            allergy_note: self.allergy_note.clone(),
            eta_at: match &self.eta_at {
                Some(Some(text)) => Some(Some(time(text)?)),
                other => other.as_ref().map(|_| None),
            },
            priority: self.priority,
            table_id: match &self.table_number {
                Some(Some(number)) => Some(Some(at(number)?)),
                other => other.as_ref().map(|_| None),
            },
            visit: self.visit,
            waiter_id: self.waiter_id.clone(),
            expected_version: self.version,
        })
    }
}

/// `PATCH /orders/{id}`
#[utoipa::path(patch, path = "/orders/{id}", tag = "orders", params(("id" = Key, Path, description = "Uuid, number or public id", example = "order-123")), request_body(content = Change, example = json!({"status": "preparing"})), responses((status = 200, description = "As it is now", body = Done<Order>)))]
pub fn change(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let mut change: Change = call.body()?;
    let mut order = None;
    if change.edits() {
        let (id, bearer) = named(call, Action::EditOrder, tx)?;
        let patch = change.patch(tx, &domain::get(tx, id)?)?;
        domain::patch(tx, &bearer.actor(), id, &patch)?;
        // It was looked at; what comes now is ours.
        change.version = None;
        order = Some(id);
    }
    if let Some(status) = change.status {
        let (id, bearer) = named(call, Action::MoveOrder, tx)?;
        let wish = StatusRequest {
            status,
            reason: change.reason,
            force: change.force,
            version: change.version,
        };
        change_status(tx, &bearer, id, &wish)?;
        order = Some(id);
    }
    match order {
        Some(order) => shown(tx, order),
        None => Err(Refusal::value("body", "name what is to be different").into()),
    }
}

/// Why it is to go.
#[derive(Deserialize, ToSchema)]
#[schema(as = kitchen::Reason)]
#[serde(deny_unknown_fields)]
struct Why {
    reason: Option<String>,
}

/// It is gone.
#[derive(Serialize, ToSchema)]
#[schema(as = kitchen::Deleted)]
struct Deleted<'a> {
    id: &'a str,
    deleted: bool,
    reason: Option<&'a str>,
}

/// `DELETE /orders/{id}`, with `{"reason": "..."}` or `?reason=...`
#[utoipa::path(delete, path = "/orders/{id}", tag = "orders", params(("id" = Key, Path, description = "Uuid, number or public id", example = "order-4"), ("reason" = Option<String>, Query, description = "Instead of a body")), request_body(content = Option<Why>, example = json!({"reason": "twice"})), responses((status = 200, description = "It is gone", body = Done<Deleted>)))]
pub fn delete(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let why: Why = call.body()?;
    let reason = why.reason.as_deref().or(call.parameter("reason"));
    let (id, bearer) = named(call, Action::DeleteOrder, tx)?;
    let order = domain::delete(tx, &bearer.actor(), id, reason)?;
    ok(Deleted {
        id: &order.uuid,
        deleted: true,
        reason,
    })
}

/// The order that the path names.
fn named(call: &Call, action: Action, db: &Reader<'_>) -> Result<(i64, Bearer), Error> {
    let find = |db: &Reader<'_>, key: &Key| ids::order(db, key, None);
    call.target(0, find, Target::Order, action, db)
}

fn shown(db: &Reader<'_>, order: i64) -> Result<Answer, Error> {
    let order = domain::with_lines(db, domain::get(db, order)?)?;
    ok(Order::of(&order))
}
