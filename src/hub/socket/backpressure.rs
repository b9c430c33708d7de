//! The end of a tick for one client: written at once, or kept for a socket that is full.

use super::Socket;
use crate::app::App;
use crate::hub::outbox::{Bound, Outbox, Pushed};
use crate::hub::stream::{Stream, Written};
use crate::hub::tick::{FrameKind, QueuedFrame, WriteBuffer};
use crate::limits::Limit;
use crate::metrics::Drop;
use crate::protocol::close::Ending;
use crate::protocol::websocket;
use crate::routing::Delivery;
use bytes::Bytes;
use smallvec::SmallVec;
use std::rc::Rc;

impl<A: App> Socket<A> {
    /// The end of a tick: everything pending, in one write.
    pub fn flush(self: &Rc<Self>, frames: &[QueuedFrame], buffer: &mut WriteBuffer) {
        let mut pending = self.wire.pending.borrow_mut();
        if self.is_dead() {
            pending.clear();
            return;
        }
        if self.wire.outbox.borrow().is_some() {
            for &i in &*pending {
                let QueuedFrame { frame, kind } = &frames[i as usize];
                self.keep(frame.clone(), false, *kind);
            }
            if self.stream().is_none() {
                self.wake(); // somebody may be polling
            }
        } else if let Some(stream) = self.stream() {
            let bytes: &[u8] = if let [one] = pending[..] {
                &frames[one as usize].frame
            } else {
                buffer.joined(frames, &pending)
            };
            match stream.write(bytes) {
                Written::All => self.counts.sent(bytes.len()),
                Written::Part(n) => {
                    self.counts.sent(n);
                    self.keep_rest(frames, &pending, n);
                }
                Written::Failed => self.abort(),
            }
        }
        pending.clear();
        if pending.spilled() {
            *pending = SmallVec::new();
        }
    }

    fn keep_rest(self: &Rc<Self>, frames: &[QueuedFrame], pending: &[u32], mut written: usize) {
        let outbox = Outbox::new(self.counts.backlog.clone());
        *self.wire.outbox.borrow_mut() = Some(Box::new(outbox));
        for &i in pending {
            let QueuedFrame { frame, kind } = &frames[i as usize];
            if written >= frame.len() {
                written -= frame.len();
                continue;
            }
            self.keep(frame.slice(written..), written > 0, *kind);
            written = 0;
        }
        self.drain_later();
    }

    pub(super) fn drain_later(self: &Rc<Self>) {
        let socket = self.clone();
        // a task that exists only while the socket is full
        tokio::task::spawn_local(async move {
            let Some(stream) = socket.stream() else {
                return;
            };
            while stream.writable().await.is_ok() && socket.drain(stream) {}
        });
    }

    fn keep(&self, frame: Bytes, partial: bool, kind: FrameKind) {
        if self.is_closing() {
            return; // the close frame is in the outbox: nothing follows it
        }
        let bound = Bound {
            bytes: self.policy.outbox_bytes,
            frames: self.policy.outbox_frames,
        };
        let mut outbox = self.wire.outbox.borrow_mut();
        let Some(waiting) = outbox.as_mut() else {
            return;
        };
        let entity = match (kind, self.policy.delivery) {
            (FrameKind::Event(_), Delivery::Volatile) if !partial && waiting.bytes() > 0 => {
                drop(outbox);
                self.missed(Drop::Volatile);
                return;
            }
            (FrameKind::Event(entity), Delivery::Latest) => entity,
            _ => None,
        };
        let pushed = waiting.push(frame, partial, entity, bound);
        drop(outbox);
        match pushed {
            Pushed::Waits => {}
            Pushed::Superseding => self.missed(Drop::Superseded),
            Pushed::TooMuch => self.give_up(Drop::Slow),
        }
        // the largest of all are closed at the end of the tick; until then this one must not grow without end
        if self.counts.backlog.is_far_over() {
            self.give_up(Drop::Budget);
        }
    }

    fn missed(&self, why: Drop) {
        self.counts.dropped(why, 1);
        self.wire.drop_one();
    }

    /// Closes a client that does not keep up. It can come back with its number: nothing is lost.
    pub fn give_up(&self, why: Drop) {
        let ending = Ending::slow();
        let dropped = {
            let mut outbox = self.wire.outbox.borrow_mut();
            let Some(waiting) = outbox.as_mut().filter(|_| !self.is_closing()) else {
                return;
            };
            waiting.cut(websocket::encode_close(ending.code, &ending.reason))
        };
        self.wire.closing.set(true);
        self.counts.dropped(why, dropped);
        self.limited(match why {
            Drop::Budget => Limit::OutboxTotal,
            _ => Limit::Outbox,
        });
        tracing::info!(
            connection = self.id,
            dropped,
            "a client reads too slowly: closed, it can come back with its seq"
        );
        self.end(ending);
    }

    /// Writes what waits. `true`: the socket is full again.
    fn drain(&self, stream: &Stream) -> bool {
        let mut outbox = self.wire.outbox.borrow_mut();
        let Some(waiting) = outbox.as_mut() else {
            return false;
        };
        match waiting.write_to(stream) {
            Ok((sent, done)) => {
                self.counts.sent(sent);
                if !done {
                    return true;
                }
                *outbox = None;
                drop(outbox);
                match self.wire.dropped.get() {
                    0 => self.control.relieved.notify_waiters(),
                    _ => self.wake(), // the task tells the client what it missed
                }
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
