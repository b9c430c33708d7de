//! The writer: commands that wait are committed together.
//!
//! Everything here but [`drain`] itself runs on the connection's own thread.

mod care;
mod reset;
mod tables;
mod tidy;

pub(super) use tables::Tables;

use super::author::Author;
use super::capture::Changes;
use super::checkpoints::Checkpoints;
use super::disk::{Commit, Disk};
use super::freshness::Freshness;
use super::guarded::guarded;
use super::health::Health;
use super::hook::Hook;
use super::job::{Job, Work};
use super::pace::Pace;
use super::stats::Stats;
use crate::error::Error;
use crate::store::log::{Appender, Numbering, Retention, SqliteLog};
pub(super) use care::TABLES;
use care::again;
use rusqlite::Connection;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use tokio::runtime::Builder;
use tokio::sync::{Notify, mpsc};

/// Jobs of one transaction.
const BATCH: usize = 512;
/// Changes of other programs that one transaction announces. What is staged lies in memory: a shell's UPDATE of a whole table must not.
pub(super) const CHUNK: usize = 2_000;
/// How often an idle writer looks for history that is too old.
const TIDY: Duration = Duration::from_secs(1);

pub(super) struct Writer {
    hook: Box<dyn Hook>,
    numbering: Numbering,
    retention: Retention,
    outcome_age: Duration,
    stats: Arc<Stats>,
    freshness: Freshness,
    tables: Tables,
    /// Everybody is to leave once the open transaction is undone.
    dismissing: bool,
    /// When there was nothing left to forget.
    tidied: Instant,
    /// Events since the last look.
    announced: u64,
    /// The open transaction begins the history anew.
    is_reset: bool,
    /// When it was last tried to mend something.
    cared: Instant,
    /// Everybody was sent away, and the log was left empty.
    dismissed: bool,
    left_files: bool,
    /// When the open transaction was begun, before it waited for other programs.
    begun: Instant,
    pace: Pace,
    health: Arc<Health>,
    checkpoints: Checkpoints,
    /// Last: what is told comes to an end before the connection does.
    disk: Disk,
}

/// What a writer is made of.
pub(super) struct Parts {
    pub hook: Box<dyn Hook>,
    pub numbering: Numbering,
    pub freshness: Freshness,
    pub tables: Tables,
    pub retention: Retention,
    /// How long the outcome of a command with an id is kept.
    pub outcome_age: Duration,
    pub checkpoints: Checkpoints,
    pub disk: Disk,
}

impl Writer {
    pub fn new(parts: Parts) -> Self {
        let Parts {
            hook,
            numbering,
            freshness,
            tables,
            retention,
            outcome_age,
            checkpoints,
            disk,
        } = parts;
        Writer {
            hook,
            numbering,
            freshness,
            tables,
            dismissing: false,
            retention,
            outcome_age,
            stats: disk.stats(),
            tidied: Instant::now(),
            announced: 0,
            is_reset: false,
            cared: Instant::now(),
            dismissed: false,
            left_files: false,
            begun: Instant::now(),
            pace: Pace::default(),
            health: disk.health(),
            checkpoints,
            disk,
        }
    }

    /// Announces what was written while nobody served.
    pub fn start(&mut self, c: &Connection, patience: Duration) -> Result<(), Error> {
        match self.begin(c, patience) {
            Ok(()) => {
                self.commit(c, Vec::new())?;
                self.disk.flush()?;
            }
            // It opens when the cause has gone.
            Err(Error::Unavailable(_)) => {}
            Err(e) => return Err(e),
        }
        self.hook.started(self.numbering.head());
        Ok(())
    }

    pub fn batch(&mut self, c: &Connection, jobs: Vec<Job>) {
        self.stats.jobs.fetch_add(jobs.len() as u64, Relaxed);
        let mut jobs = VecDeque::from(jobs);
        while let Some(earliest) = jobs.iter().map(|job| job.deadline).min() {
            if self.health.check().is_err() {
                for job in jobs.drain(..) {
                    job.work.finish(self.health.check());
                }
                return;
            }
            match self.begin(c, earliest.saturating_duration_since(Instant::now())) {
                Ok(()) => self.transaction(c, &mut jobs),
                // Only those who waited long enough: others may still be lucky.
                Err(Error::Busy) => self.expire(&mut jobs),
                Err(e) => {
                    if matches!(e, Error::Full) {
                        self.is_full(c);
                    } else if !matches!(e, Error::Unavailable(_)) {
                        tracing::error!(error = %e, jobs = jobs.len(), "the writer cannot begin a transaction");
                    }
                    for job in jobs.drain(..) {
                        job.work.finish(Err(again(&e)));
                    }
                }
            }
        }
    }

    fn expire(&mut self, jobs: &mut VecDeque<Job>) {
        let now = Instant::now();
        let (late, rest): (VecDeque<_>, _) = jobs.drain(..).partition(|job| job.deadline <= now);
        *jobs = rest;
        self.stats.busy.fetch_add(late.len() as u64, Relaxed);
        for job in late {
            job.work.finish(Err(Error::Busy));
        }
    }

    /// Opens a transaction in which nothing of others waits. A large backlog is announced in transactions of its own, so that neither memory nor
    /// the history grows beyond its bound.
    fn begin(&mut self, c: &Connection, patience: Duration) -> Result<(), Error> {
        loop {
            self.begun = Instant::now();
            // In whole milliseconds, and 0 would mean not to wait at all.
            c.busy_timeout(patience + Duration::from_millis(1))?;
            c.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            let opened = self.freshness.opened(c);
            let opened = opened.and_then(|others| self.compare_all(c, others));
            match opened.and_then(|()| self.announce_others(c)) {
                Ok(announced) if announced < CHUNK => return Ok(()),
                Ok(_) => {
                    self.commit(c, Vec::new())?;
                    self.tidy(c);
                }
                Err(e) => {
                    self.abandon(c);
                    return Err(e);
                }
            }
        }
    }

    /// Runs jobs in the open transaction, and commits. Jobs that are left in the queue need a new one.
    fn transaction(&mut self, c: &Connection, jobs: &mut VecDeque<Job>) {
        let mut done = Vec::with_capacity(jobs.len());
        let slice = self.pace.slice(self.disk.pace());
        let began = Instant::now();
        while let Some(mut job) = jobs.pop_front() {
            let step = self.step(c, &mut job);
            // A RAISE(ROLLBACK) or a full disk has ended the transaction, with what others did in it.
            if step.is_err() || c.is_autocommit() {
                self.stats.lost.fetch_add(1, Relaxed);
                let why = step
                    .err()
                    .unwrap_or_else(|| Error::Store("the transaction was rolled back".to_owned()));
                let full = matches!(why, Error::Full);
                if full {
                    self.is_full(c);
                } else {
                    tracing::error!(error = %why, undone = done.len(), "a job brought its transaction down");
                }
                self.abandon(c);
                for (_, work) in done {
                    let end = if full { Error::Full } else { Error::Busy };
                    Work::finish(work, Err(end));
                }
                job.work.fail(why);
                job.work.finish(Ok(()));
                return;
            }
            done.push((job.shard, job.work));
            if began.elapsed() >= slice {
                break;
            }
        }
        let _ = self.commit(c, done); // those who asked are told
    }

    /// # Errors
    /// A statement of ours failed: the transaction is not to be trusted any more.
    fn step(&mut self, c: &Connection, job: &mut Job) -> Result<(), Error> {
        c.prepare_cached("SAVEPOINT job")?.execute([])?;
        self.freshness.begun();
        let mut kept = job.work.run(c, &self.freshness);
        if c.is_autocommit() {
            return Ok(()); // the caller looks
        }
        let staged = self.numbering.staged();
        if kept && let Err(e) = self.announce_command(c, &job.author) {
            self.hook.undone(staged);
            self.numbering.undo(staged);
            job.work.fail(e);
            kept = false;
        }
        if !kept {
            c.prepare_cached("ROLLBACK TO job")?.execute([])?;
            self.freshness.undone();
        }
        job.work.record(c)?;
        c.prepare_cached("RELEASE job")?.execute([])?;
        Ok(())
    }

    /// Announces what other programs changed, as far as one transaction may. Says how many changes there were.
    fn announce_others(&mut self, c: &Connection) -> Result<usize, Error> {
        let changes = Changes::of_others(c, &self.stats, CHUNK);
        let log = SqliteLog::new(c, Some(&self.freshness.index));
        let mut log = Appender::new(log, &mut self.numbering);
        self.hook.announce(&changes, &mut log)
    }

    /// Announces what a command changed.
    fn announce_command(&mut self, c: &Connection, author: &Author) -> Result<(), Error> {
        let freshness = &self.freshness;
        let announced = freshness.take(c, |captured| {
            let changes = Changes::of_command(c, &self.stats, freshness, author, captured);
            let log = SqliteLog::new(c, Some(&freshness.index));
            let mut log = Appender::new(log, &mut self.numbering);
            self.hook.announce(&changes, &mut log)
        });
        announced.map(|_| ())
    }

    /// Commits, and leaves it to the disk's thread to tell everybody.
    ///
    /// # Errors
    /// [`Error::Full`], [`Error::UnknownOutcome`]: as those were told who had something in it.
    fn commit(
        &mut self,
        c: &Connection,
        done: Vec<(Option<usize>, Box<dyn Work>)>,
    ) -> Result<(), Error> {
        let began = Instant::now();
        self.disk.begin();
        let commit = c.prepare_cached("COMMIT");
        let committed = commit.and_then(|mut commit| commit.execute([]));
        self.pace.took(began.elapsed());
        match committed {
            Ok(_) => {
                self.stats.commits.fetch_add(1, Relaxed); // before anybody can ask
                let wrote = self.checkpoints.wrote();
                if wrote {
                    self.works();
                }
                self.announced(wrote, done);
                self.checkpoints.committed(c);
                Ok(())
            }
            Err(e) => {
                self.stats.lost.fetch_add(1, Relaxed);
                let end = match self.abandon(c) {
                    true => Error::UnknownOutcome(format!("committed, but {e}")),
                    false => self.refused(c, &e),
                };
                for (_, work) in done {
                    work.finish(Err(again(&end)));
                }
                Err(end)
            }
        }
    }

    fn announced(&mut self, wrote: bool, done: Vec<(Option<usize>, Box<dyn Work>)>) {
        self.tables_made();
        let commit = self.numbering.committed(&self.stats);
        let events = commit.events;
        let tell = self.hook.committed(commit);
        if std::mem::take(&mut self.is_reset) {
            self.retention.forgotten();
        }
        self.retention.added(events);
        self.announced += events;
        self.disk.committed(Commit {
            wrote,
            begun: self.begun,
            done,
            tell: Some(tell),
        });
    }

    /// Undoes the open transaction, if it is not gone by itself. `true`: it was committed nevertheless.
    fn abandon(&mut self, c: &Connection) -> bool {
        if !c.is_autocommit()
            && let Err(e) = c.execute_batch("ROLLBACK")
        {
            tracing::error!(error = %e, "a transaction cannot be rolled back");
        }
        self.freshness.abandoned();
        let log = SqliteLog::new(c, None);
        let landed = self.numbering.aborted(&log);
        if !landed {
            self.hook.undone(0);
        }
        if landed {
            self.disk.begin();
            self.announced(true, Vec::new());
        }
        self.is_reset = false;
        self.disk.failed();
        self.tables_unmade();
        landed
    }
}

/// Takes jobs out of the queue until there is nobody left who could put one in, or `stop` was notified and the queue is empty.
pub(super) async fn drain(
    writer: Writer,
    connection: &tokio_rusqlite::Connection,
    jobs: mpsc::Receiver<Job>,
    stop: Arc<Notify>,
) {
    // One call for the writer's whole life: to hand each batch over to the connection's thread, and wait for it, costs two wake-ups per commit.
    let ran = connection.call(move |c| serve(writer, c, jobs, &stop));
    if let Err(e) = ran.await {
        tracing::error!(error = %e, "the writer's connection is gone");
    }
}

fn serve(
    mut writer: Writer,
    c: &Connection,
    mut jobs: mpsc::Receiver<Job>,
    stop: &Notify,
) -> Result<(), Error> {
    let runtime = Builder::new_current_thread().enable_time().build()?;
    let (mut more, mut stopping) = (false, false);
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        let pause = if more { Duration::ZERO } else { TIDY };
        let next = async {
            tokio::select! {
                biased;
                () = stop.notified(), if !stopping => Next::Stop,
                taken = jobs.recv_many(&mut batch, BATCH) => match taken {
                    0 => Next::End,
                    _ => Next::Work,
                },
                () = tokio::time::sleep(pause) => Next::Work,
            }
        };
        match runtime.block_on(next) {
            Next::Work => {}
            Next::Stop => {
                jobs.close(); // those who come now are told "closed"
                stopping = true;
                continue;
            }
            Next::End => return Ok(()),
        }
        // A panic here is a mistake of ours; it must not end the connection's thread, and all writing with it.
        let end = guarded(|| {
            writer.care(c);
            writer.batch(c, std::mem::take(&mut batch));
            more = writer.tidy(c);
            Ok(())
        });
        if let Err(e) = end {
            tracing::error!(error = %e, "the writer panicked");
            writer.abandon(c);
            more = false;
        }
    }
}

/// What the writer does next.
enum Next {
    /// Jobs came, or it is time to look for what is too old.
    Work,
    Stop,
    End,
}

#[cfg(test)]
mod tests;
