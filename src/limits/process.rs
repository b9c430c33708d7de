//! The limits that all connections of the process share.

/// The limits of the whole process: the table `[limits]` of `routing.toml`, where the table of settings (`routing/settings/process.rs`) says what each is for, its
/// bounds and its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections that are open at once, HTTP included.
    pub(crate) connections: usize,
    /// Connections from one address, of IPv6 from one /64.
    pub(crate) connections_per_address: usize,
    /// WebSockets of the subject of one token.
    pub(crate) connections_per_user: usize,
    /// Upgrades and new sessions, in total; twice as many at once. `None`: no limit.
    pub(crate) handshakes_per_second: Option<u32>,
    /// Upgrades and new sessions from one address; twice as many at once. `None`: no limit.
    pub(crate) handshakes_per_second_per_address: Option<u32>,
    /// Bytes that wait for slow clients, of the whole process.
    pub(crate) outbox_total_bytes: usize,
}
