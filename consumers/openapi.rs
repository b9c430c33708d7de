//! What clients can rely on, made of the same types that answer them: OpenAPI 3.1 of everything that is served over HTTP, and requests for Postman.
//!
//! Each vocabulary says in its own directory what its service promises (`rest/openapi.rs`); here they become one document. A service's table of paths and
//! its contract name the same paths, which a test keeps.

mod assembly;
mod postman;
mod refusals;
pub mod rest;
mod server;
#[cfg(test)]
mod tests;

pub use assembly::openapi;
pub use postman::collection;

use crate::rest::Service;
use crate::{delivery, dining, kitchen, timing, workshop};
use maitred::RestPlace;
use utoipa::OpenApi;

/// One vocabulary's service.
#[derive(Clone, Copy)]
pub struct System {
    /// As in `routing.toml`.
    pub interface: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Where its document has it.
    pub port: u16,
    /// What is served.
    pub service: Service,
    /// What is promised.
    pub contract: fn() -> utoipa::openapi::OpenApi,
    /// The schema of its refusals.
    pub refused: &'static str,
    /// Parameters that nobody knows are refused.
    pub strict: bool,
}

/// All of them.
pub const SYSTEMS: &[System] = &[
    System {
        interface: dining::rest::NAME,
        title: "Dining",
        about: "The dining room: orders, tables, visits, payments, staff. Statuses are canonical.",
        port: 9000,
        service: dining::rest::SERVICE,
        contract: dining::rest::openapi::Contract::openapi,
        refused: "Refused",
        strict: true,
    },
    System {
        interface: delivery::rest::NAME,
        title: "Delivery",
        about: "Orders that are driven: those who order, those who cook, those who drive.",
        port: 3000,
        service: delivery::rest::SERVICE,
        contract: delivery::rest::openapi::Contract::openapi,
        refused: "delivery.Refused",
        strict: false,
    },
    System {
        interface: workshop::rest::NAME,
        title: "Workshop",
        about: "A print shop's orders, in five stages.",
        port: 3000,
        service: workshop::rest::SERVICE,
        contract: workshop::rest::openapi::Contract::openapi,
        refused: "workshop.Refused",
        strict: false,
    },
    System {
        interface: kitchen::rest::NAME,
        title: "Kitchen",
        about: "The kitchen's screens: orders as they see them, and alerts.",
        port: 3001,
        service: kitchen::rest::SERVICE,
        contract: kitchen::rest::openapi::Contract::openapi,
        refused: "kitchen.Refused",
        strict: true,
    },
    System {
        interface: timing::rest::NAME,
        title: "Timing",
        about: "Dashboards: every order, in five words.",
        port: 8000,
        service: timing::rest::SERVICE,
        contract: timing::rest::openapi::Contract::openapi,
        refused: "timing.Refused",
        strict: true,
    },
];

/// Where the documents have them: for who asks no running server.
pub fn documented() -> Vec<Place> {
    let place = |system: &System| Place {
        interface: system.interface.to_owned(),
        origin: format!("http://localhost:{}", system.port),
    };
    SYSTEMS.iter().map(place).collect()
}

/// Where a service is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its name in `routing.toml`.
    pub interface: String,
    /// `http://localhost:9000`
    pub origin: String,
}

impl Place {
    /// As a client sees it that calls the server `host`.
    pub fn seen(place: &RestPlace, host: &str) -> Self {
        let scheme = if place.tls { "https" } else { "http" };
        Place {
            interface: place.interface.clone(),
            origin: format!("{scheme}://{host}:{}", place.port),
        }
    }
}
