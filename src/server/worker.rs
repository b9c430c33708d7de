//! A shard's thread: what it serves, what it is told to serve instead, and how it ends.

use super::accept::{Serving, Slot, accept};
use super::drain::{Deadline, WAVE, wave};
use super::table::{Shared, Table};
use crate::app::App;
use crate::hub::lane::Lanes;
use crate::hub::publication::{Inbox, ToShard};
use crate::hub::shard::Shard;
use crate::protocol::close::Ending;
use crate::routing::Policy;
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
use tokio::sync::{Notify, mpsc, oneshot, watch};
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
    pub peers: Vec<Inbox<A>>,
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
            let shard = Shard::new(self.id, self.lanes, self.store, self.peers, stats);
            let shard = Rc::new(shard);
            let runtime = tokio::runtime::Handle::current().metrics();
            let _ = shard.counts.runtime.set(runtime);
            tokio::task::spawn_local(shard.clone().flush_turns());
            tokio::task::spawn_local(shard.clone().close_windows());
            tokio::task::spawn_local(shard.clone().take_in(inbox));
            let worker = Rc::new(Worker {
                shard,
                shared: self.shared,
                slots: RefCell::default(),
                gone: RefCell::default(),
                present: Cell::new(0),
                left: Notify::new(),
                closing: watch::Sender::new(false),
                sweep_every: Cell::new(Duration::from_secs(1)),
            });
            tokio::task::spawn_local(worker.clone().sweep());
            worker.obey(orders).await;
        });
    }
}

/// What an address serves, and the task that accepts there.
type Accepting<A> = (Rc<Slot<A>>, JoinHandle<()>);

/// What the connections of a shard's thread share, beside the shard.
pub(super) struct Worker<A: App> {
    pub shard: Rc<Shard<A>>,
    pub shared: Arc<Shared<A>>,
    slots: RefCell<HashMap<SocketAddr, Accepting<A>>>,
    /// Policies of vanished routes, for handshakes that were under way.
    gone: RefCell<Vec<Arc<Policy>>>,
    /// Connections of any kind.
    present: Cell<usize>,
    left: Notify,
    /// No request is waited for any more.
    closing: watch::Sender<bool>,
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
                    self.shared.farewell.open.fetch_add(self.shard.connections(), Relaxed);
                    waves.reset_immediately();
                }
                _ = waves.tick(), if deaf.is_some() => {
                    if let (Some(began), Some(deadline)) = (deaf, drain) {
                        wave(&self.shard, &self.shared.farewell, began, deadline);
                    }
                    if self.shard.connections() == 0 {
                        // who is asking something is answered; who might still ask is not waited for
                        let _ = self.closing.send(true);
                    }
                }
                () = self.emptied(), if draining => return,
                () = sleep_until(end.into()), if draining => {
                    tracing::warn!(shard = self.shard.id, left = self.present.get(), "connections did not end in time");
                    return;
                }
            }
        }
    }

    fn serve(self: &Rc<Self>, rollout: Rollout) {
        let mut sockets: HashMap<_, _> = rollout.sockets.into_iter().collect();
        let mut slots = self.slots.borrow_mut();
        let mut before = std::mem::take(&mut *slots);
        let mut served = Ok(());
        for listening in &rollout.table.listeners {
            let serving = Rc::new(Serving::new(self, listening.clone()));
            for place in &listening.places {
                let at = place.actual;
                if let Some((slot, task)) = before.remove(&at) {
                    slot.serve(serving.clone());
                    slots.insert(at, (slot, task));
                } else if let Some(socket) = sockets.remove(&at) {
                    match TcpListener::from_std(socket) {
                        Ok(socket) => {
                            let slot = Rc::new(Slot::new(serving.clone()));
                            let task = accept(self.clone(), slot.clone(), socket);
                            slots.insert(at, (slot, tokio::task::spawn_local(task)));
                        }
                        Err(error) => {
                            tracing::error!(%error, %at, shard = self.shard.id, "a listener cannot be used");
                            served = Err(error);
                        }
                    }
                }
            }
        }
        drop(slots);
        before.into_values().for_each(|(_, task)| task.abort());
        if !rollout.gone.is_empty() {
            let is_gone =
                |policy: &Arc<Policy>| rollout.gone.iter().any(|g| Arc::ptr_eq(g, policy));
            self.shard.end_where(is_gone, Ending::unserved);
        }
        let mut gone = self.gone.borrow_mut();
        gone.retain(|policy| Arc::strong_count(policy) > 1);
        gone.extend(rollout.gone.iter().cloned());
        drop(gone);
        self.sweep_every
            .set(self.sweep_every.get().min(sweep_interval(&rollout.table)));
        let _ = rollout.done.send(served);
    }

    fn close_listeners(&self) {
        for (_, (_, task)) in self.slots.borrow_mut().drain() {
            task.abort();
        }
    }

    /// Counts a connection, until what is returned is dropped.
    pub fn arrive(self: &Rc<Self>) -> Presence<A> {
        self.present.set(self.present.get() + 1);
        Presence(self.clone())
    }

    async fn emptied(&self) {
        while self.present.get() > 0 {
            self.left.notified().await; // single thread: nothing can change between the test and the wait
        }
    }

    /// Resolves when no request is waited for any more.
    pub async fn closing(&self) {
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }

    pub fn is_draining(&self) -> bool {
        self.shared.farewell.draining.load(Relaxed)
    }

    /// Whether the route of this policy vanished while the handshake was under way.
    pub fn is_gone(&self, policy: &Arc<Policy>) -> bool {
        self.gone.borrow().iter().any(|g| Arc::ptr_eq(g, policy))
    }

    async fn sweep(self: Rc<Self>) {
        loop {
            tokio::time::sleep(self.sweep_every.get()).await;
            self.shard.sweep();
        }
    }
}

/// A connection of a shard's thread, from its accept to its end.
pub(super) struct Presence<A: App>(Rc<Worker<A>>);

impl<A: App> Drop for Presence<A> {
    fn drop(&mut self) {
        self.0.present.set(self.0.present.get() - 1);
        if self.0.present.get() == 0 {
            self.0.left.notify_waiters();
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
