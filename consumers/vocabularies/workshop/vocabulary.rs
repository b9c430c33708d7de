//! What belongs to this vocabulary.

use super::{channels, rest, socket};
use crate::openapi::System;
use crate::restaurant::Restaurant;
use crate::vocabularies::{Endpoint, Vocabulary};
use maitred::Registry;
use utoipa::OpenApi;

/// This vocabulary.
pub const VOCABULARY: Vocabulary = Vocabulary {
    register,
    channels: channels::channels,
    declared: 5,
    system: Some(System {
        interface: rest::NAME,
        title: "Workshop",
        about: "A print shop's orders, in five stages.",
        port: 3000,
        service: rest::SERVICE,
        contract: rest::openapi::Contract::openapi,
        refused: "workshop.Refused",
        strict: false,
    }),
    endpoint: Some(Endpoint {
        listener: "delivery",
        name: "workshop",
        path: " (Socket.IO)",
    }),
};

fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry
        .with::<socket::WorkshopSocket>()
        .rest(rest::NAME, |api| rest::SERVICE.routes(api))
}
