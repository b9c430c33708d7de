//! The sockets of a session of Engine.IO: one that may have no stream yet, and its parts, whose frames leave by it.

use super::{Compression, Socket};
use crate::app::App;
use crate::hub::outbox::Outbox;
use crate::hub::stream::Stream;
use crate::metrics::ShardStats;
use crate::protocol::close::Ending;
use crate::routing::Policy;
use bytes::Bytes;
use std::cell::OnceCell;
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
            None => Some(Box::new(Outbox::new(counts.backlog.clone()))),
        };
        let stream = stream.map_or_else(OnceCell::new, OnceCell::from);
        let opened = (now, true);
        let socket = Socket::made(id, stream, None, policy, compression, counts, opened);
        *socket.outbox.borrow_mut() = waiting;
        socket
    }

    /// A part of a session: it has no silence of its own.
    pub fn beside(wire: &Rc<Self>, policy: Arc<Policy>) -> Self {
        let opened = (u64::MAX, true);
        let (counts, compression) = (wire.counts.clone(), wire.compression.get());
        let (stream, wire) = (OnceCell::new(), Some(wire.clone()));
        let id = wire.as_ref().map_or(0, |w| w.id);
        Socket::made(id, stream, wire, policy, compression, counts, opened)
    }

    /// The stream of a socket that nobody else holds.
    pub fn into_stream(self) -> Option<Stream> {
        self.stream.into_inner()
    }

    /// From now on frames leave by this stream; what waited to be polled leaves first.
    pub fn attach(self: &Rc<Self>, stream: Stream) {
        if self.stream.set(stream).is_ok() && self.outbox.borrow().is_some() {
            self.drain_later();
        }
    }

    /// What is said from now on waits until [`undefer`](Self::undefer).
    pub fn defer(&self) {
        self.deferred.borrow_mut().get_or_insert_default();
    }

    /// Whether it keeps what is said for later. More than may wait for the client ends it.
    pub fn defers(&self, frame: &Bytes) -> bool {
        let mut deferred = self.deferred.borrow_mut();
        let Some(frames) = deferred.as_mut() else {
            return false;
        };
        let waiting: usize = frames.iter().map(Bytes::len).sum();
        if waiting <= self.policy.outbox_bytes && frames.len() < self.policy.outbox_frames {
            frames.push(frame.clone());
        } else {
            drop(deferred);
            self.end(Ending::slow());
        }
        true
    }

    pub fn has_deferred(&self) -> bool {
        self.deferred
            .borrow()
            .as_ref()
            .is_some_and(|d| !d.is_empty())
    }

    /// What was said meanwhile.
    pub fn undefer(&self) -> Option<Vec<Bytes>> {
        self.deferred.borrow_mut().take()
    }

    /// Takes frames that wait to be polled: about so many bytes, at least one frame, and never more than so many messages.
    pub fn take_waiting(&self, (bytes, messages): (usize, usize)) -> Vec<Bytes> {
        let taken = match self.outbox.borrow_mut().as_mut() {
            Some(waiting) if self.stream.get().is_none() => waiting.take(bytes, messages),
            _ => Vec::new(),
        };
        self.counts.sent(taken.iter().map(Bytes::len).sum());
        self.relieved.notify_waiters();
        taken
    }

    /// Puts frames back that were taken and did not reach the client.
    pub fn put_back(&self, frames: Vec<Bytes>) {
        if let Some(waiting) = self.outbox.borrow_mut().as_mut() {
            waiting.put_back(frames);
        }
    }
}
