//! Whether a connection is told events one by one or several in one message.

use smallvec::SmallVec;

/// How a connection is told what happens in quick succession.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Gather {
    /// Each event at once, and where there are several in a tenth of a second all of them together again: at most once, and without a number.
    Besides,
    /// All events of a tenth of a second together, also where it is one; nothing else.
    Instead,
}

/// What one connection heard: places in the window.
pub(crate) type Heard = SmallVec<[u32; 4]>;
