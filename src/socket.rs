//! One client's socket as its shard sees it: what is pending this turn, what waits, and what the connection's task is asked to do.

use crate::App;
use crate::close::Ending;
use crate::outbox::{Bound, Outbox};
use crate::routing::Policy;
use crate::websocket;
use bytes::Bytes;
use smallvec::SmallVec;
use std::cell::{Cell, OnceCell, RefCell};
use std::io;
use std::os::fd::AsRawFd;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// Events that may be held for a connection while its snapshot or replay is read, in bytes: 1,000 of the usual 256.
const HELD_BYTES: usize = 256 << 10;
/// How long a client has to take what is left and to answer a close frame.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// Frames of one turn, put together once for all sockets that are sent the same ones.
#[derive(Default)]
pub(crate) struct Cork {
    of: SmallVec<[u32; 8]>,
    bytes: Vec<u8>,
}

impl Cork {
    /// A burst must not be paid for ever.
    pub fn forget(&mut self) {
        self.of.clear();
        if self.bytes.capacity() > 1 << 20 {
            self.bytes = Vec::new();
        }
    }
}

/// Events that came while the connection was not ready for them.
pub(crate) struct Hold<A: App> {
    /// Groups joined since the hold began: what was announced to them up to the snapshot is in the snapshot.
    pub fresh: Vec<A::Group>,
    pub frames: Vec<Held>,
    pub bytes: usize,
    /// Too much came: read again.
    pub overflowed: bool,
}

pub(crate) struct Held {
    pub seq: u64,
    pub fresh: bool,
    pub frame: Bytes,
}

impl<A: App> Hold<A> {
    pub fn clear(&mut self) {
        self.frames = Vec::new();
        self.bytes = 0;
        self.overflowed = false;
    }
}

/// Where a socket sits in a room: so that leaving needs no search.
#[derive(Clone, Copy)]
pub(crate) struct Seat {
    pub room: u64,
    pub at: u32,
}

/// What a connection's frames pass through on their way, and what its groups know of it.
///
/// A raw connection is one socket. An Engine.IO session is one too, whose stream may come later (until then its frames wait to be polled), and each of its
/// namespaces is another: a member of groups with numbers of its own, whose frames leave by the session's.
pub(crate) struct Socket<A: App> {
    stream: OnceCell<TcpStream>,
    /// Whose frames these are sent with, if not its own.
    wire: Option<Rc<Socket<A>>>,
    pub policy: Arc<Policy>,
    /// Indices into the turn's frames.
    pub pending: RefCell<SmallVec<[u32; 2]>>,
    /// On the shard's list of sockets to flush.
    pub queued: Cell<bool>,
    /// The newest number this client was sent, or skips.
    pub last: Cell<u64>,
    pub held: RefCell<Option<Box<Hold<A>>>>,
    pub seats: RefCell<SmallVec<[Seat; 2]>>,
    outbox: RefCell<Option<Box<Outbox>>>,
    /// A close frame is the last one: nothing follows.
    closing: Cell<bool>,
    dead: Cell<bool>,
    ending: RefCell<Option<Box<Ending>>>,
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
    pub fn new(stream: TcpStream, policy: Arc<Policy>, now: u64) -> Self {
        Socket::made(OnceCell::from(stream), None, policy, now)
    }

    /// Without a stream yet: its frames wait.
    pub fn parked(policy: Arc<Policy>, now: u64) -> Self {
        let socket = Socket::made(OnceCell::new(), None, policy, now);
        *socket.outbox.borrow_mut() = Some(Box::default());
        socket
    }

    /// A part of another one: a namespace.
    pub fn beside(wire: &Rc<Self>, policy: Arc<Policy>) -> Self {
        // the session has a heartbeat of its own
        Socket::made(OnceCell::new(), Some(wire.clone()), policy, u64::MAX)
    }

    fn made(
        stream: OnceCell<TcpStream>,
        wire: Option<Rc<Socket<A>>>,
        policy: Arc<Policy>,
        now: u64,
    ) -> Self {
        Socket {
            stream,
            wire,
            policy,
            pending: RefCell::default(),
            queued: Cell::new(false),
            last: Cell::new(0),
            held: RefCell::default(),
            seats: RefCell::default(),
            outbox: RefCell::default(),
            closing: Cell::new(false),
            dead: Cell::new(false),
            ending: RefCell::default(),
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

    /// The socket that its frames leave by.
    pub fn wire<'s>(self: &'s Rc<Self>) -> &'s Rc<Self> {
        self.wire.as_ref().unwrap_or(self)
    }

    /// The byte stream. There is none (yet) in a session that polls, nor in a namespace.
    pub fn stream(&self) -> Option<&TcpStream> {
        self.stream.get()
    }

    /// Gives a parked socket its stream: what waits leaves first.
    pub fn attach(self: &Rc<Self>, stream: TcpStream) {
        if self.stream.set(stream).is_ok() {
            self.drain_later();
        }
    }

    /// The stream of a socket that nobody else holds any more.
    pub fn into_stream(self) -> Option<TcpStream> {
        self.stream.into_inner()
    }

    /// Whether frames wait to be polled.
    pub fn has_waiting(&self) -> bool {
        self.outbox.borrow().as_ref().is_some_and(|o| !o.is_empty())
    }

    /// Takes frames that wait to be polled: at least one, up to about so many bytes.
    pub fn take_waiting(&self, bytes: usize) -> Vec<Bytes> {
        let taken = match self.outbox.borrow_mut().as_mut() {
            Some(waiting) if self.stream.get().is_none() => waiting.take(bytes),
            _ => Vec::new(),
        };
        self.relieved.notify_waiters();
        taken
    }

    /// Keeps an event for later, if the connection is not ready. What is too much is forgotten: a resume reads on, a snapshot is read again.
    pub fn hold(&self, seq: u64, group: &A::Group, frame: &Bytes) -> bool {
        let mut held = self.held.borrow_mut();
        let Some(held) = held.as_mut() else {
            return false;
        };
        if held.bytes + frame.len() > HELD_BYTES {
            held.clear();
            held.overflowed = true;
        }
        if !held.overflowed {
            held.bytes += frame.len();
            held.frames.push(Held {
                seq,
                fresh: held.fresh.contains(group),
                frame: frame.clone(),
            });
        }
        true
    }

    /// Whether an event passes: a signal that names several of a client's groups is told once. Events come in order, so the last number is enough.
    pub fn passes(&self, seq: u64) -> bool {
        if seq == 0 {
            return true;
        }
        seq > self.last.replace(seq.max(self.last.get()))
    }

    /// Has the connection's task end it. The first reason wins.
    pub fn end(&self, ending: Ending) {
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

    pub fn wake(&self) {
        if let Some(waker) = self.waker.borrow_mut().take() {
            waker.wake();
        }
        self.relieved.notify_waiters();
    }

    /// Ready when there is something to read, or something was asked of the task.
    ///
    /// Not `readable()`: `poll_read_ready` takes over the reader's slot, where the waker of the HTTP exchange would keep that finished task's memory.
    pub fn poll_work(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let asked = self.ending.borrow().is_some() || self.recheck.get() || self.expiring.get();
        if asked || self.dead.get() {
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
            futures::future::select(
                std::pin::pin!(self.relieved.notified()),
                std::pin::pin!(wire.relieved.notified()),
            )
            .await;
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

    /// The close frame is on its way: nothing follows it.
    pub fn set_closing(&self) {
        self.closing.set(true);
    }

    pub fn is_closing(&self) -> bool {
        self.closing.get() || self.wire.as_ref().is_some_and(|wire| wire.closing.get())
    }

    /// Gives the socket up. Its reader wakes with an end of file.
    pub fn abort(&self) {
        if !self.dead.replace(true) {
            if let Some(stream) = self.stream.get() {
                // SAFETY: the descriptor is open for as long as `stream` lives; shutdown(2) neither closes nor reuses it.
                unsafe { libc::shutdown(stream.as_raw_fd(), libc::SHUT_RDWR) };
            }
            *self.outbox.borrow_mut() = None;
            self.wake();
        }
    }

    /// The end of a turn: everything pending, in one write.
    pub fn flush(self: &Rc<Self>, turn: &[Bytes], cork: &mut Cork) {
        let mut pending = self.pending.borrow_mut();
        if self.dead.get() {
            pending.clear();
            return;
        }
        if self.outbox.borrow().is_some() {
            for &i in &*pending {
                self.keep(turn[i as usize].clone(), false);
            }
            if self.stream.get().is_none() {
                self.wake(); // somebody may be polling
            }
        } else if let Some(stream) = self.stream.get() {
            let bytes: &[u8] = if let [one] = pending[..] {
                &turn[one as usize]
            } else {
                // neighbours in a room wait for the same frames: they are put together once for all of them
                if cork.of != *pending {
                    cork.of.clone_from(&SmallVec::from_slice(&pending));
                    cork.bytes.clear();
                    for &i in &*pending {
                        cork.bytes.extend_from_slice(&turn[i as usize]);
                    }
                }
                &cork.bytes
            };
            match stream.try_write(bytes) {
                Ok(n) if n == bytes.len() => {}
                Ok(n) => self.keep_rest(turn, &pending, n),
                Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                    self.keep_rest(turn, &pending, 0)
                }
                Err(_) => self.abort(),
            }
        }
        pending.clear();
        if pending.spilled() {
            *pending = SmallVec::new();
        }
    }

    fn keep_rest(self: &Rc<Self>, turn: &[Bytes], pending: &[u32], mut written: usize) {
        *self.outbox.borrow_mut() = Some(Box::default());
        for &i in pending {
            let frame = &turn[i as usize];
            if written >= frame.len() {
                written -= frame.len();
                continue;
            }
            self.keep(frame.slice(written..), written > 0);
            written = 0;
        }
        self.drain_later();
    }

    fn drain_later(self: &Rc<Self>) {
        let socket = self.clone();
        // a task that exists only while the socket is full
        tokio::task::spawn_local(async move {
            let Some(stream) = socket.stream.get() else {
                return;
            };
            while stream.writable().await.is_ok() && socket.drain(stream) {}
        });
    }

    fn keep(&self, frame: Bytes, partial: bool) {
        if self.closing.get() {
            return; // the close frame is in the outbox: nothing follows it
        }
        let bound = Bound {
            bytes: self.policy.outbox_bytes,
            frames: self.policy.outbox_frames,
        };
        let mut outbox = self.outbox.borrow_mut();
        let Some(waiting) = outbox.as_mut() else {
            return;
        };
        if !waiting.push(frame, partial, bound) {
            let ending = Ending::slow();
            let dropped = waiting.cut(websocket::encode_close(ending.code, &ending.reason));
            self.closing.set(true);
            drop(outbox);
            tracing::info!(
                dropped,
                "a client reads too slowly: closed, it can come back with its seq"
            );
            self.end(ending);
        }
    }

    /// Writes what waits. `true`: the socket is full again.
    fn drain(&self, stream: &TcpStream) -> bool {
        let mut outbox = self.outbox.borrow_mut();
        let Some(waiting) = outbox.as_mut() else {
            return false;
        };
        match waiting.write_to(stream) {
            Ok(false) => true,
            Ok(true) => {
                *outbox = None;
                drop(outbox);
                self.relieved.notify_waiters();
                false
            }
            Err(_) => {
                drop(outbox);
                self.abort();
                false
            }
        }
    }
}
