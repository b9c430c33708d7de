//! Events that were replayed a moment ago, and the frames that were made of them.
//!
//! When a network comes back, everybody comes back, and misses the same. An event is read and parsed for the first of them, and a frame is made for the first
//! of each format; the others get the same bytes. Rows of the history never change and numbers never recur, so what is kept here is true for as long as the
//! log names its number.

use super::replay::Audience;
use crate::app::App;
use crate::error::Error;
use crate::limits::clock::Clock;
use crate::protocol::websocket;
use crate::store::log::{Log, StoredEvent};
use bytes::Bytes;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What is kept, in bytes as far as they can be told, of the memory perhaps half: some 6,000 orders with their frames. Clients that come back together are
/// replayed page by page in turns, so they are a few pages apart; for one that is further behind, events are read again.
const KEPT_BYTES: usize = 16 << 20;
/// What a page may add to it before it is cut again: then the page ends, however little its client is told.
const PAGE_BYTES: usize = 4 << 20;
/// When nobody has asked for so long, nothing is kept.
const KEPT_FOR: Duration = Duration::from_secs(10);
/// What an event takes besides its texts: its places in the map and in the order, the list of its frames, what the allocator adds.
const OVERHEAD_BYTES: usize = 256;
/// Events that are read together.
const READ_AHEAD: usize = 128;
/// No more is read ahead of what this many bytes of events are in.
const READ_AHEAD_BYTES: usize = 256 << 10;

/// Events that were replayed a moment ago, for all shards.
pub(crate) struct Recent<A: App> {
    kept: Mutex<RecentEvents<A>>,
    clock: Clock,
}

type Render<'a, A> = &'a dyn Fn(u64, &<A as App>::Event, &<A as App>::Group) -> Option<Bytes>;

/// How a client is told of events.
pub(crate) struct Rendering<'a, A: App> {
    pub format: u16,
    /// Frames of at least so many bytes are compressed.
    pub deflate_from: usize,
    /// The frame of an event for a group, the same whenever it is asked for. `None`: this format is not told.
    pub render: Render<'a, A>,
}

pub(crate) struct RecentEvents<A: App> {
    events: FxHashMap<u64, Replayed<A>>,
    /// The numbers of `events`, in the order in which they were read.
    order: VecDeque<u64>,
    bytes: usize,
    used: Option<Instant>,
}

struct Replayed<A: App> {
    event: A::Event,
    /// The names of its groups, in the order of the event.
    groups: Box<[Box<str>]>,
    frames: SmallVec<[MadeFrame; 1]>,
    bytes: usize,
}

/// A frame that was made.
struct MadeFrame {
    /// The group's position among those of the event.
    position: usize,
    format: u16,
    plain: Option<Bytes>,
    /// The compressed frame, once somebody wanted it.
    deflated: Option<Bytes>,
}

impl<A: App> Recent<A> {
    /// Nothing is kept yet.
    pub fn new(clock: Clock) -> Self {
        Recent {
            kept: Mutex::new(RecentEvents::new()),
            clock,
        }
    }

    /// What is kept, for one page: replay has one thread, so nobody waits. It is cut to its bound when the page is done.
    pub(super) fn with<T>(&self, page: impl FnOnce(&mut RecentEvents<A>) -> T) -> T {
        let mut kept = self.kept();
        kept.used = Some(self.clock.now());
        let done = page(&mut kept);
        kept.cut(KEPT_BYTES);
        done
    }

    /// Whether something is kept that nobody asked for lately.
    pub fn is_stale(&self) -> bool {
        let now = self.clock.now();
        let is_old = |used: Instant| now.saturating_duration_since(used) >= KEPT_FOR;
        let kept = self.kept.try_lock();
        kept.is_ok_and(|kept| kept.used.is_some_and(is_old))
    }

    /// Keeps nothing, if nobody asked lately.
    pub fn forget_stale(&self) {
        if self.is_stale() {
            *self.kept() = RecentEvents::new();
        }
    }

    // A panic leaves at most an event that is not counted.
    fn kept(&self) -> MutexGuard<'_, RecentEvents<A>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<A: App> RecentEvents<A> {
    fn new() -> Self {
        RecentEvents {
            events: FxHashMap::default(),
            order: VecDeque::new(),
            bytes: 0,
            used: None,
        }
    }

    /// The frame of the first of these events, if `heard` is told of it. It is read, with those that follow, if it has to be.
    ///
    /// # Errors
    /// [`Error::Json`] when it cannot be read: another version of the application wrote it, or another program; [`Error::Store`].
    pub fn frame(
        &mut self,
        log: &impl Log,
        numbers: &[u64],
        heard: &Audience<A::Group>,
        rendering: &Rendering<'_, A>,
    ) -> Result<Option<Bytes>, Error> {
        let Some(&seq) = numbers.first() else {
            return Ok(None);
        };
        if !self.events.contains_key(&seq) {
            self.read(log, numbers)?;
        }
        let Some(event) = self.events.get_mut(&seq) else {
            return Ok(None); // it is not there any more
        };
        let before = event.bytes;
        let frame = event.told(seq, heard, rendering);
        self.bytes += event.bytes - before;
        Ok(frame)
    }

    /// Reads the first of these numbers, and those of the next that are not known: neighbours in one go.
    fn read(&mut self, log: &impl Log, numbers: &[u64]) -> Result<(), Error> {
        let unknown = |seq: &u64| !self.events.contains_key(seq);
        let wanted = numbers.iter().copied().take(READ_AHEAD).filter(unknown);
        let wanted: Vec<u64> = wanted.collect();
        let until = self.bytes + READ_AHEAD_BYTES;
        log.read(&wanted, |stored| {
            let needed = numbers.first() == Some(&stored.seq);
            match self.add(&stored) {
                // whoever needs it reads it again
                Err(Error::Json(_)) if !needed => return Ok(false),
                added => added?,
            }
            Ok(self.bytes < until)
        })
    }

    fn add(&mut self, stored: &StoredEvent<'_>) -> Result<(), Error> {
        let StoredEvent {
            seq, event, groups, ..
        } = stored;
        // A text without escapes is borrowed; `Cow` in a list is always copied, so these are few and short.
        let names: Vec<Cow<'_, str>> = serde_json::from_str(groups)?;
        let replayed = Replayed {
            event: serde_json::from_str(event)?,
            groups: names.into_iter().map(|name| name.into()).collect(),
            frames: SmallVec::new(),
            // What an event holds is hardly more than its text.
            bytes: OVERHEAD_BYTES + size_of::<A::Event>() + event.len() + groups.len(),
        };
        self.bytes += replayed.bytes;
        self.events.insert(*seq, replayed);
        self.order.push_back(*seq);
        Ok(())
    }

    /// Whether a page has added as much as it may.
    pub fn is_full(&self) -> bool {
        self.bytes > KEPT_BYTES + PAGE_BYTES
    }

    /// Forgets what was read first.
    fn cut(&mut self, bytes: usize) {
        while self.bytes > bytes
            && let Some(oldest) = self.order.pop_front()
        {
            let gone = self.events.remove(&oldest);
            self.bytes -= gone.map_or(0, |gone| gone.bytes);
        }
    }
}

impl<A: App> Replayed<A> {
    /// The frame for the first of its groups that is heard and that there is one for.
    fn told(
        &mut self,
        seq: u64,
        heard: &Audience<A::Group>,
        rendering: &Rendering<'_, A>,
    ) -> Option<Bytes> {
        (0..self.groups.len()).find_map(|position| {
            let group = heard.group(&self.groups[position], seq)?;
            self.made(seq, position, group, rendering)
        })
    }

    /// The frame for one of its groups, made by whoever asks first.
    fn made(
        &mut self,
        seq: u64,
        position: usize,
        group: &A::Group,
        rendering: &Rendering<'_, A>,
    ) -> Option<Bytes> {
        let format = rendering.format;
        let mut all = self.frames.iter();
        let known = all.position(|made| (made.position, made.format) == (position, format));
        let at = known.unwrap_or_else(|| {
            let plain = (rendering.render)(seq, &self.event, group);
            self.bytes += size_of::<MadeFrame>() + plain.as_ref().map_or(0, Bytes::len);
            self.frames.push(MadeFrame {
                position,
                format,
                plain,
                deflated: None,
            });
            self.frames.len() - 1
        });
        let MadeFrame {
            plain, deflated, ..
        } = &mut self.frames[at];
        let plain = plain.as_ref()?;
        if plain.len() < rendering.deflate_from {
            return Some(plain.clone());
        }
        let deflated = deflated.get_or_insert_with(|| {
            let deflated = websocket::deflated(plain);
            self.bytes += deflated.len();
            deflated
        });
        Some(deflated.clone())
    }
}

#[cfg(test)]
mod tests;
