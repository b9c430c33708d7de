//! What the change feed says about a change.

use super::rows::OrderRow;
use crate::events::{ChangeRecord, Entity};
use maitred::{Change, Error, Reader, params};
use serde::Deserialize;

/// What the change feed tells. Rows that belong to no restaurant are in nobody's feed.
pub fn record(
    entity: Entity,
    change: &Change<'_>,
    db: &Reader<'_>,
) -> Result<Option<ChangeRecord>, Error> {
    #[derive(Deserialize)]
    struct Row {
        restaurant_id: Option<i64>,
        order_id: Option<i64>,
        table_id: Option<i64>,
        session_id: Option<i64>,
        menu_item_id: Option<i64>,
        status: Option<String>,
        version: Option<i64>,
    }
    impl Row {
        fn restaurant(&self, change: &Change<'_>, db: &Reader<'_>) -> Result<Option<i64>, Error> {
            if self.restaurant_id.is_some() {
                return Ok(self.restaurant_id);
            }
            let found: Option<i64> = db.row(
                "SELECT coalesce(
                   (SELECT restaurant_id FROM orders WHERE id = ?1),
                   (SELECT restaurant_id FROM tables WHERE id = ?2),
                   (SELECT t.restaurant_id FROM table_sessions s JOIN tables t ON t.id = s.table_id WHERE s.id = ?3),
                   (SELECT restaurant_id FROM menu_items WHERE id = ?4))",
                params![self.order_id, self.table_id, self.session_id, self.menu_item_id],
                |row| row.get(0),
            )
            .map(Option::flatten)?;
            // A free text whose order went with it.
            match (found, self.order_id) {
                (None, Some(order)) => {
                    let order = change.gone::<Row>(db, "orders", order)?;
                    Ok(order.and_then(|order| order.restaurant_id))
                }
                _ => Ok(found),
            }
        }
    }
    // The row before only where it says more: to read it costs each change something.
    let new = change.new::<Row>()?;
    let place = |row: &Row| match entity {
        Entity::Restaurant => Ok(Some(change.id)),
        _ => row.restaurant(change, db),
    };
    let mut restaurant = new.as_ref().map(place).transpose()?.flatten();
    let mut old = None;
    if restaurant.is_none() {
        old = change.old::<Row>()?;
        restaurant = old.as_ref().map(place).transpose()?.flatten();
    }
    let Some(restaurant_id) = restaurant else {
        return Ok(None);
    };
    let row = new.or(old);
    let version = row.as_ref().and_then(|row| row.version);
    let status = row.and_then(|row| row.status);
    Ok(Some(told(entity, change, restaurant_id, version, status)))
}

/// What the change feed tells of an order, whose row is read already.
pub fn of_order(change: &Change<'_>, row: &OrderRow) -> ChangeRecord {
    let status = Some(row.status.clone());
    told(
        Entity::Order,
        change,
        row.restaurant_id,
        Some(row.version),
        status,
    )
}

fn told(
    entity: Entity,
    change: &Change<'_>,
    restaurant_id: i64,
    version: Option<i64>,
    status: Option<String>,
) -> ChangeRecord {
    let changed = change.changed().into_iter();
    let changed = changed.filter(|column| !matches!(*column, "version" | "updated_at"));
    ChangeRecord {
        entity,
        id: change.id,
        restaurant_id,
        version,
        op: change.op.into(),
        status,
        changed: changed.map(str::to_owned).collect(),
    }
}
