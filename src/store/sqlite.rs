//! SQLite: connections, the lock, the thread "store".

use super::Said;
use super::checkpoints::Checkpoints;
use super::desk::Desk;
use super::disk::{Disk, Flush};
use super::job::{Job, Task};
use super::outcomes::Ran;
use super::readers::Readers;
use super::writer::{self, Hook, Writer};
use super::{Durability, Schema, Shared, Stats, Store, StoreConfig, guarded, migrations};
use crate::history::{self, Index, Retention};
use crate::{Error, Reader, Watched};
use rusqlite::Connection;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::{Notify, mpsc, oneshot};

/// Statements that a connection keeps compiled.
const STATEMENTS: usize = 256;

/// A store that runs.
pub(crate) struct Opened {
    pub store: Store,
    pub running: Running,
}

/// The thread "store". It ends when every [`Store`] is dropped, or after [`stop`](Self::stop) when what waits is done.
pub(crate) struct Running {
    stop: Arc<Notify>,
    thread: JoinHandle<()>,
}

impl Running {
    /// No more commands are taken; those in the queue are finished. Shards must still take their inboxes, or the writer waits for them.
    pub fn stop(&self) {
        self.stop.notify_one();
    }

    /// Waits (it blocks) until everything is written and the lock is released.
    pub fn join(self) {
        if self.thread.join().is_err() {
            tracing::error!("the store's thread panicked");
        }
    }
}

/// Opens, upgrades, announces what was written while nobody served, then starts the writer. Blocks; needs no runtime.
///
/// `hook` is made when the tables are there, and `sync` when there is a log. (See [`flush_log`](super::flush_log).)
///
/// # Errors
/// [`Error::Config`] when the database is another application's, a newer version's, or served by another process; [`Error::Busy`] when another program
/// holds it; [`Error::Store`], [`Error::Io`].
pub(crate) fn open(
    config: &StoreConfig,
    schema: &Schema,
    watched: &[Watched],
    steady: &[&str],
    sync: impl FnOnce(&Connection) -> Result<Flush, Error>,
    hook: impl FnOnce(&Connection, Arc<Stats>, Arc<Index>) -> Result<Box<dyn Hook>, Error>,
) -> Result<Opened, Error> {
    let (connection, lock, _) = prepare(config, schema, watched)?;
    let stats = Arc::new(Stats::default());
    let index = Arc::new(Index::read(&connection)?);
    let hook = hook(&connection, stats.clone(), index.clone())?;
    let retention = Retention::new(
        &connection,
        config.retention_events,
        config.retention_age,
        index.clone(),
    )?;
    let desk = Desk::new(&connection, watched, steady, index.clone())?;
    let checkpoints = Checkpoints::start(&connection, connect(config)?)?;
    let disk = Disk::start(sync(&connection)?, stats.clone())?;
    // From here on the thread of the disk waits.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let settled = disk.settled();
    let mut writer = Writer::new(
        hook,
        desk,
        retention,
        config.outcome_age,
        stats.clone(),
        checkpoints,
        disk,
    );
    writer.start(&connection, config.busy_timeout)?;

    let mut readers = Vec::new();
    for _ in 0..config.readers.max(1) {
        readers.push(reader(config)?);
    }
    let readers = Readers::start("reader", readers)?;
    let replay = Readers::start("replay", vec![reader(config)?])?;
    let poll = reader(config)?;
    let (sender, jobs) = mpsc::channel(config.queue_commands.max(1));
    // Weak: the queue ends with the last `Store`, not with the poll.
    let weak = sender.downgrade();
    let stop = Arc::new(Notify::new());
    let stopped = stop.clone();
    let interval = config.poll_interval;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let thread = std::thread::Builder::new()
        .name("store".to_owned())
        .spawn(move || {
            let connection = tokio_rusqlite::Connection::from(connection);
            runtime.block_on(async {
                tokio::select! {
                    () = writer::drain(writer, &connection, jobs, stopped) => {}
                    () = watch(&poll, weak, interval) => {}
                }
                drop(poll);
                close(connection).await;
            });
            drop(lock); // last: whoever gets it finds a file at rest
        })?;
    let shared = Shared {
        jobs: sender,
        readers: Arc::new(readers),
        replay: Arc::new(replay),
        busy_timeout: config.busy_timeout,
        stats,
        index: Some(index),
        settled: Some(settled),
    };
    Ok(Opened {
        store: Store {
            shared: Arc::new(shared),
        },
        running: Running { stop, thread },
    })
}

/// A store that only reads: commands are told that it is closed. Takes no lock, so a server may have the same database open.
///
/// # Errors
/// [`Error::Config`] when there is no such file; [`Error::Store`].
pub(crate) fn look(config: &StoreConfig) -> Result<Store, Error> {
    if !config.path.exists() {
        let path = config.path.display();
        return Err(Error::Config(format!("{path}: there is no such database")));
    }
    let readers = Readers::start("reader", vec![reader(config)?])?;
    let readers = Arc::new(readers);
    let (jobs, _) = mpsc::channel(1);
    let shared = Shared {
        jobs,
        replay: readers.clone(),
        readers,
        busy_timeout: config.busy_timeout,
        stats: Arc::default(),
        index: None,
        settled: None,
    };
    Ok(Store {
        shared: Arc::new(shared),
    })
}

/// The writer's connection to an upgraded database, the lock, and the version it had before.
pub(super) fn prepare(
    config: &StoreConfig,
    schema: &Schema,
    watched: &[Watched],
) -> Result<(Connection, File, u32), Error> {
    migrations::inspect(&config.path, schema)?;
    let lock = lock(&config.path)?;
    let mut c = connect(config)?;
    // What a savepoint may have to undo is kept in memory, and not in a file as soon as it is 64 KiB: a write(2) for each page that a command touches.
    c.pragma_update(None, "temp_store", "MEMORY")?;
    let mode: String = c.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Error::Config(format!(
            "{}: SQLite cannot use a write-ahead log here (it says {mode:?}); is it a network file system?",
            config.path.display()
        )));
    }
    let from = migrations::upgrade(&mut c, &config.path, schema, watched)?;
    Ok((c, lock, from))
}

/// The file is never removed: whoever waits for a removed file's lock would get one that nobody else sees.
fn lock(path: &Path) -> Result<File, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push("-lock");
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .map_err(|e| Error::Config(format!("{}: {e}", name.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Config(format!(
            "{}: is already served by another process",
            path.display()
        ))),
        Err(TryLockError::Error(e)) => Err(e.into()),
    }
}

fn connect(config: &StoreConfig) -> Result<Connection, Error> {
    let c = Connection::open(&config.path)?;
    c.busy_timeout(config.busy_timeout)?;
    let synchronous = match config.durability {
        Durability::Full => "FULL",
        Durability::Normal => "NORMAL",
    };
    c.pragma_update(None, "synchronous", synchronous)?;
    c.pragma_update(None, "foreign_keys", true)?;
    // as in other programs: the change log's triggers report what a REPLACE removes
    c.pragma_update(None, "recursive_triggers", false)?;
    // KiB. What is read again and again is far less, and each commit that ends a large page looks through all of it.
    c.pragma_update(None, "cache_size", -8_000)?;
    c.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(c)
}

fn reader(config: &StoreConfig) -> Result<Connection, Error> {
    let c = connect(config)?;
    c.pragma_update(None, "query_only", true)?;
    Ok(c)
}

/// Runs `f` in one read transaction: everything it reads is of one state.
pub(super) fn snapshot<T>(
    c: &Connection,
    index: Option<&Index>,
    f: impl FnOnce(&Reader<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    c.prepare_cached("BEGIN DEFERRED")?.execute([])?;
    let result = guarded(|| f(&Reader::with(c, index)));
    if !c.is_autocommit() {
        c.prepare_cached("ROLLBACK")?.execute([])?;
    }
    result
}

/// Notices other programs' commits: `data_version` changes when anybody but this connection commits. When the change log is not empty then, an empty
/// job makes the writer announce it. (The update and commit hooks of SQLite see only their own connection.)
async fn watch(c: &Connection, jobs: mpsc::WeakSender<Job>, every: Duration) {
    let mut seen = None;
    let mut ticks = tokio::time::interval(every.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // The version first: a commit between the two reads changes the next version.
        let version = match version(c) {
            Ok(version) if seen == Some(version) => continue,
            Ok(version) => version,
            Err(e) => {
                tracing::debug!(error = %e, "the data version cannot be read");
                continue;
            }
        };
        match history::waiting(c) {
            Ok(false) => seen = Some(version),
            Ok(true) => match nudge(&jobs).await {
                Ok(()) => seen = Some(version),
                Err(Error::Closed) => std::future::pending().await, // the writer finishes alone
                Err(_) => {} // busy: seen stays, so the next tick tries again
            },
            Err(e) => tracing::debug!(error = %e, "the change log cannot be read"),
        }
    }
}

fn version(c: &Connection) -> Result<i64, Error> {
    Ok(c.prepare_cached("PRAGMA data_version")?
        .query_row([], |r| r.get(0))?)
}

async fn nudge(jobs: &mpsc::WeakSender<Job>) -> Result<(), Error> {
    let jobs = jobs.upgrade().ok_or(Error::Closed)?;
    let (answer, answered) = oneshot::channel();
    let job = Job {
        shard: None,
        said: Said::default(),
        deadline: Instant::now(), // does not wait for others: they tell us by committing
        work: Box::new(Task::new(
            |_: &Connection, _: &Desk| Ran::unrecorded(Ok(())),
            answer,
        )),
    };
    jobs.send(job).await.map_err(|_| Error::Closed)?;
    drop(jobs);
    answered.await.map_err(|_| Error::Closed)?
}

/// Leaves a file without a log beside it, where nobody else reads.
async fn close(connection: tokio_rusqlite::Connection) {
    let checkpoint = connection.call(|c| {
        c.busy_timeout(Duration::from_millis(100))?;
        c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    });
    if let Err(e) = checkpoint.await {
        tracing::debug!(error = %e, "the write-ahead log stays");
    }
    if let Err(e) = connection.close().await {
        tracing::warn!(error = %e, "the writer's connection cannot be closed");
    }
}
