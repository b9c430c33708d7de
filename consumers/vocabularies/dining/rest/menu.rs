//! `/api/v1/menu`: what there is to eat, and who changes that.

use super::shown::Listed;
use crate::access::{Action, Bearer, Target};
use crate::domain::menu::{
    self as dishes, Category, CategoryPatch, DishPatch, NewCategory, NewDish,
};
use crate::domain::{Key, Refusal, ids};
use crate::rest::{Answer, Call};
use crate::vocabularies::dining::messages::Dish;
use maitred::{Error, Reader, Transaction};
use serde::Deserialize;
use utoipa::ToSchema;

/// `GET /menu?restaurant_id=2`
#[utoipa::path(get, path = "/menu", tag = "menu", params(("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "By category", body = Listed<Dish>)))]
pub fn menu(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let list = call.list(db, Action::ReadMenu)?;
    let restaurant = list.one_restaurant()?;
    list.nothing_else()?;
    let groups = dishes::groups(db, Some(restaurant), None)?;
    let page = list.cut(dishes::dishes(db, restaurant)?, |dish| dish.id);
    Answer::ok(&Listed::of(&page, |dish| Dish::of(dish, &groups)))
}

/// `POST /menu`
#[utoipa::path(post, path = "/menu", tag = "menu", request_body(content = NewDish, example = json!({"restaurant_id": 2, "name": "Mango sticky rice", "price": "95.00", "allergens": ["milk"]})), responses((status = 201, description = "It is on the menu", body = Dish)))]
pub fn add(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewDish = call.body()?;
    let named = new.restaurant_id.as_ref();
    let (restaurant, bearer) = call.restaurant(named, Action::EditMenu, tx)?;
    let dish = dishes::add(tx, &bearer.actor(), restaurant, new)?;
    let choices = dishes::groups(tx, None, Some(dish.id))?;
    Answer::created(&Dish::of(&dish, &choices))
}

/// `PATCH /menu/{id}`
#[utoipa::path(patch, path = "/menu/{id}", tag = "menu", params(("id" = Key, Path, description = "Number or uuid", example = "1")), request_body(content = DishPatch, example = json!({"is_available": false})), responses((status = 200, description = "As it is now. Waiters and cooks may say whether it is sold out, managers everything", body = Dish)))]
pub fn change(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let patch: DishPatch = call.body()?;
    let action = match patch.only_availability() {
        true => Action::SetAvailability,
        false => Action::EditMenu,
    };
    let (id, bearer) = named(call, action, tx)?;
    let dish = dishes::patch(tx, &bearer.actor(), id, &patch)?;
    shown(tx, &dish)
}

/// `DELETE /menu/{id}`: off the menu for good. What was ordered of it stays.
#[utoipa::path(delete, path = "/menu/{id}", tag = "menu", params(("id" = Key, Path, description = "Number or uuid", example = "12")), responses((status = 200, description = "It is off the menu; what was ordered of it stays", body = Dish)))]
pub fn remove(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let (id, bearer) = named(call, Action::EditMenu, tx)?;
    let dish = dishes::remove(tx, &bearer.actor(), id)?;
    shown(tx, &dish)
}

/// `GET /menu/categories`
#[utoipa::path(get, path = "/menu/categories", tag = "menu", params(("restaurant_id" = Option<i64>, Query, description = "Which restaurant, for those who run several", example = 2), ("limit" = Option<u32>, Query, description = "At most 200; 50, where it is not said"), ("before" = Option<i64>, Query, description = "What the page before called `next`")), responses((status = 200, description = "In their order", body = Listed<Category>)))]
pub fn categories(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let list = call.list(db, Action::ReadMenu)?;
    let restaurant = list.one_restaurant()?;
    list.nothing_else()?;
    let page = list.cut(dishes::categories(db, restaurant)?, |one| one.id);
    Answer::ok(&Listed::of(&page, Clone::clone))
}

/// A part that is to be on the menu.
#[derive(Deserialize, ToSchema)]
#[schema(as = NewMenuCategoryAt)]
#[serde(deny_unknown_fields)]
struct NewPart {
    #[serde(default)]
    restaurant_id: Option<Key>,
    #[schema(min_length = 1, max_length = 1000)]
    name: String,
    #[serde(default)]
    sort: i64,
    #[serde(default)]
    station_id: Option<i64>,
    #[serde(default)]
    course: Option<i64>,
}

/// `POST /menu/categories`
#[utoipa::path(post, path = "/menu/categories", tag = "menu", request_body(content = NewPart, example = json!({"restaurant_id": 2, "name": "Late night", "sort": 9})), responses((status = 201, description = "It is there", body = Category)))]
pub fn add_category(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: NewPart = call.body()?;
    let named = new.restaurant_id.as_ref();
    let (restaurant, bearer) = call.restaurant(named, Action::EditMenu, tx)?;
    let new = NewCategory {
        name: new.name,
        sort: new.sort,
        station_id: new.station_id,
        course: new.course,
    };
    let category = dishes::add_category(tx, &bearer.actor(), restaurant, &new)?;
    Answer::created(&category)
}

/// `PATCH /menu/categories/{id}`
#[utoipa::path(patch, path = "/menu/categories/{id}", tag = "menu", params(("id" = i64, Path, description = "Number", example = 1)), request_body(content = CategoryPatch, example = json!({"sort": 3})), responses((status = 200, description = "As it is now", body = Category)))]
pub fn change_category(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let patch: CategoryPatch = call.body()?;
    let Key::Id(id) = *call.key(0) else {
        return Err(Refusal::NotFound { entity: "category" }.into());
    };
    let house = dishes::category(tx, id)?.restaurant_id;
    let bearer = call.may(Action::EditMenu, Target::Restaurant(house), tx)?;
    let category = dishes::patch_category(tx, &bearer.actor(), id, &patch)?;
    Answer::ok(&category)
}

/// The dish that the path names.
fn named(call: &Call, action: Action, db: &Reader<'_>) -> Result<(i64, Bearer), Error> {
    let id = ids::menu_item(db, call.key(0))?;
    let house = dishes::dish(db, id)?.restaurant_id;
    let bearer = call.may(action, Target::Restaurant(house), db)?;
    Ok((id, bearer))
}

fn shown(db: &Reader<'_>, dish: &dishes::Dish) -> Result<Answer, Error> {
    let choices = dishes::groups(db, None, Some(dish.id))?;
    Answer::ok(&Dish::of(dish, &choices))
}
