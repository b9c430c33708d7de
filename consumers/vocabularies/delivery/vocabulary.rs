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
    declared: 3,
    system: Some(System {
        interface: rest::NAME,
        title: "Delivery",
        about: "Orders that are driven: those who order, those who cook, those who drive.",
        port: 3000,
        service: rest::SERVICE,
        contract: rest::openapi::Contract::openapi,
        refused: "delivery.Refused",
        strict: false,
    }),
    endpoint: Some(Endpoint {
        listener: "delivery",
        name: "delivery",
        path: "/orders (Socket.IO)",
    }),
};

fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry
        .with::<socket::OrdersSocket>()
        .rest(rest::NAME, |api| rest::SERVICE.routes(api))
}
