//! The Timing API: every order on a manager's dashboard, over one plain WebSocket and REST.
//!
//! [`messages`] spells what is said. Its five words for nine statuses are [`TIMING`](crate::domain::TIMING).

mod admin;
pub mod messages;
pub mod rest;

use crate::contract::{Channel, Schemas};
use crate::restaurant::Restaurant;
use maitred::Registry;

/// What its channel says and understands.
pub fn channel(schemas: &mut Schemas) -> Channel {
    messages::channel(schemas)
}

/// The consumer and the REST interface that `routing.toml` may name.
pub fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry
        .with::<admin::AdminSocket>()
        .rest(rest::NAME, |api| rest::SERVICE.routes(api))
}
