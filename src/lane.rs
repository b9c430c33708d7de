//! Connections that get byte-identical frames: one consumer, one dialect.

use crate::dialect::{Dialect, Envelope};
use crate::registry::Entry;
use crate::{App, Message, websocket};
use bytes::Bytes;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Connections that get byte-identical frames: one consumer, one dialect.
pub(crate) struct Lane<A: App> {
    pub entry: Arc<Entry<A>>,
    pub dialect: Dialect,
}

impl<A: App> Lane<A> {
    pub fn new(entry: Arc<Entry<A>>) -> Self {
        let dialect = match entry.verbatim {
            true => Dialect::Verbatim,
            false => Dialect::Raw,
        };
        Lane { entry, dialect }
    }

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

    /// The entity that an event shows. A consumer that panics shows none.
    pub fn entity(&self, event: &A::Event, group: &A::Group) -> Option<u64> {
        catch_unwind(AssertUnwindSafe(|| (self.entry.entity)(event, group))).unwrap_or_else(|_| {
            tracing::error!(consumer = self.entry.name, %group, "entity panicked");
            None
        })
    }

    pub fn frame(&self, message: &Message, envelope: Envelope) -> Bytes {
        let (opcode, payload) = self.dialect.encode(message, envelope);
        websocket::encode(opcode, &payload)
    }
}
