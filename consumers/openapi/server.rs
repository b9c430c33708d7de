//! What every listener answers, whatever is mounted there.

use serde::Serialize;
use utoipa::{OpenApi, ToSchema};

/// All of it: [`openapi`](OpenApi::openapi).
#[derive(OpenApi)]
#[openapi(paths(healthz, readyz, metrics))]
pub struct Contract;

/// How the server is.
#[derive(Serialize, ToSchema)]
#[allow(dead_code, reason = "the framework answers: this is its schema")]
struct Health {
    /// `ok` or `ready`.
    status: String,
}

/// For whoever watches the server: it runs.
#[utoipa::path(get, path = "/healthz", security(()), responses((status = 200, description = "It runs", body = Health)))]
#[allow(dead_code, reason = "only its contract is used")]
fn healthz() {}

/// For whoever sends it clients: it takes them, and its database answers.
#[utoipa::path(get, path = "/readyz", security(()), responses(
    (status = 200, description = "It takes clients", body = Health),
    (status = 503, description = "It stops, or its database does not answer", body = crate::rest::Refused)
))]
#[allow(dead_code, reason = "only its contract is used")]
fn readyz() {}

/// For Prometheus, where the listener allows it.
#[utoipa::path(get, path = "/metrics", responses(
    (status = 200, description = "In Prometheus' text format", body = String, content_type = "text/plain"),
    (status = 404, description = "Not on this listener", body = crate::rest::Refused)
))]
#[allow(dead_code, reason = "only its contract is used")]
fn metrics() {}
