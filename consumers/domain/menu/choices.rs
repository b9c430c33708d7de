//! What can be changed about a dish.

use crate::db::{Error, Reader, Transaction, params};
use crate::domain::Refusal;
use crate::domain::items::{Modifier, ModifierKind};
use crate::domain::placing::NewModifier;
use serde::{Deserialize, Serialize};

/// A choice about a dish.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Group {
    #[serde(default)]
    pub id: i64,
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
    /// What it does to the dish, where somebody wrote it down.
    #[serde(default)]
    pub kind: Option<ModifierKind>,
}

impl Choice {
    /// What it does to a dish: as it was written down, or as its name and its group say. Where one of several must be chosen, none of them is left out.
    pub fn kind(&self, group: &Group) -> ModifierKind {
        let guess = || match group.min > 0 {
            true => ModifierKind::Choice,
            false => ModifierKind::guess(&self.name, self.price_minor),
        };
        self.kind.unwrap_or_else(guess)
    }
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
        "SELECT g.id, g.menu_item_id, g.name, g.min, g.max, m.id, m.name, m.price_minor, m.kind
         FROM modifier_groups g JOIN menu_items i ON i.id = g.menu_item_id LEFT JOIN modifiers m ON m.group_id = g.id
         WHERE (?1 IS NULL OR i.restaurant_id = ?1) AND (?2 IS NULL OR i.id = ?2) ORDER BY g.id, m.id",
        params![restaurant_id, menu_item_id],
        |row| {
            let group = Group {
                id: row.get(0)?,
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
                    kind: row
                        .get::<Option<String>>(8)?
                        .and_then(|kind| ModifierKind::of(&kind)),
                }),
                None => None,
            };
            Ok((group, choice))
        },
    )?;
    let mut groups: Vec<Group> = Vec::new();
    for (group, choice) in rows {
        if groups.last().is_none_or(|last| last.id != group.id) {
            groups.push(group);
        }
        if let Some(group) = groups.last_mut() {
            group.modifiers.extend(choice);
        }
    }
    Ok(groups)
}

/// What was chosen about a dish, at the menu's prices.
pub(in crate::domain) fn choose(
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
            kind: Some(choice.kind(&groups[group])),
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
