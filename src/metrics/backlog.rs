//! What waits in all outboxes together.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// What waits in the outboxes of the whole process. Touched only for clients that do not keep up.
#[derive(Debug)]
pub(crate) struct Backlog {
    bytes: AtomicUsize,
    clients: AtomicUsize,
    bound: AtomicUsize,
}

impl Default for Backlog {
    fn default() -> Self {
        Backlog {
            bytes: AtomicUsize::new(0),
            clients: AtomicUsize::new(0),
            bound: AtomicUsize::new(usize::MAX),
        }
    }
}

impl Backlog {
    /// Sets the most that may wait, in bytes.
    pub fn set_bound(&self, bytes: usize) {
        self.bound.store(bytes, Relaxed);
    }

    /// A client does not keep up: it has an outbox now.
    pub fn opened(&self) {
        self.clients.fetch_add(1, Relaxed);
    }

    /// An outbox is gone.
    pub fn closed(&self) {
        self.clients.fetch_sub(1, Relaxed);
    }

    /// Bytes were added to an outbox, or taken from it.
    pub fn add(&self, bytes: isize) {
        // wraps around: what is taken away was added before
        self.bytes.fetch_add(bytes as usize, Relaxed);
    }

    /// Bytes, and the clients they wait for.
    pub fn now(&self) -> (usize, usize) {
        (self.bytes.load(Relaxed), self.clients.load(Relaxed))
    }

    /// Whether more than the bound waits.
    pub fn is_over(&self) -> bool {
        self.bytes.load(Relaxed) > self.bound.load(Relaxed)
    }

    /// Whether a quarter more than the bound waits: then the largest are closed at once.
    pub fn is_far_over(&self) -> bool {
        let bound = self.bound.load(Relaxed);
        self.bytes.load(Relaxed) > bound.saturating_add(bound / 4)
    }

    /// Whether enough was closed: less than nine tenths of the bound wait.
    pub fn is_relieved(&self) -> bool {
        self.bytes.load(Relaxed) <= self.bound.load(Relaxed) / 10 * 9
    }

    /// Bytes that an outbox has on average: at least one is as large.
    pub fn average(&self) -> usize {
        let (bytes, clients) = self.now();
        bytes / clients.max(1)
    }
}
