//! A client's stream, what waits to leave by it, and whether anything still may.

use super::compression::Compression;
use crate::hub::outbox::Outbox;
use crate::hub::stream::Stream;
use smallvec::SmallVec;
use std::cell::{Cell, OnceCell, RefCell};

/// The way of frames to one client.
pub(crate) struct Wire {
    /// Empty where frames are polled, and where they leave by another socket.
    pub(super) stream: OnceCell<Stream>,
    /// What waits because the stream is full, or because there is none yet. `None`: everything is with the kernel.
    pub(super) outbox: RefCell<Option<Box<Outbox>>>,
    /// What this tick has for it: indices of the tick's frames.
    pub pending: RefCell<SmallVec<[u32; 2]>>,
    pub compression: Cell<Compression>,
    /// Events that were dropped, and that the client was not told of.
    pub(super) dropped: Cell<u32>,
    /// Whether this socket is on the tick's list of sockets.
    pub queued: Cell<bool>,
    /// A close frame was sent or is in the outbox: nothing follows.
    pub(super) closing: Cell<bool>,
    /// The stream was given up.
    pub(super) dead: Cell<bool>,
}

impl Wire {
    pub fn new(stream: Option<Stream>, compression: Compression, outbox: Option<Outbox>) -> Self {
        Wire {
            stream: stream.map_or_else(OnceCell::new, OnceCell::from),
            outbox: RefCell::new(outbox.map(Box::new)),
            pending: RefCell::default(),
            compression: Cell::new(compression),
            dropped: Cell::new(0),
            queued: Cell::new(false),
            closing: Cell::new(false),
            dead: Cell::new(false),
        }
    }

    /// Whether frames wait in the outbox.
    pub fn has_waiting(&self) -> bool {
        self.outbox.borrow().as_ref().is_some_and(|o| !o.is_empty())
    }

    /// Bytes that wait, unless they are the last ones.
    pub fn waiting_bytes(&self) -> usize {
        match &*self.outbox.borrow() {
            Some(outbox) if !self.closing.get() => outbox.bytes(),
            _ => 0,
        }
    }

    /// Whether the client is to be told that it missed events: it missed some, and everything else was sent.
    pub fn must_tell_drops(&self) -> bool {
        self.dropped.get() > 0 && !self.has_waiting()
    }

    /// Counts an event that was dropped.
    pub(super) fn drop_one(&self) {
        self.dropped.set(self.dropped.get().saturating_add(1));
    }
}
