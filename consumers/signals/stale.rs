//! What was known of orders and is true no longer, because of the change that is announced.

use crate::domain::{items, orders};
use crate::events::Entity;
use maitred::{Change, Error, Op};
use serde::Deserialize;

/// Forgets the orders that show what changed. First of all: whatever else becomes of the announcement, the change was made.
///
/// # Errors
/// [`Error::Json`] when a row is not what it should be; then all orders are forgotten.
pub fn forget_orders(entity: Entity, change: &Change<'_>) -> Result<(), Error> {
    #[derive(Deserialize, PartialEq)]
    struct Own {
        id: i64,
        restaurant_id: i64,
    }
    match entity {
        Entity::Order => {
            orders::forget(change.id);
            if change.op == Op::Update && !change.differs(&["id", "restaurant_id"]) {
                return Ok(());
            }
            let [old, new] = [read(change.old::<Own>())?, read(change.new::<Own>())?];
            // A line that nobody routed is for the kitchen of its order's restaurant.
            if old != new {
                for order in [old, new].into_iter().flatten() {
                    orders::forget(order.id);
                    items::forget(order.id);
                }
            }
        }
        Entity::OrderItem => parts(change)?.into_iter().flatten().for_each(|order| {
            orders::forget(order);
            items::forget(order);
        }),
        Entity::Payment => parts(change)?
            .into_iter()
            .flatten()
            .for_each(orders::forget),
        Entity::MenuItem => items::forget_all(),
        Entity::Table | Entity::Restaurant => orders::forget_all(),
        _ => {}
    }
    Ok(())
}

/// The orders that a row belonged to, and belongs to.
fn parts(change: &Change<'_>) -> Result<[Option<i64>; 2], Error> {
    #[derive(Deserialize)]
    struct Part {
        order_id: Option<i64>,
    }
    let order = |part: Option<Part>| part.and_then(|part| part.order_id);
    Ok([
        order(read(change.old::<Part>())?),
        order(read(change.new::<Part>())?),
    ])
}

fn read<T>(row: Result<T, Error>) -> Result<T, Error> {
    row.inspect_err(|_| {
        orders::forget_all();
        items::forget_all();
    })
}
