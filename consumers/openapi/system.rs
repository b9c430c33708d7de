//! A service and its contract, and where it is mounted.

use crate::rest::Service;
use maitred::RestPlace;

/// One vocabulary's service, and what it promises.
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

/// Where a service is mounted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mounted {
    /// Its name in `routing.toml`.
    pub interface: String,
    /// `http://localhost:9000`
    pub origin: String,
}

impl Mounted {
    /// Where a client finds it that calls the server `host`.
    pub fn seen(place: &RestPlace, host: &str) -> Self {
        let scheme = if place.tls { "https" } else { "http" };
        Mounted {
            interface: place.interface.clone(),
            origin: format!("{scheme}://{host}:{}", place.port),
        }
    }
}
