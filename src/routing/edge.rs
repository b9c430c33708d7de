//! What a listener grants a stranger before any route is known: time and bytes.

use std::time::Duration;

/// The bounds of a connection that has not become a WebSocket. `settings/edge.rs` says of each field what it does, its bounds and its default.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    pub(crate) first_byte_timeout: Duration,
    pub(crate) head_timeout: Duration,
    pub(crate) body_timeout: Duration,
    pub(crate) write_timeout: Duration,
    pub(crate) head_bytes: usize,
    pub(crate) tls_timeout: Duration,
    pub(crate) tls_handshakes: usize,
}
