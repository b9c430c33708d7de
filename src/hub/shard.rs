//! One core's connections: what reaches them this turn, and one write per socket at its end.

mod inbox;
pub(crate) mod message;
mod reset;
mod upkeep;
mod windows;

pub(crate) use message::{INBOX_MESSAGES, Inbox, ToShard};

use crate::app::App;
use crate::hub::batching::Gather;
use crate::hub::broker::Broker;
use crate::hub::broker::local::Local;
use crate::hub::extensions::Extensions;
use crate::hub::groups::Groups;
use crate::hub::lane::Lanes;
use crate::hub::publication::Publication;
use crate::hub::socket::Socket;
use crate::hub::turn::{Cork, Mark, Said};
use crate::hub::window::Window;
use crate::limits::clock::Clock;
use crate::metrics::{Drop as Dropped, MICROS, ShardStats, Stats};
use crate::protocol::close::Ending;
use crate::routing::Policy;
use crate::store::Store;
use bytes::Bytes;
use rustc_hash::FxHashMap;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

/// Ephemeral publications that wait for another shard. What is more is dropped: they are told at most once.
const OUTGOING_PUBLICATIONS: usize = 65_536;

/// Pages of replay that are sent between two looks at the network, in KiB: one large one, which takes the system a tenth of a millisecond.
const PAGING_KIB: usize = 256;

pub(crate) struct Shard<A: App> {
    pub id: usize,
    pub lanes: Arc<Lanes<A>>,
    pub store: Option<Store>,
    broker: Local<A>,
    /// How far the history was delivered here. The store says where it begins.
    seen: Cell<u64>,
    advanced: Notify,
    groups: RefCell<Groups<A>>,
    sockets: RefCell<slab::Slab<Rc<Socket<A>>>>,
    /// What the rooms above keep here.
    pub extensions: Extensions,
    /// Socket.IO clients that can come back: to which sockets those belong that are here.
    pub pids: RefCell<FxHashMap<String, Rc<Socket<A>>>>,
    turn: RefCell<Vec<Said>>,
    dirty: RefCell<Vec<Rc<Socket<A>>>>,
    outgoing: RefCell<Vec<Arc<Publication<A>>>>,
    scheduled: Cell<bool>,
    kick: Notify,
    /// What connections hear that gather it.
    window: RefCell<Window<A>>,
    window_opened: Notify,
    /// One for the sockets that get plain frames, one for the others: they alternate in a group.
    corks: RefCell<[Cork; 2]>,
    /// The time of everything that waits here.
    pub clock: Clock,
    started: Instant,
    /// The process's counters, and this shard's own.
    pub stats: Arc<Stats>,
    pub counts: Arc<ShardStats>,
    /// The oldest commit of which this turn tells.
    committed_at: Cell<Option<Instant>>,
    /// What may be sent of replay before the network is looked at again, in KiB.
    paging: Semaphore,
    /// When the outboxes were looked through last, and when old addresses were forgotten.
    relieved_at: Cell<u64>,
    tidied_at: Cell<u64>,
}

/// What a shard is made of.
pub(crate) struct Setup<A: App> {
    /// Its number: its position among the inboxes of the broker.
    pub id: usize,
    pub lanes: Arc<Lanes<A>>,
    pub store: Option<Store>,
    pub broker: Local<A>,
    pub stats: Arc<Stats>,
    pub clock: Clock,
    pub extensions: Extensions,
}

impl<A: App> Shard<A> {
    pub fn new(setup: Setup<A>) -> Self {
        let Setup {
            id,
            lanes,
            store,
            broker,
            stats,
            clock,
            extensions,
        } = setup;
        Shard {
            counts: stats.shards[id].clone(),
            stats,
            committed_at: Cell::new(None),
            relieved_at: Cell::new(0),
            tidied_at: Cell::new(0),
            id,
            lanes,
            store,
            broker,
            seen: Cell::new(0),
            advanced: Notify::new(),
            groups: RefCell::default(),
            sockets: RefCell::default(),
            extensions,
            pids: RefCell::default(),
            turn: RefCell::default(),
            dirty: RefCell::default(),
            outgoing: RefCell::default(),
            scheduled: Cell::new(false),
            kick: Notify::new(),
            window: RefCell::default(),
            window_opened: Notify::new(),
            corks: RefCell::default(),
            paging: Semaphore::new(PAGING_KIB),
            started: clock.now(),
            clock,
        }
    }

    /// Milliseconds since the shard began.
    pub fn now_ms(&self) -> u64 {
        (self.clock.now() - self.started).as_millis() as u64
    }

    /// Keeps a socket on the list that [`sweep`](Self::sweep) visits, for as long as the returned value lives.
    pub fn register(self: &Rc<Self>, socket: &Rc<Socket<A>>) -> Registered<A> {
        Registered {
            shard: self.clone(),
            key: self.sockets.borrow_mut().insert(socket.clone()),
        }
    }

    pub fn join(&self, group: A::Group, lane: u16, socket: &Rc<Socket<A>>) {
        self.groups.borrow_mut().join(group, lane, socket);
        self.count_groups();
    }

    pub fn leave(&self, group: &A::Group, lane: u16, socket: &Rc<Socket<A>>) {
        self.groups.borrow_mut().leave(group, lane, socket);
        self.count_groups();
    }

    fn count_groups(&self) {
        let (groups, members) = self.groups.borrow().size();
        self.counts.groups.set(groups);
        self.counts.members.set(members);
    }

    /// The inboxes of all shards.
    pub fn peers(&self) -> &Arc<[Inbox<A>]> {
        self.broker.inboxes()
    }

    /// Ends the connection that has this id so far, wherever it is.
    pub async fn evict(&self, pid: &str) {
        self.evict_here(pid);
        for (id, peer) in self.peers().iter().enumerate() {
            if id != self.id {
                let pid = pid.to_owned();
                let call = move |shard: &Rc<Shard<A>>| shard.evict_here(&pid);
                let _ = peer.send(ToShard::Call(Box::new(call))).await;
            }
        }
    }

    fn evict_here(&self, pid: &str) {
        if let Some(socket) = self.pids.borrow_mut().remove(pid) {
            socket.end(Ending::taken_over());
        }
    }

    /// A connection that can be come back to is gone.
    pub fn forget_pid(&self, pid: &str, socket: &Rc<Socket<A>>) {
        let mut pids = self.pids.borrow_mut();
        if pids.get(pid).is_some_and(|known| Rc::ptr_eq(known, socket)) {
            pids.remove(pid);
        }
    }

    /// To the local members now, to the other shards at the end of the turn. Ephemeral: at most once.
    pub fn publish(&self, publication: Publication<A>) {
        let publication = Arc::new(publication);
        self.deliver(&publication);
        if self.peers().len() > 1 {
            let mut outgoing = self.outgoing.borrow_mut();
            if outgoing.len() < OUTGOING_PUBLICATIONS {
                outgoing.push(publication);
            } else {
                self.counts.dropped(Dropped::Ephemeral, 1);
                tracing::warn!("another shard does not keep up: an ephemeral signal is dropped");
            }
            drop(outgoing);
            self.schedule();
        }
    }

    fn deliver(&self, publication: &Publication<A>) {
        let groups = self.groups.borrow();
        let mut turn = self.turn.borrow_mut();
        let mut dirty = self.dirty.borrow_mut();
        let mut window = self.window.borrow_mut();
        let was_empty = window.is_empty();
        let mut delivered = 0;
        for (position, group) in publication.groups.iter().enumerate() {
            for (lane, members) in groups.members(group) {
                let frame = publication.frame(position, lane, |event, group| {
                    self.lanes[lane as usize].render(publication.seq, event, group)
                });
                if let Some(plain) = frame {
                    let plain_at = turn.len();
                    let mut deflated_at = None;
                    let mut gathered_at = None;
                    let length = plain.len();
                    let entity = self.lanes[lane as usize].entity(&publication.event, group);
                    let mark = Mark::Event(entity);
                    turn.push(Said { frame: plain, mark });
                    for socket in members {
                        let wire = socket.wire();
                        if socket.is_closing() || wire.is_closing() {
                            continue;
                        }
                        let at = if length < socket.compression.get().deflate_from {
                            plain_at
                        } else {
                            *deflated_at.get_or_insert_with(|| {
                                let plain = &turn[plain_at].frame;
                                let frame = publication.deflated(position, lane, plain);
                                turn.push(Said { frame, mark });
                                turn.len() - 1
                            })
                        };
                        if socket.hold(publication.seq, group, &turn[at].frame)
                            || !socket.passes(publication.seq)
                        {
                            continue;
                        }
                        if let Some(how) = socket.gathers() {
                            let place = gathered_at.get_or_insert_with(|| {
                                let (seq, lane) = (publication.seq, &self.lanes[lane as usize]);
                                let told = lane.message(seq, &publication.event, group)?;
                                Some(window.take(seq, told))
                            });
                            if let Some(place) = place {
                                window.heard(lane, socket, *place);
                            }
                            if how == Gather::Instead {
                                delivered += 1;
                                continue;
                            }
                        }
                        wire.pending.borrow_mut().push(at as u32);
                        delivered += 1;
                        if !wire.queued.replace(true) {
                            dirty.push(wire.clone());
                        }
                    }
                }
                if publication.rechecks {
                    members.iter().for_each(|socket| socket.recheck());
                }
            }
        }
        self.counts.delivered.add(delivered);
        let (opens, is_full) = (was_empty && !window.is_empty(), window.is_full());
        drop((turn, dirty, window, groups));
        self.schedule();
        if opens {
            self.window_opened.notify_one();
        }
        if is_full {
            self.close_window();
        }
    }

    /// A frame for one socket, at the end of the turn.
    pub fn send(&self, socket: &Rc<Socket<A>>, frame: Bytes) {
        if !socket.is_closing() {
            self.send_suited(socket, socket.suited(frame));
        }
    }

    /// A frame that is compressed already if this socket's frames are.
    pub fn send_suited(&self, socket: &Rc<Socket<A>>, frame: Bytes) {
        let wire = socket.wire();
        if socket.is_closing() || wire.is_closing() || socket.defers(&frame) {
            return;
        }
        let mut turn = self.turn.borrow_mut();
        wire.pending.borrow_mut().push(turn.len() as u32);
        turn.push(Said {
            frame,
            mark: Mark::Own,
        });
        if !wire.queued.replace(true) {
            self.dirty.borrow_mut().push(wire.clone());
        }
        drop(turn);
        self.schedule();
    }

    fn schedule(&self) {
        if !self.scheduled.replace(true) {
            self.kick.notify_one();
        }
    }

    /// The end of a turn: one message per other shard, one write per socket.
    pub fn flush(&self) {
        self.scheduled.set(false);
        self.hand_over();
        let mut dirty = std::mem::take(&mut *self.dirty.borrow_mut());
        let mut turn = std::mem::take(&mut *self.turn.borrow_mut());
        let mut corks = self.corks.borrow_mut();
        for socket in dirty.drain(..) {
            socket.queued.set(false);
            let cork = &mut corks[usize::from(socket.compression.get().inflates)];
            socket.flush(&turn, cork);
        }
        corks.iter_mut().for_each(Cork::forget);
        turn.clear();
        if let Some(at) = self.committed_at.take() {
            let micros = (self.clock.now() - at).as_micros();
            let micros = u64::try_from(micros).unwrap_or(u64::MAX);
            self.counts.announced.record(&MICROS, micros);
        }
        if self.counts.backlog.is_over() {
            self.relieve();
        }
        // the lists' memory is used again, unless a burst made it large
        if dirty.capacity() <= 65_536 {
            *self.dirty.borrow_mut() = dirty;
        }
        if turn.capacity() <= 4_096 {
            *self.turn.borrow_mut() = turn;
        }
    }

    /// Ends the turn, if it has something for this socket.
    pub fn flush_for(&self, socket: &Socket<A>) {
        if socket.queued.get() {
            self.flush();
        }
    }

    fn hand_over(&self) {
        let outgoing = std::mem::take(&mut *self.outgoing.borrow_mut());
        if !outgoing.is_empty() {
            let lost = self.broker.publish(self.id, &outgoing);
            self.counts.dropped(Dropped::Ephemeral, lost);
        }
    }

    /// Flushes after each turn, for as long as the shard lives.
    pub async fn flush_turns(self: Rc<Self>) {
        loop {
            self.kick.notified().await;
            self.flush();
        }
    }

    /// Waits until so many bytes of replay may be sent, in the order of asking. Who has sent them yields before it gives the permit back, and tokio looks at
    /// the network before a task goes on that has yielded: clients who are replayed much do not keep those waiting who ask for something.
    pub async fn may_page(&self, bytes: usize) -> Option<SemaphorePermit<'_>> {
        let kib = (bytes >> 10).clamp(1, PAGING_KIB);
        self.paging.acquire_many(kib as u32).await.ok()
    }

    /// Ends up to `most` of the sockets that nobody has ended yet, and returns how many that were.
    pub fn end_some(&self, most: usize, ending: fn() -> Ending) -> usize {
        let sockets = self.sockets.borrow();
        let open = sockets.iter().filter(|(_, s)| !s.is_leaving()).take(most);
        open.map(|(_, s)| s.end(ending())).count()
    }

    /// Ends the sockets that were opened under such a policy.
    pub fn end_where(&self, is_gone: impl Fn(&Arc<Policy>) -> bool, ending: fn() -> Ending) {
        for (_, socket) in self.sockets.borrow().iter() {
            if is_gone(&socket.policy) {
                socket.end(ending());
            }
        }
    }

    /// How many sockets are open.
    pub fn connections(&self) -> usize {
        self.sockets.borrow().len()
    }
}

/// A place on the shard's list of sockets, given up when dropped.
pub(crate) struct Registered<A: App> {
    shard: Rc<Shard<A>>,
    key: usize,
}

impl<A: App> Drop for Registered<A> {
    fn drop(&mut self) {
        self.shard.sockets.borrow_mut().try_remove(self.key);
    }
}
