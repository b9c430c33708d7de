//! What was known of orders and is true no longer, because of the change that is announced.

use crate::domain::orders;
use crate::restaurant::Entity;
use maitred::{Change, Error};
use serde::Deserialize;

/// Forgets the orders that show what changed. First of all: whatever else becomes of the announcement, the change was made.
///
/// # Errors
/// [`Error::Json`] when a row is not what it should be; then all orders are forgotten.
pub fn forget_orders(entity: Entity, change: &Change<'_>) -> Result<(), Error> {
    #[derive(Deserialize)]
    struct Own {
        id: i64,
    }
    #[derive(Deserialize)]
    struct Part {
        order_id: Option<i64>,
    }
    match entity {
        Entity::Order => {
            orders::forget(change.id);
            if let Some(old) = read(change.old::<Own>())? {
                orders::forget(old.id);
            }
        }
        Entity::OrderItem | Entity::Payment => {
            let rows = [read(change.old::<Part>())?, read(change.new::<Part>())?];
            let of = rows.into_iter().flatten().filter_map(|part| part.order_id);
            of.for_each(orders::forget);
        }
        Entity::Table | Entity::Restaurant => orders::forget_all(),
        _ => {}
    }
    Ok(())
}

fn read<T>(row: Result<T, Error>) -> Result<T, Error> {
    row.inspect_err(|_| orders::forget_all())
}
