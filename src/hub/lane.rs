//! Connections that get byte-identical frames: one consumer, one dialect (with its namespace).

use crate::app::App;
use crate::hub::recent::Recent;
use crate::hub::renderer::Renderer;
use crate::protocol::dialect::{Dialect, Envelope};
use crate::protocol::message::Message;
use crate::protocol::websocket;
use bytes::Bytes;
use std::collections::{BTreeMap, HashMap};
use std::ops::Index;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Connections that get byte-identical frames: one consumer, one dialect.
pub(crate) struct Lane<A: App> {
    pub renderer: Arc<Renderer<A>>,
    pub dialect: Dialect,
    /// Events are told in messages that could hold several, and never otherwise.
    pub gathers: bool,
}

/// Lanes of one process: more than consumers and namespaces that anybody has.
const LANES: usize = 1_024;

/// All lanes, by number. One that was made stays: a number means the same on every shard, whatever routing came since.
pub(crate) struct Lanes<A: App> {
    renderers: BTreeMap<&'static str, Arc<Renderer<A>>>,
    all: Box<[OnceLock<Lane<A>>]>,
    numbers: Mutex<HashMap<(&'static str, Dialect, bool), u16>>,
    /// What was replayed to them a moment ago.
    pub recent: Recent<A>,
}

impl<A: App> Lanes<A> {
    pub fn new(renderers: impl IntoIterator<Item = Arc<Renderer<A>>>) -> Self {
        Lanes {
            renderers: renderers.into_iter().map(|r| (r.name, r)).collect(),
            all: (0..LANES).map(|_| OnceLock::new()).collect(),
            numbers: Mutex::default(),
            recent: Recent::default(),
        }
    }

    /// The lane of a consumer whose connections speak so; `None`: in the consumer's own way. `None` is said where there is no such consumer, or no lane is left.
    pub fn lane(&self, consumer: &str, dialect: Option<Dialect>) -> Option<u16> {
        let renderer = self.renderers.get(consumer)?;
        let dialect = dialect.unwrap_or(match renderer.verbatim {
            true => Dialect::Verbatim,
            false => Dialect::Raw,
        });
        self.number(renderer, dialect, false)
    }

    /// The lane of connections like those of `number`, whose events come together.
    pub fn gathering(&self, number: u16) -> Option<u16> {
        let lane = &self[number as usize];
        self.number(&lane.renderer, lane.dialect.clone(), true)
    }

    fn number(&self, renderer: &Arc<Renderer<A>>, dialect: Dialect, gathers: bool) -> Option<u16> {
        let mut numbers = self.numbers.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (renderer.name, dialect.clone(), gathers);
        if let Some(number) = numbers.get(&key) {
            return Some(*number);
        }
        let number = numbers.len();
        let Some(place) = self.all.get(number) else {
            tracing::error!(consumer = renderer.name, "too many kinds of connections");
            return None;
        };
        let renderer = renderer.clone();
        let lane = Lane {
            renderer,
            dialect,
            gathers,
        };
        place.set(lane).ok()?;
        numbers.insert(key, number as u16);
        Some(number as u16)
    }
}

impl<A: App> Index<usize> for Lanes<A> {
    type Output = Lane<A>;

    fn index(&self, number: usize) -> &Lane<A> {
        self.all[number].get().expect("its number was given out")
    }
}

impl<A: App> Lane<A> {
    /// The frame of an event. A consumer that panics tells nobody, and harms nobody.
    pub fn render(&self, seq: u64, event: &A::Event, group: &A::Group) -> Option<Bytes> {
        let message = self.message(seq, event, group)?;
        if self.gathers {
            return self.together(&[&message], (seq > 0).then_some(seq));
        }
        let envelope = Envelope {
            seq: (seq > 0).then_some(seq),
            reset: false,
            ask: None,
        };
        Some(self.frame(&message, envelope))
    }

    /// How an event is told by itself.
    pub fn message(&self, seq: u64, event: &A::Event, group: &A::Group) -> Option<Message> {
        let made = catch_unwind(AssertUnwindSafe(|| (self.renderer.render)(event, group)));
        made.unwrap_or_else(|_| {
            tracing::error!(consumer = self.renderer.name, seq, %group, "render panicked");
            None
        })
    }

    /// The frame that tells several events.
    pub fn together(&self, messages: &[&Message], seq: Option<u64>) -> Option<Bytes> {
        let made = catch_unwind(AssertUnwindSafe(|| (self.renderer.together)(messages)));
        let message = made.unwrap_or_else(|_| {
            tracing::error!(consumer = self.renderer.name, "together panicked");
            None
        });
        let envelope = Envelope {
            seq,
            ..Envelope::default()
        };
        Some(self.frame(&message?, envelope))
    }

    /// The frame of a message that the client is to answer.
    pub fn question(&self, message: &Message, id: u64) -> Bytes {
        let envelope = Envelope {
            ask: Some(id),
            ..Envelope::default()
        };
        self.frame(message, envelope)
    }

    /// The entity that an event shows. A consumer that panics shows none.
    pub fn entity(&self, event: &A::Event, group: &A::Group) -> Option<u64> {
        catch_unwind(AssertUnwindSafe(|| (self.renderer.entity)(event, group))).unwrap_or_else(
            |_| {
                tracing::error!(consumer = self.renderer.name, %group, "entity panicked");
                None
            },
        )
    }

    pub fn frame(&self, message: &Message, envelope: Envelope) -> Bytes {
        let (opcode, payload) = self.dialect.encode(message, envelope);
        match self.dialect.attachments(message) {
            [] => websocket::encode(opcode, &payload),
            attachments => websocket::encode_all(opcode, &payload, attachments),
        }
    }
}
