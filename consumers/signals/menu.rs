//! What a change of a dish means to those who cook, serve and eat it.

use super::announcement::Announcement;
use super::rows::rows;
use crate::domain::menu;
use crate::events::{Fact, Group};
use maitred::{Change, Error, Reader, params};
use serde::Deserialize;

#[derive(Deserialize)]
struct Row {
    id: i64,
    restaurant_id: i64,
    version: i64,
}

/// A dish: everybody in the house is told, and the guests of all visits that go on.
pub fn dish(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Announcement>, Error> {
    // As it is after all of the transaction: once.
    if change.superseded(db, "id", change.id)? {
        return Ok(Vec::new());
    }
    let (old, new) = rows::<Row>(change)?;
    let fact = match (&old, &new) {
        (_, Some(new)) => match menu::facts(db, new.id)? {
            Some(dish) => Fact::DishChanged {
                choices: menu::groups(db, None, Some(dish.id))?,
                dish,
            },
            None => return Ok(Vec::new()),
        },
        (Some(old), None) => Fact::DishDeleted {
            id: old.id,
            restaurant_id: old.restaurant_id,
            restaurant_uuid: db
                .row(
                    "SELECT uuid FROM restaurants WHERE id = ?1",
                    params![old.restaurant_id],
                    |row| row.get(0),
                )?
                .unwrap_or_default(),
            version: old.version + 1,
        },
        (None, None) => return Ok(Vec::new()),
    };
    let Some(house) = new.or(old).map(|row| row.restaurant_id) else {
        return Ok(Vec::new());
    };
    let mut groups = vec![
        Group::Restaurant(house),
        Group::Floor(house),
        Group::Kitchen(house),
    ];
    let visits = db.rows(
        "SELECT s.id FROM table_sessions s JOIN tables t ON t.id = s.table_id WHERE t.restaurant_id = ?1 AND s.closed_at IS NULL ORDER BY s.id",
        params![house],
        |row| row.get(0).map(Group::Session),
    )?;
    groups.extend(visits);
    Ok(vec![Announcement::to(groups, fact)])
}
