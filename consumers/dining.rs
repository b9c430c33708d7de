//! The dining room over plain WebSockets: orders, tables, visits, and what staff must know.
//!
//! Each consumer is one path of the document. They share [`messages`], which spells what is said, and nothing else.

pub mod messages;
mod notifications;
mod order;
mod order_items;
pub mod rest;
mod restaurant;
mod session;
mod table;
#[cfg(test)]
mod tests;
mod waiter;

use crate::restaurant::Restaurant;
use maitred::Registry;

/// The consumers and the REST interface that `routing.toml` may name.
pub fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry
        .with::<order::OrderSocket>()
        .with::<order_items::ItemsSocket>()
        .with::<table::TableSocket>()
        .with::<session::SessionSocket>()
        .with::<waiter::WaiterSocket>()
        .with::<notifications::FloorSocket>()
        .with::<restaurant::RestaurantSocket>()
        .rest(rest::NAME, rest::routes)
}
