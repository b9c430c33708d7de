//! A shard's thread: what it serves, what it is told to serve instead, and how it ends.

use super::accept::accept;
use super::drain::{Deadline, WAVE, wave};
use super::listener::{Listener, ListenerConfig};
use super::node::Node;
use super::shared::Shared;
use super::table::Table;
use crate::app::App;
use crate::hub::broker::local::Local;
use crate::hub::extensions::Extensions;
use crate::hub::lane::Lanes;
use crate::hub::shard::{Setup, Shard, ToShard};
use crate::limits::clock::Clock;
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
use tokio::time::{MissedTickBehavior, interval, sleep_until};

/// What a shard's thread is told.
pub(super) enum Order {
    Serve(Rollout),
    /// Stop, at the latest then. The earliest counts.
    Drain(Deadline),
}

/// A table and what a shard needs for it.
pub(super) struct Rollout {
    pub table: Arc<Table>,
    pub sockets: Vec<(SocketAddr, std::net::TcpListener)>,
    /// Of routes that are served no more.
    pub gone: Arc<[Arc<Policy>]>,
    /// Told when it is served, or why it is not, or not whole.
    pub done: oneshot::Sender<io::Result<()>>,
}

/// What a shard's thread begins with.
pub(super) struct Seed<A: App> {
    pub id: usize,
    pub lanes: Arc<Lanes<A>>,
    pub store: Option<Store>,
    pub broker: Local<A>,
    pub clock: Clock,
    pub shared: Arc<Shared<A>>,
}

impl<A: App> Seed<A> {
    /// `up`: told when it has what it needs of the system, or why it has not. Nobody is let in before the first order.
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
                lanes: self.lanes,
                store: self.store,
                broker: self.broker,
                stats,
                clock: self.clock,
                extensions,
            });
            let shard = Rc::new(shard);
            let runtime = tokio::runtime::Handle::current().metrics();
            let _ = shard.counts.runtime.set(runtime);
            tokio::task::spawn_local(shard.clone().flush_turns());
            tokio::task::spawn_local(shard.clone().close_windows());
            tokio::task::spawn_local(shard.clone().take_in(inbox));
            let worker = Rc::new(Worker {
                node: Rc::new(Node::new(shard, self.shared)),
                listeners: RefCell::default(),
                sweep_every: Cell::new(Duration::from_secs(1)),
            });
            tokio::task::spawn_local(worker.clone().sweep());
            worker.obey(orders).await;
        });
    }
}

/// What an address serves, and the task that accepts there.
type Accepting<A> = (Rc<Listener<A>>, JoinHandle<()>);

/// A shard's thread at work.
struct Worker<A: App> {
    node: Rc<Node<A>>,
    listeners: RefCell<HashMap<SocketAddr, Accepting<A>>>,
    sweep_every: Cell<Duration>,
}

impl<A: App> Worker<A> {
    async fn obey(self: Rc<Self>, mut orders: mpsc::Receiver<Order>) {
        let mut drain: Option<Deadline> = None;
        // since when nobody new is let in
        let mut deaf: Option<Instant> = None;
        let mut open = true;
        let idle = Instant::now();
        let mut waves = interval(WAVE);
        waves.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let draining = drain.is_some();
            let (hears, end) = drain.map_or((idle, idle), |d| (d.deaf, d.end));
            tokio::select! {
                order = orders.recv(), if open => match order {
                    Some(Order::Serve(rollout)) => self.serve(rollout),
                    Some(Order::Drain(deadline)) => {
                        drain = Some(drain.map_or(deadline, |d| d.or_sooner(deadline)));
                        waves.reset_immediately();
                    }
                    None => {
                        // whoever owned the server dropped it, or its end has begun already
                        open = false;
                        drain.get_or_insert_with(|| Deadline::within(Duration::ZERO));
                    }
                },
                () = sleep_until(hears.into()), if draining && deaf.is_none() => {
                    deaf = Some(Instant::now());
                    self.close_listeners();
                    self.node.shared.drain.open.fetch_add(self.node.shard.connections(), Relaxed);
                    waves.reset_immediately();
                }
                _ = waves.tick(), if deaf.is_some() => {
                    if let (Some(began), Some(deadline)) = (deaf, drain) {
                        wave(&self.node.shard, &self.node.shared.drain, began, deadline);
                    }
                    if self.node.shard.connections() == 0 {
                        // who is asking something is answered; who might still ask is not waited for
                        self.node.close();
                    }
                }
                () = self.node.emptied(), if draining => return,
                () = sleep_until(end.into()), if draining => {
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
        for entry in &rollout.table.listeners {
            let config = Rc::new(ListenerConfig::new(&self.node, entry.clone()));
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
            tokio::time::sleep(self.sweep_every.get()).await;
            self.node.shard.sweep();
        }
    }
}

/// Often enough that a client is asked at most a fifteenth of the shortest interval too late: its time to answer ends when it would have ended anyway.
fn sweep_interval(table: &Table) -> Duration {
    let policies = table.listeners.iter().flat_map(|l| &l.policies);
    let shortest = policies
        .map(|p| p.ping_interval.min(p.idle_timeout))
        .min()
        .unwrap_or(Duration::MAX);
    (shortest / 15).clamp(Duration::from_millis(20), Duration::from_secs(1))
}
