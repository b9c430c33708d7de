//! The frames of one tick of a shard, until they are with the kernel.

use bytes::Bytes;
use smallvec::SmallVec;

/// The most that a write buffer keeps from one tick to the next, in bytes: the memory of a burst is given back.
const KEPT_BYTES: usize = 1 << 20;

/// What a frame is to a client that cannot take it now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FrameKind {
    /// An answer, a snapshot, a page of replay: never dropped.
    Direct,
    /// An event, and the entity it shows: the route's `delivery` decides.
    Event(Option<u64>),
}

/// A frame of this tick, for one client or many. Sockets name it by its index.
pub(crate) struct QueuedFrame {
    pub frame: Bytes,
    pub kind: FrameKind,
}

/// Frames of one tick side by side in memory, made once for all sockets that are sent the same ones.
#[derive(Default)]
pub(crate) struct WriteBuffer {
    /// The indices of the frames in `bytes`.
    indices: SmallVec<[u32; 8]>,
    bytes: Vec<u8>,
}

impl WriteBuffer {
    /// The bytes of these frames, one after the other. Members of a group that follow each other are sent the same frames, so mostly they are there already.
    pub fn joined(&mut self, frames: &[QueuedFrame], indices: &[u32]) -> &[u8] {
        if self.indices[..] != *indices {
            self.indices = SmallVec::from_slice(indices);
            self.bytes.clear();
            for &i in indices {
                self.bytes.extend_from_slice(&frames[i as usize].frame);
            }
        }
        &self.bytes
    }

    /// Ends the tick: its indices mean nothing in the next one.
    pub fn clear(&mut self) {
        self.indices.clear();
        if self.bytes.capacity() > KEPT_BYTES {
            self.bytes = Vec::new();
        }
    }
}
