//! The restaurant: an order server built on [`maitred`].

pub mod access;
pub mod changes;
pub mod contract;
pub mod db;
pub mod delivery;
pub mod openapi;
// 80_00 is 80.00.
#[allow(clippy::inconsistent_digit_grouping)]
pub mod demo;
pub mod dining;
pub mod domain;
pub mod kitchen;
pub mod rest;
pub mod restaurant;
mod schema;
mod signals;
#[cfg(test)]
mod testing;
pub mod timing;
pub mod watched;
pub mod workshop;

use maitred::{Registry, Schema};
use restaurant::Restaurant;

/// The tables. Migration n makes version n; a released one is never changed.
pub const SCHEMA: Schema = Schema::new(
    0x6d61_6974, // "mait"
    &[
        include_str!("../schema.sql"),
        include_str!("domain/sums.sql"),
    ],
);

/// The consumers and REST interfaces that `routing.toml` may name.
pub fn registry() -> Registry<Restaurant> {
    let registry = dining::register(Registry::new().with::<changes::Changes>());
    let registry = workshop::register(kitchen::register(delivery::register(registry)));
    let registry = timing::register(registry);
    registry.rest(openapi::rest::NAME, openapi::rest::routes)
}
