//! What one shard counts.

use super::backlog::Backlog;
use super::count::{Count, Histogram};
use super::events::Events;
use crate::limits::Limit;
use std::sync::{Arc, OnceLock};
use tokio::runtime::RuntimeMetrics;

/// Why frames were dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Drop {
    /// The client's outbox was full: it is closed with 4010, and nothing is lost when it comes back.
    Slow,
    /// All outboxes together were too large, and this was one of the largest.
    Budget,
    /// A newer frame of the same entity took its place (`delivery = "latest"`).
    Superseded,
    /// The client was not ready for it (`delivery = "volatile"`).
    Volatile,
    /// An ephemeral signal for a shard that does not keep up.
    Ephemeral,
    /// Held while a snapshot or a replay was read, and too much: read again from the history.
    Held,
}

impl Drop {
    pub const ALL: [(Drop, &'static str); 6] = [
        (Drop::Slow, "slow"),
        (Drop::Budget, "budget"),
        (Drop::Superseded, "superseded"),
        (Drop::Volatile, "volatile"),
        (Drop::Ephemeral, "ephemeral"),
        (Drop::Held, "held"),
    ];
}

/// How the stream of events continued for a client that reconnected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Return {
    /// With the events that it missed.
    Resumed,
    /// With a new snapshot, and `"reset": true`.
    Reset,
}

/// Bounds of [`ShardStats::replayed`], in events.
pub(crate) const EVENTS: [u64; 8] = [0, 1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
/// Bounds of latencies, in microseconds.
pub(crate) const MICROS: [u64; 14] = [
    50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000,
    5_000_000,
];

/// One shard's cells. Only its own thread writes them.
#[derive(Debug, Default)]
#[repr(align(128))] // no other shard's line
pub(crate) struct ShardStats {
    /// Events handed to sockets: one for each receiver.
    pub delivered: Count,
    /// WebSocket bytes that the kernel took for clients.
    pub sent_bytes: Count,
    /// Writes that took these bytes.
    pub writes: Count,
    /// Messages and control frames of clients.
    pub received_frames: Count,
    /// Payload bytes of these frames.
    pub received_bytes: Count,
    /// Frames, by [`Drop`].
    pub dropped: [Count; Drop::ALL.len()],
    /// Refusals, by [`Limit`].
    pub limited: [Count; Limit::ALL.len()],
    /// Clients and their events, by name.
    pub events: Events,
    /// Clients that got what they had missed.
    pub resumed: Count,
    /// Clients that got a new snapshot.
    pub reset: Count,
    /// Events that were replayed to one client that resumed.
    pub replayed: Histogram<{ EVENTS.len() }>,
    /// From the commit to the end of the tick that wrote it to the sockets, in microseconds.
    pub announced: Histogram<{ MICROS.len() }>,
    /// Groups that have members on this shard.
    pub groups: Count,
    /// Memberships in these groups.
    pub members: Count,
    /// What the outboxes of all shards hold.
    pub backlog: Arc<Backlog>,
    /// Set once the shard's runtime is up: how many tasks are alive.
    pub runtime: OnceLock<RuntimeMetrics>,
}

impl ShardStats {
    /// Frames were dropped.
    pub fn dropped(&self, why: Drop, frames: usize) {
        self.dropped[why as usize].add(frames as u64);
    }

    /// A write took this many bytes.
    pub fn sent(&self, bytes: usize) {
        self.sent_bytes.add(bytes as u64);
        self.writes.add(1);
    }

    /// A limit refused something.
    pub fn limited(&self, limit: Limit) {
        self.limited[limit as usize].add(1);
    }

    /// A client reconnected.
    pub fn returned(&self, how: Return) {
        match how {
            Return::Resumed => self.resumed.add(1),
            Return::Reset => self.reset.add(1),
        }
    }
}
