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

/// How a stream went on for a client that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Return {
    /// With what it missed.
    Resumed,
    /// With a snapshot, and `"reset": true`.
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
    /// Bytes the system took for clients.
    pub sent_bytes: Count,
    /// Writes that took them.
    pub writes: Count,
    pub received_frames: Count,
    pub received_bytes: Count,
    pub dropped: [Count; Drop::ALL.len()],
    pub limited: [Count; Limit::ALL.len()],
    /// Clients and their events, by name.
    pub events: Events,
    pub resumed: Count,
    pub reset: Count,
    /// Events that one resume told.
    pub replayed: Histogram<{ EVENTS.len() }>,
    /// From the commit to the end of the turn that wrote it to the sockets, in microseconds.
    pub announced: Histogram<{ MICROS.len() }>,
    /// Groups that have members here, and places in them.
    pub groups: Count,
    pub members: Count,
    /// What all outboxes hold, of all shards.
    pub backlog: Arc<Backlog>,
    /// Tasks that are alive.
    pub runtime: OnceLock<RuntimeMetrics>,
}

impl ShardStats {
    pub fn dropped(&self, why: Drop, frames: usize) {
        self.dropped[why as usize].add(frames as u64);
    }

    /// A write took so many bytes.
    pub fn sent(&self, bytes: usize) {
        self.sent_bytes.add(bytes as u64);
        self.writes.add(1);
    }

    pub fn limited(&self, limit: Limit) {
        self.limited[limit as usize].add(1);
    }

    pub fn returned(&self, how: Return) {
        match how {
            Return::Resumed => self.resumed.add(1),
            Return::Reset => self.reset.add(1),
        }
    }
}
