//! The table of [`Limits`]: what the whole process may hold.

use super::entry::settings;
use super::value_types::{Count, OrWord, Size, ValueType};
use crate::limits::Limits;

const KIB: u64 = 1 << 10;
const GIB: u64 = 1 << 30;

settings! {
    /// What the whole process may hold.
    ProcessSettings of Limits from Limits;

    connections: usize {
        default: 100_000,
        value: Count(1..=10_000_000),
        down_to: Limits,
        protocols: Any,
        doc: "Connections that are open at once, HTTP included. One more is answered with 503 and `Retry-After`.",
        why: "At 4 KB each the default is memory that any machine has.",
    }
    connections_per_address: usize {
        default: 20_000,
        value: Count(1..=10_000_000),
        down_to: Limits,
        protocols: Any,
        doc: "Connections from one address, of IPv6 from one /64. One more is answered with 429 and `Retry-After`.",
        why: "A whole restaurant, or a load test, may be behind one address.",
    }
    connections_per_user: usize {
        default: 20_000,
        value: Count(1..=10_000_000),
        down_to: Limits,
        protocols: Any,
        doc: "WebSockets of the subject of one token. One more is answered with 429 and `Retry-After`, or with `RATE_LIMITED` where the token came in a frame.",
        why: "As many as for an address: a user with all connections in one place is not stopped earlier, a token that got into many hands is.",
    }
    handshakes_per_second: Option<u32> {
        default: Some(20_000),
        value: OrWord("none", Count(1..=10_000_000)),
        down_to: Limits,
        protocols: Any,
        doc: r#"WebSockets and sessions that may be opened per second, and twice as many at once. More are answered with 503 and `Retry-After`. "none": no limit."#,
        why: "Four cores can verify the tokens of so many. More would only slow down clients that are connected already.",
    }
    handshakes_per_second_per_address: Option<u32> {
        default: Some(10_000),
        value: OrWord("none", Count(1..=10_000_000)),
        down_to: Limits,
        protocols: Any,
        doc: r#"WebSockets and sessions that may be opened from one address per second, and twice as many at once. More are answered with 429 and `Retry-After`. "none": no limit."#,
        why: "Half of all, so that one address cannot keep the others out.",
    }
    outbox_total_bytes: usize {
        default: 256 << 20,
        value: Size(64 * KIB..=64 * GIB),
        down_to: Limits,
        protocols: Any,
        doc: "Bytes that may wait for all slow clients together. With more the clients for which most waits are closed with 4010 and told to come back.",
        why: "256 clients with the default of `outbox_bytes`.",
    }
}
