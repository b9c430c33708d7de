//! The handle that everybody else has of the store.

use super::author::Author;
use super::command::Command;
use super::connection::snapshot;
use super::durability::DurableBarrier;
use super::freshness::Freshness;
use super::health::Health;
use super::idempotency::{self, Ran};
use super::job::{Job, Task};
use super::log::Index;
use super::reader::Reader;
use super::readers::Readers;
use super::stats::Stats;
use super::time::now_ms;
use super::transaction::Transaction;
use crate::error::Error;
use crate::limits::clock::Clock;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// The rows of a database. A clone is the same store and costs a counter. When the last one is dropped, the store finishes what waits and closes.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

pub(super) struct Shared {
    pub jobs: mpsc::Sender<Job>,
    pub readers: Arc<Readers>,
    /// The readers of those that replay: a page takes a hundred times as long as a question.
    pub replay: Arc<Readers>,
    pub clock: Clock,
    pub busy_timeout: Duration,
    pub stats: Arc<Stats>,
    pub health: Arc<Health>,
    /// The writer's; `None` where there is no writer.
    pub index: Option<Arc<Index>>,
    /// What the writer committed and the disk has; `None` where there is no writer.
    pub barrier: Option<DurableBarrier>,
}

impl Store {
    pub(super) fn new(shared: Shared) -> Self {
        Store {
            shared: Arc::new(shared),
        }
    }

    /// Reads rows, all at one state of the database: what was committed when `f` reads first. Returns when that is on the disk, as
    /// [`durability`](crate::StoreConfig::durability) has it.
    ///
    /// Reads wait for one of the [`readers`](crate::StoreConfig::readers), and those of tasks that read little come before those of tasks that read much.
    ///
    /// Dropping the future before `f` runs cancels it, and does not stop it afterwards.
    ///
    /// # Errors
    /// What `f` returns; [`Error::Panicked`] if it panicked; [`Error::Store`] when it tries to write; [`Error::Unavailable`] when the database cannot be used;
    /// [`Error::Closed`] when the store has stopped.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.read_by(&self.shared.readers, f).await
    }

    /// Reads as [`read`](Self::read) does, for a page of the history: on a reader that is for replay only.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub(crate) async fn replay<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.read_by(&self.shared.replay, f).await
    }

    async fn read_by<T: Send + 'static>(
        &self,
        readers: &Readers,
        f: impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.shared.health.check()?;
        let index = self.shared.index.clone();
        let read = readers.read(move |c| snapshot(c, index.as_deref(), f));
        let result = read.await?;
        // It may have read what a power cut would take back, and a refusal says so too.
        if let Some(barrier) = &self.shared.barrier {
            barrier.wait().await?;
        }
        result
    }

    /// Runs a command in a transaction that it may share with others; returns after the commit, when everything it changed has been announced.
    ///
    /// With an id, `f` runs once: a repetition gets what the first one got, a refusal too. Not kept are failures of ours, and refusals that a
    /// repetition is meant to overcome: `Busy`, `RateLimited`, `Unauthenticated`.
    ///
    /// Dropping the future before the command is in the queue cancels it; afterwards it runs, and nobody is told.
    ///
    /// # Errors
    /// What `f` returns (then nothing of it happened); a conflict `IDEMPOTENCY_CONFLICT` when the id was used for something else; [`Error::Busy`]
    /// when another program held the database too long or another command brought the transaction down (nothing of it happened);
    /// [`Error::UnknownOutcome`] when the commit itself failed; [`Error::Full`] when there was no room for it, and [`Error::Unavailable`] when the database
    /// cannot be used (nothing of it happened); [`Error::Panicked`]; [`Error::Closed`] when the store stops.
    pub async fn write<T: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        command: Command,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.write_as_of(command, f).await.map(|(value, _)| value)
    }

    /// Writes as [`write`](Self::write) does, and says as of which event: the number of the newest one when the command was done. None that the command has caused has a
    /// higher number. A repetition gets that of the first time.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_as_of<T: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        command: Command,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<(T, u64), Error> {
        let Command { actor, id, shard } = command;
        let author = Author {
            actor,
            command_id: id.as_ref().map(|id| id.key.clone()),
        };
        let run = move |c: &rusqlite::Connection, freshness: &Freshness| {
            let now = freshness.now_ms();
            idempotency::once(c, id, now, || {
                f(&Transaction::new(Reader::at(c, freshness), now))
            })
        };
        self.submit(shard, author, run).await
    }

    /// Forgets what became of a scope's commands.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(crate) async fn forget(&self, scope: String) -> Result<(), Error> {
        let run = move |c: &rusqlite::Connection, _: &Freshness| {
            Ran::unrecorded(idempotency::forget(c, &scope))
        };
        let done = self.submit(None, Author::default(), run).await;
        done.map(|((), _)| ())
    }

    /// Reads as one of the writer's jobs, where nothing waits to be announced: what a snapshot does that found changes of another program waiting.
    /// Nothing is kept of it; the answer comes after the commit of its batch.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(crate) async fn write_raw<T: Send + 'static>(
        &self,
        shard: Option<usize>,
        f: impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let run = move |c: &rusqlite::Connection, freshness: &Freshness| {
            Ran::unrecorded(f(&Reader::at(c, freshness)))
        };
        let done = self.submit(shard, Author::default(), run).await;
        done.map(|(value, _)| value)
    }

    async fn submit<T: Send + 'static>(
        &self,
        shard: Option<usize>,
        author: Author,
        run: impl FnOnce(&rusqlite::Connection, &Freshness) -> Ran<T> + Send + 'static,
    ) -> Result<(T, u64), Error> {
        // The clock starts before the queue: whoever waits for room is not to wait twice as long for BUSY.
        let deadline = self.shared.clock.now() + self.shared.busy_timeout;
        self.shared.health.check()?;
        let (answer, answered) = oneshot::channel();
        let job = Job {
            shard,
            author,
            deadline,
            work: Box::new(Task::new(run, answer)),
        };
        self.shared
            .jobs
            .send(job)
            .await
            .map_err(|_| Error::Closed)?;
        answered.await.map_err(|_| Error::Closed)?
    }

    /// Milliseconds since 1970-01-01 UTC, by the clock that the store was opened with.
    pub(crate) fn now_ms(&self) -> i64 {
        now_ms(&self.shared.clock)
    }

    /// Commands that wait for the writer.
    pub(crate) fn waiting(&self) -> usize {
        self.shared.jobs.max_capacity() - self.shared.jobs.capacity()
    }

    /// Whether the store can be used, and if not, why.
    pub(crate) fn health(&self) -> &Health {
        &self.shared.health
    }

    /// Reads that wait for one of the readers or run, and those for replay.
    pub(crate) fn reading(&self) -> (usize, usize) {
        (self.shared.readers.asked(), self.shared.replay.asked())
    }

    pub(crate) fn stats(&self) -> &Stats {
        &self.shared.stats
    }
}
