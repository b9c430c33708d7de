//! `/api/v1`: what cooks say of an order, courses that are due, and the board.

use super::orders::{line, named, shown};
use super::shown::Order;
use crate::access::Action;
use crate::domain::board::{self, Column};
use crate::domain::orders::OrderFacts;
use crate::domain::tickets::{self, Lines, What};
use crate::domain::{Key, Refusal, ids, items, restaurants};
use crate::rest::{Answer, Call};
use crate::vocabularies::dining::messages::{BoardData, ItemData, Time};
use maitred::{Error, Reader, Transaction};
use serde::{Deserialize, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};
use utoipa::ToSchema;

/// Which lines of the order are meant. Nothing: all.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = WhichLines)]
#[serde(deny_unknown_fields, default)]
struct Which {
    /// Those of this station; the pass sees all.
    station: Option<String>,
    /// Only these: numbers or uuids.
    items: Option<Vec<Key>>,
    /// The order's version that the asker saw.
    version: Option<i64>,
}

impl Which {
    fn lines(&self, db: &Reader<'_>, order: i64) -> Result<Lines, Error> {
        lines(db, order, self.station.as_deref(), self.items.as_deref())
    }
}

fn lines(
    db: &Reader<'_>,
    order: i64,
    station: Option<&str>,
    items: Option<&[Key]>,
) -> Result<Lines, Error> {
    let house = crate::domain::orders::get(db, order)?.restaurant_id;
    let station = match station {
        Some(code) => tickets::station(db, house, code)?,
        None => None,
    };
    let named = |some: &[Key]| some.iter().map(|key| ids::item(db, key)).collect();
    Ok(Lines {
        stations: station.map(|one| vec![one]),
        items: items.map(named).transpose()?,
    })
}

/// `POST /orders/{id}/bump`
#[utoipa::path(post, path = "/orders/{id}/bump", tag = "kitchen", params(("id" = Key, Path, description = "Number, uuid or public id", example = "3")), request_body(content = Option<Which>, example = json!({"station": "kitchen"})), responses((status = 200, description = "Its open lines are ready, from wherever they were", body = Order)))]
pub fn bump(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let which: Which = call.body()?;
    let (order, bearer) = named(call, Action::Cook, tx)?;
    let lines = which.lines(tx, order)?;
    tickets::bump(tx, &bearer.actor(), order, &lines, which.version)?;
    shown(tx, order)
}

/// `POST /orders/{id}/recall`
#[utoipa::path(post, path = "/orders/{id}/recall", tag = "kitchen", params(("id" = Key, Path, description = "Number, uuid or public id", example = "3")), request_body(content = Option<Which>, example = json!({"station": "kitchen"})), responses((status = 200, description = "Its lines that were done within 30 minutes are cooked again; their timers go on", body = Order)))]
pub fn recall(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let which: Which = call.body()?;
    let (order, bearer) = named(call, Action::Cook, tx)?;
    let lines = which.lines(tx, order)?;
    tickets::recall(tx, &bearer.actor(), order, &lines, which.version)?;
    shown(tx, order)
}

/// `POST /orders/{id}/seen`
#[utoipa::path(post, path = "/orders/{id}/seen", tag = "kitchen", params(("id" = Key, Path, description = "Number, uuid or public id", example = "3")), request_body(content = Option<Which>, example = json!({"station": "kitchen"})), responses((status = 200, description = "A screen has drawn it", body = Order)))]
pub fn seen(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let which: Which = call.body()?;
    let (order, bearer) = named(call, Action::Cook, tx)?;
    let lines = which.lines(tx, order)?;
    tickets::seen(tx, &bearer.actor(), order, &lines)?;
    shown(tx, order)
}

/// What a cook has seen.
#[derive(Deserialize, ToSchema)]
#[schema(as = Confirmation)]
#[serde(deny_unknown_fields)]
struct Confirmed {
    what: What,
    /// Only the lines of this station.
    #[serde(default)]
    station: Option<String>,
}

/// `POST /orders/{id}/confirm`
#[utoipa::path(post, path = "/orders/{id}/confirm", tag = "kitchen", params(("id" = Key, Path, description = "Number, uuid or public id", example = "3")), request_body(content = Confirmed, example = json!({"what": "allergy"})), responses((status = 200, description = "A cook knows of everything that waited for it", body = Order)))]
pub fn confirm(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let confirmed: Confirmed = call.body()?;
    let (order, bearer) = named(call, Action::Cook, tx)?;
    let lines = lines(tx, order, confirmed.station.as_deref(), None)?;
    tickets::confirm(tx, &bearer.actor(), order, confirmed.what, &lines)?;
    shown(tx, order)
}

/// What of a line a cook has seen.
#[derive(Deserialize, ToSchema)]
#[schema(as = LineConfirmation)]
#[serde(deny_unknown_fields)]
struct ConfirmedLine {
    what: What,
}

/// `POST /orders/{id}/items/{item}/confirm`
#[utoipa::path(post, path = "/orders/{id}/items/{item}/confirm", tag = "kitchen", params(("id" = Key, Path, description = "Number, uuid or public id", example = "3"), ("item" = Key, Path, description = "Number or uuid", example = "7")), request_body(content = ConfirmedLine, example = json!({"what": "void"})), responses((status = 200, description = "A cook knows of it", body = ItemData)))]
pub fn confirm_line(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let confirmed: ConfirmedLine = call.body()?;
    let (item, bearer) = line(call, Action::Cook, tx)?;
    tickets::confirm_item(tx, &bearer.actor(), item, confirmed.what)?;
    let item = items::facts(tx, item)?.ok_or(Refusal::NotFound { entity: "line" })?;
    Answer::ok(&ItemData::of(&item))
}

/// What is due.
#[derive(Default, Deserialize, ToSchema)]
#[schema(as = Due)]
#[serde(deny_unknown_fields, default)]
struct Due {
    /// Only what was held for this course.
    course: Option<i64>,
    /// Only these: numbers or uuids.
    items: Option<Vec<Key>>,
}

/// `POST /orders/{id}/fire`
#[utoipa::path(post, path = "/orders/{id}/fire", tag = "kitchen", params(("id" = Key, Path, description = "Number, uuid or public id", example = "3")), request_body(content = Option<Due>, example = json!({"course": 2})), responses((status = 200, description = "What was held is the kitchen's now", body = Order)))]
pub fn fire(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let due: Due = call.body()?;
    let (order, bearer) = named(call, Action::FireCourse, tx)?;
    let lines = lines(tx, order, None, due.items.as_deref())?;
    tickets::fire(tx, &bearer.actor(), order, due.course, &lines)?;
    shown(tx, order)
}

/// `POST /orders/{id}/call`
#[utoipa::path(post, path = "/orders/{id}/call", tag = "kitchen", params(("id" = Key, Path, description = "Number, uuid or public id", example = "4")), responses((status = 200, description = "The board calls it again", body = Order)))]
pub fn call(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let (order, bearer) = named(call, Action::CallOrder, tx)?;
    tickets::call(tx, &bearer.actor(), order)?;
    shown(tx, order)
}

/// What stands on the board.
#[derive(Serialize, ToSchema)]
struct Board<'a> {
    restaurant_id: i64,
    restaurant: &'a str,
    /// Being made: the oldest first.
    preparing: Vec<BoardData<'a>>,
    /// To be fetched: the newest first.
    ready: Vec<BoardData<'a>>,
    /// When it was so.
    at: Time,
    /// The point of the history at which it is true.
    as_of: u64,
}

/// `GET /board?restaurant_id=2`
#[utoipa::path(get, path = "/board", tag = "kitchen", params(("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2)), responses((status = 200, description = "What guests read: codes and first names", body = Board)))]
pub fn board(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let list = call.list(db, Action::HearRestaurant)?;
    let restaurant = restaurants::get(db, list.one_restaurant()?)?;
    list.nothing_else()?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = now.map_or(0, |now| i64::try_from(now.as_millis()).unwrap_or(i64::MAX));
    let all = board::shown(db, restaurant.id, now)?;
    let in_column = |column: Column| {
        let all = all
            .iter()
            .filter(|order: &&OrderFacts| order.column() == Some(column));
        all.map(BoardData::of).collect()
    };
    Answer::ok(&Board {
        restaurant_id: restaurant.id,
        restaurant: &restaurant.name,
        preparing: in_column(Column::Preparing),
        ready: in_column(Column::Ready),
        at: Time(Some(now)),
        as_of: db.head()?,
    })
}
