//! What is told of a line, and what is told by its order already.

use crate::domain::Status;
use crate::domain::items::ItemStatus;
use crate::domain::orders::OrderFacts;
use maitred::{Change, Error, Op, Reader};
use serde::Deserialize;

/// Whether an order's change followed from one of its lines in the same transaction: what was told of the lines shows the order as it is after all of it.
/// Not of what is told with the order when it is placed, and of what only the order's event is for.
pub fn show(change: &Change<'_>, id: i64, db: &Reader<'_>) -> Result<bool, Error> {
    #[derive(Deserialize)]
    struct Any {}
    let mut came = false;
    for op in [Op::Insert, Op::Update, Op::Delete] {
        came = came
            || !change
                .together::<Any>(db, "order_items", op, "order_id", id)?
                .is_empty();
    }
    let with_it = || change.together::<Any>(db, "orders", Op::Insert, "id", id);
    Ok(came && with_it()?.is_empty())
}

/// Whether nothing but an order's sums changed.
pub fn priced(change: &Change<'_>) -> bool {
    let sums = [
        "subtotal_minor",
        "tax_minor",
        "total_minor",
        "updated_at",
        "version",
    ];
    let changed = change.changed();
    changed.iter().all(|column| sums.contains(column))
}

/// A row of `order_items`.
#[derive(Deserialize)]
pub struct LineRow {
    pub order_id: i64,
    pub station_id: Option<i64>,
    status: ItemStatus,
    ready_at: Option<i64>,
    served_at: Option<i64>,
}

impl LineRow {
    /// Whether its order has an event of the same transaction, which shows all lines as they were at its end. The times tell: what follows from something has its time.
    pub fn is_shown_by(&self, order: &OrderFacts) -> bool {
        match (self.status, order.status) {
            (ItemStatus::Ready, Status::Ready) => {
                order.ready_at.is_some() && self.ready_at == order.ready_at
            }
            (ItemStatus::Served, Status::Delivered | Status::Completed) => {
                order.delivered_at.is_some() && self.served_at == order.delivered_at
            }
            _ => false,
        }
    }
}
