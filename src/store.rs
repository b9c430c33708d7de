//! Rows: one writer with group commit, pooled readers, and who else wrote. Nothing here knows a group or a socket: a commit never waits for a client.

mod batch;
mod changes;
mod migrations;
mod outcomes;
mod rows;
#[cfg(test)]
mod tests;
mod writer;

pub use migrations::{Schema, migrate};
pub use outcomes::{Command, CommandId};
pub use rows::{FromValue, Reader, Row, Transaction, Value};

pub(crate) use batch::Hook;

use crate::publication::Reply;
use crate::{Error, Watched};
use batch::{Done, Job, Run};
use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// When a commit counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// When it is on the disk (`synchronous=FULL`). Group commit makes it affordable.
    #[default]
    Full,
    /// When the operating system has it (`synchronous=NORMAL`): a power cut may lose the last commits, a crash of the server none.
    Normal,
}

/// Where the rows are, and how long their history is kept.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The database file. Made if there is none.
    pub path: PathBuf,
    /// When a commit counts as done.
    pub durability: Durability,
    /// Connections for reading: 2, because most reads are a snapshot of a few microseconds.
    pub readers: usize,
    /// Events that are kept for replay: 100,000, a busy day.
    pub retention_events: u64,
    /// How long they are kept: 24 h, so that a screen that was off over night resumes.
    pub retention_age: Duration,
    /// How often other programs' commits are looked for: 5 ms, which costs about 1.6 % of a core.
    pub poll_interval: Duration,
    /// How long a commit waits for another program's lock before its commands are answered `BUSY`: 2 s.
    pub busy_timeout: Duration,
    /// How long a command's outcome is kept for a retry: 72 h, a long weekend without signal.
    pub outcome_age: Duration,
    /// Commands that wait for the writer: 4,096, a tenth of a second of work. Who asks when it is full, waits.
    pub queue_commands: usize,
}

impl StoreConfig {
    /// The defaults, for a file.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        StoreConfig {
            path: path.into(),
            durability: Durability::default(),
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

/// A handle on the rows. Cheap to clone; the writer ends, after what is queued, when the last one is gone.
#[derive(Clone)]
pub struct Store {
    jobs: mpsc::Sender<Job>,
    readers: Arc<[tokio_rusqlite::Connection]>,
    next: Arc<AtomicUsize>,
}

impl Store {
    /// Reads rows: one transaction, so all reads see one state.
    ///
    /// Dropping the future does not stop the closure.
    ///
    /// # Errors
    /// What `f` returns; [`Error::Panicked`] if it panicked.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let reader = &self.readers[self.next.fetch_add(1, Relaxed) % self.readers.len()];
        let result = reader
            .call(move |c| -> Result<T, Error> {
                // deferred, and rolled back when dropped
                let tx = c.unchecked_transaction()?;
                // a panic must not end the reader's thread
                caught(|| f(&Reader::new(&tx)))
            })
            .await;
        result.map_err(|e| match e {
            tokio_rusqlite::Error::Error(e) => e,
            _ => Error::Closed,
        })
    }

    /// Runs a command and returns after its commit. See [`Command`] for what a repeated one gets.
    ///
    /// Dropping the future does not stop the command.
    ///
    /// # Errors
    /// What `f` returns: then nothing of it happened. [`Error::Busy`] when another program holds the database; [`Error::UnknownOutcome`] when the commit
    /// itself failed; [`Error::Panicked`]; [`Error::Closed`].
    pub async fn write<T: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        command: Command,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (tell, told) = oneshot::channel();
        let shard = command.shard;
        let run: Run = Box::new(move |turn| {
            let (keep, result) = match turn.and_then(|turn| outcomes::run(&turn, &command, f)) {
                Ok(outcome) => (true, outcome),
                Err(error) => (false, Err(error)),
            };
            Done {
                keep,
                reply: answer(tell, result),
            }
        });
        self.jobs
            .send(Job { shard, run })
            .await
            .map_err(|_| Error::Closed)?;
        // a job that is dropped unanswered panicked in its caller's closure
        told.await.unwrap_or(Err(Error::Closed))
    }

    /// Reads as a job of the writer: after everything that waits was announced, and while nobody can write beside it.
    pub(crate) async fn read_announced<T: Send + 'static>(
        &self,
        shard: Option<usize>,
        f: impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (tell, told) = oneshot::channel();
        let run: Run = Box::new(move |turn| {
            let result = turn.and_then(|turn| caught(|| f(&Reader::new(turn.connection))));
            Done {
                keep: false,
                reply: answer(tell, result),
            }
        });
        self.jobs
            .send(Job { shard, run })
            .await
            .map_err(|_| Error::Closed)?;
        told.await.unwrap_or(Err(Error::Closed))
    }
}

/// Tells a result after the commit; a commit that failed is told instead of it.
fn answer<T: Send + 'static>(
    tell: oneshot::Sender<Result<T, Error>>,
    result: Result<T, Error>,
) -> Box<dyn FnOnce(Result<(), Error>) + Send> {
    Box::new(move |committed| drop(tell.send(committed.and(result))))
}

/// A panic in an application's closure is an error of that closure, and of nothing else.
fn caught<T>(f: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
    catch_unwind(AssertUnwindSafe(f))
        .unwrap_or_else(|panic| Err(Error::Panicked(text_of(panic.as_ref()))))
}

fn text_of(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic".to_owned())
}

/// A store that runs.
pub(crate) struct Opened {
    pub store: Store,
    /// The newest event's number.
    pub head: u64,
    /// Ends when the last handle is gone.
    pub thread: JoinHandle<()>,
}

/// Opens the database, brings it up to date, announces what other programs wrote meanwhile, and starts the writer.
pub(crate) fn open<H: Hook + 'static>(
    config: &StoreConfig,
    schema: &Schema,
    watched: &[Watched],
    hook: impl FnOnce(&Connection) -> Result<H, Error>,
) -> Result<Opened, Error> {
    let lock = lock(&config.path)?;
    let mut writer = migrations::open(config, schema, watched)?;
    let mut hook: Box<dyn Hook> = Box::new(hook(&writer)?);
    // the shards do not run yet: what is announced now is history for whoever comes
    batch::run(&mut writer, Vec::new(), hook.as_mut());
    hook.go_live();
    let head = crate::history::head(&writer)?;

    let (jobs, queue) = mpsc::channel(config.queue_commands);
    let readers: Vec<_> = (0..config.readers.max(1))
        .map(|_| {
            let c = connect(config)?;
            c.execute_batch("PRAGMA query_only=ON")?;
            Ok::<_, Error>(tokio_rusqlite::Connection::from(c))
        })
        .collect::<Result<_, _>>()?;
    let watch = connect(config)?;
    let store = Store {
        jobs: jobs.clone(),
        readers: readers.into(),
        next: Arc::default(),
    };
    let thread = writer::start(
        config.clone(),
        writer,
        watch,
        queue,
        jobs.downgrade(),
        hook,
        lock,
    )?;
    Ok(Opened {
        store,
        head,
        thread,
    })
}

/// One connection, with what all of ours have in common.
fn connect(config: &StoreConfig) -> Result<Connection, Error> {
    let c = Connection::open(&config.path)?;
    c.busy_timeout(config.busy_timeout)?;
    let synchronous = match config.durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    // 16 MB of pages. `recursive_triggers` stays off, as in other programs: the change log's triggers report what a REPLACE removes
    c.execute_batch(&format!(
        "PRAGMA synchronous={synchronous}; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16000;"
    ))?;
    c.set_prepared_statement_cache_capacity(256);
    Ok(c)
}

/// Two servers on one database would each number events: the second is refused. Held as long as the file is open, so a killed server leaves no trace.
fn lock(database: &Path) -> Result<File, Error> {
    let mut path = database.as_os_str().to_owned();
    path.push("-lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::Config(format!(
            "{}: already served by another process",
            database.display()
        ))),
        Err(std::fs::TryLockError::Error(e)) => Err(e.into()),
    }
}

/// Milliseconds since 1970-01-01 UTC.
pub(crate) fn wall_ms() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| d.as_millis() as i64)
}

/// Who asked, and the answer: run on its shard after the commit.
pub(crate) type Replies = Vec<(Option<usize>, Reply)>;
