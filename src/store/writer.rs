//! The writer: commands that wait are committed together.
//!
//! Everything in this file but [`drain`] itself runs on the connection's own thread.

use super::changes::Notes;
use super::checkpoints::Checkpoints;
use super::desk::Desk;
use super::disk::{Commit, Disk, Tell};
use super::job::{Job, Said, Work};
use super::pace::Pace;
use super::{Stats, guarded, now_ms, outcomes};
use crate::Error;
use crate::history::{PRUNE_STEP, Retention, recovery};
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

/// What a commit means to others. Called on the writer's thread; what it says how to tell runs on the disk's, and may wait for them, but then everybody waits.
pub(crate) trait Hook: Send {
    /// At a transaction's start: takes others' changes out of the log, at most `at_most`, and says how many.
    ///
    /// # Errors
    /// The database's: what was staged by this call is undone by [`aborted`](Self::aborted).
    fn logged(&mut self, tx: &Connection, at_most: usize) -> Result<usize, Error>;

    /// After each job that is to be kept: what it changed.
    ///
    /// # Errors
    /// The database's: what was staged by this call is undone by [`unstaged`](Self::unstaged) or [`aborted`](Self::aborted).
    fn noted(
        &mut self,
        tx: &Connection,
        desk: &Desk,
        said: &Said,
        notes: Notes<'_>,
    ) -> Result<(), Error>;

    /// What the last `noted` wrote is rolled back.
    fn unstaged(&mut self);

    /// Everything staged is committed. Says how many events there were, and how they are told once they are durable.
    fn committed(&mut self) -> (u64, Tell);

    /// The transaction is gone, and everything staged with it. `true`: it is there nevertheless, so [`committed`](Self::committed) is next.
    fn aborted(&mut self, connection: &Connection) -> bool;

    /// What was written while nobody served is announced, and nobody had to be told: from now on there is somebody.
    fn started(&mut self) {}
}

pub(super) struct Writer {
    hook: Box<dyn Hook>,
    retention: Retention,
    outcome_age: Duration,
    stats: Arc<Stats>,
    desk: Desk,
    /// When there was nothing left to forget.
    tidied: Instant,
    /// Events since the last look.
    announced: u64,
    /// When the open transaction was begun, before it waited for other programs.
    begun: Instant,
    pace: Pace,
    checkpoints: Checkpoints,
    /// Last: what is told comes to an end before the connection does.
    disk: Disk,
}

impl Writer {
    pub fn new(
        hook: Box<dyn Hook>,
        desk: Desk,
        retention: Retention,
        outcome_age: Duration,
        stats: Arc<Stats>,
        checkpoints: Checkpoints,
        disk: Disk,
    ) -> Self {
        Writer {
            hook,
            desk,
            retention,
            outcome_age,
            stats,
            tidied: Instant::now(),
            announced: 0,
            begun: Instant::now(),
            pace: Pace::default(),
            checkpoints,
            disk,
        }
    }

    /// Announces what was written while nobody served.
    pub fn start(&mut self, c: &Connection, patience: Duration) -> Result<(), Error> {
        self.begin(c, patience)?;
        self.commit(c, Vec::new());
        self.disk.flush()?;
        self.hook.started();
        Ok(())
    }

    pub fn batch(&mut self, c: &Connection, jobs: Vec<Job>) {
        self.stats.jobs.fetch_add(jobs.len() as u64, Relaxed);
        let mut jobs = VecDeque::from(jobs);
        while let Some(earliest) = jobs.iter().map(|job| job.deadline).min() {
            if self.disk.refuses() {
                for job in jobs.drain(..) {
                    job.work.finish(Err(Error::Closed));
                }
                return;
            }
            match self.begin(c, earliest.saturating_duration_since(Instant::now())) {
                Ok(()) => self.transaction(c, &mut jobs),
                // Only those who waited long enough: others may still be lucky.
                Err(Error::Busy) => self.expire(&mut jobs),
                Err(e) => {
                    tracing::error!(error = %e, jobs = jobs.len(), "the writer cannot begin a transaction");
                    for job in jobs.drain(..) {
                        job.work.finish(Err(Error::Store(e.to_string())));
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
            let opened = self.desk.opened(c);
            match opened.and_then(|()| self.hook.logged(c, CHUNK)) {
                Ok(announced) if announced < CHUNK => return Ok(()),
                Ok(_) => {
                    if !self.commit(c, Vec::new()) {
                        return Err(Error::Store("the backlog cannot be committed".to_owned()));
                    }
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
                tracing::error!(error = %why, undone = done.len(), "a job brought its transaction down");
                self.abandon(c);
                for (_, work) in done {
                    Work::finish(work, Err(Error::Busy));
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
        self.commit(c, done);
    }

    /// # Errors
    /// A statement of ours failed: the transaction is not to be trusted any more.
    fn step(&mut self, c: &Connection, job: &mut Job) -> Result<(), Error> {
        c.prepare_cached("SAVEPOINT job")?.execute([])?;
        let mut kept = job.work.run(c, &self.desk);
        if c.is_autocommit() {
            return Ok(()); // the caller looks
        }
        let (hook, desk) = (&mut self.hook, &self.desk);
        if kept && let Err(e) = desk.take(|notes| hook.noted(c, desk, &job.said, notes)) {
            self.hook.unstaged();
            job.work.fail(e);
            kept = false;
        }
        if !kept {
            c.prepare_cached("ROLLBACK TO job")?.execute([])?;
            self.desk.undone();
        }
        job.work.record(c)?;
        c.prepare_cached("RELEASE job")?.execute([])?;
        Ok(())
    }

    /// Commits, and leaves it to the disk's thread to tell everybody. Whether it worked.
    fn commit(&mut self, c: &Connection, done: Vec<(Option<usize>, Box<dyn Work>)>) -> bool {
        let began = Instant::now();
        self.disk.begin();
        let commit = c.prepare_cached("COMMIT");
        let committed = commit.and_then(|mut commit| commit.execute([]));
        self.pace.took(began.elapsed());
        match committed {
            Ok(_) => {
                self.stats.commits.fetch_add(1, Relaxed); // before anybody can ask
                let wrote = self.checkpoints.wrote();
                self.announced(wrote, done);
                self.checkpoints.committed(c);
                true
            }
            Err(e) => {
                self.stats.lost.fetch_add(1, Relaxed);
                tracing::error!(error = %e, jobs = done.len(), "a commit failed");
                self.abandon(c);
                for (_, work) in done {
                    work.finish(Err(Error::UnknownOutcome(e.to_string())));
                }
                false
            }
        }
    }

    fn announced(&mut self, wrote: bool, done: Vec<(Option<usize>, Box<dyn Work>)>) {
        let (events, tell) = self.hook.committed();
        self.retention.added(events);
        self.announced += events;
        self.disk.committed(Commit {
            wrote,
            begun: self.begun,
            done,
            tell: Some(tell),
        });
    }

    fn abandon(&mut self, c: &Connection) {
        if !c.is_autocommit()
            && let Err(e) = c.execute_batch("ROLLBACK")
        {
            tracing::error!(error = %e, "a transaction cannot be rolled back");
        }
        self.desk.abandoned();
        if self.hook.aborted(c) {
            self.disk.begin();
            self.announced(true, Vec::new());
        }
        self.disk.failed();
    }

    /// Between transactions: forgets a step where that is due, and as many as it takes to keep pace with what was just announced. Whether there is more
    /// to forget.
    pub fn tidy(&mut self, c: &Connection) -> bool {
        if self.disk.refuses() {
            return false;
        }
        let steps = 1 + self.announced / PRUNE_STEP as u64;
        self.announced = 0;
        for _ in 0..steps {
            let looks = self.tidied.elapsed() >= TIDY;
            if !looks && !self.retention.pressing() {
                return false;
            }
            match self.forget(c) {
                Ok(true) => {}
                Ok(false) => return false,
                Err(e) => {
                    if !matches!(e, Error::Busy) {
                        tracing::error!(error = %e, "history cannot be pruned");
                    }
                    self.tidied = Instant::now();
                    return false;
                }
            }
        }
        true
    }

    fn forget(&mut self, c: &Connection) -> Result<bool, Error> {
        // Nobody waits for this: when another program writes, later will do.
        c.busy_timeout(Duration::ZERO)?;
        let now = now_ms();
        let oldest_outcome = now - self.outcome_age.as_millis() as i64;
        if self.retention.step(c, now)?
            || outcomes::prune(c, oldest_outcome, PRUNE_STEP)?
            || recovery::prune(c, now, PRUNE_STEP)?
        {
            return Ok(true);
        }
        self.tidied = Instant::now();
        Ok(false)
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
