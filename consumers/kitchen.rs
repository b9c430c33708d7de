//! The kitchen's screens over Socket.IO: orders as tickets, stations, alerts.

pub mod messages;
mod mistakes;
mod orders;
pub mod rest;

use crate::restaurant::Restaurant;
use maitred::Registry;

/// The REST interface that `routing.toml` may name.
pub fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry.rest(rest::NAME, |api| rest::SERVICE.routes(api))
}
