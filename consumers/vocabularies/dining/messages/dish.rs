//! A dish.

use crate::domain::items::ModifierKind;
use crate::domain::{menu, money};
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;

/// A dish, and what can be chosen about it.
#[derive(Serialize, ToSchema, JsonSchema)]
#[schemars(rename = "Dish")]
pub(in crate::vocabularies::dining) struct Dish<'a> {
    id: i64,
    uuid: &'a str,
    restaurant_id: i64,
    category_id: Option<i64>,
    category: Option<&'a str>,
    name: &'a str,
    description: &'a str,
    price: String,
    is_available: bool,
    allergens: &'a [String],
    station_id: Option<i64>,
    /// Who makes it.
    station: Option<&'a str>,
    course: Option<i64>,
    prep_s: Option<i64>,
    image_url: Option<&'a str>,
    choices: Vec<Choices<'a>>,
    /// It is off the menu for good.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    removed: bool,
    version: i64,
}

#[derive(Serialize, ToSchema, JsonSchema)]
struct Choices<'a> {
    id: i64,
    name: &'a str,
    min: i64,
    max: i64,
    modifiers: Vec<Choice<'a>>,
}

#[derive(Serialize, ToSchema, JsonSchema)]
struct Choice<'a> {
    id: i64,
    name: &'a str,
    price: String,
    kind: ModifierKind,
}

impl<'a> Dish<'a> {
    /// With those of the choices that are about it.
    pub(in crate::vocabularies::dining) fn of(
        dish: &'a menu::Dish,
        groups: &'a [menu::Group],
    ) -> Self {
        let own = groups.iter().filter(|group| group.menu_item_id == dish.id);
        let choice = |group: &'a menu::Group, choice: &'a menu::Choice| Choice {
            id: choice.id,
            name: &choice.name,
            price: money::format(choice.price_minor, dish.currency_exp),
            kind: choice.kind(group),
        };
        Dish {
            id: dish.id,
            uuid: &dish.uuid,
            restaurant_id: dish.restaurant_id,
            category_id: dish.category_id,
            category: dish.category.as_deref(),
            name: &dish.name,
            description: &dish.description,
            price: money::format(dish.price_minor, dish.currency_exp),
            is_available: dish.is_available,
            allergens: &dish.allergens,
            station_id: dish.station_id,
            station: dish.station.as_deref(),
            course: dish.course,
            prep_s: dish.prep_s,
            image_url: dish.image_url.as_deref(),
            choices: own
                .map(|group| Choices {
                    id: group.id,
                    name: &group.name,
                    min: group.min,
                    max: group.max,
                    modifiers: group
                        .modifiers
                        .iter()
                        .map(|one| choice(group, one))
                        .collect(),
                })
                .collect(),
            removed: dish.removed_at.is_some(),
            version: dish.version,
        }
    }
}

/// A dish's row is gone.
#[derive(Serialize, JsonSchema)]
pub(in crate::vocabularies::dining) struct DishDeleted {
    pub id: i64,
    pub restaurant_id: i64,
    pub removed: bool,
    pub version: i64,
}
