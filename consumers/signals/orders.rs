//! What is announced of orders and their lines.

use super::announcement::Announcement;
use super::rows::{self, OrderRow, rows};
use super::tables::{next_version, table_changed};
use super::{board, deliveries, jobs, kitchen, lines, payments};
use crate::domain::orders::{self, OrderFacts, Remains};
use crate::domain::{Status, items, workflow};
use crate::events::{Entity, Fact, Group};
use maitred::{Change, Error, Reader};

/// What a change of a row of `orders` means where it is, or was, a restaurant's order.
pub fn order(
    change: &Change<'_>,
    db: &Reader<'_>,
    old: Option<OrderRow>,
    new: Option<OrderRow>,
) -> Result<Vec<Announcement>, Error> {
    // Orders of other workflows have statuses, and vocabularies, of their own.
    let ours = |row: &OrderRow| row.workflow_id == workflow::RESTAURANT;
    let (old, new) = (old.filter(ours), new.filter(ours));
    let mut all = Vec::new();
    if let Some(old) = &old
        && new.as_ref().is_none_or(|new| new.id != old.id)
    {
        let remains = change.old::<Remains>()?;
        let order = remains.map(|row| row.facts(db)).transpose()?.map(Box::new);
        let mut groups = vec![Group::Order(old.id)];
        groups.extend(order.iter().flat_map(|order| deliveries::people(order)));
        groups.extend(kitchen::stations_of_gone(change, old.id, db)?);
        let (reason, at) = kitchen::why_deleted(change, old.id, db)?;
        let offer = order
            .as_ref()
            .and_then(|order| deliveries::offer(Some(old), None, order));
        let board = order
            .as_ref()
            .and_then(|order| board::board(Some(old), None, order));
        let fact = Fact::OrderDeleted {
            id: old.id,
            version: old.version + 1,
            order,
            reason,
            at,
        };
        all.push(Announcement::to(groups, fact));
        all.extend(offer);
        all.extend(board);
    }
    // Another program may have removed it meanwhile: that is told next.
    let order = match &new {
        Some(new) => orders::told(db, new.id)?,
        None => None,
    };
    let (Some(new), Some(order)) = (new, order) else {
        return Ok(all);
    };
    // Its status is what this change made it, not what a later one of the same transaction did: that has an event, and a version, of its own.
    let status = rows::status(&new.status)?;
    let order = OrderFacts {
        status,
        version: new.version,
        ..order
    };
    let offer = deliveries::offer(old.as_ref(), Some(&new), &order);
    let board = board::board(old.as_ref(), Some(&new), &order);
    let Some(old) = old else {
        let mut groups = vec![Group::Restaurant(order.restaurant_id)];
        groups.extend(deliveries::people(&order));
        groups.extend(kitchen::stations(&order, db)?);
        all.push(Announcement::to(groups, Fact::OrderPlaced(order)));
        all.extend(offer);
        all.extend(board);
        return Ok(all);
    };

    let mut groups = vec![Group::Order(new.id)];
    groups.extend(deliveries::people(&order));
    // Whoever had it learns that it is somebody else's.
    groups.extend(
        old.driver_id
            .filter(|_| old.driver_id != new.driver_id)
            .map(Group::Driver),
    );
    let restaurant = order.restaurant_id;
    let stations = kitchen::stations(&order, db)?;
    groups.extend(&stations);
    let off = (status == Status::Cancelled && new.status != old.status)
        .then(|| kitchen::cancelled(&order, stations));
    let acked =
        (new.allergy_acked_at, new.cancel_acked_at) != (old.allergy_acked_at, old.cancel_acked_at);
    let saw = match acked {
        true => Some(kitchen::saw(&order, &order.lines, db)?),
        false => None,
    };
    let fact = if new.status == old.status {
        match lines::priced(change) && lines::show(change, new.id, db)? {
            true => Fact::OrderPriced(order),
            false => Fact::OrderChanged(order),
        }
    } else {
        if status == Status::Ready {
            groups.push(Group::Restaurant(restaurant));
        }
        let previous = rows::status(&old.status)?;
        // Begun with its first line, and with nobody to be told of it who does not hear of lines.
        let begun = status == Status::Preparing
            && (old.driver_id, old.customer_id) == (new.driver_id, new.customer_id)
            && lines::show(change, new.id, db)?;
        let shown = begun || payments::completed(change, &order, previous, db)?;
        Fact::OrderStatus {
            order,
            previous,
            shown,
        }
    };
    let mut announcement = Announcement::to(groups, fact);
    announcement.rechecks = new.session_id != old.session_id
        || new.driver_id != old.driver_id
        || new.customer_id != old.customer_id;
    all.push(announcement);
    all.extend(offer);
    all.extend(board);
    all.extend(off);
    all.extend(saw);
    if new.table_id != old.table_id {
        for table in [old.table_id, new.table_id].into_iter().flatten() {
            all.extend(table_changed(db, table)?);
        }
    }
    Ok(all)
}

/// What a change of a line means: the whole list is told.
pub fn order_item(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Announcement>, Error> {
    let (old, new) = rows::<lines::LineRow>(change)?;
    let (was, is) = (old, new);
    let old = was.as_ref().map(|row| row.order_id);
    let new = is.as_ref().map(|row| row.order_id);
    let left = old.filter(|order| Some(*order) != new);
    let mut all = Vec::new();
    for id in [left, new].into_iter().flatten() {
        // The whole list is told: once, by the last of the lines that changed together.
        if change.superseded(db, "order_id", id)? {
            continue;
        }
        // Lines that went with their order are not told one by one: the order's end is.
        let Some(order) = orders::facts(db, id)? else {
            continue;
        };
        // What is printed has a product, and no lines.
        if order.workflow_id != workflow::RESTAURANT {
            continue;
        }
        let mut groups = vec![Group::Order(id)];
        // Who eats and who drives are not told what a screen has drawn.
        let only_saw = kitchen::only_saw(change);
        if !only_saw {
            groups.extend(deliveries::people(&order));
        }
        groups.push(Group::Changes {
            restaurant: order.restaurant_id,
            entity: Entity::OrderItem,
        });
        let placed = kitchen::came_with_order(change, id, db)?;
        if !placed {
            groups.extend(kitchen::stations(&order, db)?);
            // A station that lost its last line of an order must hear that.
            groups.extend(
                was.as_ref()
                    .and_then(|line| line.station_id)
                    .map(Group::Station),
            );
        }
        let items = items::of_order(db, id)?;
        let shown = placed || is.as_ref().is_some_and(|line| line.is_shown_by(&order));
        let wall = match shown || only_saw {
            true => Vec::new(),
            false => jobs::product(&order, &items, db)?,
        };
        let saw = match only_saw {
            true => Some(kitchen::saw(&order, &items, db)?),
            false => None,
        };
        let fact = Fact::Items {
            items,
            version: next_version(db)?,
            shown,
            placed,
            order,
        };
        all.push(Announcement::to(groups, fact));
        all.extend(saw);
        all.extend(wall);
    }
    Ok(all)
}
