//! What is announced of a change of any table.

use super::announcement::Announcement;
use super::rows::{OrderRow, rows};
use super::{deliveries, jobs, lines, menu, orders, payments, record, sessions, tables};
use crate::domain::notifications::{self, Audience};
use crate::domain::workflow;
use crate::events::{Entity, Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{Change, Error, Reader, Signal};
use serde::Deserialize;

/// See [`App::announce`](maitred::App::announce).
pub fn announce(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Signal<Restaurant>>, Error> {
    let Some(entity) = Entity::of_table(change.table) else {
        return match change.table {
            "drivers" => deliveries::driver(change, db),
            _ => Ok(Vec::new()),
        };
    };
    let mut record = None;
    let mut all = match entity {
        Entity::Order => {
            let (old, new) = rows::<OrderRow>(change)?;
            let print = |row: &Option<OrderRow>| matches!(row, Some(row) if row.workflow_id == workflow::PRINT);
            let print = print(&old) || print(&new);
            let row = new.as_ref().or(old.as_ref());
            record = row.map(|row| record::of_order(change, row));
            let stays = matches!((&old, &new), (Some(old), Some(new)) if old.status == new.status);
            // Each line that another program changes has its order summed up: what is told after the last of them says everything, and all lines.
            if stays && lines::priced(change) && change.superseded(db, "id", change.id)? {
                Vec::new()
            } else {
                let mut all = orders::order(change, db, old, new)?;
                all.extend(match print {
                    true => jobs::job(change, db)?,
                    false => jobs::dish(change, db)?,
                });
                all
            }
        }
        Entity::OrderItem => orders::order_item(change, db)?,
        Entity::Table => tables::table(change, db)?,
        Entity::Session => sessions::session(change, db)?,
        Entity::Payment => payments::payment(change, db)?,
        Entity::Notification => notification(change, db)?,
        Entity::User => user(change)?,
        Entity::Device => device(change)?,
        // Staff hear of tasks through the notifications that triggers make of them.
        Entity::MenuItem => menu::dish(change, db)?,
        Entity::Restaurant | Entity::Zone | Entity::Task => Vec::new(),
    };
    // The feed tells each change once: the first event carries it, or one that says nothing else.
    if entity != Entity::Order {
        record = record::record(entity, change, db)?;
    }
    if let Some(record) = &record {
        if all.is_empty() {
            all.push(Announcement {
                groups: Vec::new(),
                fact: None,
                rechecks: false,
            });
        }
        let feed = Group::Changes {
            restaurant: record.restaurant_id,
            entity,
        };
        if !all[0].groups.contains(&feed) {
            all[0].groups.push(feed);
        }
    }
    let signals = all.into_iter().map(|mut announcement| {
        // Whoever follows all restaurants follows those too that were not there when they came.
        let everywhere = announcement.groups.iter().find_map(|group| match group {
            Group::Changes { entity, .. } => Some(Group::AllChanges(*entity)),
            _ => None,
        });
        announcement.groups.extend(everywhere);
        let event = Event {
            by: announcement
                .fact
                .as_ref()
                .and(change.actor)
                .map(str::to_owned),
            fact: announcement.fact,
            change: record.take(),
        };
        let signal = Signal::to(announcement.groups, event);
        if announcement.rechecks {
            signal.rechecking()
        } else {
            signal
        }
    });
    Ok(signals.collect())
}

fn notification(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Announcement>, Error> {
    #[derive(Deserialize)]
    struct Row {
        audience: String,
        acknowledged_at: Option<i64>,
    }
    let (old, Some(new)) = rows::<Row>(change)? else {
        return Ok(Vec::new());
    };
    let fact = match old {
        None => Fact::Notified,
        Some(old) if old.audience != new.audience => Fact::Notified,
        Some(old) if old.acknowledged_at.is_none() && new.acknowledged_at.is_some() => {
            Fact::Acknowledged
        }
        Some(_) => return Ok(Vec::new()),
    };
    let Some(notification) = notifications::facts(db, change.id)? else {
        return Ok(Vec::new());
    };
    let restaurant = notification.restaurant_id;
    let groups = match notification.audience {
        // Colleagues can step in: what is meant for one waiter is seen on the floor as well.
        Audience::Waiter(waiter) => vec![Group::Waiter(waiter), Group::Floor(restaurant)],
        Audience::Floor => vec![Group::Floor(restaurant)],
        Audience::Restaurant => vec![Group::Restaurant(restaurant)],
        Audience::Kitchen => vec![Group::Kitchen(restaurant)],
        Audience::Admin => vec![Group::Managers(restaurant)],
    };
    Ok(vec![Announcement::to(groups, fact(notification))])
}

fn user(change: &Change<'_>) -> Result<Vec<Announcement>, Error> {
    #[derive(Deserialize, PartialEq)]
    struct Row {
        is_active: i64,
        role: String,
        restaurant_id: Option<i64>,
        token_version: i64,
    }
    let (old, new) = rows::<Row>(change)?;
    let groups = [Group::User(change.id), Group::Waiter(change.id)];
    match old.is_some() && old != new {
        true => Ok(vec![Announcement::recheck(groups)]),
        false => Ok(Vec::new()),
    }
}

/// A device that is another one now, or none any more: whoever is connected from there is judged again.
fn device(change: &Change<'_>) -> Result<Vec<Announcement>, Error> {
    #[derive(Deserialize, PartialEq)]
    struct Row {
        restaurant_id: i64,
        kind: String,
        print: Option<String>,
        revoked_at: Option<i64>,
    }
    let (old, new) = rows::<Row>(change)?;
    match old.is_some() && old != new {
        true => Ok(vec![Announcement::recheck([Group::Device(change.id)])]),
        false => Ok(Vec::new()),
    }
}
