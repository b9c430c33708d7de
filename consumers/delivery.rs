//! The delivery platform: those who order, restaurants and drivers, over Socket.IO and HTTP.
//!
//! The namespace is one consumer, which is three things: what a client's token says it is decides what it hears and may ask. [`messages`] spells what is said,
//! [`commands`] is what is done, for sockets and HTTP alike, and [`member`] says who somebody is here.

mod commands;
mod member;
pub mod messages;
pub mod rest;
mod socket;

pub use messages::channels;

use crate::restaurant::Restaurant;
use maitred::Registry;

/// The consumer and the REST interface that `routing.toml` may name.
pub fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry
        .with::<socket::OrdersSocket>()
        .rest(rest::NAME, |api| rest::SERVICE.routes(api))
}
