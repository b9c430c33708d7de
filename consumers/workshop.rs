//! The print workshop: what is printed for whom, over Socket.IO and HTTP.
//!
//! Its orders are those of the workflow `print` and nobody else's; to every socket the same is told, whatever room it says it joined.

pub mod messages;
pub mod rest;
mod socket;

pub use messages::channels;

use crate::access::Bearer;
use crate::domain::jobs;
use crate::restaurant::{Claims, Restaurant};
use maitred::{Error, Identity, Reader, Registry};

/// The consumer and the REST interface that `routing.toml` may name.
pub fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry
        .with::<socket::WorkshopSocket>()
        .rest(rest::NAME, |api| rest::SERVICE.routes(api))
}

/// Whose orders somebody sees: their own shop's; who belongs to none, or to all, sees the default one's.
fn shop(identity: &Identity<Claims>, db: &Reader<'_>) -> Result<i64, Error> {
    let bearer = Bearer::of(identity, db)?;
    match bearer.restaurants() {
        Some([first, ..]) => Ok(*first),
        _ => jobs::default_shop(db),
    }
}
