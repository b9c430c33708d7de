//! The sockets of a session of Engine.IO: one that may have no stream yet, and its parts, whose frames leave by it.

use super::deferred::Deferral;
use super::wire::Wire;
use super::{Compression, Socket};
use crate::app::App;
use crate::hub::outbox::Outbox;
use crate::hub::stream::Stream;
use crate::metrics::ShardStats;
use crate::protocol::close::Ending;
use crate::routing::Policy;
use bytes::Bytes;
use std::rc::Rc;
use std::sync::Arc;

impl<A: App> Socket<A> {
    /// A session of Engine.IO, with its stream or without one yet: then its frames wait to be polled.
    pub fn of_session(
        id: u64,
        stream: Option<Stream>,
        policy: Arc<Policy>,
        compression: Compression,
        counts: Arc<ShardStats>,
        now: u64,
    ) -> Self {
        let waiting = match stream {
            Some(_) => None,
            None => Some(Outbox::new(counts.backlog.clone())),
        };
        let wire = Wire::new(stream, compression, waiting);
        Socket::made(id, policy, counts, wire, None, (now, true))
    }

    /// A part of a session: it has no silence of its own.
    pub fn beside(session: &Rc<Self>, policy: Arc<Policy>) -> Self {
        let (id, counts) = (session.id, session.counts.clone());
        let wire = Wire::new(None, session.wire.compression.get(), None);
        let carrier = Some(session.clone());
        Socket::made(id, policy, counts, wire, carrier, (u64::MAX, true))
    }

    /// The stream of a socket that nobody else holds.
    pub fn into_stream(self) -> Option<Stream> {
        self.wire.stream.into_inner()
    }

    /// From now on frames leave by this stream; what waited to be polled leaves first.
    pub fn attach(self: &Rc<Self>, stream: Stream) {
        if self.wire.stream.set(stream).is_ok() && self.wire.outbox.borrow().is_some() {
            self.drain_later();
        }
    }

    /// Frames for this client wait from now on, until [`undefer`](Self::undefer).
    pub fn defer(&self) {
        self.deferred.begin();
    }

    /// Whether it keeps this frame for later. More than may wait for the client ends it.
    pub fn defers(&self, frame: &Bytes) -> bool {
        let (bytes, frames) = (self.policy.outbox_bytes, self.policy.outbox_frames);
        match self.deferred.keep(frame, bytes, frames) {
            Deferral::Not => return false,
            Deferral::Kept => {}
            Deferral::TooMuch => self.end(Ending::slow()),
        }
        true
    }

    pub fn has_deferred(&self) -> bool {
        !self.deferred.is_empty()
    }

    /// Ends the waiting and returns the frames that came meanwhile. `None`: frames did not wait.
    pub fn undefer(&self) -> Option<Vec<Bytes>> {
        self.deferred.take()
    }

    /// Takes frames that wait to be polled: about so many bytes, at least one frame, and never more than so many messages.
    pub fn take_waiting(&self, (bytes, messages): (usize, usize)) -> Vec<Bytes> {
        let taken = match self.wire.outbox.borrow_mut().as_mut() {
            Some(waiting) if self.stream().is_none() => waiting.take(bytes, messages),
            _ => Vec::new(),
        };
        self.counts.sent(taken.iter().map(Bytes::len).sum());
        self.control.relieved.notify_waiters();
        taken
    }

    /// Puts frames back that were taken and did not reach the client.
    pub fn put_back(&self, frames: Vec<Bytes>) {
        if let Some(waiting) = self.wire.outbox.borrow_mut().as_mut() {
            waiting.put_back(frames);
        }
    }
}
