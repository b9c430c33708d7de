//! The end of a tick: one write per socket, one message per other shard.

use super::Shard;
use crate::app::App;
use crate::hub::broker::Broker;
use crate::hub::socket::Socket;
use crate::hub::tick::WriteBuffer;
use crate::metrics::{Drop as Dropped, MICROS};
use std::rc::Rc;

impl<A: App> Shard<A> {
    /// Ends the tick.
    pub fn flush(&self) {
        let (mut frames, mut sockets) = self.tick.take();
        self.hand_over();
        let mut buffers = self.tick.buffers.borrow_mut();
        for socket in sockets.drain(..) {
            socket.wire.queued.set(false);
            let buffer = &mut buffers[usize::from(socket.wire.compression.get().inflates)];
            socket.flush(&frames, buffer);
        }
        buffers.iter_mut().for_each(WriteBuffer::clear);
        frames.clear();
        if let Some(at) = self.tick.committed_at.take() {
            let micros = (self.clock.now() - at).as_micros();
            let micros = u64::try_from(micros).unwrap_or(u64::MAX);
            self.counts.announced.record(&MICROS, micros);
        }
        if self.counts.backlog.is_over() {
            self.relieve();
        }
        self.tick.reuse(frames, sockets);
    }

    /// Ends the tick, if it has something for this socket.
    pub fn flush_for(&self, socket: &Socket<A>) {
        if socket.wire.queued.get() {
            self.flush();
        }
    }

    fn hand_over(&self) {
        let outgoing = self.tick.outgoing.take();
        if !outgoing.is_empty() {
            let lost = self.broker.publish(self.id, &outgoing);
            self.counts.dropped(Dropped::Ephemeral, lost);
        }
    }

    /// Ends each tick, for as long as the shard lives.
    pub async fn flush_ticks(self: Rc<Self>) {
        loop {
            self.tick.scheduled().await;
            self.flush();
        }
    }
}
