//! `/api/v1/staff`: those who work here, for whoever runs the place.

use super::shown::Listed;
use crate::access::{Action, Target};
use crate::domain::staff::{self as domain, NewStaff, Pin, StaffFacts, StaffPatch};
use crate::domain::{Key, Role, ids};
use crate::rest::before::Found;
use crate::rest::{Answer, Call};
use crate::vocabularies::dining::messages::Time;
use maitred::{Error, Reader, Transaction};
use serde::Serialize;
use utoipa::ToSchema;

/// Somebody who works here.
#[derive(Serialize, ToSchema)]
#[schema(as = Staff)]
struct Staff<'a> {
    id: i64,
    uuid: &'a str,
    restaurant_id: i64,
    name: &'a str,
    role: Role,
    phone: Option<&'a str>,
    email: Option<&'a str>,
    /// `false`: they have left.
    is_active: bool,
    has_pin: bool,
    has_password: bool,
    /// Too many wrong PINs: until when.
    locked_until: Time,
    /// Their section.
    tables: &'a [i64],
    version: i64,
}

impl<'a> Staff<'a> {
    fn of(one: &'a StaffFacts) -> Self {
        Staff {
            id: one.id,
            uuid: &one.uuid,
            restaurant_id: one.restaurant_id,
            name: &one.name,
            role: one.role,
            phone: one.phone.as_deref(),
            email: one.email.as_deref(),
            is_active: one.is_active,
            has_pin: one.has_pin,
            has_password: one.has_password,
            locked_until: Time(one.locked_until),
            tables: &one.tables,
            version: one.version,
        }
    }
}

/// `GET /staff`
#[utoipa::path(get, path = "/staff", tag = "staff", params(("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "Those who work here, by name, then those who have left", body = Listed<Staff>)))]
pub fn list(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let list = call.list(db, Action::ManageStaff)?;
    let restaurant = list.one_restaurant()?;
    list.nothing_else()?;
    let page = list.cut(domain::list(db, restaurant)?, |one| one.id);
    Answer::ok(&Listed::of(&page, Staff::of))
}

fn pin(call: &Call) -> Pin {
    match call.found() {
        Found::PinHash(hash) => Pin::New(hash.clone()),
        Found::NoPin => Pin::None,
        Found::Nothing | Found::Approval(_) => Pin::Kept,
    }
}

/// `POST /staff`
#[utoipa::path(post, path = "/staff", tag = "staff", request_body(content = NewStaff, example = json!({"restaurant_id": 2, "name": "Nina", "role": "waiter", "pin": "4711"})), responses((status = 201, description = "They can sign in", body = Staff)))]
pub fn create(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewStaff = call.body()?;
    let named = new.restaurant_id.as_ref();
    let (restaurant, bearer) = call.restaurant(named, Action::ManageStaff, tx)?;
    let one = domain::create(tx, &bearer.actor(), restaurant, &new, &pin(call))?;
    Answer::created(&Staff::of(&one))
}

/// `PATCH /staff/{id}`
#[utoipa::path(patch, path = "/staff/{id}", tag = "staff", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "12")), request_body(content = StaffPatch, example = json!({"phone": "+66 2 000 0012"})), responses((status = 200, description = "As they are now", body = Staff)))]
pub fn change(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let patch: StaffPatch = call.body()?;
    let (id, bearer) = call.target(0, ids::user, Target::Staff, Action::ManageStaff, tx)?;
    let one = domain::patch(tx, &bearer.actor(), id, &patch, &pin(call))?;
    Answer::ok(&Staff::of(&one))
}
