//! What the server counts (what `GET /metrics` tells Prometheus), as values: for an application that shows them in its own words.

use crate::metrics::{Drop, Stats};
use crate::store::Store;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering::Relaxed;

/// What the server did since it started.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Numbers {
    /// Seconds since it started.
    pub uptime_s: u64,
    /// The routes, ordered by listener and path, including those that a reload took away.
    pub routes: Vec<RouteNumbers>,
    /// Clients that are let in at present, by consumer; with Socket.IO one for each namespace, however it is connected. Consumers without clients are left out.
    pub clients: BTreeMap<&'static str, u64>,
    /// WebSockets that ended, by close code; 0: without one. 3000 and 4000 stand for all codes of 3xxx and 4xxx that clients chose.
    pub closed: BTreeMap<u16, u64>,
    /// Events that were announced and committed.
    pub events: u64,
    /// Events handed to sockets, one for each receiver.
    pub deliveries: u64,
    /// Bytes of WebSockets that the system took for clients.
    pub sent_bytes: u64,
    /// Messages and control frames of clients.
    pub received_frames: u64,
    /// Frames that waited for a client, or a shard, and were dropped, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
    /// Clients that came back and got what they had missed.
    pub resumed: u64,
    /// Clients that came back and got a new state.
    pub reset: u64,
}

/// One route's connections.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RouteNumbers {
    /// The listener's name.
    pub listener: String,
    /// The path, as in the routing file.
    pub path: String,
    /// WebSockets that are open.
    pub open: u64,
    /// WebSockets that were opened.
    pub opened: u64,
    /// Open connections whose clients were let in, by [`App::role`](crate::App::role); with Socket.IO one for each namespace. Roles without connections are left out.
    pub roles: BTreeMap<&'static str, u64>,
}

impl Numbers {
    pub(crate) fn of(stats: &Stats, store: Option<&Store>) -> Self {
        let shards = &stats.shards;
        let routes = stats.routes().into_iter();
        let routes = routes.map(|((listener, path), of)| {
            let mut roles = of.roles();
            roles.retain(|_, open| *open > 0);
            RouteNumbers {
                listener,
                path,
                open: of.open_now(),
                opened: of.opened(),
                roles,
            }
        });
        let (mut clients, _) = stats.sums();
        clients.retain(|_, open| *open > 0);
        let dropped = Drop::ALL.map(|(why, name)| {
            let of = shards.iter().map(|shard| shard.dropped[why as usize].get());
            (name, of.sum())
        });
        Numbers {
            uptime_s: stats.uptime().as_secs(),
            routes: routes.collect(),
            clients,
            closed: stats.closings(),
            events: store.map_or(0, |store| store.stats().events.load(Relaxed)),
            deliveries: shards.iter().map(|shard| shard.delivered.get()).sum(),
            sent_bytes: shards.iter().map(|shard| shard.sent_bytes.get()).sum(),
            received_frames: shards.iter().map(|shard| shard.received_frames.get()).sum(),
            dropped: dropped.into(),
            resumed: shards.iter().map(|shard| shard.resumed.get()).sum(),
            reset: shards.iter().map(|shard| shard.reset.get()).sum(),
        }
    }
}
