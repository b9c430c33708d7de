//! The menu: dishes, what can be changed about them, what is sold out.

use super::items::Modifier;
use super::placing::NewModifier;
use super::{Actor, Refusal, Role};
use crate::db::{Error, Reader, Row, Transaction, params};
use serde::{Deserialize, Serialize};

/// A dish.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Dish {
    pub id: i64,
    pub uuid: String,
    pub restaurant_id: i64,
    pub category: Option<String>,
    pub name: String,
    pub description: String,
    pub price_minor: i64,
    pub currency_exp: u32,
    pub is_available: bool,
    pub prep_s: Option<i64>,
    /// Its own, else its category's.
    pub station_id: Option<i64>,
    pub course: Option<i64>,
    pub allergens: Vec<String>,
    pub image_url: Option<String>,
    pub version: i64,
}

/// A choice about a dish.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Group {
    pub menu_item_id: i64,
    pub name: String,
    /// At least so many must be chosen.
    pub min: i64,
    pub max: i64,
    pub modifiers: Vec<Choice>,
}

/// One of the things to choose from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Choice {
    pub id: i64,
    pub name: String,
    pub price_minor: i64,
}

const DISH: &str = "SELECT m.id, m.uuid, m.restaurant_id, c.name, m.name, m.description, m.price_minor, r.currency_exp, m.is_available, m.prep_s,
  coalesce(m.station_id, c.station_id), c.course, m.allergens_json, m.image_url, m.version
  FROM menu_items m JOIN restaurants r ON r.id = m.restaurant_id LEFT JOIN menu_categories c ON c.id = m.category_id";

fn read(row: &Row<'_>) -> Result<Dish, Error> {
    Ok(Dish {
        id: row.get(0)?,
        uuid: row.get(1)?,
        restaurant_id: row.get(2)?,
        category: row.get(3)?,
        name: row.get(4)?,
        description: row.get(5)?,
        price_minor: row.get(6)?,
        currency_exp: row.get(7)?,
        is_available: row.get(8)?,
        prep_s: row.get(9)?,
        station_id: row.get(10)?,
        course: row.get(11)?,
        allergens: row.json(12)?,
        image_url: row.get(13)?,
        version: row.get(14)?,
    })
}

/// One dish.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn dish(db: &Reader<'_>, id: i64) -> Result<Dish, Error> {
    db.row(&format!("{DISH} WHERE m.id = ?1"), params![id], read)?
        .ok_or_else(|| {
            Refusal::NotFound {
                entity: "menu item",
            }
            .into()
        })
}

/// A restaurant's dishes, by category.
///
/// # Errors
/// [`Error::Store`].
pub fn dishes(db: &Reader<'_>, restaurant_id: i64) -> Result<Vec<Dish>, Error> {
    let all = db.rows(
        &format!("{DISH} WHERE m.restaurant_id = ?1 ORDER BY c.sort, c.id, m.id"),
        params![restaurant_id],
        |row| db.legible("menu_items", row.get(0)?, read(row)),
    )?;
    Ok(all.into_iter().flatten().collect())
}

/// The choices of all dishes of a restaurant, or of one dish.
///
/// # Errors
/// [`Error::Store`].
pub fn groups(
    db: &Reader<'_>,
    restaurant_id: Option<i64>,
    menu_item_id: Option<i64>,
) -> Result<Vec<Group>, Error> {
    let rows = db.rows(
        "SELECT g.id, g.menu_item_id, g.name, g.min, g.max, m.id, m.name, m.price_minor
         FROM modifier_groups g JOIN menu_items i ON i.id = g.menu_item_id LEFT JOIN modifiers m ON m.group_id = g.id
         WHERE (?1 IS NULL OR i.restaurant_id = ?1) AND (?2 IS NULL OR i.id = ?2) ORDER BY g.id, m.id",
        params![restaurant_id, menu_item_id],
        |row| {
            let group = Group {
                menu_item_id: row.get(1)?,
                name: row.get(2)?,
                min: row.get(3)?,
                max: row.get(4)?,
                modifiers: Vec::new(),
            };
            let choice = match row.get::<Option<i64>>(5)? {
                Some(id) => Some(Choice {
                    id,
                    name: row.get(6)?,
                    price_minor: row.get(7)?,
                }),
                None => None,
            };
            Ok((row.get::<i64>(0)?, group, choice))
        },
    )?;
    let mut groups: Vec<(i64, Group)> = Vec::new();
    for (id, group, choice) in rows {
        if groups.last().is_none_or(|(last, _)| *last != id) {
            groups.push((id, group));
        }
        if let Some((_, group)) = groups.last_mut() {
            group.modifiers.extend(choice);
        }
    }
    Ok(groups.into_iter().map(|(_, group)| group).collect())
}

/// What was chosen about a dish, at the menu's prices.
pub(super) fn choose(
    tx: &Transaction<'_>,
    menu_item_id: i64,
    wanted: &[NewModifier],
) -> Result<Vec<Modifier>, Error> {
    let groups = groups(tx, None, Some(menu_item_id))?;
    let mut taken = vec![0_i64; groups.len()];
    let mut chosen = Vec::with_capacity(wanted.len());
    for want in wanted {
        if !(1..=99).contains(&want.quantity) {
            return Err(Refusal::value("modifiers", "a quantity is 1 to 99").into());
        }
        let is = |choice: &&Choice| match (want.id, &want.name) {
            (Some(id), _) => choice.id == id,
            (None, Some(name)) => choice.name.eq_ignore_ascii_case(name),
            (None, None) => false,
        };
        let found = groups.iter().enumerate();
        let mut found = found.filter_map(|(i, g)| Some((i, g.modifiers.iter().find(is)?)));
        let Some((group, choice)) = found.next() else {
            return Err(Refusal::value("modifiers", "this dish has no such modifier").into());
        };
        taken[group] += want.quantity;
        chosen.push(Modifier {
            name: choice.name.clone(),
            price_minor: choice.price_minor,
            quantity: want.quantity,
        });
    }
    for (group, taken) in groups.iter().zip(taken) {
        if !(group.min..=group.max).contains(&taken) {
            let rule = match group.min == group.max {
                true => format!("{}: choose {}", group.name, group.min),
                false => format!("{}: choose {} to {}", group.name, group.min, group.max),
            };
            return Err(Refusal::value("modifiers", rule).into());
        }
    }
    Ok(chosen)
}

/// Sold out, or not any more.
///
/// # Errors
/// [`Refusal::Forbidden`] for those who do not work there, [`Refusal::NotFound`].
pub fn set_available(
    tx: &Transaction<'_>,
    actor: &Actor,
    menu_item_id: i64,
    available: bool,
) -> Result<Dish, Error> {
    if !actor.role.is_staff() || actor.role == Role::Waiter {
        return Err(Refusal::Forbidden("only kitchen, manager, admin may do this".into()).into());
    }
    tx.execute(
        "UPDATE menu_items SET is_available = ?2 WHERE id = ?1",
        params![menu_item_id, available],
    )?;
    dish(tx, menu_item_id)
}
