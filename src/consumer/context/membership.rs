//! That a connection is in a group.

use std::cell::Cell;

/// A connection is in a group.
pub(crate) struct Membership<G> {
    pub group: G,
    /// Replay does not reach behind this number.
    pub from: Cell<u64>,
}

impl<G> Membership<G> {
    pub fn new(group: G, from: u64) -> Self {
        let from = Cell::new(from);
        Membership { group, from }
    }
}
