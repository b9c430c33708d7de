//! A shard's thread: which listeners it serves, how a reload replaces them, and how it ends.

use super::accept::accept;
use super::drain::{DrainTimes, WAVE, wave};
use super::listener::{Listener, ListenerConfig};
use super::node::Node;
use super::shared::Shared;
use super::table::Table;
#[cfg(feature = "testing")]
use super::testing::arrivals::{Arrival, Arrivals};
use crate::app::App;
use crate::hub::broker::local::Local;
use crate::hub::extensions::Extensions;
use crate::hub::format::Formats;
use crate::hub::shard::{Setup, Shard, ToShard};
use crate::protocol::close::Ending;
use crate::routing::Policy;
use crate::socketio::Sessions;
use crate::store::Store;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, LocalOptions};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// An order to a shard's thread.
pub(super) enum Order {
    Serve(Rollout),
    /// Stop. Of several orders the earliest of each of the times counts.
    Drain(DrainTimes),
    /// Let a client in that is in this process.
    #[cfg(feature = "testing")]
    Meet(Arrival),
}

/// A table, and what a shard needs to serve it.
pub(super) struct Rollout {
    pub table: Arc<Table>,
    pub sockets: Vec<(SocketAddr, std::net::TcpListener)>,
    /// Policies of routes that are not served any more.
    pub gone: Arc<[Arc<Policy>]>,
    /// Gets the result: an error when an address cannot be served; the others are.
    pub done: oneshot::Sender<io::Result<()>>,
}

/// What a shard's thread is started with.
pub(super) struct Seed<A: App> {
    pub id: usize,
    pub formats: Arc<Formats<A>>,
    pub store: Option<Store>,
    pub broker: Local<A>,
    pub shared: Arc<Shared<A>>,
}

impl<A: App> Seed<A> {
    /// Runs the shard until it has stopped. `up` gets the result of the preparation: an error when the system refuses what a shard needs. No connection is accepted
    /// before the first order.
    pub fn run(
        self,
        inbox: mpsc::Receiver<ToShard<A>>,
        orders: mpsc::Receiver<Order>,
        up: oneshot::Sender<io::Result<()>>,
    ) {
        let runtime = match Builder::new_current_thread()
            .enable_all()
            .build_local(LocalOptions::default())
        {
            Ok(runtime) => runtime,
            Err(error) => {
                tracing::error!(%error, shard = self.id, "a shard cannot start");
                let _ = up.send(Err(error));
                return;
            }
        };
        let _ = up.send(Ok(()));
        runtime.block_on(async move {
            let stats = self.shared.stats.clone();
            let extensions = Extensions::default()
                .with(self.shared.consumers.clone())
                .with(Sessions::<A>::default());
            let shard = Shard::new(Setup {
                id: self.id,
                formats: self.formats,
                store: self.store,
                broker: self.broker,
                stats,
                clock: self.shared.clock.clone(),
                extensions,
            });
            let shard = Rc::new(shard);
            let runtime = tokio::runtime::Handle::current().metrics();
            let _ = shard.counts.runtime.set(runtime);
            tokio::task::spawn_local(shard.clone().flush_ticks());
            tokio::task::spawn_local(shard.clone().close_batches());
            tokio::task::spawn_local(shard.clone().take_in(inbox));
            let worker = Rc::new(Worker {
                node: Rc::new(Node::new(shard, self.shared)),
                listeners: RefCell::default(),
                sweep_every: Cell::new(Duration::from_secs(1)),
                #[cfg(feature = "testing")]
                arrivals: Arrivals::default(),
            });
            tokio::task::spawn_local(worker.clone().sweep());
            worker.obey(orders).await;
        });
    }
}

/// A listener, and the task that accepts its connections.
type Accepting<A> = (Rc<Listener<A>>, JoinHandle<()>);

/// A shard's thread at work.
struct Worker<A: App> {
    node: Rc<Node<A>>,
    listeners: RefCell<HashMap<SocketAddr, Accepting<A>>>,
    sweep_every: Cell<Duration>,
    #[cfg(feature = "testing")]
    arrivals: Arrivals<A>,
}

impl<A: App> Worker<A> {
    async fn obey(self: Rc<Self>, mut orders: mpsc::Receiver<Order>) {
        let mut drain: Option<DrainTimes> = None;
        // when the listeners were closed
        let mut listeners_closed: Option<Instant> = None;
        let mut open = true;
        let clock = self.node.shared.clock.clone();
        let idle = clock.now();
        let mut next_wave = idle;
        loop {
            let draining = drain.is_some();
            let (first_close, end) = drain.map_or((idle, idle), |d| (d.first_close, d.end));
            tokio::select! {
                order = orders.recv(), if open => match order {
                    Some(Order::Serve(rollout)) => self.serve(rollout),
                    Some(Order::Drain(times)) => {
                        drain = Some(drain.map_or(times, |d| d.or_sooner(times)));
                        next_wave = clock.now();
                    }
                    #[cfg(feature = "testing")]
                    Some(Order::Meet(arrival)) => self.arrivals.meet(&self.node, arrival),
                    None => {
                        // the owner dropped the server, or its end has begun already
                        open = false;
                        drain.get_or_insert_with(|| DrainTimes::within(clock.now(), Duration::ZERO));
                    }
                },
                () = clock.sleep_until(first_close), if draining && listeners_closed.is_none() => {
                    listeners_closed = Some(clock.now());
                    self.close_listeners();
                    self.node.shared.drain.open.fetch_add(self.node.shard.connections(), Relaxed);
                    next_wave = clock.now();
                }
                () = clock.sleep_until(next_wave), if listeners_closed.is_some() => {
                    next_wave = clock.now() + WAVE;
                    if let (Some(began), Some(times)) = (listeners_closed, drain) {
                        wave(&self.node.shard, &self.node.shared.drain, began, times, clock.now());
                    }
                    if self.node.shard.connections() == 0 {
                        // a request in progress is answered; another one is not waited for
                        self.node.close();
                    }
                }
                () = self.node.emptied(), if draining => return,
                () = clock.sleep_until(end), if draining => {
                    tracing::warn!(shard = self.node.shard.id, left = self.node.present(), "connections did not end in time");
                    return;
                }
            }
        }
    }

    fn serve(self: &Rc<Self>, rollout: Rollout) {
        let mut sockets: HashMap<_, _> = rollout.sockets.into_iter().collect();
        let mut listeners = self.listeners.borrow_mut();
        let mut before = std::mem::take(&mut *listeners);
        let mut served = Ok(());
        #[cfg(feature = "testing")]
        self.arrivals.reset();
        for entry in &rollout.table.listeners {
            let config = Rc::new(ListenerConfig::new(&self.node, entry.clone()));
            #[cfg(feature = "testing")]
            self.arrivals.serve(config.clone());
            for address in &entry.addresses {
                let at = address.actual;
                if let Some((listener, task)) = before.remove(&at) {
                    listener.reconfigure(config.clone());
                    listeners.insert(at, (listener, task));
                } else if let Some(socket) = sockets.remove(&at) {
                    match TcpListener::from_std(socket) {
                        Ok(socket) => {
                            let listener = Rc::new(Listener::new(config.clone()));
                            let task = accept(self.node.clone(), listener.clone(), socket);
                            listeners.insert(at, (listener, tokio::task::spawn_local(task)));
                        }
                        Err(error) => {
                            tracing::error!(%error, %at, shard = self.node.shard.id, "a listener cannot be used");
                            served = Err(error);
                        }
                    }
                }
            }
        }
        drop(listeners);
        before.into_values().for_each(|(_, task)| task.abort());
        if !rollout.gone.is_empty() {
            let is_gone =
                |policy: &Arc<Policy>| rollout.gone.iter().any(|g| Arc::ptr_eq(g, policy));
            self.node.shard.end_where(is_gone, Ending::unserved);
        }
        self.node.forget(&rollout.gone);
        self.sweep_every
            .set(self.sweep_every.get().min(sweep_interval(&rollout.table)));
        let _ = rollout.done.send(served);
    }

    fn close_listeners(&self) {
        for (_, (_, task)) in self.listeners.borrow_mut().drain() {
            task.abort();
        }
    }

    async fn sweep(self: Rc<Self>) {
        loop {
            self.node.shared.clock.sleep(self.sweep_every.get()).await;
            self.node.shard.sweep();
        }
    }
}

/// How often connections are checked for silence: a ping is at most a fifteenth of the shortest interval late.
fn sweep_interval(table: &Table) -> Duration {
    let policies = table.listeners.iter().flat_map(|l| &l.policies);
    let shortest = policies
        .map(|p| p.ping_interval.min(p.idle_timeout))
        .min()
        .unwrap_or(Duration::MAX);
    (shortest / 15).clamp(Duration::from_millis(20), Duration::from_secs(1))
}
