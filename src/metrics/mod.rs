//! What the server did, in numbers: `GET /metrics`.
//!
//! What is counted for each delivery is counted by the shard in cells that only it writes, and added up when somebody asks: a counter that all shards share
//! would cost more than the delivery. Histograms have fixed bounds, so that they cost the same whether or not anybody asks.

mod collect;
mod count;
mod events;
mod numbers;
mod text;

pub(crate) use collect::collect;
pub(crate) use count::{Count, Histogram};
use events::Events;
pub(crate) use events::LetIn;
pub use numbers::{Numbers, RouteNumbers};

use crate::limits::{Admission, Limit, Limits};
use crate::protocol::close::Ending;
use dashmap::DashMap;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;
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
    const ALL: [(Drop, &'static str); 6] = [
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

/// What waits in the outboxes of the whole process. Touched only for clients that do not keep up.
#[derive(Debug)]
pub(crate) struct Backlog {
    bytes: AtomicUsize,
    clients: AtomicUsize,
    bound: AtomicUsize,
}

impl Default for Backlog {
    fn default() -> Self {
        Backlog {
            bytes: AtomicUsize::new(0),
            clients: AtomicUsize::new(0),
            bound: AtomicUsize::new(usize::MAX),
        }
    }
}

impl Backlog {
    pub fn set_bound(&self, bytes: usize) {
        self.bound.store(bytes, Relaxed);
    }

    pub fn opened(&self) {
        self.clients.fetch_add(1, Relaxed);
    }

    pub fn closed(&self) {
        self.clients.fetch_sub(1, Relaxed);
    }

    pub fn add(&self, bytes: isize) {
        // wraps around: what is taken away was added before
        self.bytes.fetch_add(bytes as usize, Relaxed);
    }

    /// Bytes, and the clients they wait for.
    pub fn now(&self) -> (usize, usize) {
        (self.bytes.load(Relaxed), self.clients.load(Relaxed))
    }

    /// More waits than may.
    pub fn is_over(&self) -> bool {
        self.bytes.load(Relaxed) > self.bound.load(Relaxed)
    }

    /// So much more that the largest cannot be waited for: a quarter.
    pub fn is_far_over(&self) -> bool {
        let bound = self.bound.load(Relaxed);
        self.bytes.load(Relaxed) > bound.saturating_add(bound / 4)
    }

    /// Enough was closed: there is room again.
    pub fn is_relieved(&self) -> bool {
        self.bytes.load(Relaxed) <= self.bound.load(Relaxed) / 10 * 9
    }

    /// What an outbox has on average: at least one is as large.
    pub fn average(&self) -> usize {
        let (bytes, clients) = self.now();
        bytes / clients.max(1)
    }
}

/// One route's connections.
#[derive(Debug, Default)]
pub(crate) struct RouteStats {
    open: AtomicI64,
    opened: AtomicU64,
    /// Of those that are open and were let in: what their bearers are. Locked for a moment when one comes and when it goes.
    roles: Mutex<BTreeMap<&'static str, u64>>,
}

impl RouteStats {
    /// Somebody of this role was let in, until the returned value is dropped.
    pub fn role(self: &Arc<Self>, role: &'static str) -> OpenRole {
        *self.roles().entry(role).or_default() += 1;
        OpenRole(self.clone(), role)
    }

    fn roles(&self) -> MutexGuard<'_, BTreeMap<&'static str, u64>> {
        self.roles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more, until the returned value is dropped.
    pub fn open(self: &Arc<Self>) -> OpenRoute {
        self.open.fetch_add(1, Relaxed);
        self.opened.fetch_add(1, Relaxed);
        OpenRoute(self.clone())
    }
}

/// An open connection of a route.
#[derive(Debug)]
pub(crate) struct OpenRoute(Arc<RouteStats>);

impl std::ops::Drop for OpenRoute {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Relaxed);
    }
}

/// An open connection whose bearer is known.
#[derive(Debug)]
pub(crate) struct OpenRole(Arc<RouteStats>, &'static str);

impl std::ops::Drop for OpenRole {
    fn drop(&mut self) {
        if let Some(open) = self.0.roles().get_mut(self.1) {
            *open -= 1;
        }
    }
}

/// A listener's name and a route's path.
type RouteName = (String, String);

/// What the whole process counts.
#[derive(Debug)]
pub(crate) struct Stats {
    pub started: Instant,
    pub shards: Vec<Arc<ShardStats>>,
    pub admission: Arc<Admission>,
    /// By listener and path: a name that a reload takes away keeps its totals.
    routes: DashMap<RouteName, Arc<RouteStats>>,
    /// By [close code](Ending::counted).
    closings: DashMap<u16, u64>,
    last_connection: AtomicU64,
}

impl Stats {
    pub fn new(shards: usize, admission: Arc<Admission>, outbox_total_bytes: usize) -> Self {
        let backlog = Arc::new(Backlog::default());
        backlog.set_bound(outbox_total_bytes);
        let shard = || ShardStats {
            backlog: backlog.clone(),
            ..ShardStats::default()
        };
        Stats {
            started: Instant::now(),
            shards: (0..shards).map(|_| Arc::new(shard())).collect(),
            admission,
            routes: DashMap::new(),
            closings: DashMap::new(),
            last_connection: AtomicU64::new(0),
        }
    }

    /// Other limits from now on: what is open stays.
    pub fn limit(&self, limits: Limits) {
        self.admission.set(limits);
        if let Some(shard) = self.shards.first() {
            shard.backlog.set_bound(limits.outbox_total_bytes);
        }
    }

    /// The number of a connection that was just accepted: never twice in a run.
    pub fn next_connection(&self) -> u64 {
        self.last_connection.fetch_add(1, Relaxed) + 1
    }

    pub fn route(&self, listener: &str, path: &str) -> Arc<RouteStats> {
        let name = (listener.to_owned(), path.to_owned());
        self.routes.entry(name).or_default().clone()
    }

    pub fn closed(&self, ending: &Ending) {
        *self.closings.entry(ending.counted()).or_default() += 1;
    }
}
