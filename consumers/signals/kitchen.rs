//! Who in a kitchen hears of what, and what only kitchens are told. Screens that look at all orders of a restaurant are in the groups of its rows.

use super::announcement::Announcement;
use super::tables::next_version;
use crate::domain::items;
use crate::domain::items::ItemFacts;
use crate::domain::orders::OrderFacts;
use crate::events::{Entity, Fact, Group, OrderOff};
use maitred::{Change, Error, Op, Reader, params};
use serde::Deserialize;

/// The stations that have lines of an order.
pub fn stations(order: &OrderFacts, db: &Reader<'_>) -> Result<Vec<Group>, Error> {
    let all = items::stations(db, order.id)?;
    Ok(all.into_iter().map(Group::Station).collect())
}

/// The stations that had lines of an order whose row is gone. They went before it, in the same breath.
pub fn stations_of_gone(
    change: &Change<'_>,
    id: i64,
    db: &Reader<'_>,
) -> Result<Vec<Group>, Error> {
    #[derive(Deserialize)]
    struct Row {
        restaurant_id: i64,
    }
    #[derive(Deserialize)]
    struct Line {
        station_id: Option<i64>,
    }
    let lines = change.together::<Line>(db, "order_items", Op::Delete, "order_id", id)?;
    let mut all: Vec<i64> = lines.iter().filter_map(|line| line.station_id).collect();
    if let Some(row) = change.old::<Row>()?
        && lines.len() != all.len()
    {
        // Lines that nobody routed are the kitchen's.
        let kitchen = "SELECT id FROM stations WHERE restaurant_id = ?1 AND code = 'kitchen'";
        all.extend(db.row(kitchen, params![row.restaurant_id], |row| row.get::<i64>(0))?);
    }
    Ok(all.into_iter().map(Group::Station).collect())
}

/// Why an order was removed, and when. It is written down where it can be looked up for ever; a shell says nothing.
pub fn why_deleted(
    change: &Change<'_>,
    id: i64,
    db: &Reader<'_>,
) -> Result<(Option<String>, i64), Error> {
    #[derive(Deserialize)]
    struct Row {
        updated_at: i64,
    }
    let said = db.row(
        "SELECT reason, at FROM audit WHERE entity = 'order' AND entity_id = ?1 AND action = 'delete' ORDER BY id DESC LIMIT 1",
        params![id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let last = change.old::<Row>()?.map_or(0, |row| row.updated_at);
    Ok(said.unwrap_or((None, last)))
}

/// Columns that say what the kitchen has seen and confirmed, and nothing that is cooked, paid or eaten.
const SEEN: [&str; 3] = ["seen_at", "void_acked_at", "allergy_acked_at"];

/// Whether a change of a line says only what the kitchen has seen and confirmed.
pub fn only_saw(change: &Change<'_>) -> bool {
    let mut changed = change.changed().into_iter();
    change.op == Op::Update
        && changed
            .all(|column| SEEN.contains(&column) || matches!(column, "version" | "updated_at"))
}

/// Those who serve are told that the kitchen has it.
pub fn saw(
    order: &OrderFacts,
    items: &[ItemFacts],
    db: &Reader<'_>,
) -> Result<Announcement, Error> {
    let mut groups: Vec<Group> = order.waiter_id.map(Group::Waiter).into_iter().collect();
    groups.push(Group::Floor(order.restaurant_id));
    let fact = Fact::KitchenSaw {
        order: order.clone(),
        items: items.to_vec(),
        version: next_version(db)?,
    };
    Ok(Announcement::to(groups, fact))
}

/// An order that was cancelled is taken down, too.
pub fn cancelled(order: &OrderFacts, stations: Vec<Group>) -> Announcement {
    let mut groups = vec![Group::Changes {
        restaurant: order.restaurant_id,
        entity: Entity::Order,
    }];
    groups.extend(stations);
    let off = OrderOff {
        id: order.id,
        uuid: order.uuid.clone(),
        public_id: order.public_id.clone(),
        restaurant_uuid: order.restaurant_uuid.clone(),
        reason: order.cancel_reason.clone(),
        at: order.cancelled_at.unwrap_or(order.updated_at),
        version: order.version,
    };
    Announcement::to(groups, Fact::OrderOff(off))
}

/// Whether a line is as new as its order, and was told with it.
pub fn came_with_order(change: &Change<'_>, order: i64, db: &Reader<'_>) -> Result<bool, Error> {
    #[derive(Deserialize)]
    struct Came {}
    if change.op != Op::Insert {
        return Ok(false);
    }
    let came = change.together::<Came>(db, "orders", Op::Insert, "id", order)?;
    Ok(!came.is_empty())
}
