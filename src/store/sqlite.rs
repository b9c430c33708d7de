//! SQLite: connections, the lock, the thread "store".

use super::capture::{Blueprint, Condition};
use super::checkpoints::Checkpoints;
use super::config::{Durability, StoreConfig};
use super::disk::{Disk, Flush, flush_log};
use super::files::{self, Files};
use super::freshness::Freshness;
use super::guarded::guarded;
use super::handle::{Shared, Store};
use super::health::Health;
use super::hook::Hook;
use super::migrations::Upgraded;
use super::migrations::{self, Schema};
use super::paths::beside;
use super::readers::Readers;
use super::rows::Reader;
use super::stats::Stats;
use super::watch::Watcher;
use super::writer::{self, Parts, Tables, Writer};
use crate::error::Error;
use crate::store::log::{Index, Issued, Numbering, Retention, SqliteLog, micros};
use crate::store::watched::Watched;
use rusqlite::Connection;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{Notify, mpsc};

/// Statements that a connection keeps compiled.
const STATEMENTS: usize = 256;

/// What a store finds around itself. A test may put something else there.
pub(crate) struct Machine {
    /// How the disk is asked. `None`: as [`StoreConfig::durability`] has it.
    pub flush: Option<Flush>,
    /// Microseconds since 2025, which numbers of events follow.
    pub micros: fn() -> u64,
}

impl Default for Machine {
    fn default() -> Self {
        Machine {
            flush: None,
            micros,
        }
    }
}

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
/// `hook` is called on the thread that calls this until it returns, and on the writer's from then on.
///
/// # Errors
/// [`Error::Config`] when the database is another application's, a newer version's, or served by another process; [`Error::Busy`] when another program
/// holds it; [`Error::Store`], [`Error::Io`].
pub(crate) fn open(
    config: &StoreConfig,
    schema: &Schema,
    watched: &[Watched],
    steady: &'static [&'static str],
    machine: Machine,
    hook: Box<dyn Hook>,
) -> Result<Opened, Error> {
    let Prepared {
        connection,
        lock,
        upgraded,
    } = prepare(config, schema, watched)?;
    let Upgraded {
        blueprint,
        condition,
        ..
    } = upgraded;
    let stats = Arc::new(Stats::default());
    let health = Arc::new(Health::default());
    let index = Arc::new(Index::read(&connection)?);
    let log = SqliteLog::new(&connection, Some(&index));
    let issued = Issued::open(&files::resolved(&config.path))?;
    let numbering = Numbering::start(&log, index.clone(), issued, machine.micros)?;
    let retention = Retention::new(
        &log,
        config.retention_events,
        config.retention_age,
        index.clone(),
    )?;
    let freshness = match condition {
        Condition::Whole(_) => Freshness::new(
            &connection,
            config.capture,
            &blueprint,
            steady,
            index.clone(),
        )?,
        // There is nothing to note until the tables are whole.
        Condition::Broken(_) => Freshness::new(
            &connection,
            config.capture,
            &Blueprint::default(),
            &[],
            index.clone(),
        )?,
    };
    let flush = match machine.flush {
        Some(flush) => flush,
        None => flush_log(&connection, config.durability)?,
    };
    let checkpoints = Checkpoints::start(&connection, connect(config)?, stats.clone())?;
    let disk = Disk::start(flush, stats.clone(), health.clone())?;
    // From here on the thread of the disk waits.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let settled = disk.settled();
    let mut writer = Writer::new(Parts {
        hook,
        numbering,
        freshness,
        tables: Tables::new(*schema, blueprint, steady),
        retention,
        outcome_age: config.outcome_age,
        checkpoints,
        disk,
    });
    let started = writer.start(&connection, config.busy_timeout);
    started.map_err(|e| at(&config.path, e))?;

    let mut readers = Vec::new();
    for _ in 0..config.readers.max(1) {
        readers.push(reader(config)?);
    }
    let readers = Readers::start("reader", readers)?;
    let replay = Readers::start("replay", vec![reader(config)?])?;
    let poll = reader(config)?;
    let files = Files::of(&poll)?;
    files.note(&lock)?;
    let (sender, jobs) = mpsc::channel(config.queue_commands.max(1));
    // Weak: the queue ends with the last `Store`, not with the poll.
    let weak = sender.downgrade();
    let stop = Arc::new(Notify::new());
    let stopped = stop.clone();
    let watcher = Watcher {
        poll,
        files,
        stats: stats.clone(),
        health: health.clone(),
        every: config.poll_interval,
    };
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
                    () = watcher.watch(weak) => {}
                }
                drop(watcher);
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
        health,
        index: Some(index),
        settled: Some(settled),
    };
    Ok(Opened {
        store: Store::new(shared),
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
        health: Arc::default(),
        index: None,
        settled: None,
    };
    Ok(Store::new(shared))
}

/// The writer's connection to an upgraded database.
pub(super) struct Prepared {
    connection: Connection,
    lock: File,
    pub upgraded: Upgraded,
}

pub(super) fn prepare(
    config: &StoreConfig,
    schema: &Schema,
    watched: &[Watched],
) -> Result<Prepared, Error> {
    files::belong_together(&config.path, &lock_of(&config.path))?;
    migrations::inspect(&config.path, schema)?;
    let lock = lock(&config.path)?;
    let set_up = set_up(config, schema, watched);
    let (connection, upgraded) = set_up.map_err(|e| at(&config.path, e))?;
    Ok(Prepared {
        connection,
        lock,
        upgraded,
    })
}

fn set_up(
    config: &StoreConfig,
    schema: &Schema,
    watched: &[Watched],
) -> Result<(Connection, Upgraded), Error> {
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
    let upgraded = migrations::upgrade(&mut c, &config.path, schema, watched)?;
    Ok((c, upgraded))
}

/// What is wrong with a database, with its name.
pub(super) fn at(path: &Path, e: Error) -> Error {
    let path = path.display();
    match e {
        Error::Full => Error::Store(format!("{path}: the disk is full")),
        Error::Store(text) if text.contains("malformed") => {
            Error::Config(format!("{path}: is damaged: {text}"))
        }
        Error::Store(text) => {
            let may_not = ["unable to open", "readonly"];
            let hint = match may_not.iter().any(|why| text.contains(why)) {
                true => "; SQLite keeps a log beside it: can files be made and written there?",
                false => "",
            };
            Error::Store(match text.contains(&path.to_string()) {
                true => format!("{text}{hint}"),
                false => format!("{path}: {text}{hint}"),
            })
        }
        e => e,
    }
}

fn lock_of(path: &Path) -> PathBuf {
    beside(&files::resolved(path), "-lock")
}

/// The file is never removed: whoever waits for a removed file's lock would get one that nobody else sees.
pub(super) fn lock(path: &Path) -> Result<File, Error> {
    let name = lock_of(path);
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
