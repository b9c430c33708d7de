//! How far the history of events was delivered on a shard.

use std::cell::Cell;
use tokio::sync::Notify;

/// The number up to which everything was delivered to the members here, or held for them.
#[derive(Default)]
pub(super) struct Progress {
    reached: Cell<u64>,
    advanced: Notify,
}

impl Progress {
    /// Everything up to `seq` was delivered or held.
    pub fn reach(&self, seq: u64) {
        self.reached.set(seq);
        self.advanced.notify_waiters();
    }

    /// The number up to which everything was delivered or held.
    pub fn reached(&self) -> u64 {
        self.reached.get()
    }

    /// Waits until everything up to `seq` was delivered or held. Cancel safe.
    pub async fn wait(&self, seq: u64) {
        while self.reached.get() < seq {
            self.advanced.notified().await; // single thread: nothing can change between the test and the wait
        }
    }
}
