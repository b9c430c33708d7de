//! The restaurant: an order server built on [`maitred`].

pub mod access;
mod api_docs;
mod app;
pub mod cli;
pub mod contract;
pub mod db;
// 80_00 is 80.00.
#[allow(clippy::inconsistent_digit_grouping)]
pub mod demo;
pub mod domain;
pub mod events;
pub mod openapi;
pub mod rest;
pub mod restaurant;
mod schema;
mod signals;
#[cfg(test)]
mod testing;
pub mod vocabularies;
pub mod watched;

use contract::Contract;
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
    api_docs::register(vocabularies::register(Registry::new()))
}

/// Everything that the consumers say and understand.
pub fn contract() -> Contract {
    Contract::of(vocabularies::channels)
}
