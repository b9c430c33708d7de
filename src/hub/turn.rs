//! What one turn of a shard says, until it is with the kernel.

use bytes::Bytes;
use smallvec::SmallVec;

/// What a frame is to a client that cannot take it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// An answer, a snapshot, a page of replay: never dropped.
    Own,
    /// An event, and the entity it shows: the route's `delivery` decides.
    Event(Option<u64>),
}

/// A frame of the turn, for one client or many.
pub(crate) struct Said {
    pub frame: Bytes,
    pub mark: Mark,
}

/// Frames of one turn, put together once for all sockets that are sent the same ones.
#[derive(Default)]
pub(crate) struct Cork {
    of: SmallVec<[u32; 8]>,
    bytes: Vec<u8>,
}

impl Cork {
    /// These frames of the turn, one after the other. Neighbours in a room wait for the same ones.
    pub fn together(&mut self, turn: &[Said], pending: &[u32]) -> &[u8] {
        if self.of[..] != *pending {
            self.of = SmallVec::from_slice(pending);
            self.bytes.clear();
            for &i in pending {
                self.bytes.extend_from_slice(&turn[i as usize].frame);
            }
        }
        &self.bytes
    }

    /// A burst must not be paid for ever.
    pub fn forget(&mut self) {
        self.of.clear();
        if self.bytes.capacity() > 1 << 20 {
            self.bytes = Vec::new();
        }
    }
}
