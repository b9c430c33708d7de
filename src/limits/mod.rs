//! How many, how fast: every limit has a name (its key in `routing.toml`, and its label in the metrics), a unit and a default.
//!
//! What is refused is told: over HTTP with 429 or 503 and `Retry-After`, on an open connection as `RATE_LIMITED` in the consumer's vocabulary. A client that
//! goes on all the same is closed with 4429.

mod admission;
mod bucket;
pub(crate) mod budget;
pub(crate) mod clock;
mod rates;

pub(crate) use admission::{Admission, Place, REFUSED, UserPlace};
pub(crate) use bucket::Rate;
pub(crate) use rates::{ActionRate, Actions, Rates, TooFast};

use crate::error::{ClientError, Kind};
use serde::Serialize;
use std::time::Duration;

/// The limits of the whole process: the table `[limits]` of `routing.toml`. `None`: there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Limits {
    /// `connections`: open at once, HTTP included. Default 100,000: at 4 KB each, memory that any machine has.
    pub(crate) connections: usize,
    /// `connections_per_address`, of IPv6 per /64. Default 20,000: a whole restaurant, or a load test, may be behind one address.
    pub(crate) connections_per_address: usize,
    /// `connections_per_user`: WebSockets of one token's subject. Default 20,000, as for an address: whoever has all of them in one place is not stopped
    /// earlier; a token that got into many hands is.
    pub(crate) connections_per_user: usize,
    /// `handshakes_per_second`: upgrades, in total; twice as many at once. Default 20,000: what four cores can verify tokens for. More would only make those
    /// slower who are already connected.
    pub(crate) handshakes_per_second: Option<u32>,
    /// `handshakes_per_second_per_address`. Default 10,000: half of all, so that one address cannot keep the others out.
    pub(crate) handshakes_per_second_per_address: Option<u32>,
    /// `outbox_total_bytes`: what waits for slow clients, of the whole process. Default 256 MiB: 256 clients at the default `outbox_bytes`; with more the
    /// largest are closed and told to come back.
    pub(crate) outbox_total_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 100_000,
            connections_per_address: 20_000,
            connections_per_user: 20_000,
            handshakes_per_second: Some(20_000),
            handshakes_per_second_per_address: Some(10_000),
            outbox_total_bytes: 256 << 20,
        }
    }
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
