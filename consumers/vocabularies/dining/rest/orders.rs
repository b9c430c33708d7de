//! `/api/v1/orders`: orders, their lines, their payments.

use super::approved::{Approval, Approved};
use super::own::own;
use super::shown::{Listed, Order, Payment};
use crate::access::{Action, Bearer, Target, Who};
use crate::domain::items::{self, ItemFacts, ItemPatch};
use crate::domain::orders::{
    self as domain, Filter, Move, NewLine, NewOrder, OrderFacts, Paid, Patch,
};
use crate::domain::payments::{self as money, NewPayment};
use crate::domain::transfers::Visit;
use crate::domain::{CANONICAL, Key, Refusal, Status, ids, time};
use crate::rest::{Answer, Call};
use crate::vocabularies::dining::messages::ItemData;
use maitred::{Error, Reader, Transaction};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /orders?status=ready&table_id=5`
#[utoipa::path(get, path = "/orders", tag = "orders", params(("status" = Option<String>, Query, description = "Several with commas: `pending,ready`", example = "preparing"), ("table_id" = Option<i64>, Query), ("session_id" = Option<i64>, Query), ("waiter_id" = Option<i64>, Query), ("driver_id" = Option<i64>, Query), ("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Newest first", body = Listed<Order>)))]
pub fn list(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let bearer = call.bearer(db)?;
    if bearer.who == Who::Guest {
        return own(call, &bearer, db);
    }
    let mut list = call.list(db, Action::ReadLists)?;
    let statuses = list.text("status").unwrap_or_default();
    let words = statuses.split(',').filter(|word| !word.is_empty());
    let filter = Filter {
        restaurants: list.restaurants.clone(),
        statuses: words
            .map(|word| waiting(word).map_or_else(|| CANONICAL.parse(word), Ok))
            .collect::<Result<_, _>>()?,
        table_id: list.number("table_id")?,
        session_id: list.number("session_id")?,
        waiter_id: list.number("waiter_id")?,
        driver_id: list.number("driver_id")?,
        ..Filter::default()
    };
    list.nothing_else()?;
    let page = domain::list(db, &filter, list.before, list.limit)?;
    Answer::ok(&Listed::of(&page, Order::of))
}

/// What waits for approval can be listed. `new` is no status that anybody can set, so the words that can be asked for do not have it.
fn waiting(word: &str) -> Option<Status> {
    (word == Status::New.name()).then_some(Status::New)
}

/// `POST /orders`
#[utoipa::path(post, path = "/orders", tag = "orders", request_body(content = NewOrder, example = json!({"restaurant_id": 2, "table_id": 5, "items": [{"menu_item_id": 1, "quantity": 2}]})), responses((status = 201, description = "It was placed", body = Order)))]
pub fn place(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewOrder = call.body()?;
    let restaurant = ids::restaurant(tx, &new.restaurant_id)?;
    let bearer = call.may(Action::PlaceOrder, Target::Restaurant(restaurant), tx)?;
    let order = domain::create(tx, &bearer.actor(), &new)?;
    let lines = items::of_order(tx, order.id)?;
    Answer::created(&Order::with_items(&order, &lines))
}

/// `GET /orders/{id}`
#[utoipa::path(get, path = "/orders/{id}", tag = "orders", params(("id" = Key, Path, description = "Number, uuid or public id", example = "1")), responses((status = 200, description = "With its lines", body = Order)))]
pub fn show(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (order, _) = named(call, Action::HearOrder, db)?;
    shown(db, order)
}

/// What may be changed about an order: its status, or the rest of it.
#[derive(Deserialize, ToSchema)]
#[schema(as = OrderChange)]
#[serde(deny_unknown_fields)]
struct Change {
    status: Option<String>,
    reason: Option<String>,
    /// Going back is meant: recall, the driver's drop, opening again.
    #[serde(default)]
    back: bool,
    #[serde(default, rename = "override")]
    force: bool,
    version: Option<i64>,
    #[serde(default, deserialize_with = "given")]
    note: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    allergy_note: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    eta_at: Option<Option<Moment>>,
    priority: Option<i64>,
    #[serde(default, deserialize_with = "given")]
    table_id: Option<Option<Key>>,
    /// What becomes of its visit when the order changes tables.
    #[serde(default)]
    visit: Visit,
    #[serde(default, deserialize_with = "given")]
    waiter_id: Option<Option<Key>>,
    /// A manager allows it by PIN: cancelling, once the kitchen has begun.
    #[serde(default)]
    #[schema(value_type = Option<Approval>)]
    #[allow(dead_code, reason = "it was looked at before: see `rest::before`")]
    approval: Option<IgnoredAny>,
}

/// `"2026-01-28T21:00:00Z"`, or milliseconds.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
enum Moment {
    Ms(i64),
    Text(String),
}

impl Moment {
    fn ms(&self) -> Result<i64, Refusal> {
        let ms = match self {
            Moment::Ms(ms) => Some(*ms),
            Moment::Text(text) => time::parse_iso(text),
        };
        ms.ok_or_else(|| Refusal::value("eta_at", "a time like 2026-01-28T21:00:00Z"))
    }
}

/// Tells `null`, which empties, from what is not there, which stays.
fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// `PATCH /orders/{id}`
#[utoipa::path(patch, path = "/orders/{id}", tag = "orders", params(("id" = Key, Path, description = "Number, uuid or public id", example = "1")), request_body(content = Change, example = json!({"status": "ready"})), responses((status = 200, description = "As it is now", body = Approved<Order>)))]
pub fn change(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let change: Change = call.body()?;
    let edits = change.note.is_some()
        || change.allergy_note.is_some()
        || change.eta_at.is_some()
        || change.priority.is_some()
        || change.table_id.is_some()
        || change.waiter_id.is_some();
    if !edits && change.status.is_none() {
        return Err(Refusal::value("body", "name what is to be different").into());
    }
    let mut expected_version = change.version;
    let (mut order, mut approver) = (None, None);
    // What is made first, cooks may say as well.
    let only_priority = change.note.is_none()
        && change.allergy_note.is_none()
        && change.eta_at.is_none()
        && change.table_id.is_none()
        && change.waiter_id.is_none();
    if edits {
        let action = match only_priority {
            true => Action::Prioritize,
            false => Action::EditOrder,
        };
        let (id, bearer) = named(call, action, tx)?;
        let patch = Patch {
            note: change.note,
            allergy_note: change.allergy_note,
            eta_at: match change.eta_at {
                Some(Some(at)) => Some(Some(at.ms()?)),
                other => other.map(|_| None),
            },
            priority: change.priority,
            table_id: change.table_id,
            visit: change.visit,
            waiter_id: change.waiter_id,
            expected_version: expected_version.take(),
        };
        order = Some(domain::patch(tx, &bearer.actor(), id, &patch)?.id);
    }
    if let Some(word) = &change.status {
        let (id, bearer) = named(call, Action::MoveOrder, tx)?;
        if change.force {
            bearer.may(Action::OverrideOrder)?;
        }
        let wanted = Move {
            reason: change.reason,
            back: change.back,
            force: change.force,
            expected_version,
            // The document's five words are among these. Who can name every status walks every step.
            ..Move::word(&CANONICAL, word)?
        };
        let (actor, allowed) = call.actor(&bearer, order_of(call, tx)?.restaurant_id, tx)?;
        order = Some(domain::change_status(tx, &actor, id, &wanted)?.order.id);
        approver = allowed;
    }
    let order = order.ok_or(Refusal::NotFound { entity: "order" })?;
    let (order, lines) = (domain::get(tx, order)?, items::of_order(tx, order)?);
    Approved::answer(Order::with_items(&order, &lines), approver)
}

/// Why it is to go.
#[derive(Deserialize, ToSchema)]
#[schema(as = Reason)]
#[serde(deny_unknown_fields)]
struct Why {
    reason: Option<String>,
    /// A manager allows it by PIN.
    #[serde(default)]
    #[schema(value_type = Option<Approval>)]
    #[allow(dead_code, reason = "it was looked at before: see `rest::before`")]
    approval: Option<IgnoredAny>,
}

/// It is gone.
#[derive(Serialize, ToSchema)]
struct Deleted {
    id: i64,
    deleted: bool,
}

/// `DELETE /orders/{id}`
#[utoipa::path(delete, path = "/orders/{id}", tag = "orders", params(("id" = Key, Path, description = "Number, uuid or public id", example = "2")), request_body(content = Option<Why>, example = json!({"reason": "twice"})), responses((status = 200, description = "It is gone", body = Approved<Deleted>)))]
pub fn delete(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let why: Why = call.body()?;
    // Whoever has a manager's word needs no more than to see the order.
    let action = match why.approval {
        Some(_) => Action::AskApproval,
        None => Action::DeleteOrder,
    };
    let (id, bearer) = named(call, action, tx)?;
    let (actor, approver) = call.actor(&bearer, order_of(call, tx)?.restaurant_id, tx)?;
    domain::delete(tx, &actor, id, why.reason.as_deref())?;
    Approved::answer(Deleted { id, deleted: true }, approver)
}

#[derive(Serialize, ToSchema)]
struct Lines<'a> {
    order_id: i64,
    items: Vec<ItemData<'a>>,
}

/// `GET /orders/{id}/items`
#[utoipa::path(get, path = "/orders/{id}/items", tag = "lines", params(("id" = Key, Path, description = "Number, uuid or public id", example = "1")), responses((status = 200, description = "Also those that were voided", body = Lines)))]
pub fn items(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (order, _) = named(call, Action::HearOrder, db)?;
    let lines = items::of_order(db, order)?;
    Answer::ok(&Lines {
        order_id: order,
        items: lines.iter().map(ItemData::of).collect(),
    })
}

/// What lines are added with.
#[derive(ToSchema)]
#[schema(as = NewLines)]
#[serde(untagged)]
#[allow(
    dead_code,
    reason = "only its schema is used: which one a body is meant to be decides how it is explained"
)]
enum Added {
    Several(Several),
    One(NewLine),
}

/// One line, or `{"items": [...]}`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Several {
    items: Vec<NewLine>,
}

/// `POST /orders/{id}/items`: `{"items": [...]}`, or one line as it is.
#[utoipa::path(post, path = "/orders/{id}/items", tag = "lines", params(("id" = Key, Path, description = "Number, uuid or public id", example = "1")), request_body(content = Added, description = "Several, or one line as it is", example = json!({"items": [{"menu_item_id": 2, "quantity": 1}]})), responses((status = 201, description = "With the new lines", body = Order)))]
pub fn add_items(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let (order, bearer) = named(call, Action::EditItems, tx)?;
    let new = if call.has("items") {
        call.body::<Several>()?.items
    } else {
        vec![call.body::<NewLine>()?]
    };
    items::add(tx, &bearer.actor(), order, &new)?;
    let (order, lines) = (domain::get(tx, order)?, items::of_order(tx, order)?);
    Answer::created(&Order::with_items(&order, &lines))
}

/// `PATCH /orders/{id}/items/{item}`
#[utoipa::path(patch, path = "/orders/{id}/items/{item}", tag = "lines", params(("id" = Key, Path, description = "Number, uuid or public id", example = "1"), ("item" = Key, Path, description = "Number or uuid", example = "3")), request_body(content = ItemPatch, example = json!({"status": "preparing"})), responses((status = 200, description = "As it is now", body = ItemData)))]
pub fn change_item(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let patch: ItemPatch = call.body()?;
    let (item, bearer) = line(call, Action::EditItems, tx)?;
    let item = items::patch(tx, &bearer.actor(), item, &patch)?;
    Answer::ok(&ItemData::of(&item))
}

/// Why a line is to be taken off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Void {
    reason: Option<String>,
    /// The version the asker saw.
    version: Option<i64>,
    /// A manager allows it by PIN, once the kitchen has begun.
    #[serde(default)]
    #[schema(value_type = Option<Approval>)]
    #[allow(dead_code, reason = "it was looked at before: see `rest::before`")]
    approval: Option<IgnoredAny>,
}

/// `DELETE /orders/{id}/items/{item}`: the line is voided, and stays to be seen.
#[utoipa::path(delete, path = "/orders/{id}/items/{item}", tag = "lines", params(("id" = Key, Path, description = "Number, uuid or public id", example = "1"), ("item" = Key, Path, description = "Number or uuid", example = "3")), request_body(content = Option<Void>, example = json!({"reason": "fell down"})), responses((status = 200, description = "Voided: it stays to be seen", body = Approved<ItemData>)))]
pub fn void_item(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let void: Void = call.body()?;
    let (item, bearer) = line(call, Action::EditItems, tx)?;
    let (actor, approver) = call.actor(&bearer, order_of(call, tx)?.restaurant_id, tx)?;
    let item = items::void(tx, &actor, item, void.reason.as_deref(), void.version)?;
    Approved::answer(ItemData::of(&item), approver)
}

/// What was paid of an order.
#[derive(Serialize, ToSchema)]
struct Payments<'a> {
    order_id: i64,
    payments: Vec<Payment<'a>>,
    /// What is still owed.
    balance: String,
}

/// `GET /orders/{id}/payments`
#[utoipa::path(get, path = "/orders/{id}/payments", tag = "payments", params(("id" = Key, Path, description = "Number, uuid or public id", example = "1")), responses((status = 200, description = "What was paid", body = Payments)))]
pub fn payments(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (order, _) = named(call, Action::TakePayment, db)?;
    let (order, all) = (domain::get(db, order)?, money::of_order(db, order)?);
    Answer::ok(&Payments {
        order_id: order.id,
        payments: all.iter().map(Payment::of).collect(),
        balance: order.amount(order.balance_minor()),
    })
}

/// A payment that was taken.
#[derive(Serialize, ToSchema)]
#[schema(as = PaymentTaken)]
struct Taken<'a> {
    #[serde(flatten)]
    payment: Payment<'a>,
    payment_status: Paid,
    /// What is still owed.
    balance: String,
}

/// `POST /orders/{id}/payments`
#[utoipa::path(post, path = "/orders/{id}/payments", tag = "payments", params(("id" = Key, Path, description = "Number, uuid or public id", example = "1")), request_body(content = NewPayment, example = json!({"amount": "100.00", "method": "cash"})), responses((status = 201, description = "It was taken", body = Taken), (status = 200, description = "It had been taken before, under the same key", body = Taken)))]
pub fn pay(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewPayment = call.body()?;
    let (order, bearer) = named(call, Action::TakePayment, tx)?;
    let taken = money::take(tx, &bearer.actor(), order, &new)?;
    let answer = Taken {
        payment: Payment::of(&taken.payment),
        payment_status: taken.paid,
        balance: taken.order.amount(taken.order.balance_minor()),
    };
    match taken.already {
        true => Answer::ok(&answer),
        false => Answer::created(&answer),
    }
}

/// The order that the path names.
pub(super) fn named(call: &Call, action: Action, db: &Reader<'_>) -> Result<(i64, Bearer), Error> {
    let find = |db: &Reader<'_>, key: &Key| ids::order(db, key, None);
    call.target(0, find, Target::Order, action, db)
}

/// The line that the path names. One of another order is none of this.
pub(super) fn line(call: &Call, action: Action, db: &Reader<'_>) -> Result<(i64, Bearer), Error> {
    let (order, bearer) = named(call, action, db)?;
    let item = ids::item(db, call.key(1))?;
    let of = |item: ItemFacts| item.order_id == order;
    match items::facts(db, item)?.is_some_and(of) {
        true => Ok((item, bearer)),
        false => Err(Refusal::NotFound { entity: "line" }.into()),
    }
}

/// The order that the path names.
fn order_of(call: &Call, db: &Reader<'_>) -> Result<OrderFacts, Error> {
    domain::get(db, ids::order(db, call.key(0), None)?)
}

pub(super) fn shown(db: &Reader<'_>, order: i64) -> Result<Answer, Error> {
    let order: OrderFacts = domain::get(db, order)?;
    let lines = items::of_order(db, order.id)?;
    Answer::ok(&Order::with_items(&order, &lines))
}
