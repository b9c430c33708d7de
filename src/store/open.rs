//! Opening a store: the writer's thread "store", and those that read, poll, ask the disk and check-point.

use super::capture::{Blueprint, Condition};
use super::checkpoints::Checkpoints;
use super::config::StoreConfig;
use super::connection::{close, connect, named, reader};
use super::durability::{Flush, Flusher, flush_log};
use super::files::{self, Files};
use super::freshness::Freshness;
use super::handle::{Shared, Store};
use super::health::Health;
use super::hook::Hook;
use super::log::{Index, Issued, Numbering, Retention, SqliteLog, micros};
use super::migrations::Upgraded;
use super::prepare::{Prepared, prepare};
use super::readers::Readers;
use super::schema::Schema;
use super::stats::Stats;
use super::watch::Watcher;
use super::watched::Watched;
use super::writer::{Parts, Tables, Writer, drain};
use crate::error::Error;
use crate::limits::clock::Clock;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::sync::{Notify, mpsc};

/// What a store finds around itself. A test may put something else there.
pub(crate) struct Machine {
    /// How the disk is asked. `None`: as [`StoreConfig::durability`] has it.
    pub flush: Option<Flush>,
    pub clock: Clock,
    /// Microseconds since 2025 by this clock, which numbers of events follow.
    pub micros: fn(&Clock) -> u64,
}

impl Default for Machine {
    fn default() -> Self {
        Machine {
            flush: None,
            clock: Clock::system(),
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
    let Machine {
        flush,
        clock,
        micros,
    } = machine;
    let stats = Arc::new(Stats::default());
    let health = Arc::new(Health::default());
    let index = Arc::new(Index::read(&connection)?);
    let log = SqliteLog::new(&connection, Some(&index));
    let issued = Issued::open(&files::resolved(&config.path))?;
    let numbering = Numbering::start(&log, index.clone(), issued, clock.clone(), micros)?;
    let retention = Retention::new(
        &log,
        config.retention_events,
        config.retention_age,
        index.clone(),
    )?;
    let freshness = match condition {
        Condition::Whole(_) => Freshness::new(
            &connection,
            &clock,
            config.capture,
            &blueprint,
            steady,
            index.clone(),
        )?,
        // There is nothing to capture until the tables are whole.
        Condition::Broken(_) => Freshness::new(
            &connection,
            &clock,
            config.capture,
            &Blueprint::default(),
            &[],
            index.clone(),
        )?,
    };
    let flush = match flush {
        Some(flush) => flush,
        None => flush_log(&connection, config.durability)?,
    };
    let checkpoints = Checkpoints::start(&connection, connect(config)?, stats.clone())?;
    let disk = Flusher::start(flush, clock.clone(), stats.clone(), health.clone())?;
    // From here on the thread of the disk waits.
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    let barrier = disk.barrier();
    let mut writer = Writer::new(Parts {
        hook,
        numbering,
        freshness,
        tables: Tables::new(*schema, blueprint, steady),
        retention,
        clock: clock.clone(),
        outcome_age: config.outcome_age,
        checkpoints,
        disk,
    });
    let started = writer.start(&connection, config.busy_timeout);
    started.map_err(|e| named(&config.path, e))?;

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
        clock: clock.clone(),
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
                    () = drain(writer, &connection, jobs, stopped) => {}
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
        clock,
        busy_timeout: config.busy_timeout,
        stats,
        health,
        index: Some(index),
        barrier: Some(barrier),
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
        clock: Clock::system(),
        busy_timeout: config.busy_timeout,
        stats: Arc::default(),
        health: Arc::default(),
        index: None,
        barrier: None,
    };
    Ok(Store::new(shared))
}
