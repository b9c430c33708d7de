//! Who in a kitchen hears of what, and what only kitchens are told.

use super::{Told, rows};
use crate::domain::orders::{self, OrderFacts};
use crate::domain::{items, workflow};
use crate::restaurant::{Fact, Group, OrderOff};
use maitred::{Change, Error, Op, Reader, params};
use serde::Deserialize;

/// Those who hear of an order whatever becomes of it: who looks at all orders of the restaurant, and the stations that have lines of it.
pub(super) fn hearers(order: &OrderFacts, db: &Reader<'_>) -> Result<Vec<Group>, Error> {
    let mut all = vec![Group::Orders(order.restaurant_id)];
    all.extend(
        items::stations(db, order.id)?
            .into_iter()
            .map(Group::Station),
    );
    Ok(all)
}

/// Those who hear of a line. One that an order came with was told with the order.
pub(super) fn hearers_of_lines(
    change: &Change<'_>,
    order: &OrderFacts,
    was_for: Option<i64>,
    db: &Reader<'_>,
) -> Result<Vec<Group>, Error> {
    #[derive(Deserialize)]
    struct Came {}
    if change.op == Op::Insert {
        let came = change.together::<Came>(db, "orders", Op::Insert, "id", order.id)?;
        if !came.is_empty() {
            return Ok(Vec::new());
        }
    }
    let mut all = hearers(order, db)?;
    // A station that lost its last line of an order must hear that.
    all.extend(was_for.map(Group::Station));
    Ok(all)
}

/// An order that was cancelled.
pub(super) fn cancelled(order: &OrderFacts) -> Fact {
    Fact::OrderOff(OrderOff {
        id: order.id,
        uuid: order.uuid.clone(),
        public_id: order.public_id.clone(),
        restaurant_uuid: order.restaurant_uuid.clone(),
        reason: order.cancel_reason.clone(),
        at: order.cancelled_at.unwrap_or(order.updated_at),
        version: order.version,
    })
}

/// An order whose row is gone. Its lines went before it, in the same breath: they say which stations knew it.
pub(super) fn deleted(
    change: &Change<'_>,
    id: i64,
    db: &Reader<'_>,
) -> Result<Option<Told>, Error> {
    #[derive(Deserialize)]
    struct Row {
        uuid: String,
        public_id: String,
        restaurant_id: i64,
        workflow_id: i64,
        updated_at: i64,
        version: i64,
    }
    #[derive(Deserialize)]
    struct Line {
        station_id: Option<i64>,
    }
    let Some(row) = change
        .old::<Row>()?
        .filter(|row| row.workflow_id == workflow::RESTAURANT)
    else {
        return Ok(None);
    };
    let lines = change.together::<Line>(db, "order_items", Op::Delete, "order_id", id)?;
    let mut stations: Vec<i64> = lines.iter().filter_map(|line| line.station_id).collect();
    if lines.len() != stations.len() {
        // Lines that nobody routed are the kitchen's.
        let kitchen = "SELECT id FROM stations WHERE restaurant_id = ?1 AND code = 'kitchen'";
        stations.extend(db.row(kitchen, params![row.restaurant_id], |row| row.get::<i64>(0))?);
    }
    let mut groups = vec![Group::Orders(row.restaurant_id)];
    groups.extend(stations.into_iter().map(Group::Station));
    // Why is written down where it can be looked up for ever; a shell says nothing.
    let said: Option<(Option<String>, i64)> = db.row(
        "SELECT reason, at FROM audit WHERE entity = 'order' AND entity_id = ?1 AND action = 'delete' ORDER BY id DESC LIMIT 1",
        params![id],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let (reason, at) = said.unwrap_or((None, row.updated_at));
    let restaurant_uuid: Option<String> = db.row(
        "SELECT uuid FROM restaurants WHERE id = ?1",
        params![row.restaurant_id],
        |row| row.get(0),
    )?;
    let off = OrderOff {
        id,
        uuid: row.uuid,
        public_id: row.public_id,
        restaurant_uuid: restaurant_uuid.unwrap_or_default(),
        reason,
        at,
        version: row.version + 1,
    };
    Ok(Some(Told::to(groups, Fact::OrderOff(off))))
}

/// What is paid of an order is different: money came in, or went back.
pub(super) fn paid(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Told>, Error> {
    #[derive(Deserialize)]
    struct Row {
        order_id: Option<i64>,
        amount_minor: i64,
        status: String,
    }
    let (old, new) = rows::<Row>(change)?;
    let held = |row: &Option<Row>| {
        let row = row.as_ref()?;
        (row.status == "captured").then_some((row.order_id?, row.amount_minor))
    };
    let (before, after) = (held(&old), held(&new));
    if before == after {
        return Ok(Vec::new());
    }
    let mut ids: Vec<i64> = [before, after]
        .into_iter()
        .flatten()
        .map(|(id, _)| id)
        .collect();
    ids.dedup();
    let mut all = Vec::new();
    for id in ids {
        let order = orders::facts(db, id)?;
        let Some(order) = order.filter(|order| order.workflow_id == workflow::RESTAURANT) else {
            continue;
        };
        let groups = hearers(&order, db)?;
        let order = orders::with_lines(db, order)?;
        all.push(Told::to(groups, Fact::OrderChanged(order)));
    }
    Ok(all)
}

/// Who did it, where somebody is told that.
pub(super) fn author(fact: Option<&Fact>, change: &Change<'_>) -> Option<String> {
    match fact? {
        Fact::OrderChanged(_) | Fact::Items { .. } => change.actor.map(str::to_owned),
        _ => None,
    }
}
