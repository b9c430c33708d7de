//! What is told of a line, and what is told by its order already.

use crate::domain::Status;
use crate::domain::items::ItemStatus;
use crate::domain::orders::OrderFacts;
use serde::Deserialize;

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
