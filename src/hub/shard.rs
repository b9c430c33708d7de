//! One core's connections: what reaches them in a tick, and one write per socket at its end.

mod batches;
mod delivery;
mod flush;
mod inbox;
pub(crate) mod message;
mod paging;
mod pids;
mod progress;
mod reset;
mod sockets;
#[cfg(test)]
mod tests;
mod tick;
mod upkeep;

pub(crate) use message::{INBOX_MESSAGES, Inbox, ToShard};
pub(crate) use sockets::Registered;

use crate::app::App;
use crate::hub::batch::Batch;
use crate::hub::broker::local::Local;
use crate::hub::extensions::Extensions;
use crate::hub::format::Formats;
use crate::hub::groups::Groups;
use crate::hub::shard::paging::Paging;
use crate::hub::shard::progress::Progress;
use crate::hub::shard::sockets::Sockets;
use crate::hub::shard::tick::Tick;
use crate::hub::socket::Socket;
use crate::limits::clock::Clock;
use crate::metrics::{ShardStats, Stats};
use crate::protocol::close::Ending;
use crate::routing::Policy;
use crate::store::Store;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Notify, SemaphorePermit};

/// One core's connections and their groups. Everything of it is of one thread; other threads reach it by its [`Inbox`].
pub(crate) struct Shard<A: App> {
    /// Its number: its position among the inboxes of the broker.
    pub id: usize,
    pub formats: Arc<Formats<A>>,
    pub store: Option<Store>,
    /// The process's counters.
    pub stats: Arc<Stats>,
    /// This shard's own counters.
    pub counts: Arc<ShardStats>,
    /// The time of everything that waits here.
    pub clock: Clock,
    /// What the rooms above keep here.
    pub extensions: Extensions,
    broker: Local<A>,
    started: Instant,
    sockets: Rc<Sockets<A>>,
    groups: RefCell<Groups<A>>,
    /// Connections that a client can come back to, by their id.
    pids: RefCell<FxHashMap<String, Rc<Socket<A>>>>,
    tick: Tick<A>,
    batches: Batches<A>,
    progress: Progress,
    paging: Paging,
    upkeep: LastUpkeep,
}

/// The batch that is open, for connections that batch.
struct Batches<A: App> {
    open: RefCell<Batch<A>>,
    /// Woken when the first event of a batch was heard.
    opened: Notify,
}

/// When a shard last did what it does from time to time, in milliseconds of its clock.
#[derive(Default)]
struct LastUpkeep {
    /// When the outboxes were looked through because too much waits.
    relieved: Cell<u64>,
    /// When old addresses and replayed events were forgotten.
    tidied: Cell<u64>,
}

/// What a shard is made of.
pub(crate) struct Setup<A: App> {
    /// Its number: its position among the inboxes of the broker.
    pub id: usize,
    pub formats: Arc<Formats<A>>,
    pub store: Option<Store>,
    pub broker: Local<A>,
    pub stats: Arc<Stats>,
    pub clock: Clock,
    pub extensions: Extensions,
}

impl<A: App> Shard<A> {
    /// A shard without members. It does nothing by itself: its thread runs [`take_in`](Self::take_in), [`flush_ticks`](Self::flush_ticks) and
    /// [`close_batches`](Self::close_batches), and calls [`sweep`](Self::sweep).
    pub fn new(setup: Setup<A>) -> Self {
        Shard {
            id: setup.id,
            formats: setup.formats,
            store: setup.store,
            counts: setup.stats.shards[setup.id].clone(),
            stats: setup.stats,
            extensions: setup.extensions,
            broker: setup.broker,
            started: setup.clock.now(),
            clock: setup.clock,
            sockets: Rc::default(),
            groups: RefCell::default(),
            pids: RefCell::default(),
            tick: Tick::default(),
            batches: Batches {
                open: RefCell::default(),
                opened: Notify::new(),
            },
            progress: Progress::default(),
            paging: Paging::default(),
            upkeep: LastUpkeep::default(),
        }
    }

    /// Milliseconds since the shard began.
    pub fn now_ms(&self) -> u64 {
        (self.clock.now() - self.started).as_millis() as u64
    }

    /// The inboxes of all shards.
    pub fn peers(&self) -> &Arc<[Inbox<A>]> {
        self.broker.inboxes()
    }

    /// Keeps a socket on the list that [`sweep`](Self::sweep) visits, for as long as the returned value lives.
    pub fn register(&self, socket: &Rc<Socket<A>>) -> Registered<A> {
        self.sockets.register(socket)
    }

    /// Adds a socket to a group that it is not in.
    pub fn join(&self, group: A::Group, format: u16, socket: &Rc<Socket<A>>) {
        self.groups.borrow_mut().join(group, format, socket);
        self.count_groups();
    }

    /// Takes a socket out of a group, if it is in it.
    pub fn leave(&self, group: &A::Group, format: u16, socket: &Rc<Socket<A>>) {
        self.groups.borrow_mut().leave(group, format, socket);
        self.count_groups();
    }

    fn count_groups(&self) {
        let (groups, members) = self.groups.borrow().size();
        self.counts.groups.set(groups);
        self.counts.members.set(members);
    }

    /// The number up to which everything was delivered to the members here, or is held for them.
    pub fn reached(&self) -> u64 {
        self.progress.reached()
    }

    /// Waits until everything up to `seq` was delivered or held here. Cancel safe.
    pub async fn caught_up(&self, seq: u64) {
        self.progress.wait(seq).await;
    }

    /// Nobody delivers here: [`caught_up`](Self::caught_up) waits for nothing from now on.
    pub fn skip_ahead(&self) {
        self.progress.reach(u64::MAX);
    }

    /// Waits until so many bytes of replay may be sent, in the order of asking. Whoever has sent them yields before giving the permit back, and tokio looks at
    /// the network before a task goes on that has yielded: clients who are replayed much do not keep those waiting who ask for something. Cancel safe.
    pub async fn may_page(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        self.paging.permit(bytes).await
    }

    /// Ends up to `most` of the sockets that nobody has ended yet, and returns how many that were.
    pub fn end_some(&self, most: usize, ending: fn() -> Ending) -> usize {
        self.sockets.end_some(most, ending)
    }

    /// Ends the sockets that were opened under such a policy.
    pub fn end_where(&self, is_gone: impl Fn(&Arc<Policy>) -> bool, ending: fn() -> Ending) {
        self.sockets.end_where(is_gone, ending);
    }

    /// How many sockets are open.
    pub fn connections(&self) -> usize {
        self.sockets.len()
    }
}
