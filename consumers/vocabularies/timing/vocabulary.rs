//! What belongs to this vocabulary.

use super::{admin, channels, rest};
use crate::openapi::System;
use crate::restaurant::Restaurant;
use crate::vocabularies::{Endpoint, Vocabulary};
use maitred::Registry;
use utoipa::OpenApi;

/// This vocabulary.
pub const VOCABULARY: Vocabulary = Vocabulary {
    register,
    channels: channels::channels,
    declared: 6,
    system: Some(System {
        interface: rest::NAME,
        title: "Timing",
        about: "Dashboards: every order, in five words.",
        port: 8000,
        service: rest::SERVICE,
        contract: rest::openapi::Contract::openapi,
        refused: "timing.Refused",
        strict: true,
    }),
    endpoint: Some(Endpoint {
        listener: "timing",
        name: "timing",
        path: "/admin?token=",
    }),
};

fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry
        .with::<admin::AdminSocket>()
        .rest(rest::NAME, |api| rest::SERVICE.routes(api))
}
