//! A running server: what its owner can ask for, reload, drain and stop.

use super::bind::{BoundAddress, NewSockets};
use super::descriptors;
use super::drain::{DrainProgress, DrainTimes};
use super::leases::Leases;
use super::table::Table;
use super::worker::{Order, Rollout};
use crate::error::Error;
use crate::limits::clock::Clock;
use crate::metrics::Stats;
use crate::routing::{Policy, Routing};
use crate::store::{Running, Store};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{mpsc, oneshot, watch};

/// How long open connections have to end in order when the server stops at once: the time that a client has to answer a close frame, and a little more.
const STOP_TIMEOUT: Duration = Duration::from_secs(6);
/// How long open connections have to end in order after [`Started::hurry`].
const HURRY_TIMEOUT: Duration = Duration::from_secs(1);

/// The error of a shard whose thread has ended without a result: it panicked.
pub(super) fn lost_thread() -> io::Error {
    io::Error::other("a shard's thread has ended")
}

/// A server that runs.
pub struct Started {
    pub(super) orders: Vec<mpsc::Sender<Order>>,
    pub(super) drain: Arc<DrainProgress>,
    pub(super) clock: Clock,
    pub(super) stats: Arc<Stats>,
    pub(super) leases: Leases,
    pub(super) addresses: Vec<(String, SocketAddr)>,
    pub(super) bound: Vec<BoundAddress>,
    /// How many shards' threads have ended.
    pub(super) ended: watch::Receiver<usize>,
    pub(super) store: Option<Store>,
    pub(super) running: Option<Running>,
    pub(super) threads: Vec<JoinHandle<()>>,
}

/// What became of the listeners when the routing was replaced.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Changes {
    /// Each new address and its listener's name.
    pub opened: Vec<(String, SocketAddr)>,
    /// Each address where nobody listens any more.
    pub closed: Vec<(String, SocketAddr)>,
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

    /// Serves another routing, with the certificates that were read with it, and returns when all shards do.
    ///
    /// No connection is dropped for it: an open WebSocket keeps the policy that it was opened with, and a request is answered by the routing at its time. Only
    /// where a route has gone (there is none with its path and consumer in the listener of that name) its connections are ended, with 4404. The number of
    /// shards, the consumers, the keys and the store are the server's own and stay.
    /// The `[limits]` of the process are the new ones, and nobody is closed for them.
    ///
    /// # Errors
    /// [`Error::Config`] when an address cannot be bound: nothing is changed then. An address that overlaps with one in use (`0.0.0.0:80` and `127.0.0.1:80`)
    /// can only replace it in a restart. [`Error::Io`] when the system would not let a shard use one: the rest is served as the routing says. [`Error::Closed`] when the
    /// server stops.
    ///
    /// # Cancel safety
    /// A reload that is dropped takes place nevertheless.
    pub async fn reload(&mut self, routing: Routing) -> Result<Changes, Error> {
        if self.drain.draining.load(Relaxed) {
            return Err(Error::Closed);
        }
        let mut leases = self.leases.clone();
        let shards = self.orders.len();
        let limits = routing.limits;
        let (table, fresh) = Table::new(routing, &self.bound, &mut leases, shards)?;
        let gone = leases.revoke(table.listeners.iter().map(|entry| &entry.listener));
        let before = std::mem::take(&mut self.addresses);
        let served = match self.roll_out(table, fresh, gone) {
            Ok(served) => served,
            Err(error) => {
                self.addresses = before;
                return Err(error);
            }
        };
        self.leases = leases;
        self.stats.limit(limits);
        descriptors::warn(limits, &self.stats.quota);
        let mut all = Ok(());
        for served in served {
            all = all.and(served.await.unwrap_or(Err(lost_thread())));
        }
        self.leases.prune();
        all?;
        let but = |these: &[(String, SocketAddr)], those: &[(String, SocketAddr)]| {
            let known = |at: &SocketAddr| those.iter().any(|(_, other)| other == at);
            these.iter().filter(|(_, at)| !known(at)).cloned().collect()
        };
        Ok(Changes {
            opened: but(&self.addresses, &before),
            closed: but(&before, &self.addresses),
        })
    }

    /// Hands a table to all shards, or to none.
    pub(super) fn roll_out(
        &mut self,
        table: Table,
        fresh: Vec<NewSockets>,
        gone: Vec<Arc<Policy>>,
    ) -> Result<Vec<oneshot::Receiver<io::Result<()>>>, Error> {
        let permits = self.orders.iter().map(mpsc::Sender::try_reserve);
        let permits: Vec<_> = permits
            .collect::<Result<_, _>>()
            .map_err(|_| Error::Closed)?;
        self.bound = table.addresses().cloned().collect();
        self.addresses = table
            .addresses()
            .map(|bound| (bound.listener.clone(), bound.actual))
            .collect();
        let (table, gone) = (Arc::new(table), Arc::<[_]>::from(gone));
        let mut fresh: Vec<_> = fresh
            .into_iter()
            .map(|new| (new.address.actual, new.sockets.into_iter()))
            .collect();
        let hand = |permit: mpsc::Permit<'_, Order>| {
            let (done, served) = oneshot::channel();
            let sockets = fresh
                .iter_mut()
                .filter_map(|(at, sockets)| Some((*at, sockets.next()?)))
                .collect();
            permit.send(Order::Serve(Rollout {
                table: table.clone(),
                sockets,
                gone: gone.clone(),
                done,
            }));
            served
        };
        Ok(permits.into_iter().map(hand).collect())
    }

    /// Begins to stop, and returns at once: probes of `/readyz` are answered 503; after a tenth of `time`, a second at most, listeners close; then clients are
    /// told 1012 one after the other over most of `time`, so that they do not all come back to the next server in one moment (faster
    /// where they are few: one in 100 ms). Who is not told yet hears events as before. Requests that are being answered
    /// are finished. At the end of `time` what is left is cut off. A second call can only make it sooner.
    pub fn drain(&self, time: Duration) {
        self.leave(DrainTimes::spread_over(self.clock.now(), time));
    }

    /// Ends a [`drain`](Self::drain) sooner: everybody is told at once and has a second.
    pub fn hurry(&self) {
        self.leave(DrainTimes::within(self.clock.now(), HURRY_TIMEOUT));
    }

    /// Prints `listening on ADDRESS` for each address, waits for Ctrl-C or SIGTERM, and [stops](Self::stop) in order. Blocks.
    ///
    /// # Errors
    /// [`Error::Io`] when the system would not tell of signals: the server is stopped then.
    pub fn wait(self) -> Result<(), Error> {
        for (_, address) in self.addresses() {
            println!("listening on {address}");
        }
        let waited = signalled();
        self.stop();
        Ok(waited?)
    }

    /// Resolves when no connection is left. Cancel safe.
    pub async fn drained(&self) {
        let all = self.threads.len();
        let _ = self.ended.clone().wait_for(|ended| *ended >= all).await;
    }

    fn leave(&self, times: DrainTimes) {
        self.drain.draining.store(true, Relaxed);
        for shard in &self.orders {
            // full: it has many orders to stop. Closed: it has ended
            let _ = shard.try_send(Order::Drain(times));
        }
    }

    /// Closes every connection that is left with 1012, lets queued writes finish, and returns when all threads have ended. Blocks.
    pub fn stop(mut self) {
        self.leave(DrainTimes::within(self.clock.now(), STOP_TIMEOUT));
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a shard panicked");
            }
        }
        // the writer last: it finishes what the shards asked for
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

/// Blocks until somebody wants this process to end.
fn signalled() -> io::Result<()> {
    let runtime = Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    })
}
