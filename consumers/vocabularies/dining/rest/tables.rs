//! `/api/v1/tables` and `/api/v1/sessions`: tables, and who sits there.

use super::shown::Listed;
use crate::access::{Action, Target};
use crate::domain::sessions::{self as visits, Closing, SessionPatch};
use crate::domain::tables as domain;
use crate::domain::{Key, ids};
use crate::rest::{Answer, Call};
use crate::vocabularies::dining::messages::{SessionData, TableData};
use maitred::{Error, Reader, Transaction};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /tables`: those of one restaurant, by zone.
#[utoipa::path(get, path = "/tables", tag = "tables", params(("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "By zone", body = Listed<TableData>)))]
pub fn list(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let list = call.list(db, Action::ReadLists)?;
    let restaurant = list.one_restaurant()?;
    list.nothing_else()?;
    let version = db.head()?;
    let page = list.cut(domain::list(db, restaurant)?, |table| table.id);
    Answer::ok(&Listed::of(&page, |table| TableData::of(table, version)))
}

/// `GET /tables/{id}`
#[utoipa::path(get, path = "/tables/{id}", tag = "tables", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "5")), responses((status = 200, description = "And who sits there", body = TableData)))]
pub fn show(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (table, _) = call.target(0, ids::table, Target::Table, Action::HearTable, db)?;
    shown(db, table)
}

fn shown(db: &Reader<'_>, table: i64) -> Result<Answer, Error> {
    let table = domain::get(db, table)?;
    Answer::ok(&TableData::of(&table, db.head()?))
}

/// Who sits down.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Guests {
    #[schema(minimum = 1, maximum = 500)]
    guests_count: Option<i64>,
}

/// A table after it was occupied.
#[derive(Serialize, ToSchema)]
struct Occupied<'a> {
    #[serde(flatten)]
    table: TableData<'a>,
    /// Somebody had occupied it already: this is their visit.
    joined: bool,
}

/// `POST /tables/{id}/occupy`
#[utoipa::path(post, path = "/tables/{id}/occupy", tag = "tables", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "7")), request_body(content = Option<Guests>, example = json!({"guests_count": 2})), responses((status = 200, description = "It is occupied", body = Occupied)))]
pub fn occupy(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let guests: Guests = call.body()?;
    let (table, bearer) = call.target(0, ids::table, Target::Table, Action::Occupy, tx)?;
    let done = domain::occupy(tx, &bearer.actor(), table, guests.guests_count)?;
    let table = TableData::of(&done.table, tx.head()?);
    let joined = done.joined;
    Answer::ok(&Occupied { table, joined })
}

/// `POST /tables/{id}/release`
#[utoipa::path(post, path = "/tables/{id}/release", tag = "tables", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "6")), request_body(content = Option<Closing>, example = json!({"force": true, "reason": "paid at the bar"})), responses((status = 200, description = "It is free", body = TableData)))]
pub fn release(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let how: Closing = call.body()?;
    let (table, bearer) = call.target(0, ids::table, Target::Table, Action::Release, tx)?;
    if how.force {
        bearer.may(Action::ForceRelease)?;
    }
    domain::release(tx, &bearer.actor(), table, &how)?;
    shown(tx, table)
}

/// `GET /sessions`: the visits that go on in one restaurant.
#[utoipa::path(get, path = "/sessions", tag = "tables", params(("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Those that go on", body = Listed<SessionData>)))]
pub fn sessions(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let list = call.list(db, Action::ReadLists)?;
    let restaurant = list.one_restaurant()?;
    list.nothing_else()?;
    let open = domain::list(db, restaurant)?.into_iter();
    let open = open.filter_map(|table| table.session).collect();
    let page = list.cut(open, |session| session.id);
    Answer::ok(&Listed::of(&page, SessionData::of))
}

/// `GET /sessions/{id}`
#[utoipa::path(get, path = "/sessions/{id}", tag = "tables", params(("id" = Key, Path, description = "Number, uuid or public id", example = "1")), responses((status = 200, description = "A visit", body = SessionData)))]
pub fn session(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (session, _) = call.target(0, ids::session, Target::Session, Action::HearSession, db)?;
    Answer::ok(&SessionData::of(&visits::get(db, session)?))
}

/// What may be changed about a visit: who sits there, who serves, and that it ends.
#[derive(Deserialize, ToSchema)]
#[schema(as = SessionChange)]
#[serde(deny_unknown_fields)]
struct Change {
    #[schema(minimum = 1, maximum = 500)]
    guests_count: Option<i64>,
    waiter_id: Option<Key>,
    /// `closed`: it ends, as with a table's `release`.
    status: Option<Ending>,
    #[serde(default)]
    force: bool,
    reason: Option<String>,
    version: Option<i64>,
}

#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Ending {
    Closed,
}

/// `PATCH /sessions/{id}`
#[utoipa::path(patch, path = "/sessions/{id}", tag = "tables", params(("id" = Key, Path, description = "Number, uuid or public id", example = "1")), request_body(content = Change, example = json!({"guests_count": 3})), responses((status = 200, description = "As it is now", body = SessionData)))]
pub fn change_session(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let change: Change = call.body()?;
    let (session, bearer) = call.target(0, ids::session, Target::Session, Action::SetGuests, tx)?;
    let actor = bearer.actor();
    if change.guests_count.is_some() || change.waiter_id.is_some() {
        let patch = SessionPatch {
            guests_count: change.guests_count,
            waiter_id: change.waiter_id,
            expected_version: change.version,
        };
        visits::patch(tx, &actor, session, &patch)?;
    }
    if let Some(Ending::Closed) = change.status {
        bearer.may(Action::CloseSession)?;
        if change.force {
            bearer.may(Action::ForceRelease)?;
        }
        let (force, reason) = (change.force, change.reason);
        visits::close(tx, &actor, session, &Closing { force, reason })?;
    }
    Answer::ok(&SessionData::of(&visits::get(tx, session)?))
}
