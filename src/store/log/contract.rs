//! What a log of events promises, whatever database keeps it.

use crate::error::Error;
use std::borrow::Cow;

/// The log of events: what was announced, to which groups, under which number. Events and groups are stored text; nobody here knows what they mean.
///
/// A value of this trait looks at one state of the database: that of the transaction in which it was made. Whoever reads (a shard's replay, a snapshot) makes
/// one per read transaction, on a reader's thread. The methods that change something are the writer's alone: they are called on its thread, in its open
/// transaction, and what they did is gone when that transaction is undone. No method waits for another thread, except [`forget`](Self::forget) for the database.
///
/// Numbers rise with each event, are never given twice, and fit into 2^53. Between two events numbers may be missing: those that a run of the server skipped
/// at its start are a *hole*. The numbers up to the *floor* are those of events that were forgotten; they are always the oldest ones.
///
/// An error is the database's ([`Error::Store`], [`Error::Busy`], [`Error::Full`]). After one in a method that changes something, the transaction must be
/// undone. After one in a method that reads, nothing has changed, and asking again is allowed.
pub(crate) trait Log {
    /// The newest event's number; where there is none, the [`floor`](Self::floor).
    fn head(&self) -> Result<u64, Error>;

    /// The highest number that was forgotten: replay does not reach behind it.
    fn floor(&self) -> Result<u64, Error>;

    /// Whether there are changes that nobody announced yet. A snapshot must not show them: they would be told a second time.
    fn waiting(&self) -> Result<bool, Error>;

    /// Whether a number lies in a hole.
    fn is_skipped(&self, seq: u64) -> Result<bool, Error>;

    /// Whether a stream can go on after `since`: everything that followed it is still here, and it is a number of this history. It comes from a client, so it
    /// may be any number.
    fn judge(&self, since: u64) -> Result<Result<(), Unresumable>, Error> {
        if since > self.head()? {
            return Ok(Err(Unresumable::Unknown));
        }
        if since < self.floor()? {
            return Ok(Err(Unresumable::Pruned));
        }
        Ok(match self.is_skipped(since)? {
            true => Err(Unresumable::Unknown),
            false => Ok(()),
        })
    }

    /// The numbers of the next events after `since` and up to `upto` that concern any of the groups, of each group those after its own number. Rising, each
    /// once, at most [`PAGE_EVENTS`]. [`Unresumable::Pruned`] when events after `since` were forgotten, also when that happened after this state of the
    /// database.
    fn page<'g>(
        &self,
        groups: impl Iterator<Item = (&'g str, u64)>,
        since: u64,
        upto: u64,
    ) -> Result<Result<Page, Unresumable>, Error>;

    /// The number of the oldest event that concerns a group and is not forgotten.
    fn first(&self, group: &str) -> Result<Option<u64>, Error>;

    /// The newest numbers of events that concern a group, rising, at most so many.
    fn last(&self, group: &str, at_most: usize) -> Result<Vec<u64>, Error>;

    /// Hands the events of these numbers (rising) to `take`, in order, until it says `false`. Those that are not there are left out. Apart from
    /// [`page`](Self::page), because the events of a page are often known already: they were read for another client a moment ago.
    ///
    /// An error of `take` ends this and is returned.
    fn read(
        &self,
        numbers: &[u64],
        take: impl FnMut(StoredEvent<'_>) -> Result<bool, Error>,
    ) -> Result<(), Error>;

    /// How many events there are.
    fn count(&self) -> Result<u64, Error>;

    /// Adds an event, the newest. The writer's.
    fn append(&self, event: &NewEvent<'_>) -> Result<(), Error>;

    /// Says that the numbers between the newest event's and `base` will never be given. A hole that begins at the same event is replaced: its numbers were
    /// never told. The writer's.
    fn skip_to(&self, base: u64) -> Result<(), Error>;

    /// Forgets everything: `base` is the floor and the head. The writer's.
    fn begin_anew(&self, base: u64) -> Result<(), Error>;

    /// The oldest events that are too many (the first `excess`) or too old (before `before_ms`), with their groups: as long as one is either, at most
    /// `at_most`, and never the newest event. The writer's, between transactions.
    fn doomed(
        &self,
        excess: usize,
        before_ms: i64,
        at_most: usize,
    ) -> Result<Vec<(u64, Vec<String>)>, Error>;

    /// Forgets all events up to this number, which becomes the floor, in a transaction of its own. The writer's, between transactions. [`Error::Busy`] when
    /// another program writes: nothing was forgotten.
    fn forget(&self, upto: u64) -> Result<(), Error>;
}

/// Events that one page looks at.
pub(crate) const PAGE_EVENTS: usize = 1_000;

/// A page of numbers.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub numbers: Vec<u64>,
    /// There may be more events after the last of these.
    pub full: bool,
}

/// An event as it is stored. What another program wrote need not be UTF-8: what is not becomes U+FFFD.
pub(crate) struct StoredEvent<'r> {
    pub seq: u64,
    /// What the application wrote: JSON.
    pub event: Cow<'r, str>,
    /// A JSON array of names, in the order in which the event named them.
    pub groups: Cow<'r, str>,
    /// Milliseconds since 1970-01-01 UTC.
    pub at: i64,
}

/// An event that is to be stored.
pub(crate) struct NewEvent<'e> {
    pub seq: u64,
    pub event: &'e str,
    /// A JSON array of names, in the order in which the event names them.
    pub groups: &'e str,
    /// Milliseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Members of the groups are judged again by their guards.
    pub rechecks: bool,
}

/// Why a stream cannot go on after a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unresumable {
    /// Events after the number were forgotten.
    Pruned,
    /// The number is not of this history: it is ahead of the head, or in a hole.
    Unknown,
}
