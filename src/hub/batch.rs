//! Events in quick succession, told in one message: for connections that asked for it ([`Context::batch`](crate::Context::batch)).
//!
//! A shard has at most one open batch. It opens with the first event that a batching connection hears, and closes a tenth of a second later, or when it is full.
//! Then each batching connection is told what *it* heard of the batch. Connections that heard the same events share the frame. No connection is told events of
//! groups that it is not in.
//!
//! | batching | live | replay, and what was held |
//! |---|---|---|
//! | [`Besides`](Batching::Besides) | each event at once with its number, and again in the batch's message, which has none: at most once | one by one, nothing again |
//! | [`Instead`](Batching::Instead) | in the batch's message only, whose number is that of the last event in it | each event in a message of its own |
//!
//! A connection that batches `Instead` has every event exactly once too: a message of several events reaches the client as a whole or not at all, and a client
//! that comes back with a number gets what is above it. A connection that joins or leaves a group is told first what it heard until then, so numbers keep
//! rising.

use crate::app::App;
use crate::hub::batching::Batching;
use crate::hub::format::Format;
use crate::hub::socket::Socket;
use crate::protocol::message::Message;
use crate::protocol::websocket;
use bytes::Bytes;
use smallvec::SmallVec;
use std::rc::Rc;

/// Events of one batch. One more closes it: a bulk change must not wait in memory.
const EVENTS: usize = 256;
/// Bytes of one batch, as far as the messages' data goes.
const BYTES: usize = 256 << 10;

/// An event of the batch, as one kind of connection is told of it.
struct BatchedEvent {
    seq: u64,
    message: Message,
}

/// The events of one batch, and who heard some of them.
pub(crate) struct Batch<A: App> {
    events: Vec<BatchedEvent>,
    bytes: usize,
    /// Connections that heard an event of it, each with its format. Once each, unless it was told in between.
    listeners: Vec<(u16, Rc<Socket<A>>)>,
}

impl<A: App> Default for Batch<A> {
    fn default() -> Self {
        Batch {
            events: Vec::new(),
            bytes: 0,
            listeners: Vec::new(),
        }
    }
}

/// The frame of several events, for all who heard the same ones.
pub(crate) struct BatchFrame {
    plain: Bytes,
    deflated: Option<Bytes>,
}

impl BatchFrame {
    /// The frame for a connection whose frames of at least `deflate_from` bytes are sent compressed. It is compressed at most once.
    pub fn suited(&mut self, deflate_from: usize) -> Bytes {
        match self.plain.len() >= deflate_from {
            true => {
                let plain = &self.plain;
                self.deflated
                    .get_or_insert_with(|| websocket::deflated(plain))
                    .clone()
            }
            false => self.plain.clone(),
        }
    }
}

impl<A: App> Batch<A> {
    /// Adds an event and returns its position.
    pub fn add(&mut self, seq: u64, message: Message) -> u32 {
        self.bytes += message.data().len();
        self.events.push(BatchedEvent { seq, message });
        (self.events.len() - 1) as u32
    }

    /// Notes that a connection heard the event at this position.
    pub fn hears(&mut self, format: u16, socket: &Rc<Socket<A>>, position: u32) {
        if socket.batched.hears(position) {
            self.listeners.push((format, socket.clone()));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.events.len() >= EVENTS || self.bytes >= BYTES
    }

    /// The connections that are to be told.
    pub fn take_listeners(&mut self) -> Vec<(u16, Rc<Socket<A>>)> {
        std::mem::take(&mut self.listeners)
    }

    /// One frame of the events at these positions. `None`: it would tell nothing new, or the consumer has no such message.
    pub fn frame(&self, format: &Format<A>, how: Batching, heard: &[u32]) -> Option<BatchFrame> {
        if heard.is_empty() || (heard.len() == 1 && how == Batching::Besides) {
            return None;
        }
        let all = heard.iter().filter_map(|at| self.events.get(*at as usize));
        let seq = all.clone().map(|event| event.seq).max().unwrap_or(0);
        let messages: SmallVec<[&Message; 8]> = all.map(|event| &event.message).collect();
        let seq = (how == Batching::Instead && seq > 0).then_some(seq);
        Some(BatchFrame {
            plain: format.render_batch(&messages, seq)?,
            deflated: None,
        })
    }
}
