//! What was committed is told when the disk has it. A thread of its own waits for that, and the writer goes on meanwhile.
//!
//! SQLite's `synchronous=FULL` does the same in the writer's time. The writer's connection has `NORMAL`, with which a commit is in the log's file, and this
//! thread calls `fdatasync` on that file before anybody hears of the commit: who asked for it, who is told of it, and who read it ([`DurableBarrier`]). A power
//! cut takes back what nobody heard of.

use super::batch_window::MovingAverage;
use super::config::Durability;
use super::guarded::guarded;
use super::health::{Cause, Health};
use super::job::{Reply, Work};
use super::stats::Stats;
use crate::error::Error;
use crate::limits::clock::Clock;
use crate::metrics::MICROS;
use rusqlite::Connection;
use std::cell::Cell;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// Commits that wait while the disk is asked for another one. One more, and the writer waits too: on a slow disk that makes its transactions larger.
const AHEAD: usize = 1;

/// Asks the disk. It has everything that was written before when this returns.
pub(crate) type Flush = Box<dyn FnMut() -> io::Result<()> + Send>;

/// [`Flush`] of the log of a connection's database.
///
/// # Errors
/// [`Error::Io`] when there is none.
pub(crate) fn flush_log(c: &Connection, durability: Durability) -> Result<Flush, Error> {
    if durability == Durability::Normal {
        return Ok(Box::new(|| Ok(())));
    }
    // As SQLite calls it: links are followed.
    let path = format!("{}-wal", c.path().unwrap_or_default());
    let log = File::open(&path).map_err(|e| io::Error::new(e.kind(), format!("{path}: {e}")))?;
    Ok(Box::new(move || log.sync_data()))
}

/// What is done when a commit is durable: has the clients told, and then runs the replies. Called once, on the disk's thread, in the order of the commits; dropped
/// uncalled when the disk refused the commit.
pub(crate) type OnDurable = Box<dyn FnOnce(Vec<(Option<usize>, Reply)>) + Send>;

/// A transaction that was committed.
pub(super) struct Commit {
    /// When it was begun, if it wrote something. One that did not may have read what is not on the disk yet.
    pub wrote: Option<Instant>,
    /// The jobs that it committed, with the shards that asked.
    pub done: Vec<(Option<usize>, Box<dyn Work>)>,
    pub on_durable: Option<OnDurable>,
}

impl Commit {
    /// A commit that failed, or of which nobody is told.
    pub fn silent() -> Self {
        Commit {
            wrote: None,
            done: Vec::new(),
            on_durable: None,
        }
    }

    fn durable(self) {
        let replies = self.done.into_iter();
        let replies = replies
            .map(|(shard, work)| (shard, Box::new(move || work.finish(Ok(()))) as Reply))
            .collect();
        if let Some(on_durable) = self.on_durable {
            on_durable(replies);
        }
    }

    fn lost(self, why: &str) {
        for (_, work) in self.done {
            work.finish(Err(Error::UnknownOutcome(why.to_owned())));
        }
    }
}

/// What the writer, the disk's thread and readers share.
#[derive(Default)]
struct Shared {
    /// Commits until the one that was begun last: counted before anybody can see it.
    begun: AtomicU64,
    /// Commits that the disk has, of those that were begun.
    durable: AtomicU64,
    /// The disk refused what was written.
    refused: AtomicBool,
    /// How long a flush takes, as a moving average, in nanoseconds.
    flush_time: AtomicU64,
    health: Arc<Health>,
    stats: Arc<Stats>,
}

impl Shared {
    fn is_open(&self) -> Result<(), Error> {
        match self.refused.load(SeqCst) {
            true => self.health.check(),
            false => Ok(()),
        }
    }
}

/// The writer's side. Dropping it waits until everything is told.
pub(super) struct Flusher {
    shared: Arc<Shared>,
    /// Commits that the thread was given.
    given: Cell<u64>,
    commits: Option<SyncSender<Commit>>,
    changes: watch::Receiver<()>,
    thread: Option<JoinHandle<()>>,
}

impl Flusher {
    /// # Errors
    /// [`Error::Io`] when there can be no thread.
    pub fn start(
        sync: Flush,
        clock: Clock,
        stats: Arc<Stats>,
        health: Arc<Health>,
    ) -> Result<Self, Error> {
        let shared = Arc::new(Shared {
            health,
            stats,
            ..Shared::default()
        });
        let (commits, waiting) = sync_channel(AHEAD);
        let (change, changes) = watch::channel(());
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("disk".to_owned())
            .spawn(move || serve(&waiting, sync, &clock, &theirs, &change))?;
        Ok(Flusher {
            shared,
            given: Cell::new(0),
            commits: Some(commits),
            changes,
            thread: Some(thread),
        })
    }

    /// Before each `COMMIT`: who sees what it did waits for the next [`committed`](Self::committed) or [`failed`](Self::failed).
    pub fn begin(&self) {
        self.shared.begun.store(self.given.get() + 1, SeqCst);
    }

    /// A `COMMIT` did not come about, if one was begun.
    pub fn failed(&self) {
        if self.shared.begun.load(SeqCst) > self.given.get() {
            self.committed(Commit::silent());
        }
    }

    /// After each `COMMIT`. Waits while the disk is that far behind.
    pub fn committed(&self, commit: Commit) {
        self.given.set(self.given.get() + 1);
        if let Some(commits) = &self.commits
            && let Err(unsent) = commits.send(commit)
        {
            unsent.0.lost("the thread of the disk is gone");
        }
    }

    /// Waits until everything that was committed is on the disk, and told.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the disk refused.
    pub fn flush(&self) -> Result<(), Error> {
        let (told, end) = sync_channel::<()>(1);
        self.begin();
        self.committed(Commit {
            on_durable: Some(Box::new(move |_| drop(told))),
            ..Commit::silent()
        });
        let _ = end.recv(); // it is dropped, never sent to
        self.shared.is_open()
    }

    /// Whether the store can be used, and if not, why.
    pub fn health(&self) -> Arc<Health> {
        self.shared.health.clone()
    }

    /// What the store did.
    pub fn stats(&self) -> Arc<Stats> {
        self.shared.stats.clone()
    }

    /// How long a flush takes at present.
    pub fn flush_time(&self) -> Duration {
        Duration::from_nanos(self.shared.flush_time.load(Relaxed))
    }

    /// The barrier at which readers wait.
    pub fn barrier(&self) -> DurableBarrier {
        DurableBarrier {
            shared: self.shared.clone(),
            changes: self.changes.clone(),
        }
    }
}

impl Drop for Flusher {
    fn drop(&mut self) {
        self.commits.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the disk panicked");
        }
    }
}

/// Whether the disk has what one has read.
#[derive(Clone)]
pub(super) struct DurableBarrier {
    shared: Arc<Shared>,
    changes: watch::Receiver<()>,
}

impl DurableBarrier {
    /// Waits until the disk has everything that was committed before this is called.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when the disk refused.
    pub async fn wait(&self) -> Result<(), Error> {
        let seen = self.shared.begun.load(SeqCst);
        let reached = || self.shared.durable.load(SeqCst) >= seen;
        if !reached() {
            let mut changes = self.changes.clone();
            let wait = changes.wait_for(|()| reached() || self.shared.refused.load(SeqCst));
            wait.await.map_err(|_| Error::Closed)?;
        }
        self.shared.is_open()
    }
}

fn serve(
    commits: &Receiver<Commit>,
    mut sync: Flush,
    clock: &Clock,
    shared: &Shared,
    change: &watch::Sender<()>,
) {
    let (mut usual, mut refused) = (MovingAverage::default(), false);
    while let Ok(commit) = commits.recv() {
        if let Some(begun) = commit.wrote.filter(|_| !refused) {
            let began = clock.now();
            if let Err(e) = sync() {
                // What the system could not write it may believe to have written when it is asked again.
                refused = true;
                let advice = format!(
                    "look for its errors in the system's log ({e}), then start the server again"
                );
                shared
                    .health
                    .close(Cause::Disk, "its disk refused what was written", advice);
                shared.refused.store(true, SeqCst);
            } else {
                let now = clock.now();
                usual.took(now - began);
                let nanos = usual.time().as_nanos() as u64; // bounded far below
                shared.flush_time.store(nanos, Relaxed);
                let micros = (now - begun).as_micros();
                let micros = u64::try_from(micros).unwrap_or(u64::MAX);
                shared.stats.committed.record(&MICROS, micros);
            }
        }
        if !refused {
            shared.durable.fetch_add(1, SeqCst);
        }
        change.send_replace(());
        let end = guarded(|| {
            match refused {
                true => commit.lost("the disk refused it"),
                false => commit.durable(),
            }
            Ok(())
        });
        if let Err(e) = end {
            tracing::error!(error = %e, "a commit could not be told");
        }
    }
}

#[cfg(test)]
mod tests;
