//! What belongs to this vocabulary.

use super::{
    channels, notifications, order, order_items, rest, restaurant, session, table, waiter,
};
use crate::openapi::System;
use crate::restaurant::Restaurant;
use crate::vocabularies::{Endpoint, Vocabulary};
use maitred::Registry;
use utoipa::OpenApi;

/// This vocabulary.
pub const VOCABULARY: Vocabulary = Vocabulary {
    register,
    channels: channels::channels,
    declared: 1,
    system: Some(System {
        interface: rest::NAME,
        title: "Dining",
        about: "The dining room: orders, tables, visits, payments, staff. Statuses are canonical.",
        port: 9000,
        service: rest::SERVICE,
        contract: rest::openapi::Contract::openapi,
        refused: "Refused",
        strict: true,
    }),
    endpoint: Some(Endpoint {
        listener: "dining",
        name: "dining room",
        path: "/ws/orders/1/",
    }),
};

fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry
        .with::<order::OrderSocket>()
        .with::<order_items::ItemsSocket>()
        .with::<table::TableSocket>()
        .with::<session::SessionSocket>()
        .with::<waiter::WaiterSocket>()
        .with::<notifications::FloorSocket>()
        .with::<restaurant::RestaurantSocket>()
        .rest(rest::NAME, |api| rest::SERVICE.routes(api))
}
