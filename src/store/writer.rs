//! The writer's thread: takes what waits and commits it together, looks for other programs' commits, and forgets what is old when there is time.

use super::batch::{self, Done, Hook, Job, Run};
use super::{StoreConfig, outcomes, wall_ms};
use crate::{Error, history};
use rusqlite::Connection;
use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

/// Commands of one transaction: more make it no cheaper for each, only later for the first.
const COMMANDS_PER_COMMIT: usize = 512;
/// How often old history is looked for. Each look forgets one step's worth.
const PRUNE_INTERVAL: Duration = Duration::from_millis(100);
/// Rows that one step forgets: a few milliseconds of the writer.
const ROWS_PER_STEP: usize = 2_000;

/// Starts the thread. It ends when every sender of `queue` is gone.
pub(super) fn start(
    config: StoreConfig,
    writer: Connection,
    watch: Connection,
    queue: mpsc::Receiver<Job>,
    jobs: mpsc::WeakSender<Job>,
    hook: Box<dyn Hook>,
    lock: File,
) -> Result<JoinHandle<()>, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let poll_interval = config.poll_interval;
    let kept = history::count(&writer)?;
    Ok(std::thread::Builder::new()
        .name("store".into())
        .spawn(move || {
            runtime.block_on(async move {
                tokio::select! {
                    () = drain(config, writer, queue, hook, kept) => {}
                    () = watch_others(watch, jobs, poll_interval) => {}
                }
            });
            drop(lock);
        })?)
}

async fn drain(
    config: StoreConfig,
    writer: Connection,
    mut queue: mpsc::Receiver<Job>,
    hook: Box<dyn Hook>,
    mut kept: u64,
) {
    let writer = tokio_rusqlite::Connection::from(writer);
    let hook = Arc::new(Mutex::new(hook));
    let mut prune = tokio::time::interval(PRUNE_INTERVAL);
    prune.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let mut jobs = Vec::with_capacity(64);
        let taken = tokio::select! {
            biased;
            taken = queue.recv_many(&mut jobs, COMMANDS_PER_COMMIT) => Some(taken),
            _ = prune.tick() => None,
        };
        if taken == Some(0) {
            break;
        }
        let (hook, retention) = (hook.clone(), Retention::of(&config));
        let due = taken.is_none() || kept > retention.events + ROWS_PER_STEP as u64;
        let step = writer
            .call(move |c| -> Result<u64, Error> {
                if !jobs.is_empty() {
                    batch::run(
                        c,
                        jobs,
                        hook.lock().unwrap_or_else(PoisonError::into_inner).as_mut(),
                    );
                }
                // a step of its own transaction, so that no command waits for more than one
                if due {
                    forget(c, &retention)
                } else {
                    history::count(c)
                }
            })
            .await;
        match step {
            Ok(left) => kept = left,
            Err(tokio_rusqlite::Error::Error(Error::Busy)) => {}
            Err(tokio_rusqlite::Error::Error(error)) => {
                tracing::error!(%error, "old history cannot be forgotten")
            }
            Err(_) => break,
        }
    }
    // the next start is quicker without a log to read
    let _ = writer
        .call(|c| c.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"))
        .await;
}

/// How much is kept.
#[derive(Clone, Copy)]
struct Retention {
    events: u64,
    age: Duration,
    outcome_age: Duration,
}

impl Retention {
    fn of(config: &StoreConfig) -> Self {
        Retention {
            events: config.retention_events,
            age: config.retention_age,
            outcome_age: config.outcome_age,
        }
    }
}

fn forget(c: &mut Connection, retention: &Retention) -> Result<u64, Error> {
    let now = wall_ms();
    let (events_before, outcomes_before) = (
        now - retention.age.as_millis() as i64,
        now - retention.outcome_age.as_millis() as i64,
    );
    if !history::prunable(c, retention.events, events_before)?
        && !outcomes::prunable(c, outcomes_before)?
    {
        return history::count(c);
    }
    let tx = c.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let left = history::prune(&tx, retention.events, events_before, ROWS_PER_STEP)?;
    outcomes::prune(&tx, outcomes_before, ROWS_PER_STEP)?;
    tx.commit()?;
    Ok(left)
}

/// Looks for commits of other programs. An empty job makes the writer announce them.
async fn watch_others(watch: Connection, jobs: mpsc::WeakSender<Job>, every: Duration) {
    let mut tick = tokio::time::interval(every);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut known = None;
    loop {
        tick.tick().await;
        let version = watch
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut q| q.query_row([], |r| r.get::<_, i64>(0)))
            .ok();
        if version.is_some() && version == known {
            continue;
        }
        // our own commits change the version too, but leave nothing that waits
        if history::waiting(&watch).unwrap_or(true) {
            let Some(jobs) = jobs.upgrade() else { return };
            let (tell, told) = oneshot::channel();
            let run: Run = Box::new(|_| Done {
                keep: false,
                reply: Box::new(|_| drop(tell.send(()))),
            });
            if jobs.send(Job { shard: None, run }).await.is_err() {
                return;
            }
            let _ = told.await;
            // looked at again until nothing waits: the writer may have found the database held
            known = None;
        } else {
            known = version;
        }
    }
}
