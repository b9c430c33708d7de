//! The limits of the process, the names of all limits, and what a client is told that met one.

use crate::error::{ClientError, Kind};
use serde::Serialize;
use std::time::Duration;

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

/// What was refused. The names are those of the keys in `routing.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Connections,
    ConnectionsPerAddress,
    ConnectionsPerUser,
    Handshakes,
    HandshakesPerAddress,
    Frames,
    Bytes,
    Action,
    Groups,
    MessageBytes,
    MessageFragments,
    Outbox,
    OutboxTotal,
    AuthTimeout,
    IdleTimeout,
    FirstByteTimeout,
    HeadTimeout,
    HeadBytes,
    BodyTimeout,
    WriteTimeout,
    TlsTimeout,
    TlsHandshakes,
}

impl Limit {
    pub const ALL: [Limit; 22] = [
        Limit::Connections,
        Limit::ConnectionsPerAddress,
        Limit::ConnectionsPerUser,
        Limit::Handshakes,
        Limit::HandshakesPerAddress,
        Limit::Frames,
        Limit::Bytes,
        Limit::Action,
        Limit::Groups,
        Limit::MessageBytes,
        Limit::MessageFragments,
        Limit::Outbox,
        Limit::OutboxTotal,
        Limit::AuthTimeout,
        Limit::IdleTimeout,
        Limit::FirstByteTimeout,
        Limit::HeadTimeout,
        Limit::HeadBytes,
        Limit::BodyTimeout,
        Limit::WriteTimeout,
        Limit::TlsTimeout,
        Limit::TlsHandshakes,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Limit::Connections => "connections",
            Limit::ConnectionsPerAddress => "connections_per_address",
            Limit::ConnectionsPerUser => "connections_per_user",
            Limit::Handshakes => "handshakes_per_second",
            Limit::HandshakesPerAddress => "handshakes_per_second_per_address",
            Limit::Frames => "frames_per_second",
            Limit::Bytes => "bytes_per_second",
            Limit::Action => "action_rates",
            Limit::Groups => "groups_per_connection",
            Limit::MessageBytes => "max_message_bytes",
            Limit::MessageFragments => "max_message_fragments",
            Limit::Outbox => "outbox_bytes",
            Limit::OutboxTotal => "outbox_total_bytes",
            Limit::AuthTimeout => "auth_timeout",
            Limit::IdleTimeout => "idle_timeout",
            Limit::FirstByteTimeout => "first_byte_timeout",
            Limit::HeadTimeout => "head_timeout",
            Limit::HeadBytes => "head_bytes",
            Limit::BodyTimeout => "body_timeout",
            Limit::WriteTimeout => "write_timeout",
            Limit::TlsTimeout => "tls_timeout",
            Limit::TlsHandshakes => "tls_handshakes",
        }
    }

    /// Whether it is the server that is full, rather than this client that asks too much: 503 instead of 429.
    const fn is_everybodys(self) -> bool {
        matches!(self, Limit::Connections | Limit::Handshakes)
    }
}

/// When a client that found no place may ask again: others leave meanwhile.
const PLACE_WAIT: Duration = Duration::from_secs(5);

/// A refusal: which limit, and when it is worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limited {
    pub limit: Limit,
    pub retry_after: Duration,
}

impl Limited {
    /// All places are taken.
    pub const fn place(limit: Limit) -> Self {
        Limited {
            limit,
            retry_after: PLACE_WAIT,
        }
    }

    /// As the client hears it: `RATE_LIMITED`, with the limit's name and when to try again.
    pub fn error(self) -> ClientError {
        #[derive(Serialize)]
        struct Details {
            limit: &'static str,
            retry_after_ms: u64,
        }
        let (kind, code, text) = match self.limit.is_everybodys() {
            true => (Kind::Busy, "SERVER_FULL", "the server is full"),
            false => (
                Kind::RateLimited,
                "RATE_LIMITED",
                "too many, or too fast: wait a little",
            ),
        };
        ClientError::new(kind, code, text).with_details(&Details {
            limit: self.limit.name(),
            retry_after_ms: u64::try_from(self.retry_after.as_millis())
                .unwrap_or(u64::MAX)
                .max(1),
        })
    }

    /// For `Retry-After`, in whole seconds.
    pub fn retry_after_seconds(self) -> u64 {
        self.retry_after.as_millis().div_ceil(1000).max(1) as u64
    }
}
