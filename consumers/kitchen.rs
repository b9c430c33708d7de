//! The kitchen's screens over Socket.IO: orders as tickets, stations, alerts.

mod answers;
pub mod messages;
mod mistakes;
mod orders;
pub mod rest;
mod rooms;
mod screen;

pub use messages::channels;

use crate::restaurant::Restaurant;
use maitred::Registry;

/// The most orders that one answer to `orders:sync` holds: more than a kitchen can cook, and some 2 MB. The newest are those.
const SYNC_MAX: usize = 1000;

/// The consumer and the REST interface that `routing.toml` may name.
pub fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry
        .with::<screen::Screen>()
        .rest(rest::NAME, |api| rest::SERVICE.routes(api))
}
