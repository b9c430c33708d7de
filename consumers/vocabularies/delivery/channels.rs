//! Which messages are said where.

use super::messages::{
    Ack, AvailabilityAck, AvailabilityData, Gone, Mistake, Several, Taken, Whole,
};
use super::socket::OrdersSocket;
use crate::contract::{Channel, Schemas};
use maitred::notice::Pong;

/// What the namespace says and understands.
pub fn channels(schemas: &mut Schemas) -> Vec<Channel> {
    let title = "The delivery platform: those who order, restaurants and drivers";
    let orders = Channel::socket_io::<OrdersSocket>(title, schemas)
        .emits::<Whole<'_>>("order-created", schemas)
        .emits::<Whole<'_>>("new-order", schemas)
        .emits::<Whole<'_>>("order-updated", schemas)
        .emits::<Gone<'_>>("order-updated", schemas)
        .emits::<Whole<'_>>("new-available-order", schemas)
        .emits::<Taken>("order-taken", schemas)
        .emits::<Whole<'_>>("order-accepted", schemas)
        .emits::<Whole<'_>>("order-assigned", schemas)
        .emits::<Several<'_>>("available-orders", schemas)
        .emits::<Several<'_>>("restaurant-orders", schemas)
        .emits::<AvailabilityData>("availability", schemas)
        .emits::<Mistake<'_>>("error", schemas)
        .answers::<Ack>("accept-order", schemas)
        .answers::<Ack>("update-order-status", schemas)
        .answers::<Pong>("ping", schemas)
        .answers::<Ack>("drop-order", schemas)
        .answers::<AvailabilityAck>("set-availability", schemas)
        .refuses::<Mistake<'_>>(schemas);
    vec![orders]
}
