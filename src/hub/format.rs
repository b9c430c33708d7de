//! Formats: what a group's members with the same one get the same bytes of.

use crate::app::App;
use crate::hub::recent::Recent;
use crate::hub::renderer::Renderer;
use crate::limits::clock::Clock;
use crate::protocol::dialect::{Dialect, Envelope};
use crate::protocol::message::Message;
use crate::protocol::websocket;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};
use std::ops::Index;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How events look to one kind of connection: members of a group that have the same format share each frame.
pub(crate) struct Format<A: App> {
    /// The consumer that renders them.
    pub renderer: Arc<Renderer<A>>,
    /// The envelope of its messages, with the namespace where there is one.
    pub dialect: Dialect,
    /// Events are told in messages that could hold several, and never otherwise.
    pub batches: bool,
}

/// Formats of one process: more than consumers and namespaces that anybody has.
const FORMATS: usize = 1_024;

/// All formats, by number. A format that was made stays: its number means the same on every shard, whatever routing came since.
pub(crate) struct Formats<A: App> {
    renderers: BTreeMap<&'static str, Arc<Renderer<A>>>,
    all: Box<[OnceLock<Format<A>>]>,
    numbers: Mutex<HashMap<(&'static str, Dialect, bool), u16>>,
    /// Events that were replayed in them a moment ago.
    pub recent: Recent<A>,
}

impl<A: App> Formats<A> {
    /// No formats yet, of these consumers.
    pub fn new(renderers: impl IntoIterator<Item = Arc<Renderer<A>>>, clock: Clock) -> Self {
        Formats {
            renderers: renderers.into_iter().map(|r| (r.name, r)).collect(),
            all: (0..FORMATS).map(|_| OnceLock::new()).collect(),
            numbers: Mutex::default(),
            recent: Recent::new(clock),
        }
    }

    /// The number of the format of a consumer and a dialect; without a dialect, of the consumer's own. `None`: there is no such consumer, or there are too many
    /// formats.
    pub fn number_of(&self, consumer: &str, dialect: Option<Dialect>) -> Option<u16> {
        let renderer = self.renderers.get(consumer)?;
        let dialect = dialect.unwrap_or(match renderer.verbatim {
            true => Dialect::Verbatim,
            false => Dialect::Json,
        });
        self.number(renderer, dialect, false)
    }

    /// The number of the format that is as that of `number` and tells events in batches.
    pub fn batching(&self, number: u16) -> Option<u16> {
        let format = &self[number as usize];
        self.number(&format.renderer, format.dialect.clone(), true)
    }

    fn number(&self, renderer: &Arc<Renderer<A>>, dialect: Dialect, batches: bool) -> Option<u16> {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (renderer.name, dialect.clone(), batches);
        if let Some(number) = numbers.get(&key) {
            return Some(*number);
        }
        let number = numbers.len();
        let Some(free) = self.all.get(number) else {
            tracing::error!(consumer = renderer.name, "too many kinds of connections");
            return None;
        };
        let format = Format {
            renderer: renderer.clone(),
            dialect,
            batches,
        };
        free.set(format).ok()?;
        numbers.insert(key, number as u16);
        Some(number as u16)
    }
}

impl<A: App> Index<usize> for Formats<A> {
    type Output = Format<A>;

    fn index(&self, number: usize) -> &Format<A> {
        self.all[number].get().expect("its number was given out")
    }
}

impl<A: App> Format<A> {
    /// The frame of an event; `None`: it is not told. Number 0: an event without one. A consumer that panics tells nobody, and harms nobody.
    pub fn render(&self, seq: u64, event: &A::Event, group: &A::Group) -> Option<Bytes> {
        let message = self.message(seq, event, group)?;
        if self.batches {
            return self.render_batch(&[&message], (seq > 0).then_some(seq));
        }
        let envelope = Envelope {
            seq: (seq > 0).then_some(seq),
            reset: false,
            ask: None,
        };
        Some(self.frame(&message, envelope))
    }

    /// The message of an event by itself; `None`: it is not told.
    pub fn message(&self, seq: u64, event: &A::Event, group: &A::Group) -> Option<Message> {
        let made = catch_unwind(AssertUnwindSafe(|| (self.renderer.render)(event, group)));
        made.unwrap_or_else(|_| {
            tracing::error!(consumer = self.renderer.name, seq, %group, "render panicked");
            None
        })
    }

    /// The frame of several events; `None`: this consumer has no message for several.
    pub fn render_batch(&self, messages: &[&Message], seq: Option<u64>) -> Option<Bytes> {
        let made = catch_unwind(AssertUnwindSafe(|| (self.renderer.render_batch)(messages)));
        let message = made.unwrap_or_else(|_| {
            tracing::error!(consumer = self.renderer.name, "render_batch panicked");
            None
        });
        let envelope = Envelope {
            seq,
            ..Envelope::default()
        };
        Some(self.frame(&message?, envelope))
    }

    /// The frame of a message that the client is to answer under this id.
    pub fn question(&self, message: &Message, id: u64) -> Bytes {
        let envelope = Envelope {
            ask: Some(id),
            ..Envelope::default()
        };
        self.frame(message, envelope)
    }

    /// The entity that an event shows. A consumer that panics shows none.
    pub fn entity(&self, event: &A::Event, group: &A::Group) -> Option<u64> {
        let shown = catch_unwind(AssertUnwindSafe(|| (self.renderer.entity)(event, group)));
        shown.unwrap_or_else(|_| {
            tracing::error!(consumer = self.renderer.name, %group, "entity panicked");
            None
        })
    }

    /// The WebSocket frames of a message.
    pub fn frame(&self, message: &Message, envelope: Envelope) -> Bytes {
        let (opcode, payload) = self.dialect.encode(message, envelope);
        match self.dialect.attachments(message) {
            [] => websocket::encode(opcode, &payload),
            attachments => websocket::encode_all(opcode, &payload, attachments),
        }
    }
}
