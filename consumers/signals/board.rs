//! What a change of an order means to the board that guests look at.

use super::announcement::Announcement;
use super::rows::OrderRow;
use crate::domain::Status;
use crate::domain::board::{self, Column};
use crate::domain::orders::{OrderFacts, OrderType};
use crate::events::{Fact, Group};

/// An order that came to the board, moved on there, left it, or was called again.
pub fn board(
    old: Option<&OrderRow>,
    new: Option<&OrderRow>,
    order: &OrderFacts,
) -> Option<Announcement> {
    let (before, after) = (old.and_then(column), new.and_then(column));
    let call = |row: Option<&OrderRow>| row.and_then(|row| row.called_at);
    let called = after == Some(Column::Ready) && call(new).is_some() && call(old) != call(new);
    if before == after && !called {
        return None;
    }
    let mut order = order.clone();
    if new.is_none() {
        order.status = Status::Cancelled;
    }
    let restaurant = Group::Restaurant(order.restaurant_id);
    let called = called && before == after;
    Some(Announcement::to(
        [restaurant],
        Fact::Board { order, called },
    ))
}

fn column(row: &OrderRow) -> Option<Column> {
    let status = row.status.parse().ok()?;
    let known = [OrderType::Pickup, OrderType::Delivery, OrderType::Counter];
    let found = known.into_iter().find(|kind| kind.name() == row.order_type);
    board::column(found.unwrap_or_default(), status)
}
