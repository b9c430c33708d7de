//! One client's socket as its shard sees it: what is pending this turn, what waits, and what the connection's task is asked to do.

mod backpressure;
mod hold;
mod part;

pub(crate) use hold::Hold;

use crate::app::App;
use crate::hub::batching::{Gather, Heard};
use crate::hub::outbox::Outbox;
use crate::hub::stream::Stream;
use crate::limits::{Limit, Rates, UserSlot};
use crate::metrics::{Drop, ShardStats};
use crate::protocol::close::Ending;
use crate::protocol::websocket;
use crate::protocol::websocket::extension::Agreed;
use crate::routing::Policy;
use bytes::Bytes;
use smallvec::SmallVec;
use std::cell::{Cell, OnceCell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::sync::Notify;

/// How long a client has to take what is left and to answer a close frame.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Where a socket sits in a room: so that leaving needs no search.
#[derive(Clone, Copy)]
pub(crate) struct Seat {
    pub room: u64,
    pub at: u32,
}

/// What was agreed about compression in the handshake.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Compression {
    /// The client may send compressed messages.
    pub inflates: bool,
    /// Frames of at least so many bytes are sent compressed; `usize::MAX`: none is.
    pub deflate_from: usize,
}

impl Compression {
    pub const NONE: Compression = Compression {
        inflates: false,
        deflate_from: usize::MAX,
    };

    pub fn agreed(agreed: &Agreed, from_bytes: usize) -> Self {
        Compression {
            inflates: true,
            deflate_from: match agreed.full_window {
                true => from_bytes + websocket::head_bytes(from_bytes),
                false => usize::MAX,
            },
        }
    }
}

/// What a connection's frames pass through on their way, and what its groups know of it.
///
/// A raw connection is one of them. A session of Engine.IO is one too, whose stream may come later (until then its frames wait to be polled), and each of its
/// namespaces is another: a member of groups, with numbers of its own, whose frames leave by the session's.
pub(crate) struct Socket<A: App> {
    /// The connection's number, for the log.
    pub id: u64,
    stream: OnceCell<Stream>,
    /// The socket that its frames leave by, if that is another one.
    wire: Option<Rc<Socket<A>>>,
    /// What is said before the client may hear it; `None`: it may.
    deferred: RefCell<Option<Vec<Bytes>>>,
    /// It is asked whether it is there as Engine.IO does.
    pub engine: bool,
    /// The shard's counters.
    counts: Arc<ShardStats>,
    /// How fast the client speaks.
    pub rates: Rates,
    /// Its place among the connections of its user.
    pub user: RefCell<Option<Arc<UserSlot>>>,
    /// Events that were dropped, and that the client was not told of.
    dropped: Cell<u32>,
    /// Whether what it hears in quick succession is told together.
    gathers: Cell<Option<Gather>>,
    /// Of the shard's window.
    heard: RefCell<Heard>,
    pub policy: Arc<Policy>,
    pub compression: Cell<Compression>,
    /// Indices into the turn's frames.
    pub pending: RefCell<SmallVec<[u32; 2]>>,
    /// On the shard's list of sockets to flush.
    pub queued: Cell<bool>,
    /// The newest number this client was sent, or skips.
    pub last: Cell<u64>,
    pub held: RefCell<Option<Box<Hold<A>>>>,
    pub seats: RefCell<SmallVec<[Seat; 1]>>,
    outbox: RefCell<Option<Box<Outbox>>>,
    /// A close frame is the last one: nothing follows.
    closing: Cell<bool>,
    dead: Cell<bool>,
    ending: RefCell<Option<Box<Ending>>>,
    /// Somebody has ended it, whether or not its task knows.
    leaving: Cell<bool>,
    recheck: Cell<bool>,
    expiring: Cell<bool>,
    waker: RefCell<Option<Waker>>,
    relieved: Notify,
    /// Milliseconds of the shard's clock.
    pub heard_at: Cell<u64>,
    pub pinged_at: Cell<u64>,
    /// Milliseconds since 1970 when the token ends.
    pub expires_at_ms: Cell<i64>,
    pub expiry_told: Cell<bool>,
}

impl<A: App> Socket<A> {
    pub fn new(
        id: u64,
        stream: Stream,
        policy: Arc<Policy>,
        compression: Compression,
        counts: Arc<ShardStats>,
        now: u64,
    ) -> Self {
        let stream = OnceCell::from(stream);
        let opened = (now, false);
        Socket::made(id, stream, None, policy, compression, counts, opened)
    }

    fn made(
        id: u64,
        stream: OnceCell<Stream>,
        wire: Option<Rc<Self>>,
        policy: Arc<Policy>,
        compression: Compression,
        counts: Arc<ShardStats>,
        (now, engine): (u64, bool),
    ) -> Self {
        Socket {
            id,
            stream,
            wire,
            deferred: RefCell::default(),
            engine,
            counts,
            rates: Rates::default(),
            user: RefCell::default(),
            dropped: Cell::new(0),
            gathers: Cell::new(None),
            heard: RefCell::default(),
            policy,
            compression: Cell::new(compression),
            pending: RefCell::default(),
            queued: Cell::new(false),
            last: Cell::new(0),
            held: RefCell::default(),
            seats: RefCell::default(),
            outbox: RefCell::default(),
            closing: Cell::new(false),
            dead: Cell::new(false),
            ending: RefCell::default(),
            leaving: Cell::new(false),
            recheck: Cell::new(false),
            expiring: Cell::new(false),
            waker: RefCell::default(),
            relieved: Notify::new(),
            heard_at: Cell::new(now),
            pinged_at: Cell::new(now),
            expires_at_ms: Cell::new(i64::MAX),
            expiry_told: Cell::new(false),
        }
    }

    /// The socket that its frames leave by: itself, unless it is a part of a session.
    #[inline]
    pub fn wire(self: &Rc<Self>) -> &Rc<Self> {
        self.wire.as_ref().unwrap_or(self)
    }

    /// None where frames are polled, and none of its own where they leave by another socket.
    pub fn stream(&self) -> Option<&Stream> {
        self.stream.get()
    }

    /// Whether frames wait for the client, on this socket.
    pub fn has_waiting(&self) -> bool {
        self.outbox.borrow().as_ref().is_some_and(|o| !o.is_empty())
    }

    /// Keeps an event for later, if the connection is not ready. What is too much is forgotten: a resume reads on, a snapshot is read again.
    pub fn hold(&self, seq: u64, group: &A::Group, frame: &Bytes) -> bool {
        let mut held = self.held.borrow_mut();
        let Some(held) = held.as_mut() else {
            return false;
        };
        let lost = held.keep(seq, group, frame, self.policy.outbox_bytes / 2);
        self.counts.dropped(Drop::Held, lost);
        true
    }

    /// Whether more came than could be held: it was forgotten.
    pub fn has_overflowed(&self) -> bool {
        let held = self.held.borrow();
        held.as_ref().is_some_and(|h| h.overflowed)
    }

    /// Whether events are held for later.
    pub fn is_holding(&self) -> bool {
        self.held.borrow().is_some()
    }

    /// The frame as this client gets it. Only for one that nobody else gets: what is told to a group is compressed once for all of it.
    pub fn suited(&self, frame: Bytes) -> Bytes {
        match frame.len() >= self.compression.get().deflate_from {
            true => websocket::deflated(&frame),
            false => frame,
        }
    }

    /// Whether an event passes: a signal that names several of a client's groups is told once. Events come in order, so the last number is enough.
    pub fn passes(&self, seq: u64) -> bool {
        if seq == 0 {
            return true;
        }
        seq > self.last.replace(seq.max(self.last.get()))
    }

    /// What it hears in quick succession is told together.
    pub fn gather(&self, how: Gather) {
        self.gathers.set(Some(how));
    }

    pub fn gathers(&self) -> Option<Gather> {
        self.gathers.get()
    }

    /// Notes an event of the window, and says whether it is the first one.
    pub fn heard(&self, place: u32) -> bool {
        let mut heard = self.heard.borrow_mut();
        heard.push(place);
        heard.len() == 1
    }

    pub fn take_heard(&self) -> Heard {
        self.heard.take()
    }

    /// Has the connection's task end it. The first reason wins.
    pub fn end(&self, ending: Ending) {
        self.leaving.set(true);
        self.ending
            .borrow_mut()
            .get_or_insert_with(|| Box::new(ending));
        self.wake();
    }

    pub fn take_ending(&self) -> Option<Ending> {
        self.ending.borrow_mut().take().map(|e| *e)
    }

    /// Has the connection's task judge itself again.
    pub fn recheck(&self) {
        self.recheck.set(true);
        self.wake();
    }

    pub fn take_recheck(&self) -> bool {
        self.recheck.take()
    }

    /// Has the connection's task warn the client that its token ends soon.
    pub fn warn_of_expiry(&self) {
        self.expiry_told.set(true);
        self.expiring.set(true);
        self.wake();
    }

    pub fn take_expiring(&self) -> bool {
        self.expiring.take()
    }

    /// How many events were dropped, once everything else was sent.
    pub fn take_dropped(&self) -> Option<u32> {
        self.must_tell_drops().then(|| self.dropped.take())
    }

    fn must_tell_drops(&self) -> bool {
        self.dropped.get() > 0 && !self.has_waiting()
    }

    /// Bytes that wait, unless they are the last ones.
    pub fn waiting_bytes(&self) -> usize {
        match &*self.outbox.borrow() {
            Some(outbox) if !self.closing.get() => outbox.bytes(),
            _ => 0,
        }
    }

    /// A limit of this connection was met.
    pub fn limited(&self, limit: Limit) {
        self.counts.limited(limit);
    }

    pub fn wake(&self) {
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
        self.relieved.notify_waiters();
    }

    /// Whether something is asked of the connection's task.
    pub fn is_asked(&self) -> bool {
        self.ending.borrow().is_some()
            || self.recheck.get()
            || self.expiring.get()
            || self.must_tell_drops()
    }

    /// Ready when there is something to read, or something was asked of the task.
    ///
    /// Not `readable()`: `poll_read_ready` takes over the reader's slot, where the waker of the HTTP exchange would keep that finished task's memory.
    pub fn poll_work(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_asked() || self.dead.get() {
            return Poll::Ready(Ok(()));
        }
        let mut waker = self.waker.borrow_mut();
        if waker.as_ref().is_none_or(|w| !w.will_wake(cx.waker())) {
            *waker = Some(cx.waker().clone());
        }
        drop(waker);
        match self.stream.get() {
            Some(stream) => stream.poll_read_ready(cx),
            None => Poll::Pending,
        }
    }

    /// Waits until nothing waits for the client. `false`: it is being closed.
    pub async fn drained(&self) -> bool {
        let wire = self.wire.as_deref().unwrap_or(self);
        loop {
            if self.is_going() || wire.is_going() {
                return false;
            }
            if !wire.has_waiting() {
                return true;
            }
            // single thread: nothing can change between the test and the wait
            match self.wire {
                None => self.relieved.notified().await,
                Some(_) => {
                    let (mine, wires) = (self.relieved.notified(), wire.relieved.notified());
                    futures::future::select(std::pin::pin!(mine), std::pin::pin!(wires)).await;
                }
            }
        }
    }

    fn is_going(&self) -> bool {
        self.closing.get() || self.dead.get() || self.ending.borrow().is_some()
    }

    /// Waits until the last byte is with the kernel, or the socket is dead.
    pub async fn emptied(&self) {
        while !self.dead.get() && self.has_waiting() {
            self.relieved.notified().await;
        }
    }

    pub fn is_dead(&self) -> bool {
        self.dead.get()
    }

    /// Whether its end is decided.
    pub fn is_leaving(&self) -> bool {
        self.leaving.get() || self.closing.get() || self.dead.get()
    }

    /// The close frame is on its way: nothing follows it.
    pub fn set_closing(&self) {
        self.closing.set(true);
    }

    pub fn is_closing(&self) -> bool {
        self.closing.get()
    }

    /// Gives the socket up. Its reader wakes with an end of file.
    pub fn abort(&self) {
        if !self.dead.replace(true) {
            if let Some(stream) = self.stream.get() {
                stream.abort();
            }
            *self.outbox.borrow_mut() = None;
            self.wake();
        }
    }
}
