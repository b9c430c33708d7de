//! A command on its way through the writer.

use super::author::Author;
use super::freshness::Freshness;
use super::guarded::guarded;
use super::idempotency::Ran;
use super::time::now_ms;
use crate::error::Error;
use crate::limits::clock::Clock;
use rusqlite::Connection;
use std::time::Instant;
use tokio::sync::oneshot;

/// One command in the queue.
pub(super) struct Job {
    pub shard: Option<usize>,
    pub author: Author,
    /// Until when it may wait for another program's transaction.
    pub deadline: Instant,
    pub work: Box<dyn Work>,
}

/// An answer that waits for its commit: tells whoever asked what became of a command. Runs after the commit's publications were handed on, on the shard that
/// asked, or on the disk's thread where no shard did. It does not block and does not fail: who asked may be gone.
pub(crate) type Reply = Box<dyn FnOnce() + Send>;

/// A command without its type.
pub(super) trait Work: Send {
    /// Runs it within its savepoint. Returns whether its changes are to be kept.
    fn run(&mut self, tx: &Connection, freshness: &Freshness) -> bool;
    /// Stores the outcome: after its changes were announced, or rolled back, in the same transaction. `as_of`: the number of the newest event then.
    fn record(&mut self, tx: &Connection, clock: &Clock, as_of: u64) -> Result<(), Error>;
    /// Makes it fail, because it cannot be kept after all. A command that failed by itself keeps its own error.
    fn fail(&mut self, error: Error);
    /// Tells the caller what `run` led to, or, with an error, what became of the transaction. Called once, last.
    fn finish(self: Box<Self>, end: Result<(), Error>);
}

pub(super) struct Task<T, F> {
    run: Option<F>,
    ran: Option<Ran<T>>,
    answer: Answer<T>,
}

/// Takes what became of a command, and the number of the newest event when it was done.
type Answer<T> = oneshot::Sender<Result<(T, u64), Error>>;

impl<T, F> Task<T, F> {
    pub fn new(run: F, answer: Answer<T>) -> Self {
        Task {
            run: Some(run),
            ran: None,
            answer,
        }
    }
}

impl<T: Send, F: FnOnce(&Connection, &Freshness) -> Ran<T> + Send> Work for Task<T, F> {
    fn run(&mut self, tx: &Connection, freshness: &Freshness) -> bool {
        let Some(run) = self.run.take() else {
            return false;
        };
        let ran = guarded(|| Ok(run(tx, freshness))).unwrap_or_else(|e| Ran::unrecorded(Err(e)));
        let keep = ran.result.is_ok();
        self.ran = Some(ran);
        keep
    }

    fn record(&mut self, tx: &Connection, clock: &Clock, as_of: u64) -> Result<(), Error> {
        let Some(ran) = &mut self.ran else {
            return Ok(());
        };
        let as_of = *ran.as_of.get_or_insert(as_of);
        match &ran.record {
            Some(record) => record.store(tx, now_ms(clock), as_of),
            None => Ok(()),
        }
    }

    fn fail(&mut self, error: Error) {
        if self.ran.as_ref().is_none_or(|ran| ran.result.is_ok()) {
            self.ran = Some(Ran::unrecorded(Err(error)));
        }
    }

    fn finish(self: Box<Self>, end: Result<(), Error>) {
        let result = match (end, self.ran) {
            (Err(e), _) => Err(e),
            (Ok(()), Some(ran)) => ran.result.map(|value| (value, ran.as_of.unwrap_or(0))),
            (Ok(()), None) => Err(Error::Closed),
        };
        let _ = self.answer.send(result); // the caller may be gone
    }
}
