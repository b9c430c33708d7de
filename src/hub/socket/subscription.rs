//! What a connection hears of its groups, and what it must not hear twice.

use super::replay_buffer::{Held, ReplayBuffer};
use crate::app::App;
use bytes::Bytes;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};

/// The place of a connection among a group's members: so that leaving needs no search.
#[derive(Clone, Copy)]
pub(crate) struct Seat {
    /// The number of the members' list.
    pub list: u64,
    /// The position in it.
    pub at: u32,
}

/// One connection's stream of events: how far it is, what is held back, and its places in groups.
pub(crate) struct Subscription<A: App> {
    /// The newest number that the client was sent, or skips.
    last: Cell<u64>,
    /// As of which event the last write of the command that is handled was done; 0: it has written nothing.
    as_of: Cell<u64>,
    /// Events that came while the connection was not ready for them. `None`: it is live.
    held: RefCell<Option<Box<ReplayBuffer<A>>>>,
    pub seats: RefCell<SmallVec<[Seat; 1]>>,
}

impl<A: App> Default for Subscription<A> {
    fn default() -> Self {
        Subscription {
            last: Cell::new(0),
            as_of: Cell::new(0),
            held: RefCell::default(),
            seats: RefCell::default(),
        }
    }
}

impl<A: App> Subscription<A> {
    /// Whether an event passes: one that names several of a client's groups is told once. Events come in order, so the last number is enough.
    #[inline]
    pub fn passes(&self, seq: u64) -> bool {
        if seq == 0 {
            return true;
        }
        seq > self.last.replace(seq.max(self.last.get()))
    }

    /// The newest number that the client was sent, or skips.
    pub fn last(&self) -> u64 {
        self.last.get()
    }

    /// The command that is handled has written, as of this event. 0: another command begins.
    pub fn wrote(&self, as_of: u64) {
        self.as_of.set(as_of);
    }

    /// As of which event the command that is handled has written last, if it has.
    pub fn as_of(&self) -> Option<u64> {
        Some(self.as_of.get()).filter(|as_of| *as_of > 0)
    }

    /// The stream goes on behind this number, be it lower than before.
    pub fn restart_after(&self, seq: u64) {
        self.last.set(seq);
    }

    /// What the client was told now includes everything up to this number.
    pub fn reach(&self, seq: u64) {
        self.last.set(self.last.get().max(seq));
    }

    /// Nothing passes any more.
    pub fn stop(&self) {
        self.last.set(u64::MAX);
    }

    /// Holds events from now on, if it does not yet; `group` was joined since.
    pub fn hold_for(&self, group: A::Group) {
        self.held
            .borrow_mut()
            .get_or_insert_default()
            .fresh
            .push(group);
    }

    /// Holds events from now on, and forgets what was held. All groups count as joined since.
    pub fn hold_anew(&self, groups: Vec<A::Group>) {
        let mut buffer = Box::new(ReplayBuffer::default());
        buffer.fresh = groups;
        *self.held.borrow_mut() = Some(buffer);
    }

    /// Whether events are held.
    #[inline]
    pub fn is_holding(&self) -> bool {
        self.held.borrow().is_some()
    }

    /// Whether a group was joined since events are held.
    pub fn is_fresh(&self, group: &A::Group) -> bool {
        let held = self.held.borrow();
        held.as_ref().is_some_and(|held| held.fresh.contains(group))
    }

    /// Where the stream of the groups begins that a command has joined, once that is known.
    pub fn joined_at(&self) -> Option<u64> {
        self.held.borrow().as_ref()?.joined_at
    }

    /// The stream of the groups that a command has joined begins there. Nothing of it where events are not held.
    pub fn begin_joined_at(&self, seq: u64) {
        if let Some(held) = self.held.borrow_mut().as_mut() {
            held.joined_at = Some(seq);
        }
    }

    /// Whether more came than could be held: it was forgotten.
    pub fn has_overflowed(&self) -> bool {
        let held = self.held.borrow();
        held.as_ref().is_some_and(|held| held.overflowed)
    }

    /// Forgets what is held, and goes on holding: it is read again.
    pub fn forget_held(&self) {
        if let Some(held) = self.held.borrow_mut().as_mut() {
            held.clear();
        }
    }

    /// Ends the holding and returns what was held, in the order in which it came.
    pub fn flush(&self) -> Vec<Held> {
        let held = self.held.borrow_mut().take();
        held.map(|held| held.frames).unwrap_or_default()
    }

    /// Holds an event, in a buffer of at most `most` bytes. Returns how many events were forgotten because they are too much: a resume reads on, a snapshot is
    /// read again.
    pub(super) fn hold(&self, seq: u64, group: &A::Group, frame: &Bytes, most: usize) -> usize {
        let mut held = self.held.borrow_mut();
        let held = held.get_or_insert_default();
        held.keep(seq, group, frame, most)
    }
}
