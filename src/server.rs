//! Listeners, shards, and the one place where HTTP is: warp decides, our own loop accepts.

mod http;

use crate::auth::Keys;
use crate::dialect::Dialect;
use crate::limits::{ConnectionLimits, Connections};
use crate::publication::{INBOX_MESSAGES, ToShard};
use crate::registry::Registry;
use crate::rest::Routes;
use crate::routing::{Listener, Policy, Routing};
use crate::shard::{Lane, Shard};
use crate::signals;
use crate::store::{Running, Schema, Store, StoreConfig};
use crate::{App, Error};
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::mpsc;

/// Connections that wait to be accepted, for one listener and shard: a restaurant's screens all come back at once after a power cut.
const BACKLOG: u32 = 4096;
/// How long open connections have to end in order when the server stops.
const STOP_TIMEOUT: Duration = Duration::from_secs(6);

/// A server that is being put together.
///
/// Connections live on shards, one per core: each accepts, reads and writes its own sockets. See [the architecture](crate).
pub struct Server<A: App> {
    routing: Routing,
    registry: Registry<A>,
    shards: usize,
    store: Option<(StoreConfig, Schema)>,
    keys: Option<Keys>,
    limits: ConnectionLimits,
}

impl<A: App> Server<A> {
    /// A server for these listeners and consumers.
    pub fn new(routing: Routing, registry: Registry<A>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        Server {
            routing,
            registry,
            shards: cores,
            store: None,
            keys: None,
            limits: ConnectionLimits::default(),
        }
    }

    /// How many shards: one per core by default, at least 1.
    pub fn shards(mut self, shards: usize) -> Self {
        self.shards = shards.max(1);
        self
    }

    /// Where the rows are. Without a store consumers can only publish.
    pub fn store(mut self, config: StoreConfig, schema: Schema) -> Self {
        self.store = Some((config, schema));
        self
    }

    /// The key that tokens are verified with. Without one nobody has a token.
    pub fn keys(mut self, keys: Keys) -> Self {
        self.keys = Some(keys);
        self
    }

    /// How many connections there may be.
    pub fn limits(mut self, limits: ConnectionLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Opens the store, announces what other programs wrote meanwhile, binds every listener, and serves.
    ///
    /// # Errors
    /// [`Error::Config`] when the database is newer, foreign or served by another process, or an address cannot be bound.
    pub fn start(self) -> Result<Started, Error> {
        let entries: Vec<_> = self.registry.entries.into_values().map(Arc::new).collect();
        let lanes: Arc<[Lane<A>]> = entries
            .iter()
            .map(|entry| Lane {
                entry: entry.clone(),
                dialect: match entry.verbatim {
                    true => Dialect::Verbatim,
                    false => Dialect::Raw,
                },
            })
            .collect();
        let (inboxes, mail): (Vec<_>, Vec<_>) = (0..self.shards)
            .map(|_| mpsc::channel::<ToShard<A>>(INBOX_MESSAGES))
            .unzip();

        let mut threads = Vec::new();
        let (store, running) = match &self.store {
            Some((config, schema)) => {
                let opened = signals::open::<A>(config, schema, inboxes.clone())?;
                (Some(opened.store), Some(opened.running))
            }
            None => (None, None),
        };

        let policies = |l: &Listener| {
            l.routes
                .iter()
                .map(|r| Arc::new(r.policy.clone()))
                .collect()
        };
        let shared = Arc::new(Shared {
            policies: self.routing.listeners.iter().map(policies).collect(),
            routing: self.routing,
            lane_of: entries
                .iter()
                .enumerate()
                .map(|(i, e)| (e.name, i as u16))
                .collect(),
            rest: self.registry.rest.into_iter().collect(),
            keys: self.keys.map(Arc::new),
            connections: Arc::new(Connections::new(self.limits)),
        });

        // sockets are made here, so that a port that is taken is an error of `start`
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let guard = runtime.enter();
        let mut addresses = Vec::new();
        let mut sockets: Vec<Vec<(std::net::TcpListener, usize)>> =
            (0..self.shards).map(|_| Vec::new()).collect();
        for (index, listener) in shared.routing.listeners.iter().enumerate() {
            for address in bind(listener, &mut sockets, index)? {
                addresses.push((listener.name.clone(), address));
            }
        }
        drop(guard);

        for ((id, inbox), sockets) in mail.into_iter().enumerate().zip(sockets) {
            let seed = ShardSeed {
                id,
                lanes: lanes.clone(),
                store: store.clone(),
                peers: inboxes.clone(),
                shared: shared.clone(),
            };
            let thread = std::thread::Builder::new()
                .name(format!("shard-{id}"))
                .spawn(move || seed.run(inbox, sockets))?;
            threads.push(thread);
        }
        let stop = inboxes
            .into_iter()
            .map(|inbox| {
                Box::new(move || drop(inbox.blocking_send(ToShard::Stop)))
                    as Box<dyn FnOnce() + Send>
            })
            .collect();
        Ok(Started {
            addresses,
            store,
            running,
            stop,
            threads,
        })
    }
}

/// What all shards share, and nobody changes.
struct Shared<A: App> {
    routing: Routing,
    /// Of each listener's routes: shared by their connections.
    policies: Vec<Vec<Arc<Policy>>>,
    lane_of: std::collections::HashMap<&'static str, u16>,
    rest: std::collections::HashMap<&'static str, Routes<A>>,
    keys: Option<Arc<Keys>>,
    connections: Arc<Connections>,
}

/// Binds every address of a listener once per shard.
fn bind(
    listener: &Listener,
    sockets: &mut [Vec<(std::net::TcpListener, usize)>],
    index: usize,
) -> Result<Vec<SocketAddr>, Error> {
    let mut bound = Vec::new();
    let mut port = None;
    for address in &listener.bind.addresses {
        let mut at = address.address;
        // `localhost:0` is one port on both addresses
        if let Some(port) = port.filter(|_| at.port() == 0) {
            at.set_port(port);
        }
        match bind_all(&mut at, sockets, index) {
            Ok(()) => {
                port = Some(at.port());
                bound.push(at);
            }
            Err(e)
                if address.optional
                    && !bound.is_empty()
                    && e.kind() != std::io::ErrorKind::AddrInUse =>
            {
                tracing::warn!(address = %at, error = %e, "this machine has no such address");
            }
            Err(e) => {
                return Err(Error::Config(format!(
                    "listener {:?}: {at}: {e}",
                    listener.name
                )));
            }
        }
    }
    Ok(bound)
}

fn bind_all(
    at: &mut SocketAddr,
    sockets: &mut [Vec<(std::net::TcpListener, usize)>],
    index: usize,
) -> std::io::Result<()> {
    let socket = |at: SocketAddr| {
        if at.is_ipv4() {
            TcpSocket::new_v4()
        } else {
            TcpSocket::new_v6()
        }
    };
    // with SO_REUSEPORT a second process would bind the same port without an error: ask once without it
    let probe = socket(*at)?;
    probe.set_reuseaddr(true)?;
    probe.bind(*at)?;
    *at = probe.local_addr()?;
    // listening is what makes another listener visible: two sockets that are only bound may share an address
    drop(probe.listen(1)?);
    for mine in sockets {
        let one = socket(*at)?;
        one.set_reuseaddr(true)?;
        one.set_reuseport(true)?;
        one.bind(*at)?;
        mine.push((one.listen(BACKLOG)?.into_std()?, index));
    }
    Ok(())
}

/// What a shard's thread begins with.
struct ShardSeed<A: App> {
    id: usize,
    lanes: Arc<[Lane<A>]>,
    store: Option<Store>,
    peers: Vec<crate::publication::Inbox<A>>,
    shared: Arc<Shared<A>>,
}

impl<A: App> ShardSeed<A> {
    fn run(self, inbox: mpsc::Receiver<ToShard<A>>, sockets: Vec<(std::net::TcpListener, usize)>) {
        let ShardSeed {
            id,
            lanes,
            store,
            peers,
            shared,
        } = self;
        let runtime = match Builder::new_current_thread()
            .enable_all()
            .build_local(LocalOptions::default())
        {
            Ok(runtime) => runtime,
            Err(error) => {
                tracing::error!(%error, shard = id, "a shard cannot start");
                return;
            }
        };
        runtime.block_on(async move {
            let shard = Rc::new(Shard::new(id, lanes, store, peers));
            tokio::task::spawn_local(shard.clone().flush_turns());
            tokio::task::spawn_local(shard.clone().take_in(inbox));
            tokio::task::spawn_local(sweep(shard.clone(), sweep_interval(&shared.routing)));
            for (socket, listener) in sockets {
                match TcpListener::from_std(socket) {
                    Ok(socket) => drop(tokio::task::spawn_local(http::accept(
                        shard.clone(),
                        shared.clone(),
                        socket,
                        listener,
                    ))),
                    Err(error) => tracing::error!(%error, shard = id, "a listener cannot be used"),
                }
            }
            shard.stopped().await;
            let ended = async {
                while shard.connections() > 0 {
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            };
            if tokio::time::timeout(STOP_TIMEOUT, ended).await.is_err() {
                tracing::warn!(
                    shard = id,
                    left = shard.connections(),
                    "connections did not end in time"
                );
            }
        });
    }
}

/// Often enough that the shortest timeout of any route is noticed within a quarter of it.
fn sweep_interval(routing: &Routing) -> Duration {
    let policies = routing
        .listeners
        .iter()
        .flat_map(|l| l.routes.iter().map(|r| &r.policy));
    let shortest = policies
        .map(|p| p.ping_interval.min(p.idle_timeout))
        .min()
        .unwrap_or(Duration::MAX);
    (shortest / 4).clamp(Duration::from_millis(20), Duration::from_secs(1))
}

async fn sweep<A: App>(shard: Rc<Shard<A>>, every: Duration) {
    let mut tick = tokio::time::interval(every);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        shard.sweep();
    }
}

/// A server that runs.
pub struct Started {
    addresses: Vec<(String, SocketAddr)>,
    store: Option<Store>,
    running: Option<Running>,
    stop: Vec<Box<dyn FnOnce() + Send>>,
    threads: Vec<JoinHandle<()>>,
}

impl Started {
    /// Each listener's name and the addresses it is bound to.
    pub fn addresses(&self) -> &[(String, SocketAddr)] {
        &self.addresses
    }

    /// The rows, for code beside the consumers.
    pub fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// Closes every connection with 1012, lets queued writes finish, and returns when all threads have ended. Blocks.
    pub fn stop(mut self) {
        for stop in self.stop.drain(..) {
            stop();
        }
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a shard panicked");
            }
        }
        // the writer last: what the shards asked for is finished
        if let Some(store) = self.store.take() {
            let stats = store.stats();
            tracing::info!(
                commits = stats.commits.load(Relaxed),
                commands = stats.jobs.load(Relaxed),
                events = stats.events.load(Relaxed),
                set_aside = stats.rejects.load(Relaxed),
                busy = stats.busy.load(Relaxed),
                rolled_back = stats.lost.load(Relaxed),
                "stopped"
            );
        }
        if let Some(running) = self.running.take() {
            running.stop();
            running.join();
        }
    }
}
