//! One client's socket as its shard sees it.

mod backpressure;
mod batched;
mod compression;
mod control;
mod deferred;
mod liveness;
mod replay_buffer;
mod session;
mod subscription;
#[cfg(test)]
mod tests;
mod wire;

pub(crate) use compression::Compression;
pub(crate) use subscription::Seat;

use crate::app::App;
use crate::hub::socket::batched::Batched;
use crate::hub::socket::control::Control;
use crate::hub::socket::deferred::Deferred;
use crate::hub::socket::liveness::Liveness;
use crate::hub::socket::subscription::Subscription;
use crate::hub::socket::wire::Wire;
use crate::hub::stream::Stream;
use crate::limits::{Limit, Rates, UserSlot};
use crate::metrics::{Drop, ShardStats};
use crate::protocol::close::Ending;
use crate::protocol::websocket;
use crate::routing::Policy;
use bytes::Bytes;
use std::cell::OnceCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

/// How long a client has to take what is left and to answer a close frame.
pub(crate) const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// What a connection's frames pass through on their way, and what its groups know of it.
///
/// A raw connection is one socket. A session of Engine.IO is one too, whose stream may come later (until then its frames wait to be polled), and each of its
/// namespaces is another: a member of groups, with numbers of its own, whose frames leave by the session's.
///
/// A server has one for each client, so its size counts.
pub(crate) struct Socket<A: App> {
    /// The connection's number, for the log.
    pub id: u64,
    pub policy: Arc<Policy>,
    /// Whether pings are packets of Engine.IO instead of ping frames.
    pub engine: bool,
    /// How fast the client speaks.
    pub rates: Rates,
    /// Its place among the connections of its user, once that is known.
    pub user: OnceCell<Arc<UserSlot>>,
    pub wire: Wire,
    pub subscription: Subscription<A>,
    pub batched: Batched,
    pub liveness: Liveness,
    /// The socket that its frames leave by, if that is another one.
    carrier: Option<Rc<Socket<A>>>,
    deferred: Deferred,
    control: Control,
    /// The shard's counters.
    counts: Arc<ShardStats>,
}

impl<A: App> Socket<A> {
    /// A raw connection. `now`: milliseconds of the shard's clock.
    pub fn new(
        id: u64,
        stream: Stream,
        policy: Arc<Policy>,
        compression: Compression,
        counts: Arc<ShardStats>,
        now: u64,
    ) -> Self {
        let wire = Wire::new(Some(stream), compression, None);
        Socket::made(id, policy, counts, wire, None, (now, false))
    }

    fn made(
        id: u64,
        policy: Arc<Policy>,
        counts: Arc<ShardStats>,
        wire: Wire,
        carrier: Option<Rc<Self>>,
        (now, engine): (u64, bool),
    ) -> Self {
        Socket {
            id,
            policy,
            engine,
            rates: Rates::default(),
            user: OnceCell::new(),
            wire,
            subscription: Subscription::default(),
            batched: Batched::default(),
            liveness: Liveness::new(now),
            carrier,
            deferred: Deferred::default(),
            control: Control::default(),
            counts,
        }
    }

    /// The socket that its frames leave by: itself, unless it is a part of a session.
    #[inline]
    pub fn carrier(self: &Rc<Self>) -> &Rc<Self> {
        self.carrier.as_ref().unwrap_or(self)
    }

    /// `None` where frames are polled, and where they leave by another socket.
    pub fn stream(&self) -> Option<&Stream> {
        self.wire.stream.get()
    }

    /// Whether frames wait for the client, on this socket.
    pub fn has_waiting(&self) -> bool {
        self.wire.has_waiting()
    }

    /// Keeps an event for later, if the connection is not ready, and says whether it did.
    #[inline]
    pub fn hold(&self, seq: u64, group: &A::Group, frame: &Bytes) -> bool {
        let is_holding = self.subscription.is_holding();
        if is_holding {
            let most = self.policy.outbox_bytes / 2;
            let lost = self.subscription.hold(seq, group, frame, most);
            self.counts.dropped(Drop::Held, lost);
        }
        is_holding
    }

    /// The frame as this client gets it. Only for a frame that nobody else gets: what is told to a group is compressed once for all of it.
    pub fn suited(&self, frame: Bytes) -> Bytes {
        match frame.len() >= self.wire.compression.get().deflate_from {
            true => websocket::deflated(&frame),
            false => frame,
        }
    }

    /// Has the connection's task end it. The first reason wins.
    pub fn end(&self, ending: Ending) {
        self.control.end(ending);
    }

    /// Why the connection is to be ended, once.
    pub fn take_ending(&self) -> Option<Ending> {
        self.control.take_ending()
    }

    /// Has the connection's task judge itself again.
    pub fn recheck(&self) {
        self.control.recheck();
    }

    /// Whether the connection is to be judged again, once.
    pub fn take_recheck(&self) -> bool {
        self.control.take_recheck()
    }

    /// Has the connection's task warn the client that its token ends soon.
    pub fn warn_of_expiry(&self) {
        self.liveness.warned();
        self.control.warn_of_expiry();
    }

    /// Whether the client is to be warned that its token ends soon, once.
    pub fn take_expiring(&self) -> bool {
        self.control.take_expiring()
    }

    /// How many events were dropped, once everything else was sent.
    pub fn take_dropped(&self) -> Option<u32> {
        let must_tell = self.wire.must_tell_drops();
        must_tell.then(|| self.wire.dropped.take())
    }

    /// A limit of this connection was met.
    pub fn limited(&self, limit: Limit) {
        self.counts.limited(limit);
    }

    /// Wakes the connection's task.
    pub fn wake(&self) {
        self.control.wake();
    }

    /// Whether something is asked of the connection's task.
    pub fn is_asked(&self) -> bool {
        self.control.is_asked() || self.wire.must_tell_drops()
    }

    /// Ready when there is something to read, or something was asked of the task.
    ///
    /// Not `readable()`: `poll_read_ready` takes over the reader's slot, where the waker of the HTTP exchange would keep that finished task's memory.
    pub fn poll_work(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_asked() || self.wire.dead.get() {
            return Poll::Ready(Ok(()));
        }
        self.control.register(cx);
        match self.stream() {
            Some(stream) => stream.poll_read_ready(cx),
            None => Poll::Pending,
        }
    }

    /// Waits until nothing waits for the client. `false`: it is being closed. Cancel safe.
    pub async fn drained(&self) -> bool {
        let carrier = self.carrier.as_deref().unwrap_or(self);
        loop {
            if self.is_going() || carrier.is_going() {
                return false;
            }
            if !carrier.has_waiting() {
                return true;
            }
            // single thread: nothing can change between the test and the wait
            let own = self.control.relieved.notified();
            match self.carrier {
                None => own.await,
                Some(_) => {
                    let its = carrier.control.relieved.notified();
                    futures::future::select(std::pin::pin!(own), std::pin::pin!(its)).await;
                }
            }
        }
    }

    fn is_going(&self) -> bool {
        self.is_closing() || self.is_dead() || self.control.has_ending()
    }

    /// Waits until the last byte is with the kernel, or the socket is dead. Cancel safe.
    pub async fn emptied(&self) {
        while !self.is_dead() && self.has_waiting() {
            self.control.relieved.notified().await;
        }
    }

    #[inline]
    pub fn is_dead(&self) -> bool {
        self.wire.dead.get()
    }

    /// Whether its end is decided.
    pub fn is_leaving(&self) -> bool {
        self.control.is_leaving() || self.is_closing() || self.is_dead()
    }

    /// The close frame is on its way: nothing follows it.
    pub fn set_closing(&self) {
        self.wire.closing.set(true);
    }

    #[inline]
    pub fn is_closing(&self) -> bool {
        self.wire.closing.get()
    }

    /// Gives the socket up. Its reader wakes with an end of file.
    pub fn abort(&self) {
        if !self.wire.dead.replace(true) {
            if let Some(stream) = self.stream() {
                stream.abort();
            }
            *self.wire.outbox.borrow_mut() = None;
            self.wake();
        }
    }
}
