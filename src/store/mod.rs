//! Rows: one writer with group commit, pooled readers.
//!
//! The writer takes the commands that are waiting and commits them together, each in a savepoint of its own. Nobody here knows a group or a socket: what
//! a commit means to the clients is behind [`Hook`](writer::Hook).

mod backup;
mod capture;
pub(crate) mod change;
mod checkpoints;
mod desk;
mod disk;
mod fair;
mod files;
mod health;
mod job;
pub(crate) mod log;
mod migrations;
mod outcomes;
mod pace;
pub(crate) mod paths;
mod readers;
mod rows;
#[cfg(feature = "testing")]
mod scratch;
mod sqlite;
mod text;
mod watch;
mod writer;

#[cfg(test)]
mod tests;

pub use backup::{Copied, Progress, Restored, backup, restore};
#[cfg(test)]
pub(crate) use capture::create as create_change_log;
pub(crate) use capture::{Image, Note, Notes, Shown};
pub(crate) use desk::Desk;
pub use desk::Moment;
pub(crate) use disk::{Flush, Tell, flush_log};
pub(crate) use files::resolved;
pub(crate) use health::{Cause, Health};
pub(crate) use job::Said;
pub use migrations::{Schema, migrate};
pub(crate) use outcomes::Channel;
pub use outcomes::CommandId;
pub use rows::{FromValue, Reader, Row, Transaction, Value};
#[cfg(feature = "testing")]
pub use scratch::Scratch;
pub(crate) use sqlite::{Opened, Running, look, open};
pub(crate) use text::{illegible, text, text_or_null};
pub(crate) use writer::Hook;

use crate::error::Error;
use crate::metrics::{Histogram, MICROS};
use crate::store::log::Index;
use disk::Settled;
use job::{Job, Task};
use outcomes::Ran;
use readers::Readers;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::{mpsc, oneshot};

/// When a commit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// When it is on the disk: survives a power cut. With group commit it costs little.
    Full,
    /// When it is in the file: survives a crash of the server, not always one of the machine.
    Normal,
}

/// Where the rows are, and how much of their history is kept.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The database file. Beside it lie `<path>-lock`, which only one server has, and `<path>-seq` with the highest number that may have been given.
    pub path: PathBuf,
    /// When a commit counts.
    pub durability: Durability,
    /// Connections that answer questions. Replay has one more.
    pub readers: usize,
    /// Events that can be replayed.
    pub retention_events: u64,
    /// How long an event can be replayed.
    pub retention_age: Duration,
    /// How often we look whether another program wrote.
    pub poll_interval: Duration,
    /// How long a command waits for another program's transaction before it is told [`Error::Busy`].
    pub busy_timeout: Duration,
    /// How long the outcome of a command with an id is kept.
    pub outcome_age: Duration,
    /// Commands that wait for the writer; the next one waits for room.
    pub queue_commands: usize,
}

impl StoreConfig {
    /// The defaults for a database at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        StoreConfig {
            path: path.into(),
            durability: Durability::Full,
            readers: 2,
            retention_events: 100_000,
            retention_age: Duration::from_secs(24 * 3600),
            poll_interval: Duration::from_millis(5),
            busy_timeout: Duration::from_secs(2),
            outcome_age: Duration::from_secs(72 * 3600),
            queue_commands: 4096,
        }
    }
}

/// Who asks for a write, and under which id.
#[derive(Debug, Clone, Default)]
pub struct Command {
    /// Who: appears in the [`Change`](crate::Change)s it makes.
    pub actor: Option<String>,
    /// Under which id its outcome is kept. Without one, a repetition runs again.
    pub id: Option<CommandId>,
    /// The shard that is told of the outcome, after the commit's publications. `None`: told from the disk's thread.
    pub(crate) shard: Option<usize>,
}

impl Command {
    /// A command of nobody in particular, without an id.
    pub fn new() -> Self {
        Command::default()
    }

    /// Says who asks.
    pub fn by(mut self, actor: impl Into<String>) -> Self {
        self.actor = Some(actor.into());
        self
    }

    /// Says under which id the outcome is kept.
    pub fn with_id(mut self, id: CommandId) -> Self {
        self.id = Some(id);
        self
    }

    pub(crate) fn on_shard(mut self, shard: usize) -> Self {
        self.shard = Some(shard);
        self
    }
}

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

/// The rows. A cheap handle: clone it. When the last one is dropped, the store finishes what waits and closes.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    jobs: mpsc::Sender<Job>,
    readers: Arc<Readers>,
    /// Of those that replay: a page takes a hundred times as long as a question.
    replay: Arc<Readers>,
    busy_timeout: Duration,
    stats: Arc<Stats>,
    health: Arc<Health>,
    /// Of the writer; `None` where there is none.
    index: Option<Arc<Index>>,
    /// The same.
    settled: Option<Settled>,
}

impl Store {
    /// Reads rows, all at one state of the database: what was committed when `f` reads first. Returns when that is on the disk, as
    /// [`durability`](StoreConfig::durability) has it.
    ///
    /// Reads wait for one of the [`readers`](StoreConfig::readers), and those of tasks that read little come before those of tasks that read much.
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

    /// As [`read`](Self::read), for a page of the history: by a reader that nobody else waits for.
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
        let read = readers.read(move |c| sqlite::snapshot(c, index.as_deref(), f));
        let result = read.await?;
        // It may have read what a power cut would take back, and a refusal says so too.
        if let Some(settled) = &self.shared.settled {
            settled.wait().await?;
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
        let Command { actor, id, shard } = command;
        let said = Said {
            actor,
            command_id: id.as_ref().map(|id| id.key.clone()),
        };
        let run = move |c: &rusqlite::Connection, desk: &Desk| {
            outcomes::once(c, id, || {
                f(&Transaction::new(Reader::at(c, desk), now_ms()))
            })
        };
        self.submit(shard, said, run).await
    }

    /// Forgets what became of a scope's commands.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub(crate) async fn forget(&self, scope: String) -> Result<(), Error> {
        let run =
            move |c: &rusqlite::Connection, _: &Desk| Ran::unrecorded(outcomes::forget(c, &scope));
        self.submit(None, Said::default(), run).await
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
        let run =
            move |c: &rusqlite::Connection, desk: &Desk| Ran::unrecorded(f(&Reader::at(c, desk)));
        self.submit(shard, Said::default(), run).await
    }

    async fn submit<T: Send + 'static>(
        &self,
        shard: Option<usize>,
        said: Said,
        run: impl FnOnce(&rusqlite::Connection, &Desk) -> Ran<T> + Send + 'static,
    ) -> Result<T, Error> {
        // The clock starts before the queue: whoever waits for room is not to wait twice as long for BUSY.
        let deadline = Instant::now() + self.shared.busy_timeout;
        self.shared.health.check()?;
        let (answer, answered) = oneshot::channel();
        let job = Job {
            shard,
            said,
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

    /// Commands that wait for the writer.
    pub(crate) fn waiting(&self) -> usize {
        self.shared.jobs.max_capacity() - self.shared.jobs.capacity()
    }

    /// What is the matter with it.
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

/// Milliseconds since 1970-01-01 UTC.
pub(crate) fn now_ms() -> i64 {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_or(0, |d| d.as_millis() as i64)
}

/// Runs somebody else's code: its panic is an error like any other.
pub(crate) fn guarded<T>(f: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    // What `f` borrowed is a database connection, whose statements are reset as they are dropped.
    catch_unwind(AssertUnwindSafe(f)).unwrap_or_else(|panic| Err(Error::Panicked(text_of(&*panic))))
}

fn text_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned())
}
