//! Writing what can be changed about a dish.

use super::choices::groups;
use crate::db::{Error, Transaction, params};
use crate::domain::items::ModifierKind;
use crate::domain::money::Decimal;
use crate::domain::{Refusal, note};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The most choices about one dish, and the most to choose from: more than anybody reads on a phone.
const GROUPS_MAX: usize = 30;
const CHOICES_MAX: usize = 100;

/// A choice about a dish, as it is to be.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct WantedGroup {
    /// Of one that is there already: it stays the same row.
    #[serde(default)]
    pub id: Option<i64>,
    #[schema(min_length = 1, max_length = 1000)]
    pub name: String,
    /// At least so many must be chosen.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 99)]
    pub min: i64,
    #[serde(default = "one")]
    #[schema(minimum = 0, maximum = 99)]
    pub max: i64,
    #[serde(default)]
    pub modifiers: Vec<WantedChoice>,
}

/// One of the things to choose from, as it is to be.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct WantedChoice {
    #[serde(default)]
    pub id: Option<i64>,
    #[schema(min_length = 1, max_length = 1000)]
    pub name: String,
    /// What it costs more; nothing, where it is not said.
    #[serde(default)]
    pub price: Option<Decimal>,
    #[serde(default)]
    pub kind: Option<ModifierKind>,
}

const fn one() -> i64 {
    1
}

/// Makes the choices of a dish what they are to be: those that are not named go.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::NameTaken`], [`Refusal::Amount`], [`Refusal::NotFound`] for an id that is none of this dish.
pub(super) fn write(
    tx: &Transaction<'_>,
    dish: i64,
    currency_exp: u32,
    wanted: &[WantedGroup],
) -> Result<(), Error> {
    check(wanted)?;
    let before = groups(tx, None, Some(dish))?;
    let named = |id: Option<i64>| before.iter().find(|group| Some(group.id) == id);
    for group in wanted {
        if group.id.is_some() && named(group.id).is_none() {
            return Err(Refusal::NotFound { entity: "choice" }.into());
        }
    }
    for old in &before {
        if !wanted.iter().any(|group| group.id == Some(old.id)) {
            tx.execute("DELETE FROM modifier_groups WHERE id = ?1", params![old.id])?;
        }
    }
    // Two that change names with each other would meet: first all get out of the way.
    for group in wanted.iter().filter_map(|group| group.id) {
        tx.execute(
            "UPDATE modifier_groups SET name = char(1)||id WHERE id = ?1",
            params![group],
        )?;
    }
    for group in wanted {
        let (name, min, max) = (group.name.trim(), group.min, group.max);
        let id = match group.id {
            Some(id) => {
                tx.execute(
                    "UPDATE modifier_groups SET name = ?2, min = ?3, max = ?4 WHERE id = ?1",
                    params![id, name, min, max],
                )?;
                id
            }
            None => tx.one(
                "INSERT INTO modifier_groups(menu_item_id, name, min, max) VALUES (?1, ?2, ?3, ?4) RETURNING id",
                params![dish, name, min, max],
                |row| row.get(0),
            )?,
        };
        let old: Vec<i64> = named(group.id)
            .map(|old| old.modifiers.iter().map(|choice| choice.id).collect())
            .unwrap_or_default();
        write_choices(tx, id, currency_exp, &old, &group.modifiers)?;
    }
    Ok(())
}

fn write_choices(
    tx: &Transaction<'_>,
    group: i64,
    currency_exp: u32,
    before: &[i64],
    wanted: &[WantedChoice],
) -> Result<(), Error> {
    for choice in wanted.iter().filter_map(|choice| choice.id) {
        if !before.contains(&choice) {
            return Err(Refusal::NotFound { entity: "modifier" }.into());
        }
        tx.execute(
            "UPDATE modifiers SET name = char(1)||id WHERE id = ?1",
            params![choice],
        )?;
    }
    for old in before {
        if !wanted.iter().any(|choice| choice.id == Some(*old)) {
            tx.execute("DELETE FROM modifiers WHERE id = ?1", params![*old])?;
        }
    }
    for choice in wanted {
        let name = choice.name.trim();
        let price = match &choice.price {
            Some(price) => price.minor(currency_exp)?,
            None => 0,
        };
        let kind = choice.kind.map(ModifierKind::name);
        match choice.id {
            Some(id) => tx.execute(
                "UPDATE modifiers SET name = ?2, price_minor = ?3, kind = ?4 WHERE id = ?1",
                params![id, name, price, kind],
            )?,
            None => tx.execute(
                "INSERT INTO modifiers(group_id, name, price_minor, kind) VALUES (?1, ?2, ?3, ?4)",
                params![group, name, price, kind],
            )?,
        };
    }
    Ok(())
}

fn check(wanted: &[WantedGroup]) -> Result<(), Refusal> {
    if wanted.len() > GROUPS_MAX {
        return Err(Refusal::value("choices", format!("at most {GROUPS_MAX}")));
    }
    unique(
        "choices",
        wanted.iter().map(|group| (group.id, group.name.as_str())),
    )?;
    for group in wanted {
        if !(0..=99).contains(&group.min) || !(group.min..=99).contains(&group.max) {
            return Err(Refusal::value(
                "choices",
                "min and max: 0 to 99, and min is not above max",
            ));
        }
        if group.modifiers.len() > CHOICES_MAX {
            return Err(Refusal::value(
                "modifiers",
                format!("at most {CHOICES_MAX}"),
            ));
        }
        let all = group.modifiers.iter();
        unique(
            "modifiers",
            all.map(|choice| (choice.id, choice.name.as_str())),
        )?;
    }
    Ok(())
}

/// Each is called something, and nothing is named twice.
fn unique<'a>(
    field: &'static str,
    all: impl Iterator<Item = (Option<i64>, &'a str)>,
) -> Result<(), Refusal> {
    let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (id, name) in all {
        let name = name.trim();
        note::check(field, Some(name))?;
        if name.is_empty() {
            return Err(Refusal::value(field, "each is called something"));
        }
        if !names.insert(name) {
            return Err(Refusal::NameTaken { field });
        }
        if id.is_some_and(|id| !ids.insert(id)) {
            return Err(Refusal::value(field, "one is named twice"));
        }
    }
    Ok(())
}
