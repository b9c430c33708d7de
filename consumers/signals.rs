//! From a change to those who hear of it: the only place where a fact gets an audience.

mod deliveries;
mod jobs;
mod kitchen;
mod lines;
mod payments;
mod record;
mod sessions;

use crate::domain::notifications::{self, Audience};
use crate::domain::orders::{OrderFacts, Remains};
use crate::domain::{Status, items, orders, tables, workflow};
use crate::restaurant::{Entity, Event, Fact, Group, Restaurant};
use maitred::{Change, Error, Op, Reader, Signal};
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// What is said about one change to one audience.
struct Told {
    groups: Vec<Group>,
    fact: Option<Fact>,
    rechecks: bool,
}

impl Told {
    fn to(groups: impl Into<Vec<Group>>, fact: Fact) -> Self {
        Told {
            groups: groups.into(),
            fact: Some(fact),
            rechecks: false,
        }
    }

    /// Nothing is said, but the members are judged again.
    fn recheck(groups: impl Into<Vec<Group>>) -> Self {
        Told {
            groups: groups.into(),
            fact: None,
            rechecks: true,
        }
    }
}

/// See [`App::announce`](maitred::App::announce).
pub fn announce(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Signal<Restaurant>>, Error> {
    let Some(entity) = Entity::of_table(change.table) else {
        return Ok(Vec::new());
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
                let mut all = order(change, db, old, new)?;
                all.extend(match print {
                    true => jobs::job(change, db)?,
                    false => jobs::dish(change, db)?,
                });
                all
            }
        }
        Entity::OrderItem => order_item(change, db)?,
        Entity::Table => table(change, db)?,
        Entity::Session => sessions::session(change, db)?,
        Entity::Payment => payments::payment(change, db)?,
        Entity::Notification => notification(change, db)?,
        Entity::User => user(change)?,
        // Staff hear of tasks through the notifications that triggers make of them.
        Entity::Restaurant | Entity::Zone | Entity::MenuItem | Entity::Task => Vec::new(),
    };
    // The feed tells each change once: the first event carries it, or one that says nothing else.
    if entity != Entity::Order {
        record = record::record(entity, change, db)?;
    }
    if let Some(record) = &record {
        if all.is_empty() {
            all.push(Told {
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
    let signals = all.into_iter().map(|mut told| {
        // Whoever follows all restaurants follows those too that were not there when they came.
        let everywhere = told.groups.iter().find_map(|group| match group {
            Group::Changes { entity, .. } => Some(Group::AllChanges(*entity)),
            _ => None,
        });
        told.groups.extend(everywhere);
        let event = Event {
            by: kitchen::author(told.fact.as_ref(), change),
            fact: told.fact,
            change: record.take(),
        };
        let signal = Signal::to(told.groups, event);
        if told.rechecks {
            signal.rechecking()
        } else {
            signal
        }
    });
    Ok(signals.collect())
}

#[derive(Deserialize)]
struct OrderRow {
    id: i64,
    restaurant_id: i64,
    workflow_id: i64,
    /// Text, because the rows of other workflows have other statuses.
    status: String,
    /// Text as well: an order of a kind that nobody knows is told all the same.
    #[serde(rename = "type")]
    order_type: String,
    table_id: Option<i64>,
    session_id: Option<i64>,
    driver_id: Option<i64>,
    customer_id: Option<i64>,
    version: i64,
}

fn order(
    change: &Change<'_>,
    db: &Reader<'_>,
    old: Option<OrderRow>,
    new: Option<OrderRow>,
) -> Result<Vec<Told>, Error> {
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
        let fact = Fact::OrderDeleted {
            id: old.id,
            version: old.version + 1,
            order,
            reason,
            at,
        };
        all.push(Told::to(groups, fact));
        all.extend(offer);
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
    let status = status(&new.status)?;
    let order = OrderFacts {
        status,
        version: new.version,
        ..order
    };
    let offer = deliveries::offer(old.as_ref(), Some(&new), &order);
    let Some(old) = old else {
        let mut groups = vec![Group::Restaurant(order.restaurant_id)];
        groups.extend(deliveries::people(&order));
        groups.extend(kitchen::stations(&order, db)?);
        all.push(Told::to(groups, Fact::OrderPlaced(order)));
        all.extend(offer);
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
    let fact = if new.status == old.status {
        match lines::priced(change) && lines::show(change, new.id, db)? {
            true => Fact::OrderPriced(order),
            false => Fact::OrderChanged(order),
        }
    } else {
        if status == Status::Ready {
            groups.push(Group::Restaurant(restaurant));
        }
        let previous = self::status(&old.status)?;
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
    let mut told = Told::to(groups, fact);
    told.rechecks = new.session_id != old.session_id
        || new.driver_id != old.driver_id
        || new.customer_id != old.customer_id;
    all.push(told);
    all.extend(offer);
    all.extend(off);
    if new.table_id != old.table_id {
        for table in [old.table_id, new.table_id].into_iter().flatten() {
            all.extend(table_changed(db, table)?);
        }
    }
    Ok(all)
}

fn status(text: &str) -> Result<Status, Error> {
    text.parse()
        .map_err(|_| Error::Store(format!("no such status: {text:?}")))
}

fn order_item(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Told>, Error> {
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
        groups.extend(deliveries::people(&order));
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
        let wall = match shown {
            true => Vec::new(),
            false => jobs::product(&order, &items, db)?,
        };
        let fact = Fact::Items {
            items,
            version: next_version(db)?,
            shown,
            placed,
            order,
        };
        all.push(Told::to(groups, fact));
        all.extend(wall);
    }
    Ok(all)
}

fn table(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Told>, Error> {
    if change.op != Op::Delete {
        return Ok(table_changed(db, change.id)?.into_iter().collect());
    }
    let (id, version) = (change.id, next_version(db)?);
    Ok(vec![Told::to(
        [Group::Table(id)],
        Fact::TableDeleted { id, version },
    )])
}

/// Something about a table that is neither its being occupied nor its being released.
fn table_changed(db: &Reader<'_>, id: i64) -> Result<Option<Told>, Error> {
    let version = next_version(db)?;
    let fact = tables::facts(db, id)?.map(|table| Fact::TableChanged {
        table,
        version,
        occupancy: false,
    });
    Ok(fact.map(|fact| Told::to([Group::Table(id)], fact)))
}

/// The version of a view that several rows make up: above that of every event before, and of every such view that was read before. Two views of one
/// transaction may have the same, because they are the same: both show its end.
fn next_version(db: &Reader<'_>) -> Result<u64, Error> {
    Ok(db.head()? + 1)
}

fn notification(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Told>, Error> {
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
        // No vocabulary tells these yet.
        Audience::Admin => return Ok(Vec::new()),
    };
    Ok(vec![Told::to(groups, fact(notification))])
}

fn user(change: &Change<'_>) -> Result<Vec<Told>, Error> {
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
        true => Ok(vec![Told::recheck(groups)]),
        false => Ok(Vec::new()),
    }
}

fn rows<T: DeserializeOwned>(change: &Change<'_>) -> Result<(Option<T>, Option<T>), Error> {
    Ok((change.old()?, change.new()?))
}
