//! The limits by name, and what a client is told that meets one.

use crate::error::{ClientError, Kind};
use serde::Serialize;
use std::time::Duration;

/// A limit. Its [name](Self::name) is its key in `routing.toml`, and its label in the metrics.
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

    /// Whether the server is full, rather than one client asking too much: 503 instead of 429.
    const fn is_everybodys(self) -> bool {
        matches!(self, Limit::Connections | Limit::Handshakes)
    }
}

/// When a client may ask again that came while all connections were taken: others leave meanwhile.
const FULL_WAIT: Duration = Duration::from_secs(5);

/// A refusal: which limit, and when it is worth trying again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limited {
    pub limit: Limit,
    pub retry_after: Duration,
}

impl Limited {
    /// A refusal because as many connections are open as may be.
    pub const fn full(limit: Limit) -> Self {
        Limited {
            limit,
            retry_after: FULL_WAIT,
        }
    }

    /// The error that the client is told: `RATE_LIMITED` or `SERVER_FULL`, with the limit's name and when to try again.
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

    /// The value of `Retry-After`, in whole seconds.
    pub fn retry_after_seconds(self) -> u64 {
        self.retry_after.as_millis().div_ceil(1000).max(1) as u64
    }
}
