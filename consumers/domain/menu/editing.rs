//! Changing the menu.

use super::categories::{category, named, station};
use super::dishes::{Dish, dish};
use super::groups::{WantedGroup, write};
use crate::db::{Error, Transaction, params};
use crate::domain::money::Decimal;
use crate::domain::version::same_version;
use crate::domain::{Actor, Key, Refusal, note, restaurants};
use serde::Deserialize;
use utoipa::ToSchema;

/// The most allergens of a dish: the law of the European Union knows 14, houses write more.
const ALLERGENS_MAX: usize = 40;
/// The longest time that a dish takes, in seconds: a day.
const PREP_MAX_S: i64 = 86_400;

/// A dish that is to be on the menu.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewDish {
    #[serde(default)]
    pub restaurant_id: Option<Key>,
    #[schema(min_length = 1, max_length = 1000)]
    pub name: String,
    pub price: Decimal,
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub description: Option<String>,
    #[serde(default)]
    pub is_available: Option<bool>,
    #[serde(default)]
    pub category_id: Option<i64>,
    /// Who makes it; nobody: whoever makes its category.
    #[serde(default)]
    pub station_id: Option<i64>,
    /// How long it takes, in seconds.
    #[serde(default)]
    pub prep_s: Option<i64>,
    #[serde(default)]
    pub allergens: Option<Vec<String>>,
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub image_url: Option<String>,
    #[serde(default)]
    pub choices: Option<Vec<WantedGroup>>,
}

/// What is to be different about a dish. What is not named stays; `null` empties.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DishChange)]
#[allow(missing_docs)]
pub struct DishPatch {
    /// `false`: sold out.
    #[serde(default)]
    pub is_available: Option<bool>,
    #[schema(min_length = 1, max_length = 1000)]
    #[serde(default)]
    pub name: Option<String>,
    #[schema(max_length = 1000)]
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub price: Option<Decimal>,
    #[serde(default, deserialize_with = "named")]
    pub category_id: Option<Option<i64>>,
    #[serde(default, deserialize_with = "named")]
    pub station_id: Option<Option<i64>>,
    #[serde(default, deserialize_with = "named")]
    pub prep_s: Option<Option<i64>>,
    #[serde(default)]
    pub allergens: Option<Vec<String>>,
    #[serde(default, deserialize_with = "named")]
    pub image_url: Option<Option<String>>,
    /// All choices about it, as they are to be: those that are not named go.
    #[serde(default)]
    pub choices: Option<Vec<WantedGroup>>,
    #[serde(default, rename = "version")]
    pub expected_version: Option<i64>,
}

impl DishPatch {
    /// Whether it says nothing but whether the dish is sold out.
    pub const fn only_availability(&self) -> bool {
        self.name.is_none()
            && self.description.is_none()
            && self.price.is_none()
            && self.category_id.is_none()
            && self.station_id.is_none()
            && self.prep_s.is_none()
            && self.allergens.is_none()
            && self.image_url.is_none()
            && self.choices.is_none()
    }
}

/// Puts a dish on the menu.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::Amount`], [`Refusal::NameTaken`], [`Refusal::OtherRestaurant`], [`Refusal::NotFound`], [`Refusal::Forbidden`].
pub fn add(
    tx: &Transaction<'_>,
    actor: &Actor,
    restaurant: i64,
    new: NewDish,
) -> Result<Dish, Error> {
    runs(actor)?;
    let house = restaurants::get(tx, restaurant)?;
    let price = new.price.minor(house.currency_exp)?;
    let id = tx.one(
        "INSERT INTO menu_items(restaurant_id, name, price_minor) VALUES (?1, ?2, ?3) RETURNING id",
        params![restaurant, title(&new.name)?, price],
        |row| row.get(0),
    )?;
    let rest = DishPatch {
        is_available: new.is_available,
        description: new.description,
        category_id: Some(new.category_id),
        station_id: Some(new.station_id),
        prep_s: Some(new.prep_s),
        allergens: new.allergens,
        image_url: Some(new.image_url),
        choices: new.choices,
        ..DishPatch::default()
    };
    patch(tx, actor, id, &rest)
}

/// Changes a dish. Orders that were placed keep what they were.
///
/// # Errors
/// As [`add`]; [`Refusal::Version`].
pub fn patch(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    patch: &DishPatch,
) -> Result<Dish, Error> {
    if patch.only_availability() {
        return match patch.is_available {
            Some(available) => set_available(tx, actor, id, available, patch.expected_version),
            None => Err(Refusal::value("body", "name what is to be different").into()),
        };
    }
    runs(actor)?;
    let before = on_menu(tx, id)?;
    same_version(patch.expected_version, before.version)?;
    let mut after = before.clone();
    if let Some(name) = &patch.name {
        title(name)?.clone_into(&mut after.name);
    }
    if let Some(text) = &patch.description {
        note::check("description", Some(text))?;
        after.description.clone_from(text);
    }
    if let Some(price) = &patch.price {
        after.price_minor = price.minor(before.currency_exp)?;
    }
    if let Some(Some(key)) = patch.category_id
        && category(tx, key)?.restaurant_id != before.restaurant_id
    {
        return Err(Refusal::OtherRestaurant {
            field: "category_id",
        }
        .into());
    }
    if let Some(all) = &patch.allergens {
        allergens(all)?;
        after.allergens.clone_from(all);
    }
    if let Some(url) = &patch.image_url {
        note::check("image_url", url.as_deref())?;
        after.image_url.clone_from(url);
    }
    after.category_id = patch.category_id.unwrap_or(before.category_id);
    after.prep_s = patch.prep_s.unwrap_or(before.prep_s);
    if after.prep_s.is_some_and(|s| !(1..=PREP_MAX_S).contains(&s)) {
        return Err(Refusal::value("prep_s", format!("1 to {PREP_MAX_S} seconds")).into());
    }
    after.is_available = patch.is_available.unwrap_or(before.is_available);
    // The dish shows its category's where it has none of its own.
    let own_station = match patch.station_id {
        Some(wanted) => {
            station(tx, before.restaurant_id, wanted)?;
            wanted
        }
        None => tx.one(
            "SELECT station_id FROM menu_items WHERE id = ?1",
            params![id],
            |row| row.get(0),
        )?,
    };
    if let Some(choices) = &patch.choices {
        write(tx, id, before.currency_exp, choices)?;
    }
    tx.execute(
        "UPDATE menu_items SET name = ?2, description = ?3, price_minor = ?4, category_id = ?5, station_id = ?6, prep_s = ?7, allergens_json = ?8,
           image_url = ?9, is_available = ?10, shown = shown + ?11 WHERE id = ?1",
        params![
            id,
            &after.name,
            &after.description,
            after.price_minor,
            after.category_id,
            own_station,
            after.prep_s,
            serde_json::to_string(&after.allergens)?,
            &after.image_url,
            after.is_available,
            // What can be chosen stands elsewhere.
            i64::from(patch.choices.is_some())
        ],
    )?;
    dish(tx, id)
}

/// Sold out, or not any more. What is so already is a success without a change.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who do not work there, [`Refusal::Version`], [`Refusal::NotFound`].
pub fn set_available(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    available: bool,
    expected_version: Option<i64>,
) -> Result<Dish, Error> {
    if !actor.role.is_staff() || actor.anonymous {
        let text = "only waiter, kitchen, manager, admin may do this";
        return Err(Refusal::Forbidden(text.into()).into());
    }
    let before = on_menu(tx, id)?;
    if before.is_available == available {
        return Ok(before);
    }
    same_version(expected_version, before.version)?;
    tx.execute(
        "UPDATE menu_items SET is_available = ?2 WHERE id = ?1",
        params![id, available],
    )?;
    dish(tx, id)
}

/// Takes a dish off the menu for good. The orders of it stay as they are.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`], also for one that is off already.
pub fn remove(tx: &Transaction<'_>, actor: &Actor, id: i64) -> Result<Dish, Error> {
    runs(actor)?;
    on_menu(tx, id)?;
    tx.execute(
        "UPDATE menu_items SET removed_at = ?2, is_available = 0 WHERE id = ?1",
        params![id, tx.now_ms()],
    )?;
    dish(tx, id)
}

/// What is off the menu is not changed any more.
fn on_menu(tx: &Transaction<'_>, id: i64) -> Result<Dish, Error> {
    let found = dish(tx, id)?;
    match found.removed_at {
        None => Ok(found),
        Some(_) => Err(Refusal::NotFound {
            entity: "menu item",
        }
        .into()),
    }
}

/// Who runs a restaurant writes its menu.
pub(super) fn runs(actor: &Actor) -> Result<(), Refusal> {
    match actor.role.manages() && !actor.anonymous {
        true => Ok(()),
        false => Err(Refusal::Forbidden("only manager, admin may do this".into())),
    }
}

fn title(name: &str) -> Result<&str, Refusal> {
    note::check("name", Some(name))?;
    match name.trim() {
        "" => Err(Refusal::value("name", "it is called something")),
        name => Ok(name),
    }
}

fn allergens(all: &[String]) -> Result<(), Refusal> {
    if all.len() > ALLERGENS_MAX {
        return Err(Refusal::value(
            "allergens",
            format!("at most {ALLERGENS_MAX}"),
        ));
    }
    for one in all {
        note::check("allergens", Some(one))?;
    }
    Ok(())
}
