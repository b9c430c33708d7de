//! What the whole process counts.
//!
//! What is counted for each delivery is counted by the shard in cells that only it writes, and added up when somebody asks: a counter that all shards share
//! would cost more than the delivery. Histograms have fixed bounds, so that they cost the same whether or not anybody asks.

use super::backlog::Backlog;
use super::events::{Sums, sums};
use super::route::RouteStats;
use super::shard::ShardStats;
use crate::limits::clock::Clock;
use crate::limits::{Limits, Quota};
use dashmap::DashMap;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// A listener's name and a route's path.
pub(crate) type RouteName = (String, String);

/// What the whole process counts, and its quotas.
#[derive(Debug)]
pub(crate) struct Stats {
    clock: Clock,
    started: Instant,
    pub shards: Vec<Arc<ShardStats>>,
    pub quota: Arc<Quota>,
    /// Routes by listener and path. A name that a reload takes away keeps its totals.
    routes: DashMap<RouteName, Arc<RouteStats>>,
    /// Connections closed, by the code that [`closed`](Self::closed) was told.
    closings: DashMap<u16, u64>,
    last_connection: AtomicU64,
}

impl Stats {
    pub fn new(shards: usize, quota: Arc<Quota>, outbox_total_bytes: usize, clock: &Clock) -> Self {
        let backlog = Arc::new(Backlog::default());
        backlog.set_bound(outbox_total_bytes);
        let shard = || ShardStats {
            backlog: backlog.clone(),
            ..ShardStats::default()
        };
        Stats {
            started: clock.now(),
            clock: clock.clone(),
            shards: (0..shards).map(|_| Arc::new(shard())).collect(),
            quota,
            routes: DashMap::new(),
            closings: DashMap::new(),
            last_connection: AtomicU64::new(0),
        }
    }

    /// The time since the start.
    pub fn uptime(&self) -> Duration {
        self.clock.now() - self.started
    }

    /// Sets other limits. Connections that are open stay.
    pub fn limit(&self, limits: Limits) {
        self.quota.set(limits);
        if let Some(shard) = self.shards.first() {
            shard.backlog.set_bound(limits.outbox_total_bytes);
        }
    }

    /// The number of a connection that was just accepted: never twice in a run.
    pub fn next_connection(&self) -> u64 {
        self.last_connection.fetch_add(1, Relaxed) + 1
    }

    /// The connections of a route, which exist from when it is first asked for.
    pub fn route(&self, listener: &str, path: &str) -> Arc<RouteStats> {
        let name = (listener.to_owned(), path.to_owned());
        self.routes.entry(name).or_default().clone()
    }

    /// Every route that there was since the start, sorted by listener and path.
    pub fn routes(&self) -> Vec<(RouteName, Arc<RouteStats>)> {
        let all = self.routes.iter();
        let mut all: Vec<_> = all.map(|r| (r.key().clone(), r.value().clone())).collect();
        all.sort_by(|(one, _), (other, _)| one.cmp(other));
        all
    }

    /// A connection ended with this close code.
    pub fn closed(&self, code: u16) {
        *self.closings.entry(code).or_default() += 1;
    }

    /// How many connections ended with each close code.
    pub fn closings(&self) -> BTreeMap<u16, u64> {
        let all = self.closings.iter();
        all.map(|c| (*c.key(), *c.value())).collect()
    }

    /// Clients by consumer, and events by consumer and name, of all shards.
    pub fn sums(&self) -> Sums {
        sums(self.shards.iter().map(|shard| &shard.events))
    }
}
