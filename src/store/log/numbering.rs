//! Which numbers the writer gives, and what becomes of those of a transaction that is undone.

use super::contract::{Log, NewEvent};
use super::index::Index;
use super::issued::Issued;
use super::sqlite::SqliteLog;
use crate::error::Error;
use crate::limits::clock::Clock;
use crate::store::stats::Stats;
use crate::store::time::now_ms;
use smallvec::SmallVec;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, SystemTime};

/// Where numbers begin: 2025-01-01T00:00:00Z, in seconds since 1970.
const EPOCH: Duration = Duration::from_secs(1_735_689_600);

/// Microseconds since then, 0 before. No burst of events runs ahead of such a clock, and 285 years of it fit into 2^53.
pub(crate) fn micros(clock: &Clock) -> u64 {
    let now = clock.wall().duration_since(SystemTime::UNIX_EPOCH);
    let since = now.unwrap_or_default().saturating_sub(EPOCH);
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// Begins a run's numbers: says the first one, and records what was skipped. `issued`: no number above it was ever given, whatever the database says.
///
/// A run that announced nothing leaves no trace: its numbers were never told, so the next run's hole replaces its own.
pub(super) fn start(log: &impl Log, issued: u64, micros: u64) -> Result<u64, Error> {
    let base = (log.head()? + 1).max(issued + 1).max(micros);
    log.skip_to(base)?;
    Ok(base)
}

/// The names of an event's groups.
pub(crate) type Names = SmallVec<[String; 2]>;

/// The writer's count of events. It lives on the writer's thread and knows, besides the rows, what the open transaction has added to them.
pub(crate) struct Numbering {
    /// The number that was given last, also in the open transaction.
    last: u64,
    /// The newest committed event's number.
    head: u64,
    /// The groups of each event that the open transaction added.
    staged: Vec<Names>,
    /// The open transaction begins the history anew: the number that was given last before, and the new head.
    anew: Option<(u64, u64)>,
    index: Arc<Index>,
    issued: Issued,
    clock: Clock,
    micros: fn(&Clock) -> u64,
}

/// What a commit did to the log.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Committed {
    /// The newest event's number.
    pub head: u64,
    /// Events that it added.
    pub events: u64,
    /// The history began anew with it, at this number: no number from before is accepted any more.
    pub anew: Option<u64>,
}

impl Numbering {
    /// Begins a run's numbers.
    ///
    /// # Errors
    /// The database's; [`Error::Full`], [`Error::Io`] of the file with the highest number.
    pub fn start(
        log: &SqliteLog<'_>,
        index: Arc<Index>,
        mut issued: Issued,
        clock: Clock,
        micros: fn(&Clock) -> u64,
    ) -> Result<Self, Error> {
        let head = log.head()?;
        let base = start(log, issued.upto(), micros(&clock))?;
        issued.reach(base)?;
        Ok(Numbering {
            last: base - 1,
            head,
            staged: Vec::new(),
            anew: None,
            index,
            issued,
            clock,
            micros,
        })
    }

    /// The newest committed event's number.
    pub fn head(&self) -> u64 {
        self.head
    }

    /// The newest event's number, with what the open transaction has added so far.
    pub fn reached(&self) -> u64 {
        match (self.staged.is_empty(), self.anew) {
            (false, _) => self.last,
            (true, Some((_, head))) => head,
            (true, None) => self.head,
        }
    }

    /// Events that the open transaction has added so far.
    pub fn staged(&self) -> usize {
        self.staged.len()
    }

    /// The open transaction goes back to where it had added so many events. The numbers of the others were never told: the next ones get them.
    pub fn undo(&mut self, kept: usize) {
        for names in self.staged.drain(kept..).rev() {
            for name in &names {
                self.index.take_back(name, self.last);
            }
            self.last -= 1;
        }
    }

    /// The open transaction was committed.
    pub fn committed(&mut self, stats: &Stats) -> Committed {
        let anew = self.anew.take().map(|(_, head)| head);
        if let Some(head) = anew {
            self.head = head;
            self.index.begin_anew(head);
            stats.resets.fetch_add(1, Relaxed);
        }
        let events = self.staged.len() as u64;
        self.staged.clear();
        stats.events.fetch_add(events, Relaxed);
        if events > 0 {
            self.head = self.last;
        }
        stats.head.store(self.head, Relaxed);
        Committed {
            head: self.head,
            events,
            anew,
        }
    }

    /// The open transaction is gone. `true`: a commit that failed is there nevertheless, so [`committed`](Self::committed) is next. To keep silent then would
    /// be a gap, and its numbers are taken.
    pub fn aborted(&mut self, log: &SqliteLog<'_>) -> bool {
        let wrote = !self.staged.is_empty() || self.anew.is_some();
        let landed = wrote && log.head().is_ok_and(|head| head == self.last);
        if !landed {
            self.undo(0);
            if let Some((last, _)) = self.anew.take() {
                self.last = last;
            }
        }
        landed
    }

    /// Whether what the database has is what was committed here last.
    ///
    /// # Errors
    /// The database's.
    pub fn continues(&self, log: &SqliteLog<'_>) -> Result<bool, Error> {
        Ok(log.head()? == self.head)
    }

    /// In the open transaction: the history begins anew, above every number that was ever given. What the transaction added before is forgotten with the old
    /// one.
    ///
    /// # Errors
    /// The database's, and those of the file with the highest number: [`aborted`](Self::aborted) is next.
    pub fn begin_anew(&mut self, log: &SqliteLog<'_>) -> Result<(), Error> {
        self.undo(0);
        let before = self.anew.map_or(self.last, |(before, _)| before);
        let head = (log.head()? + 1)
            .max(self.last + 1)
            .max((self.micros)(&self.clock));
        log.begin_anew(head)?;
        self.issued.reach(head)?;
        self.anew = Some((before, head));
        self.last = head;
        Ok(())
    }
}

/// The end of the log that grows: hands the announcer of changes a number for each event that it adds, in the writer's open transaction.
pub(crate) struct Appender<'w> {
    log: SqliteLog<'w>,
    numbering: &'w mut Numbering,
    /// When this began, once somebody asked.
    at: Option<i64>,
}

impl<'w> Appender<'w> {
    pub(crate) fn new(log: SqliteLog<'w>, numbering: &'w mut Numbering) -> Self {
        Appender {
            log,
            numbering,
            at: None,
        }
    }

    /// Milliseconds since 1970-01-01 UTC, the same for all that is appended here.
    pub(crate) fn at(&mut self) -> i64 {
        let clock = &self.numbering.clock;
        *self.at.get_or_insert_with(|| now_ms(clock))
    }

    /// Adds an event; says its number. `groups` is the JSON array of `names`.
    ///
    /// # Errors
    /// The database's, and those of the file with the highest number: what was appended here is to be undone.
    pub fn append(
        &mut self,
        event: &str,
        groups: &str,
        rechecks: bool,
        names: Names,
    ) -> Result<u64, Error> {
        let at = self.at();
        let numbering = &mut *self.numbering;
        let seq = numbering.last + 1;
        numbering.issued.reach(seq)?;
        self.log.append(&NewEvent {
            seq,
            event,
            groups,
            at,
            rechecks,
        })?;
        numbering.index.add(&names, seq);
        numbering.last = seq;
        numbering.staged.push(names);
        Ok(seq)
    }
}
