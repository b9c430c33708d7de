//! What belongs to this vocabulary.

use super::{channels, rest, screen};
use crate::openapi::System;
use crate::restaurant::Restaurant;
use crate::vocabularies::{Endpoint, Vocabulary};
use maitred::Registry;
use utoipa::OpenApi;

/// This vocabulary.
pub const VOCABULARY: Vocabulary = Vocabulary {
    register,
    channels: channels::channels,
    declared: 4,
    system: Some(System {
        interface: rest::NAME,
        title: "Kitchen",
        about: "The kitchen's screens: orders as they see them, and alerts.",
        port: 3001,
        service: rest::SERVICE,
        contract: rest::openapi::Contract::openapi,
        refused: "kitchen.Refused",
        strict: true,
    }),
    endpoint: Some(Endpoint {
        listener: "kitchen",
        name: "kitchen",
        path: " (Socket.IO)",
    }),
};

fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry
        .with::<screen::Screen>()
        .rest(rest::NAME, |api| rest::SERVICE.routes(api))
}
