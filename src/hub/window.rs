//! What happens in quick succession, told together: for connections that asked for it ([`Context::gather`](crate::Context::gather)).
//!
//! A window belongs to a shard. It opens with the first event that a gathering connection hears, and closes a tenth of a second later, or when it is full. Then each
//! such connection is told what *it* heard in that time: those that heard the same share the frame. Nothing is gathered from one connection's
//! groups for another's.
//!
//! | gathers | live | replay, and what was held |
//! |---|---|---|
//! | [`Besides`](Gather::Besides) | each event at once with its number, and again in the window's message, which has none: at most once | one by one, nothing again |
//! | [`Instead`](Gather::Instead) | in the window's message only, whose number is that of the last event in it | each event in a message of its own |
//!
//! So whoever gathers `Instead` has every event exactly once as well: a message of several events reached the client as a whole or not at all, and what came
//! back with a number gets what is above it. A connection that joins or leaves a group is told before that what it heard until then: numbers keep rising.

use crate::app::App;
use crate::hub::batching::Gather;
use crate::hub::lane::Lane;
use crate::hub::socket::Socket;
use crate::protocol::message::Message;
use crate::protocol::websocket;
use bytes::Bytes;
use smallvec::SmallVec;
use std::rc::Rc;
use std::time::Duration;

/// How long a window is open.
pub(crate) const OPEN: Duration = Duration::from_millis(100);
/// Events and bytes of one window, as far as their data goes: then it closes at once. A bulk change must not wait in memory.
const EVENTS: usize = 256;
const BYTES: usize = 256 << 10;

/// An event of the window, as one kind of connection is told of it.
struct Told {
    seq: u64,
    message: Message,
}

/// The events of one window, and who heard some of them.
pub(crate) struct Window<A: App> {
    told: Vec<Told>,
    bytes: usize,
    /// Who heard something of it, and in which lane. Once each, unless it was told in between.
    hearers: Vec<(u16, Rc<Socket<A>>)>,
}

impl<A: App> Default for Window<A> {
    fn default() -> Self {
        Window {
            told: Vec::new(),
            bytes: 0,
            hearers: Vec::new(),
        }
    }
}

/// A message for all who heard the same.
pub(crate) struct Together {
    plain: Bytes,
    deflated: Option<Bytes>,
}

impl Together {
    /// As this connection gets it.
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

impl<A: App> Window<A> {
    /// Takes an event in, and says its place.
    pub fn take(&mut self, seq: u64, message: Message) -> u32 {
        self.bytes += message.data().len();
        self.told.push(Told { seq, message });
        (self.told.len() - 1) as u32
    }

    /// Somebody heard it.
    pub fn heard(&mut self, lane: u16, socket: &Rc<Socket<A>>, place: u32) {
        if socket.heard(place) {
            self.hearers.push((lane, socket.clone()));
        }
    }

    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    pub fn is_full(&self) -> bool {
        self.told.len() >= EVENTS || self.bytes >= BYTES
    }

    /// Who is to be told.
    pub fn hearers(&mut self) -> Vec<(u16, Rc<Socket<A>>)> {
        std::mem::take(&mut self.hearers)
    }

    /// What was heard, as one message. `None` where that is nothing new, or where the consumer has no such message.
    pub fn together(&self, lane: &Lane<A>, how: Gather, heard: &[u32]) -> Option<Together> {
        if heard.is_empty() || (heard.len() == 1 && how == Gather::Besides) {
            return None;
        }
        let all = heard
            .iter()
            .filter_map(|place| self.told.get(*place as usize));
        let seq = all.clone().map(|told| told.seq).max().unwrap_or(0);
        let messages: SmallVec<[&Message; 8]> = all.map(|told| &told.message).collect();
        let seq = (how == Gather::Instead && seq > 0).then_some(seq);
        Some(Together {
            plain: lane.together(&messages, seq)?,
            deflated: None,
        })
    }
}
