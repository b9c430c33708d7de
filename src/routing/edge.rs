//! What a listener grants a stranger before any route is known: time and bytes.

use super::mistakes::Mistakes;
use super::quantity::{count, duration, size};
use std::time::Duration;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The bounds of a connection that has not become a WebSocket. Each field is a key in `routing.toml`: under `[defaults]` or in a listener; in a route it
/// would come too late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edge {
    /// How long a connection may say nothing at all: 50 ms to 10 min. Default 10 s: a browser opens connections ahead of need and uses most of them within
    /// that time, and a scanner that never speaks holds a descriptor for no longer.
    pub(crate) first_byte_timeout: Duration,
    /// How long a request's head may take from its first byte, and how long a connection may wait between two requests: 50 ms to 10 min. Default 5 s: a head
    /// is one packet or two; on the worst network their repetition takes 3 s.
    pub(crate) head_timeout: Duration,
    /// How long a request's body may take, from when it is asked for: 50 ms to 10 min. Default 15 s: the largest allowed by default, 64 KiB, at 40 kbit/s.
    pub(crate) body_timeout: Duration,
    /// How long a client may take nothing of an answer that waits for it: 50 ms to 10 min. Default 20 s: on a bad network, or while a phone changes from one
    /// to another, the system repeats what was lost for about that long before it gets through; who reads, however slowly, is waited for.
    pub(crate) write_timeout: Duration,
    /// Bytes of a request's first line and headers: 1 KiB to 256 KiB; with more it is answered 431. Default 16 KiB: twice what browsers' cookies and a token
    /// of several kilobytes need.
    pub(crate) head_bytes: usize,
    /// How long a TLS handshake may take: 50 ms to 10 min. Default 5 s: two round trips.
    pub(crate) tls_timeout: Duration,
    /// TLS handshakes in progress at once, of one listener and shard: 1 to 65,536; a connection beyond is closed at once. Default 1,024: some 20 MiB, and about
    /// a second of a core's work, so that the last in the queue is still in time.
    pub(crate) tls_handshakes: usize,
}

const KIB: u64 = 1 << 10;
/// Of a duration, in milliseconds.
const LEAST: u64 = 50;
const MOST: u64 = 600_000;

impl Default for Edge {
    fn default() -> Self {
        Edge {
            first_byte_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(15),
            write_timeout: Duration::from_secs(20),
            head_bytes: 16 << 10,
            tls_timeout: Duration::from_secs(5),
            tls_handshakes: 1024,
        }
    }
}

impl Edge {
    pub(super) const KEYS: [&str; 7] = [
        "first_byte_timeout",
        "head_timeout",
        "body_timeout",
        "write_timeout",
        "head_bytes",
        "tls_timeout",
        "tls_handshakes",
    ];

    /// These bounds with what a table below says otherwise. Mistakes are noted and change nothing.
    pub(super) fn nearest(&self, table: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> Edge {
        let mut edge = self.clone();
        for (key, value) in table {
            edge.read(key.get_ref(), value, mistakes);
        }
        edge
    }

    fn read(&mut self, key: &str, value: &Spanned<DeValue<'_>>, mistakes: &mut Mistakes<'_>) {
        let time = match key {
            "first_byte_timeout" => &mut self.first_byte_timeout,
            "head_timeout" => &mut self.head_timeout,
            "body_timeout" => &mut self.body_timeout,
            "write_timeout" => &mut self.write_timeout,
            "tls_timeout" => &mut self.tls_timeout,
            "head_bytes" => {
                if let Some(bytes) = size(value, KIB..=256 * KIB, mistakes) {
                    self.head_bytes = bytes;
                }
                return;
            }
            "tls_handshakes" => {
                if let Some(handshakes) = count(value, 1..=65_536, mistakes) {
                    self.tls_handshakes = handshakes;
                }
                return;
            }
            _ => return,
        };
        if let Some(duration) = duration(value, LEAST..=MOST, mistakes) {
            *time = duration;
        }
    }
}
