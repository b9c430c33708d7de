//! `GET /metrics`: what the server counts, as Prometheus reads it.

mod collect;
mod endpoint;
mod text;

pub(super) use endpoint::answer;
