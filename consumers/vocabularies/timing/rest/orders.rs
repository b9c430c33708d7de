//! `/api/orders` for those who order, `/api/admin/orders` for those who run the place.

use super::envelope::{Envelope, ok};
use super::limits::ORDERS_OF_ADDRESS;
use crate::access::{Action, Bearer, Target, Who};
use crate::domain::money::Decimal;
use crate::domain::orders::{
    self as domain, Filter, Move, NewCustomer, NewLine, NewModifier, OrderFacts, OrderType,
};
use crate::domain::page::PAGE_MAX;
use crate::domain::{
    Actor, Key, Refusal, Role, Status, TIMING, ids, menu, restaurants, tables, time, workflow,
};
use crate::rest::{Answer, Call, address};
use crate::vocabularies::timing::messages::Order;
use maitred::{Error, Reader, Transaction};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An order that is to be placed.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = timing::NewOrder)]
struct NewOrder {
    /// Where, if there are several restaurants.
    #[serde(default)]
    restaurant_id: Option<Key>,
    #[serde(default, alias = "customerInfo", alias = "customer")]
    customer_info: Option<Customer>,
    #[serde(default, rename = "type", alias = "order_type")]
    order_type: Option<OrderType>,
    #[serde(default)]
    table_id: Option<Key>,
    /// The number on it.
    #[serde(default)]
    table_number: Option<Key>,
    #[serde(default, alias = "notes")]
    note: Option<String>,
    #[schema(min_items = 1, max_items = 200)]
    items: Vec<Item>,
}

/// Who gets it.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = timing::NewCustomer)]
struct Customer {
    #[serde(default)]
    #[schema(max_length = 200)]
    name: String,
    #[serde(default)]
    #[schema(max_length = 200)]
    phone: Option<String>,
}

/// A dish by its id or its name; or, where the house allows it, a free text with a price.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = timing::NewItem)]
struct Item {
    #[serde(default, alias = "menu_id")]
    menu_item_id: Option<Key>,
    #[serde(default, alias = "name")]
    menu_name: Option<String>,
    /// Only for free text: a dish costs what the menu says.
    #[serde(default)]
    price: Option<Decimal>,
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 999)]
    quantity: i64,
    #[serde(default)]
    modifiers: Vec<NewModifier>,
    #[serde(default, alias = "notes")]
    note: Option<String>,
}

const fn one() -> i64 {
    1
}

/// `POST /api/orders`
#[utoipa::path(post, path = "/orders", tag = "orders", security((), ("bearer" = [])), request_body(content = NewOrder, example = json!({"customer_info": {"name": "Jo", "phone": "+66 2 000 0001"}, "items": [{"menu_item_id": 1, "quantity": 2}]})), responses((status = 201, description = "It was placed", body = Envelope<Order>)))]
pub fn place(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewOrder = call.body()?;
    let bearer = call.bearer(tx)?;
    bearer.may(Action::OrderOnline)?;
    if bearer.who == Who::Anonymous {
        ORDERS_OF_ADDRESS.one_more(address(call.peer))?;
        if new.table_id.is_some() || new.table_number.is_some() {
            let text = "ordering to a table needs the token of who sits there, or of a waiter";
            return Err(Refusal::Forbidden(text.into()).into());
        }
    }
    let restaurant = restaurant(tx, &bearer, new.restaurant_id.as_ref())?;
    let table = table(tx, restaurant, &new)?;
    let items = new.items.into_iter();
    let items = items.map(|item| line(tx, restaurant, item));
    let wanted = domain::NewOrder {
        order_type: match new.order_type {
            Some(said) => said,
            None if table.is_some() => OrderType::DineIn,
            None => OrderType::Pickup,
        },
        table_id: table.map(Key::Id),
        source: (bearer.who == Who::Anonymous).then_some(domain::Source::Web),
        note: new.note,
        customer: new.customer_info.map(|customer| NewCustomer {
            name: customer.name.trim().to_owned(),
            phone: customer.phone,
        }),
        items: items.collect::<Result<_, _>>()?,
        ..domain::NewOrder::at(restaurant.into())
    };
    let actor = match bearer.who {
        // Whoever orders without a token is a guest, and no waiter.
        Who::Anonymous => Actor {
            anonymous: true,
            ..Actor::nobody(Role::Customer)
        },
        _ => bearer.actor(),
    };
    let order = domain::create(tx, &actor, &wanted)?;
    let order = domain::with_lines(tx, order)?;
    Answer::created(&Envelope::of(Order::of(&order)))
}

/// Where it is ordered: where they say, else where they are, else at the first there is.
fn restaurant(tx: &Transaction<'_>, bearer: &Bearer, said: Option<&Key>) -> Result<i64, Error> {
    let wanted = match (said, bearer.restaurants()) {
        (Some(key), _) => ids::restaurant(tx, key)?,
        (None, Some([own])) => *own,
        (None, _) => restaurants::first(tx)?,
    };
    // Guests from elsewhere order where they like; at a table, and as staff, only there.
    let own = bearer.restaurants().filter(|own| match bearer.who {
        Who::Anonymous | Who::Guest => !own.is_empty(),
        _ => true,
    });
    match own.is_none_or(|own| own.contains(&wanted)) {
        true => Ok(wanted),
        false => Err(Refusal::Forbidden("this restaurant is somebody else's".into()).into()),
    }
}

fn table(tx: &Transaction<'_>, restaurant: i64, new: &NewOrder) -> Result<Option<i64>, Error> {
    if let Some(key) = &new.table_id {
        return ids::table(tx, key).map(Some);
    }
    let Some(number) = &new.table_number else {
        return Ok(None);
    };
    let found = tables::by_number(tx, restaurant, &number.to_string())?;
    let found = found.ok_or(Refusal::NotFound { entity: "table" })?;
    Ok(Some(found.id))
}

/// A dish is found by its name where its id is not said.
fn line(tx: &Transaction<'_>, restaurant: i64, item: Item) -> Result<NewLine, Error> {
    let mut line = NewLine {
        menu_item_id: item.menu_item_id,
        name: item.menu_name,
        price: item.price,
        quantity: item.quantity,
        modifiers: item.modifiers,
        note: item.note,
        ..NewLine::default()
    };
    if let (None, Some(name)) = (&line.menu_item_id, &line.name) {
        let same = |dish: &menu::Dish| dish.name.to_lowercase() == name.trim().to_lowercase();
        let dishes = menu::dishes(tx, restaurant)?;
        line.menu_item_id = dishes.iter().find(|dish| same(dish)).map(|d| d.id.into());
    }
    Ok(line)
}

/// `GET /api/orders/{id}/status`: whoever has the link may look; whose telephone it is only those who have a token for it.
#[utoipa::path(get, path = "/orders/{id}/status", tag = "orders", security((), ("bearer" = [])), params(("id" = Key, Path, description = "Number, uuid or public id (`order-123`)", example = "order-123")), responses((status = 200, description = "How far it is. Without a token the telephone number is hidden", body = Envelope<Order>)))]
pub fn track(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (order, bearer) = named(call, Action::TrackOrder, db)?;
    let shown = Order::of(&order);
    match bearer.who {
        Who::Anonymous => ok(shown.masked()),
        _ => ok(shown),
    }
}

/// One page of the list.
#[derive(Serialize, ToSchema)]
#[schema(as = timing::Orders)]
struct Listed<'a> {
    success: bool,
    data: Vec<Order<'a>>,
    /// How many there are on all pages.
    total: i64,
    limit: u32,
    /// `before` of the next page; null: that was all.
    next: Option<i64>,
}

/// `GET /api/admin/orders?status=pending,ready&type=delivery&from=2026-01-28T00:00:00Z&limit=50&page=2`
#[utoipa::path(get, path = "/admin/orders", tag = "dashboard", params(("status" = Option<String>, Query, description = "Several with commas: `pending,ready`; this vocabulary's words, or canonical ones"), ("type" = Option<OrderType>, Query), ("table_id" = Option<i64>, Query), ("restaurant_id" = Option<i64>, Query), ("from" = Option<String>, Query, description = "Placed then or later: `2026-01-28T21:00:00Z`"), ("until" = Option<String>, Query, description = "Placed before then"), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("page" = Option<u32>, Query, description = "From 1"), ("before" = Option<i64>, Query, description = "Instead of `page`: what the page before called `next`. Orders that come meanwhile move nothing")), responses((status = 200, description = "Newest first", body = Listed)))]
pub fn list(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let mut list = call.list(db, Action::RunDashboard)?;
    let words = list.text("status").unwrap_or_default();
    let mut statuses = Vec::new();
    for word in words.split(',').filter(|word| !word.is_empty()) {
        let named = TIMING.parse(word)?;
        // This vocabulary's own word means all that look like it; a canonical one only itself.
        match TIMING.word(named) == word {
            true => statuses.extend(Status::ALL.into_iter().filter(|s| TIMING.alike(*s, named))),
            false => statuses.push(named),
        }
    }
    let order_type = list.text("type").map(|text| {
        serde_json::from_value(text.into())
            .map_err(|_| Refusal::value("type", "dine_in, pickup, delivery or counter"))
    });
    let moment = |field, text: Option<&str>| match text {
        Some(text) => time::parse_iso(text)
            .map(Some)
            .ok_or_else(|| Refusal::value(field, "a time like 2026-01-28T21:00:00Z")),
        None => Ok(None),
    };
    let page = list.number("page")?.unwrap_or(1);
    let page = u32::try_from(page).ok().filter(|page| *page > 0);
    let page = page.ok_or_else(|| Refusal::value("page", "1 or more"))?;
    let limit = list.limit.clamp(1, PAGE_MAX);
    let filter = Filter {
        restaurants: list.restaurants.clone(),
        statuses,
        table_id: list.number("table_id")?,
        order_type: order_type.transpose()?,
        from: moment("from", list.text("from"))?,
        until: moment("until", list.text("until"))?,
        skip: (page - 1).saturating_mul(limit),
        ..Filter::default()
    };
    let found = domain::list(db, &filter, list.before, limit)?;
    let (next, total) = (found.next, found.total);
    let all = found.items.into_iter();
    let all = all.map(|order| domain::with_lines(db, order));
    let all = all.collect::<Result<Vec<_>, _>>()?;
    Answer::ok(&Listed {
        success: true,
        data: all.iter().map(Order::of).collect(),
        total,
        limit,
        next,
    })
}

/// A status that is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = timing::Status)]
struct Wanted {
    status: String,
    #[serde(default)]
    reason: Option<String>,
    /// The version the asker saw.
    #[serde(default)]
    version: Option<i64>,
}

/// `PUT /api/admin/orders/{id}/status`
///
/// The dashboard shows a button for every status, whatever the order's is. So a step that the workflow does not know is taken all the same, and noted in the audit.
/// Only what is called off stays so, and what was handed over is not called off.
#[utoipa::path(put, path = "/admin/orders/{id}/status", tag = "dashboard", params(("id" = Key, Path, description = "Number, uuid or public id (`order-123`)", example = "123")), request_body(content = Wanted, example = json!({"status": "preparing"})), responses((status = 200, description = "As it is now", body = Envelope<Order>)))]
pub fn set_status(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let wanted: Wanted = call.body()?;
    let (order, bearer) = named(call, Action::RunDashboard, tx)?;
    bearer.may(Action::MoveOrder)?;
    let to = TIMING.parse(&wanted.status)?;
    let reason = wanted.reason.filter(|reason| !reason.trim().is_empty());
    let plain = Move {
        reason: reason.clone().or_else(|| usual_reason(to)),
        expected_version: wanted.version,
        ..Move::word(&TIMING, &wanted.status)?
    };
    let actor = bearer.actor();
    let back = to < order.status && !TIMING.alike(to, order.status) && to != Status::Cancelled;
    let recalled = match back {
        // Going back where the workflow knows a way takes the lines along.
        true => domain::change_status(
            tx,
            &actor,
            order.id,
            &Move {
                back,
                ..plain.clone()
            },
        ),
        false => domain::change_status(tx, &actor, order.id, &plain),
    };
    let moved = match recalled {
        Err(Error::Client(refusal)) if overridden(&refusal.code, to) => {
            let reason = reason.unwrap_or_else(|| format!("set in {}", TIMING.name));
            let against = Move {
                reason: Some(reason),
                force: true,
                ..plain
            };
            domain::change_status(tx, &actor, order.id, &against)?
        }
        other => other?,
    };
    let order = domain::with_lines(tx, moved.order)?;
    ok(Order::of(&order))
}

/// Whether a refusal for this reason is one that those who run the place may overrule.
fn overridden(code: &str, to: Status) -> bool {
    let transition = Refusal::RecallExpired.code() == code || code == "INVALID_TRANSITION";
    transition && to != Status::Cancelled
}

fn usual_reason(to: Status) -> Option<String> {
    (to == Status::Cancelled).then(|| format!("cancelled via {}", TIMING.name))
}

/// The order that the path names, with its lines. One of another workflow is none of this vocabulary.
fn named(call: &Call, action: Action, db: &Reader<'_>) -> Result<(OrderFacts, Bearer), Error> {
    let find = |db: &Reader<'_>, key: &Key| ids::order(db, key, None);
    let (id, bearer) = call.target(0, find, Target::Order, action, db)?;
    let order = domain::whole(db, id)?;
    let ours = |order: &OrderFacts| order.workflow_id == workflow::RESTAURANT;
    match order.filter(ours) {
        Some(order) => Ok((order, bearer)),
        None => Err(Refusal::NotFound { entity: "order" }.into()),
    }
}
