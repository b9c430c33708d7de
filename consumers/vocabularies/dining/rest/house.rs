//! `/api/v1/restaurants/{id}`: a house, and how it wants it.

use crate::access::{Action, Target};
use crate::domain::restaurants::{self, RestaurantFacts, Settings};
use crate::domain::settings::{self, HousePatch};
use crate::domain::{Key, ids};
use crate::rest::{Answer, Call};
use maitred::{Error, Reader, Transaction};
use serde::Serialize;
use utoipa::ToSchema;

/// A restaurant, as everybody must know it who is let in.
#[derive(Serialize, ToSchema)]
#[schema(as = RestaurantName)]
pub struct Name<'a> {
    id: i64,
    uuid: &'a str,
    name: &'a str,
    currency: &'a str,
    /// Digits after the point.
    currency_exp: u32,
    timezone: &'a str,
}

impl<'a> Name<'a> {
    pub fn of(house: &'a RestaurantFacts) -> Self {
        Name {
            id: house.id,
            uuid: &house.uuid,
            name: &house.name,
            currency: &house.currency,
            currency_exp: house.currency_exp,
            timezone: &house.timezone,
        }
    }
}

/// The same, with how it wants it.
#[derive(Serialize, ToSchema)]
#[schema(as = Restaurant)]
struct House<'a> {
    #[serde(flatten)]
    name: Name<'a>,
    /// Minutes after midnight.
    business_day_start_min: i64,
    settings: &'a Settings,
    version: i64,
}

fn shown(house: &RestaurantFacts) -> Result<Answer, Error> {
    Answer::ok(&House {
        name: Name::of(house),
        business_day_start_min: house.business_day_start_min,
        settings: &house.settings,
        version: house.version,
    })
}

/// `GET /restaurants/{id}`
#[utoipa::path(get, path = "/restaurants/{id}", tag = "house", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2")), responses((status = 200, description = "How it wants it", body = House)))]
pub fn show(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (id, _) = call.target(
        0,
        ids::restaurant,
        Target::Restaurant,
        Action::ReadHouse,
        db,
    )?;
    shown(&restaurants::get(db, id)?)
}

/// `PATCH /restaurants/{id}`
#[utoipa::path(patch, path = "/restaurants/{id}", tag = "house", params(("id" = Key, Path, description = "Number in the database, or uuid", example = "2")), request_body(content = HousePatch, example = json!({"approval": "first"})), responses((status = 200, description = "As it is now", body = House)))]
pub fn change(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let patch: HousePatch = call.body()?;
    let (action, target) = (Action::ManageHouse, Target::Restaurant);
    let (id, bearer) = call.target(0, ids::restaurant, target, action, tx)?;
    shown(&settings::patch(tx, &bearer.actor(), id, &patch)?)
}
