//! What one connection heard of its shard's open batch.

use crate::hub::batching::{Batching, Heard};
use std::cell::Cell;

/// Whether a connection batches, and what it heard of the open batch.
#[derive(Default)]
pub(crate) struct Batched {
    how: Cell<Option<Batching>>,
    heard: Cell<Heard>,
}

impl Batched {
    /// From now on the connection batches.
    pub fn set(&self, how: Batching) {
        self.how.set(Some(how));
    }

    /// How it batches; `None`: it does not.
    #[inline]
    pub fn how(&self) -> Option<Batching> {
        self.how.get()
    }

    /// Notes an event of the batch, and says whether it is the first one.
    pub fn hears(&self, position: u32) -> bool {
        let mut heard = self.heard.take();
        heard.push(position);
        let is_first = heard.len() == 1;
        self.heard.set(heard);
        is_first
    }

    /// What was heard since this was asked last.
    pub fn take(&self) -> Heard {
        self.heard.take()
    }
}
