//! One core's connections: what reaches them this turn, and one write per socket at its end.

use crate::close::Ending;
use crate::dialect::{Dialect, Envelope};
use crate::groups::Groups;
use crate::publication::{Inbox, Publication, ToShard};
use crate::registry::Entry;
use crate::socket::{Cork, Socket};
use crate::store::Store;
use crate::websocket::{self, Opcode};
use crate::{App, ClientError, Kind, Message};
use bytes::Bytes;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use tokio::sync::{Notify, mpsc, watch};

/// Ephemeral publications that wait for another shard. What is more is dropped: they are told at most once.
const OUTGOING_PUBLICATIONS: usize = 65_536;
/// A client is warned this long before its token ends.
const EXPIRY_WARNING: Duration = Duration::from_secs(60);

/// Connections that get byte-identical frames: one consumer, one dialect.
pub(crate) struct Lane<A: App> {
    pub entry: Arc<Entry<A>>,
    pub dialect: Dialect,
}

impl<A: App> Lane<A> {
    /// The frame of an event. A consumer that panics tells nobody, and harms nobody.
    pub fn render(&self, seq: u64, event: &A::Event, group: &A::Group) -> Option<Bytes> {
        let made = catch_unwind(AssertUnwindSafe(|| (self.entry.render)(event, group)));
        let Ok(message) = made else {
            tracing::error!(consumer = self.entry.name, seq, %group, "render panicked");
            return None;
        };
        let envelope = Envelope {
            seq: (seq > 0).then_some(seq),
            reset: false,
        };
        Some(self.frame(&message?, envelope))
    }

    pub fn frame(&self, message: &Message, envelope: Envelope) -> Bytes {
        let (opcode, payload) = self.dialect.encode(message, envelope);
        let frame = websocket::encode(opcode, &payload);
        match self.dialect.attachments(message) {
            [] => frame,
            // one piece: nothing may come between a message and what belongs to it
            attachments => {
                let mut all = Vec::from(frame);
                for bytes in attachments {
                    websocket::encode_into(&mut all, false, Opcode::Binary, bytes);
                }
                all.into()
            }
        }
    }
}

pub(crate) struct Shard<A: App> {
    pub id: usize,
    pub lanes: Arc<[Lane<A>]>,
    pub store: Option<Store>,
    peers: Vec<Inbox<A>>,
    /// How far the history was delivered here. The store says where it begins.
    seen: Cell<u64>,
    advanced: Notify,
    groups: RefCell<Groups<A>>,
    sockets: RefCell<slab::Slab<Rc<Socket<A>>>>,
    turn: RefCell<Vec<Bytes>>,
    dirty: RefCell<Vec<Rc<Socket<A>>>>,
    outgoing: RefCell<Vec<Arc<Publication<A>>>>,
    scheduled: Cell<bool>,
    kick: Notify,
    cork: RefCell<Cork>,
    started: Instant,
    stopping: watch::Sender<bool>,
}

impl<A: App> Shard<A> {
    pub fn new(
        id: usize,
        lanes: Arc<[Lane<A>]>,
        store: Option<Store>,
        peers: Vec<Inbox<A>>,
    ) -> Self {
        Shard {
            id,
            lanes,
            store,
            peers,
            seen: Cell::new(0),
            advanced: Notify::new(),
            groups: RefCell::default(),
            sockets: RefCell::default(),
            turn: RefCell::default(),
            dirty: RefCell::default(),
            outgoing: RefCell::default(),
            scheduled: Cell::new(false),
            kick: Notify::new(),
            cork: RefCell::default(),
            started: Instant::now(),
            stopping: watch::Sender::new(false),
        }
    }

    /// Milliseconds since the shard began.
    pub fn clock(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    /// Keeps a socket on the list that [`sweep`](Self::sweep) visits, for as long as the returned value lives.
    pub fn register(self: &Rc<Self>, socket: &Rc<Socket<A>>) -> Registered<A> {
        Registered {
            shard: self.clone(),
            key: self.sockets.borrow_mut().insert(socket.clone()),
        }
    }

    pub fn join(
        self: &Rc<Self>,
        group: A::Group,
        from: u64,
        lane: u16,
        socket: &Rc<Socket<A>>,
    ) -> Membership<A> {
        self.groups.borrow_mut().join(group.clone(), lane, socket);
        Membership {
            shard: self.clone(),
            socket: socket.clone(),
            group,
            from,
            lane,
        }
    }

    /// To the local members now, to the other shards at the end of the turn. Ephemeral: at most once.
    pub fn publish(&self, publication: Publication<A>) {
        let publication = Arc::new(publication);
        self.deliver(&publication);
        if self.peers.len() > 1 {
            let mut outgoing = self.outgoing.borrow_mut();
            if outgoing.len() < OUTGOING_PUBLICATIONS {
                outgoing.push(publication);
            } else {
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
        for (position, group) in publication.groups.iter().enumerate() {
            for (lane, members) in groups.members(group) {
                let frame = publication.frame(position, lane, |event, group| {
                    self.lanes[lane as usize].render(publication.seq, event, group)
                });
                if let Some(frame) = frame {
                    let index = turn.len() as u32;
                    for socket in members {
                        if socket.is_closing()
                            || socket.hold(publication.seq, group, &frame)
                            || !socket.passes(publication.seq)
                        {
                            continue;
                        }
                        let wire = socket.wire();
                        wire.pending.borrow_mut().push(index);
                        if !wire.queued.replace(true) {
                            dirty.push(wire.clone());
                        }
                    }
                    turn.push(frame);
                }
                if publication.rechecks {
                    members.iter().for_each(|socket| socket.recheck());
                }
            }
        }
        drop((turn, dirty));
        self.schedule();
    }

    /// A frame for one socket, at the end of the turn.
    pub fn send(&self, socket: &Rc<Socket<A>>, frame: Bytes) {
        if socket.is_closing() {
            return;
        }
        let mut turn = self.turn.borrow_mut();
        let wire = socket.wire();
        wire.pending.borrow_mut().push(turn.len() as u32);
        turn.push(frame);
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
        let mut cork = self.cork.borrow_mut();
        for socket in dirty.drain(..) {
            socket.queued.set(false);
            socket.flush(&turn, &mut cork);
        }
        cork.forget();
        turn.clear();
        // the lists' memory is used again, unless a burst made it large
        if dirty.capacity() <= 65_536 {
            *self.dirty.borrow_mut() = dirty;
        }
        if turn.capacity() <= 4_096 {
            *self.turn.borrow_mut() = turn;
        }
    }

    fn hand_over(&self) {
        let outgoing = std::mem::take(&mut *self.outgoing.borrow_mut());
        if outgoing.is_empty() {
            return;
        }
        for (id, peer) in self.peers.iter().enumerate() {
            if id != self.id && peer.try_send(ToShard::Published(outgoing.clone())).is_err() {
                tracing::warn!(
                    shard = id,
                    dropped = outgoing.len(),
                    "another shard does not keep up: ephemeral signals are dropped"
                );
            }
        }
    }

    /// Flushes after each turn, for as long as the shard lives.
    pub async fn flush_turns(self: Rc<Self>) {
        loop {
            self.kick.notified().await;
            self.flush();
        }
    }

    /// Takes in what comes from the writer and the other shards, until told to stop. The inbox is emptied before anything is flushed.
    pub async fn take_in(self: Rc<Self>, mut inbox: mpsc::Receiver<ToShard<A>>) {
        while let Some(mut message) = inbox.recv().await {
            loop {
                match message {
                    ToShard::Published(publications) => {
                        publications.iter().for_each(|p| self.deliver(p))
                    }
                    ToShard::Committed {
                        head,
                        publications,
                        replies,
                    } => {
                        publications.iter().for_each(|p| self.deliver(p));
                        replies.into_iter().for_each(|reply| reply());
                        self.seen.set(head);
                        self.advanced.notify_waiters();
                    }
                    ToShard::Stop => {
                        let _ = self.stopping.send(true);
                        for (_, socket) in self.sockets.borrow().iter() {
                            socket.end(Ending::restart());
                        }
                    }
                }
                match inbox.try_recv() {
                    Ok(next) => message = next,
                    Err(_) => break,
                }
            }
        }
    }

    /// Waits until everything up to `seq` was delivered or held here.
    pub async fn caught_up(&self, seq: u64) {
        while self.seen.get() < seq {
            self.advanced.notified().await; // single thread: nothing can change between the test and the wait
        }
    }

    /// Resolves when the shard is told to stop.
    pub async fn stopped(&self) {
        let _ = self.stopping.subscribe().wait_for(|stop| *stop).await;
    }

    /// How many sockets are open.
    pub fn connections(&self) -> usize {
        self.sockets.borrow().len()
    }

    /// Pings the quiet, gives up the silent, warns those whose token ends soon, and ends those whose token has ended.
    pub fn sweep(&self) {
        let now = self.clock();
        let wall_ms = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |d| d.as_millis() as i64);
        let sockets: Vec<Rc<Socket<A>>> = self
            .sockets
            .borrow()
            .iter()
            .filter(|(_, s)| due(s, now, wall_ms))
            .map(|(_, s)| s.clone())
            .collect();
        for socket in sockets {
            if now.saturating_sub(socket.heard_at.get())
                >= socket.policy.idle_timeout.as_millis() as u64
            {
                socket.end(Ending::new(1001, "nothing was heard from you"));
                continue;
            }
            let expires = socket.expires_at_ms.get();
            if wall_ms >= expires {
                socket.end(Ending::refused(ClientError::new(
                    Kind::Unauthenticated,
                    "TOKEN_EXPIRED",
                    "the token has ended",
                )));
                continue;
            }
            if warn_due(&socket, wall_ms) {
                socket.warn_of_expiry();
            }
            if ping_due(&socket, now) {
                socket.pinged_at.set(now);
                self.send(&socket, websocket::encode(Opcode::Ping, b""));
            }
        }
    }
}

fn ping_due<A: App>(s: &Socket<A>, now: u64) -> bool {
    now.saturating_sub(s.heard_at.get().max(s.pinged_at.get()))
        >= s.policy.ping_interval.as_millis() as u64
}

fn warn_due<A: App>(s: &Socket<A>, wall_ms: i64) -> bool {
    !s.expiry_told.get()
        && s.expires_at_ms
            .get()
            .saturating_sub(EXPIRY_WARNING.as_millis() as i64)
            <= wall_ms
}

fn due<A: App>(s: &Socket<A>, now: u64, wall_ms: i64) -> bool {
    ping_due(s, now)
        || warn_due(s, wall_ms)
        || wall_ms >= s.expires_at_ms.get()
        || now.saturating_sub(s.heard_at.get()) >= s.policy.idle_timeout.as_millis() as u64
}

/// A place in a group, given up when dropped.
pub(crate) struct Membership<A: App> {
    shard: Rc<Shard<A>>,
    socket: Rc<Socket<A>>,
    pub group: A::Group,
    /// Replay does not reach behind this number.
    pub from: u64,
    lane: u16,
}

impl<A: App> Drop for Membership<A> {
    fn drop(&mut self) {
        self.shard
            .groups
            .borrow_mut()
            .leave(&self.group, self.lane, &self.socket);
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
