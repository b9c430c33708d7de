//! A server that is being put together, and its start.

use super::descriptors;
use super::drain::DrainProgress;
use super::leases::Leases;
use super::shared::{LogLimits, Shared};
use super::started::{Started, lost_thread};
use super::table::Table;
use super::worker::Seed;
use crate::app::App;
use crate::auth::Keys;
use crate::consumer::announcer;
use crate::consumer::endpoint::Consumer;
use crate::consumer::entry::Consumers;
use crate::consumer::registry::Registry;
use crate::consumer::routes::{Routes, consumer};
use crate::error::Error;
use crate::hub::broker::local::Local;
use crate::hub::format::Formats;
use crate::hub::shard::{INBOX_MESSAGES, ToShard};
use crate::limits::Quota;
use crate::limits::clock::Clock;
use crate::metrics::Stats;
use crate::routing::{Auth, PolicySettings, Routing};
use crate::store::{Schema, StoreConfig};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot, watch};

/// A server that is being put together.
///
/// Connections live on shards, one per core: each accepts, reads and writes its own sockets. See [the architecture](crate).
pub struct Server<A: App> {
    routing: Routing,
    registry: Registry<A>,
    shards: usize,
    store: Option<(StoreConfig, Schema)>,
    keys: Option<Keys>,
    clock: Clock,
}

impl<A: App> Server<A> {
    /// A server with these listeners, routes and consumers.
    pub fn new(routing: Routing, registry: Registry<A>) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        Server {
            routing,
            registry,
            shards: cores,
            store: None,
            keys: None,
            clock: Clock::system(),
        }
    }

    /// A server for listeners and routes that were written in Rust.
    ///
    /// # Errors
    /// [`Error::Config`] with all mistakes of the routes: see [`Routes::build`].
    pub fn from_routes(routes: Routes<A>) -> Result<Self, Error> {
        let (routing, registry) = routes.build()?;
        Ok(Server::new(routing, registry))
    }

    /// One consumer at one path, for everybody: to try something out.
    ///
    /// # Errors
    /// [`Error::Config`] when `bind` is no address or `path` no pattern.
    #[track_caller]
    pub fn single<C: Consumer<App = A>>(bind: &str, path: &str) -> Result<Self, Error> {
        let everybody = PolicySettings::new().auth(Auth::None).origins("*");
        let routes = Routes::new().policy(everybody).listen(bind);
        Server::from_routes(routes.named("single").route(path, consumer::<C>()))
    }

    /// How many shards: one per core by default, at least 1.
    pub fn shards(mut self, shards: usize) -> Self {
        self.shards = shards.max(1);
        self
    }

    /// The database. Without one consumers can only publish, and no REST interface is mounted.
    pub fn store(mut self, config: StoreConfig, schema: Schema) -> Self {
        self.store = Some((config, schema));
        self
    }

    /// The key that tokens are verified with. Without one nobody has a token.
    pub fn keys(mut self, keys: Keys) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The time that the server goes by: pings, timeouts, rates, retention and the drain. The machine's by default; a test may hand in one that it moves itself.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// The server bound to none of its addresses, the names of its listeners, and its clock.
    #[cfg(feature = "testing")]
    pub(super) fn without_addresses(mut self) -> (Self, Vec<String>, Clock) {
        let names = self.routing.listeners.iter_mut().map(|listener| {
            listener.bind.addresses.clear();
            listener.name.clone()
        });
        let (names, clock) = (names.collect(), self.clock.clone());
        (self, names, clock)
    }

    /// Starts, prints `listening on ADDRESS` for each address, and stops in order at Ctrl-C or SIGTERM. Blocks.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn run(self) -> Result<(), Error> {
        self.start()?.wait()
    }

    /// Opens the store, announces what other programs wrote meanwhile, binds every listener, and serves.
    ///
    /// The process may from then on have as many files open as the system lets it (the soft `RLIMIT_NOFILE` is raised to the hard one); where that is too few for
    /// the limit `connections` the log says so.
    ///
    /// # Errors
    /// [`Error::Config`] when the database is newer, foreign or served by another process, or an address cannot be bound. [`Error::Io`] when the system refuses
    /// what a shard needs, a thread or descriptors: nothing is served then.
    pub fn start(self) -> Result<Started, Error> {
        self.registry.refuse(&self.routing)?;
        let descriptors = descriptors::raise();
        let consumers = Consumers::new(self.registry.entries);
        let clock = self.clock;
        let formats = Arc::new(Formats::new(consumers.renderers(), clock.clone()));
        let (inboxes, mail): (Vec<_>, Vec<_>) = (0..self.shards)
            .map(|_| mpsc::channel::<ToShard<A>>(INBOX_MESSAGES))
            .unzip();
        let broker = Local::new(inboxes, clock.clone());

        let mut threads = Vec::new();
        let (store, running) = match &self.store {
            Some((config, schema)) => {
                let opened = announcer::open::<A>(config, schema, broker.clone(), clock.clone())?;
                (Some(opened.store), Some(opened.running))
            }
            None => (None, None),
        };

        let limits = self.routing.limits;
        let quota = Arc::new(Quota::new(limits, clock.clone()));
        let stats = Stats::new(self.shards, quota, limits.outbox_total_bytes, &clock);
        let stats = Arc::new(stats);
        let drain = Arc::new(DrainProgress::default());
        let shared = Arc::new(Shared {
            formats: formats.clone(),
            consumers,
            rest: self.registry.rest.into_iter().collect(),
            keys: self
                .keys
                .map(|keys| Arc::new(keys.with_clock(clock.clone()))),
            clock,
            stats: stats.clone(),
            drain: drain.clone(),
            log_limits: LogLimits::default(),
        });
        // before anything is served, so that a port that is taken is an error of `start`
        let mut leases = Leases::default();
        let (table, sockets) = Table::new(self.routing, &[], &mut leases, self.shards)?;

        let (ending, ended) = watch::channel(0);
        let ending = Arc::new(ending);
        let mut orders = Vec::new();
        let mut starting = Vec::new();
        let mut failed: Option<Error> = None;
        for (id, inbox) in mail.into_iter().enumerate() {
            let seed = Seed {
                id,
                formats: formats.clone(),
                store: store.clone(),
                broker: broker.clone(),
                shared: shared.clone(),
            };
            let (order, ordered) = mpsc::channel(ORDERS);
            orders.push(order);
            let (up, is_up) = oneshot::channel();
            starting.push(is_up);
            let ending = ending.clone();
            let thread = std::thread::Builder::new()
                .name(format!("shard-{id}"))
                .spawn(move || {
                    let _ended = Ended(ending);
                    seed.run(inbox, ordered, up);
                });
            match thread {
                Ok(thread) => threads.push(thread),
                Err(error) => {
                    failed = Some(error.into());
                    break;
                }
            }
        }
        let mut started = Started {
            orders,
            drain,
            clock: shared.clock.clone(),
            stats,
            leases,
            addresses: Vec::new(),
            bound: Vec::new(),
            ended,
            store,
            running,
            threads,
        };
        if failed.is_none() {
            for up in starting {
                let up = up.blocking_recv().unwrap_or(Err(lost_thread()));
                failed = failed.or(up.err().map(Error::Io));
            }
        }
        if failed.is_none() {
            // Now the descriptors that the server needs for itself are open, and no client's is: connections wait in the system's queue.
            let listening = sockets.iter().map(|bound| bound.sockets.len()).sum();
            descriptors::share(descriptors, listening, limits, &started.stats.quota);
            for served in started.roll_out(table, sockets, Vec::new())? {
                let served = served.blocking_recv().unwrap_or(Err(lost_thread()));
                failed = failed.or(served.err().map(Error::Io));
            }
        }
        // With some of the shards only some of the clients would be served: all shards' sockets are bound to the same addresses.
        if let Some(error) = failed {
            started.stop();
            return Err(error);
        }
        Ok(started)
    }
}

/// The most orders that wait for a shard: more than an impatient operator sends signals.
const ORDERS: usize = 64;

/// Counts the end of a shard's thread, also by a panic.
struct Ended(Arc<watch::Sender<usize>>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.send_modify(|ended| *ended += 1);
    }
}
