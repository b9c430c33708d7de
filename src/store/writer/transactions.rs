//! Transactions: several commands in one, each in a savepoint of its own.

use super::known_tables::Tables;
use super::outcome::again;
use crate::error::Error;
use crate::limits::clock::Clock;
use crate::store::author::Author;
use crate::store::batch_window::BatchWindow;
use crate::store::capture::Changes;
use crate::store::checkpoints::Checkpoints;
use crate::store::durability::{Commit, Flusher};
use crate::store::freshness::Freshness;
use crate::store::health::Health;
use crate::store::hook::Hook;
use crate::store::job::{Job, Work};
use crate::store::log::{Appender, Numbering, Retention, SqliteLog};
use crate::store::stats::Stats;
use rusqlite::Connection;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

/// How often it is tried whether a commit works again, whether tables are whole again, and whether the last words can be said.
pub(super) const RETRY: Duration = Duration::from_secs(1);

/// Changes of other programs that one transaction announces. What is staged lies in memory: a shell's UPDATE of a whole table must not.
pub(crate) const CHUNK: usize = 2_000;

/// The writer of a database. It lives on the connection's thread; whatever it does there, every command waits for.
pub(crate) struct Writer {
    pub(super) hook: Box<dyn Hook>,
    pub(super) numbering: Numbering,
    pub(super) retention: Retention,
    pub(super) outcome_age: Duration,
    pub(super) clock: Clock,
    pub(super) stats: Arc<Stats>,
    pub(super) freshness: Freshness,
    pub(super) tables: Tables,
    /// Everybody is to leave once the open transaction is undone.
    pub(super) dismissing: bool,
    /// When there was nothing left to forget.
    pub(super) tidied: Instant,
    /// Events since the last look.
    pub(super) announced: u64,
    /// The open transaction begins the history anew.
    pub(super) is_reset: bool,
    /// When it was last tried to mend something.
    pub(super) cared: Instant,
    /// Everybody was sent away, and the log was left empty.
    pub(super) dismissed: bool,
    pub(super) left_files: bool,
    /// When the open transaction was begun, before it waited for other programs.
    pub(super) begun: Instant,
    pub(super) batch_window: BatchWindow,
    pub(super) health: Arc<Health>,
    pub(super) checkpoints: Checkpoints,
    /// Last: what is told comes to an end before the connection does.
    pub(super) disk: Flusher,
}

/// What a writer is made of.
pub(crate) struct Parts {
    pub hook: Box<dyn Hook>,
    pub numbering: Numbering,
    pub freshness: Freshness,
    pub tables: Tables,
    pub retention: Retention,
    /// How long the outcome of a command with an id is kept.
    pub outcome_age: Duration,
    pub clock: Clock,
    pub checkpoints: Checkpoints,
    pub disk: Flusher,
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
            clock,
            checkpoints,
            disk,
        } = parts;
        let now = clock.now();
        Writer {
            hook,
            numbering,
            freshness,
            tables,
            dismissing: false,
            retention,
            outcome_age,
            stats: disk.stats(),
            tidied: now,
            announced: 0,
            is_reset: false,
            cared: now,
            dismissed: false,
            left_files: false,
            begun: now,
            clock,
            batch_window: BatchWindow::default(),
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
            // The store opens when the cause has gone.
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
            match self.begin(c, earliest.saturating_duration_since(self.clock.now())) {
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
        let now = self.clock.now();
        let (late, rest): (VecDeque<_>, _) = jobs.drain(..).partition(|job| job.deadline <= now);
        *jobs = rest;
        self.stats.busy.fetch_add(late.len() as u64, Relaxed);
        for job in late {
            job.work.finish(Err(Error::Busy));
        }
    }

    /// Opens a transaction in which nothing of others waits. A large backlog is announced in transactions of its own, so that neither memory nor
    /// the history grows beyond its bound.
    pub(super) fn begin(&mut self, c: &Connection, patience: Duration) -> Result<(), Error> {
        loop {
            self.begun = self.clock.now();
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
        let slice = self.batch_window.length(self.disk.flush_time());
        let began = self.clock.now();
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
            if self.clock.now() - began >= slice {
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
        let as_of = self.numbering.reached();
        job.work.record(c, &self.clock, as_of)?;
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
    pub(super) fn commit(
        &mut self,
        c: &Connection,
        done: Vec<(Option<usize>, Box<dyn Work>)>,
    ) -> Result<(), Error> {
        let began = self.clock.now();
        self.disk.begin();
        let commit = c.prepare_cached("COMMIT");
        let committed = commit.and_then(|mut commit| commit.execute([]));
        self.batch_window.took(self.clock.now() - began);
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
        let on_durable = self.hook.committed(commit);
        if std::mem::take(&mut self.is_reset) {
            self.retention.forgotten();
        }
        self.retention.added(events);
        self.announced += events;
        self.disk.committed(Commit {
            wrote: wrote.then_some(self.begun),
            done,
            on_durable: Some(on_durable),
        });
    }

    /// Undoes the open transaction, if it is not gone by itself. `true`: it was committed nevertheless.
    pub(super) fn abandon(&mut self, c: &Connection) -> bool {
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
