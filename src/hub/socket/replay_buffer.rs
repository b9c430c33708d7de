//! Events for a connection that is not ready for them: its snapshot or replay is being read.

use crate::app::App;
use bytes::Bytes;

/// Events that may be held for a connection while its snapshot or replay is read, in bytes: 1,000 of the usual 256.
const HELD_BYTES: usize = 256 << 10;

/// Events that came while the connection was not ready for them.
pub(crate) struct ReplayBuffer<A: App> {
    /// Groups joined since the first of them: what was announced to them up to the snapshot is in the snapshot.
    pub fresh: Vec<A::Group>,
    pub frames: Vec<Held>,
    bytes: usize,
    /// Too much came and was forgotten: it must be read again.
    pub overflowed: bool,
    /// Where the stream of the groups begins that a command has joined, once that is known.
    pub joined_at: Option<u64>,
}

/// One event that is held.
pub(crate) struct Held {
    pub seq: u64,
    /// Whether its group was joined after the connection began to hold events.
    pub fresh: bool,
    pub frame: Bytes,
}

// `derive` would ask for `A: Default`
impl<A: App> Default for ReplayBuffer<A> {
    fn default() -> Self {
        ReplayBuffer {
            fresh: Vec::new(),
            frames: Vec::new(),
            bytes: 0,
            overflowed: false,
            joined_at: None,
        }
    }
}

impl<A: App> ReplayBuffer<A> {
    /// Keeps an event. Held events leave in one tick and must not fill the outbox, so if there are too many all are forgotten. Returns how many were forgotten.
    pub fn keep(&mut self, seq: u64, group: &A::Group, frame: &Bytes, most: usize) -> usize {
        if self.overflowed {
            return 1;
        }
        if self.bytes + frame.len() > HELD_BYTES.min(most) {
            let lost = self.frames.len() + 1;
            self.clear();
            self.overflowed = true;
            return lost;
        }
        self.bytes += frame.len();
        self.frames.push(Held {
            seq,
            fresh: self.fresh.contains(group),
            frame: frame.clone(),
        });
        0
    }

    /// Forgets what is held, and that it was too much.
    pub fn clear(&mut self) {
        self.frames = Vec::new();
        self.bytes = 0;
        self.overflowed = false;
    }
}
