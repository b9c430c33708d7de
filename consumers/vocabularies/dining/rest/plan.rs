//! `/api/v1/zones`, `/tables` and `/stations`: the plan of a house, and who changes it.

use super::shown::Listed;
use crate::access::{Action, Bearer, Target};
use crate::domain::plan::{
    self as domain, NewStation, NewTable, NewZone, Station, StationPatch, TablePatch, Zone,
    ZonePatch,
};
use crate::domain::{Key, Refusal, ids};
use crate::rest::{Answer, Call};
use crate::vocabularies::dining::messages::TableData;
use maitred::{Error, Reader, Transaction};

/// `GET /zones`
#[utoipa::path(get, path = "/zones", tag = "house", params(("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "In their order", body = Listed<Zone>)))]
pub fn zones(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let list = call.list(db, Action::ReadLists)?;
    let restaurant = list.one_restaurant()?;
    list.nothing_else()?;
    let page = list.cut(domain::zones(db, restaurant)?, |one| one.id);
    Answer::ok(&Listed::of(&page, Clone::clone))
}

/// `POST /zones`
#[utoipa::path(post, path = "/zones", tag = "house", request_body(content = NewZone, example = json!({"restaurant_id": 2, "name": "Roof"})), responses((status = 201, description = "It is there", body = Zone)))]
pub fn add_zone(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewZone = call.body()?;
    let (house, bearer) = call.restaurant(new.restaurant_id.as_ref(), Action::EditHouse, tx)?;
    Answer::created(&domain::add_zone(tx, &bearer.actor(), house, &new)?)
}

/// `PATCH /zones/{id}`
#[utoipa::path(patch, path = "/zones/{id}", tag = "house", params(("id" = i64, Path, description = "Number", example = 1)), request_body(content = ZonePatch, example = json!({"sort": 3})), responses((status = 200, description = "As it is now", body = Zone)))]
pub fn change_zone(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let patch: ZonePatch = call.body()?;
    let zone = domain::zone(tx, numbered(call, "zone")?)?;
    let bearer = edits(call, zone.restaurant_id, tx)?;
    Answer::ok(&domain::patch_zone(tx, &bearer.actor(), zone.id, &patch)?)
}

/// `POST /tables`
#[utoipa::path(post, path = "/tables", tag = "house", request_body(content = NewTable, example = json!({"restaurant_id": 2, "number": "R1", "capacity": 2})), responses((status = 201, description = "It is there", body = TableData)))]
pub fn add_table(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewTable = call.body()?;
    let (house, bearer) = call.restaurant(new.restaurant_id.as_ref(), Action::EditHouse, tx)?;
    let table = domain::add_table(tx, &bearer.actor(), house, &new)?;
    Answer::created(&TableData::of(&table, tx.head()?))
}

/// `PATCH /tables/{id}`
#[utoipa::path(patch, path = "/tables/{id}", tag = "house", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "7")), request_body(content = TablePatch, example = json!({"capacity": 6})), responses((status = 200, description = "As it is now", body = TableData)))]
pub fn change_table(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let patch: TablePatch = call.body()?;
    let (table, bearer) = call.target(0, ids::table, Target::Table, Action::EditHouse, tx)?;
    let table = domain::patch_table(tx, &bearer.actor(), table, &patch)?;
    Answer::ok(&TableData::of(&table, tx.head()?))
}

/// `GET /stations`
#[utoipa::path(get, path = "/stations", tag = "house", params(("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Where dishes are made", body = Listed<Station>)))]
pub fn stations(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let list = call.list(db, Action::ReadLists)?;
    let restaurant = list.one_restaurant()?;
    list.nothing_else()?;
    let page = list.cut(domain::stations(db, restaurant)?, |one| one.id);
    Answer::ok(&Listed::of(&page, Clone::clone))
}

/// `POST /stations`
#[utoipa::path(post, path = "/stations", tag = "house", request_body(content = NewStation, example = json!({"restaurant_id": 2, "code": "grill", "name": "Grill"})), responses((status = 201, description = "It is there", body = Station)))]
pub fn add_station(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewStation = call.body()?;
    let (house, bearer) = call.restaurant(new.restaurant_id.as_ref(), Action::EditHouse, tx)?;
    Answer::created(&domain::add_station(tx, &bearer.actor(), house, &new)?)
}

/// `PATCH /stations/{id}`
#[utoipa::path(patch, path = "/stations/{id}", tag = "house", params(("id" = i64, Path, description = "Number", example = 1)), request_body(content = StationPatch, example = json!({"amber_s": 240, "red_s": 600})), responses((status = 200, description = "As it is now", body = Station)))]
pub fn change_station(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let patch: StationPatch = call.body()?;
    let station = domain::station(tx, numbered(call, "station")?)?;
    let bearer = edits(call, station.restaurant_id, tx)?;
    Answer::ok(&domain::patch_station(
        tx,
        &bearer.actor(),
        station.id,
        &patch,
    )?)
}

fn numbered(call: &Call, entity: &'static str) -> Result<i64, Refusal> {
    match call.key(0) {
        Key::Id(id) => Ok(*id),
        Key::Text(_) => Err(Refusal::NotFound { entity }),
    }
}

fn edits(call: &Call, house: i64, db: &Reader<'_>) -> Result<Bearer, Error> {
    call.may(Action::EditHouse, Target::Restaurant(house), db)
}
