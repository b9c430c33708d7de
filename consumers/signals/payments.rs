//! What a payment means: how far its order is paid, and that nothing is owed any more.

use super::announcement::Announcement;
use super::rows::rows;
use super::{deliveries, kitchen};
use crate::domain::orders::OrderFacts;
use crate::domain::payments::{self, PaymentState};
use crate::domain::{Status, orders, workflow};
use crate::events::{Entity, Fact, Group};
use maitred::{Change, Error, Op, Reader};
use serde::Deserialize;

#[derive(Deserialize, PartialEq)]
struct Row {
    order_id: Option<i64>,
    status: String,
    amount_minor: i64,
}

impl Row {
    /// Whether the payment is, or was, money that was received.
    fn counts(&self) -> bool {
        matches!(self.status.as_str(), "captured" | "refunded")
    }
}

pub fn payment(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Announcement>, Error> {
    let (old, new) = rows::<Row>(change)?;
    let mut all = Vec::new();
    if old != new {
        let mut orders: Vec<i64> = [&old, &new]
            .into_iter()
            .flatten()
            .filter(|row| row.counts())
            .filter_map(|row| row.order_id)
            .collect();
        orders.dedup();
        for id in orders {
            all.extend(paid(db, id)?);
        }
    }
    let is_captured = |row: &Option<Row>| row.as_ref().is_some_and(|row| row.status == "captured");
    if is_captured(&old) || !is_captured(&new) {
        return Ok(all);
    }
    let Some(payment) = payments::facts(db, change.id)? else {
        return Ok(all);
    };
    // Of several that were captured at once the last one completed it: nothing is completed twice.
    let mut captured = match payment.order_id {
        Some(order) if payment.settles() => payments::of_order(db, order)?,
        _ => Vec::new(),
    };
    captured.retain(|payment| payment.status == PaymentState::Captured);
    let last = captured
        .iter()
        .max_by_key(|p| (p.captured_at.unwrap_or(p.created_at), p.id));
    if last.is_some_and(|last| last.id == payment.id) {
        let restaurant = Group::Restaurant(payment.restaurant_id);
        all.push(Announcement::to([restaurant], Fact::PaidInFull(payment)));
    }
    Ok(all)
}

/// Whether a payment of the same transaction completed an order. What was told of the payment shows the order as it is after all of it.
pub fn completed(
    change: &Change<'_>,
    order: &OrderFacts,
    previous: Status,
    db: &Reader<'_>,
) -> Result<bool, Error> {
    // Nothing else follows from paying, and no other step asks.
    if (previous, order.status) != (Status::Delivered, Status::Completed) {
        return Ok(false);
    }
    for op in [Op::Insert, Op::Update] {
        let paid = change.together::<Row>(db, "payments", op, "order_id", order.id)?;
        if paid.iter().any(Row::counts) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// How far an order is paid now. `None`: the order is gone, or is no restaurant's.
fn paid(db: &Reader<'_>, id: i64) -> Result<Option<Announcement>, Error> {
    let order = orders::told(db, id)?;
    let Some(order) = order.filter(|order| order.workflow_id == workflow::RESTAURANT) else {
        return Ok(None);
    };
    let mut groups = vec![Group::Order(id)];
    groups.extend(deliveries::people(&order));
    groups.extend(kitchen::stations(&order, db)?);
    groups.push(Group::Changes {
        restaurant: order.restaurant_id,
        entity: Entity::Payment,
    });
    Ok(Some(Announcement::to(groups, Fact::OrderPaid(order))))
}
