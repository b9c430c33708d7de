//! Whether a connection is told events one by one or several in one message.

use smallvec::SmallVec;

/// How a connection is told what happens in quick succession: see [`Context::batch`](crate::Context::batch).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Batching {
    /// Each event at once. Where there are several in a tenth of a second, all of them again in one message, which has no number: at most once.
    Besides,
    /// All events of a tenth of a second in one message, also where it is one event; nothing else.
    Instead,
}

/// What one connection heard of the open batch: positions of its events.
pub(crate) type Heard = SmallVec<[u32; 4]>;
