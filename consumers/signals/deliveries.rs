//! What drivers are told of an order, and the people whom every change of it concerns.

use super::announcement::Announcement;
use super::rows::OrderRow;
use crate::domain::orders::{OrderFacts, OrderType};
use crate::domain::{Status, drivers, workflow};
use crate::events::{Event, Fact, Group};
use crate::restaurant::Restaurant;
use maitred::{Change, Error, Op, Reader, Signal};
use serde::Deserialize;

/// The groups of the customer who ordered, and of the driver.
pub fn people(order: &OrderFacts) -> impl Iterator<Item = Group> {
    let customer = order.customer_user_id().map(Group::Customer);
    customer
        .into_iter()
        .chain(order.driver_id.map(Group::Driver))
}

/// What a change means to drivers: a new offer, one that is gone, a driver who has it now. It is one event for all: the group of the driver who got the order comes
/// first, so that driver does not hear as well that the offer is gone.
pub fn offer(
    old: Option<&OrderRow>,
    new: Option<&OrderRow>,
    order: &OrderFacts,
) -> Option<Announcement> {
    let on_offer = |row: Option<&OrderRow>| row.is_some_and(OrderRow::is_on_offer);
    let (was, open) = (on_offer(old), on_offer(new));
    let had = old.and_then(|row| row.driver_id);
    let given = new
        .and_then(|row| row.driver_id)
        .filter(|now| Some(*now) != had);
    let mut groups: Vec<Group> = given.into_iter().map(Group::Driver).collect();
    if was != open {
        groups.push(Group::Offers(order.restaurant_id));
        groups.push(Group::AllOffers);
    }
    let fact = || Fact::Offer {
        order: order.clone(),
        open,
    };
    (!groups.is_empty()).then(|| Announcement::to(groups, fact()))
}

/// What a change of a driver's row means to all sockets of that driver: they take orders from now on, or take none. It is in nobody's feed: drivers belong to no
/// restaurant.
pub fn driver(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Signal<Restaurant>>, Error> {
    #[derive(Deserialize)]
    struct Row {
        offline_at: Option<i64>,
    }
    let takes = |row: Option<Row>| row.is_none_or(|row| row.offline_at.is_none());
    if change.op == Op::Delete || takes(change.old()?) == takes(change.new()?) {
        return Ok(Vec::new());
    }
    let fact = Fact::DriverAvailability(drivers::availability(db, change.id)?);
    let event = Event {
        fact: Some(fact),
        change: None,
        by: None,
    };
    Ok(vec![Signal::to([Group::Driver(change.id)], event)])
}

impl OrderRow {
    /// As [`OrderFacts::is_on_offer`], of the row as a change left it.
    fn is_on_offer(&self) -> bool {
        self.workflow_id == workflow::RESTAURANT
            && self.status == Status::Ready.name()
            && self.order_type == OrderType::Delivery.name()
            && self.driver_id.is_none()
    }
}
