//! What the store counts.

use crate::metrics::{Histogram, MICROS};
use std::sync::atomic::{AtomicI64, AtomicU64};

/// What the store did since it was opened.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    /// Transactions that were committed.
    pub commits: AtomicU64,
    /// Jobs that were asked for, whatever became of them.
    pub jobs: AtomicU64,
    /// Events that were announced and committed.
    pub events: AtomicU64,
    /// Changes that could not be announced and were set aside.
    pub rejects: AtomicU64,
    /// Jobs that were told BUSY.
    pub busy: AtomicU64,
    /// The newest event's number after the last commit.
    pub head: AtomicU64,
    /// The schema's version that the writer has judged.
    pub schema: AtomicI64,
    /// Tables whose triggers were made anew, each time.
    pub mended: AtomicU64,
    /// How often the history began anew while it was served.
    pub resets: AtomicU64,
    /// The write-ahead log's length in pages after the last commit.
    pub log_pages: AtomicU64,
    /// 1: somebody keeps it from being moved into the database.
    pub log_held: AtomicU64,
    /// Transactions that ended otherwise than by our COMMIT or for BUSY.
    pub lost: AtomicU64,
    /// From the beginning of a transaction to its being durable, in microseconds. The disk's thread records it.
    pub committed: Histogram<{ MICROS.len() }>,
}
