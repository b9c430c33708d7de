//! What was announced, and to whom: what a client that comes back is told.
//!
//! `event_log` has the events, an [`Index`] in memory the numbers of each group's events. Their front is forgotten step by step; `event_floor` is the highest
//! number that was. `event_hole` has the numbers that were skipped at each start, so that a number of a history that this database does not have is known
//! for what it is.

mod index;
mod issued;
mod page;
mod recent;
pub(crate) mod recovery;
mod retention;

#[cfg(test)]
mod tests;

pub(crate) use index::Index;
pub(crate) use issued::Issued;
pub(crate) use page::{Audience, Size, page};
pub(crate) use recent::{Manner, Recent};
pub(crate) use retention::{PRUNE_STEP, Retention};

use crate::error::Error;
use rusqlite::{Connection, params};
use std::time::{Duration, SystemTime};

/// `groups` is a JSON array in the order in which the event named them.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS event_log(seq INTEGER PRIMARY KEY, event TEXT NOT NULL, groups TEXT NOT NULL, at INTEGER NOT NULL,
  rechecks INTEGER NOT NULL) STRICT;
DROP TABLE IF EXISTS event_group; -- an older version's index
CREATE TABLE IF NOT EXISTS event_hole(head INTEGER PRIMARY KEY, base INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS event_floor(one INTEGER PRIMARY KEY CHECK(one = 1), seq INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO event_floor(one, seq) VALUES(1, 0);";

/// Where numbers begin: 2025-01-01T00:00:00Z, in seconds since 1970.
const EPOCH: Duration = Duration::from_secs(1_735_689_600);

/// Microseconds since then, 0 before. No burst of events runs ahead of such a clock, and 285 years of it fit into 2^53.
pub(crate) fn clock() -> u64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let since = now.unwrap_or_default().saturating_sub(EPOCH);
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}

/// The newest event's number.
pub(crate) fn head(c: &Connection) -> Result<u64, Error> {
    let newest: Option<u64> = c
        .prepare_cached("SELECT max(seq) FROM event_log")?
        .query_row([], |r| r.get(0))?;
    newest.map_or_else(|| floor(c), Ok)
}

/// The highest number that was forgotten: replay reaches behind it.
pub(crate) fn floor(c: &Connection) -> Result<u64, Error> {
    Ok(c.prepare_cached("SELECT seq FROM event_floor")?
        .query_row([], |r| r.get(0))?)
}

/// Whether there are changes that nobody heard of yet. A snapshot must not show them: they would be told again.
pub(crate) fn waiting(c: &Connection) -> Result<bool, Error> {
    Ok(c.prepare_cached("SELECT EXISTS(SELECT 1 FROM change_log)")?
        .query_row([], |r| r.get(0))?)
}

/// Why a stream cannot start after a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unresumable {
    /// What came after it was forgotten.
    Pruned,
    /// It is none of this history's: ahead of it, or in a hole of it.
    Unknown,
}

/// Whether everything after `since` is still here, and `since` is a number of this history. It comes from a client: any number.
pub(crate) fn judge(c: &Connection, since: u64) -> Result<Result<(), Unresumable>, Error> {
    if since > head(c)? {
        return Ok(Err(Unresumable::Unknown));
    }
    if since < floor(c)? {
        return Ok(Err(Unresumable::Pruned));
    }
    let in_hole: bool = c
        .prepare_cached("SELECT EXISTS(SELECT 1 FROM event_hole WHERE head < ?1 AND base > ?1)")?
        .query_row([since], |r| r.get(0))?;
    Ok(if in_hole {
        Err(Unresumable::Unknown)
    } else {
        Ok(())
    })
}

/// Forgets everything, in the open transaction: no number that was ever given is accepted any more. Says the new history's head, from which its numbers
/// go on. `issued`: no number above it was ever given, whatever the database says.
pub(crate) fn begin_anew(c: &Connection, issued: u64, clock: u64) -> Result<u64, Error> {
    let base = (head(c)? + 1).max(issued + 1).max(clock);
    // Without a condition: then SQLite looks at no row.
    c.execute_batch("DELETE FROM event_log; DELETE FROM event_hole")?;
    c.execute(
        "INSERT OR REPLACE INTO event_floor(one, seq) VALUES(1, ?1)",
        [base],
    )?;
    Ok(base)
}

/// Begins a run's numbers: says the first one, and records what was skipped. `issued`: no number above it was ever given, whatever the database says.
///
/// A run that announced nothing leaves no trace: its numbers were never told, so the next run's hole replaces its own.
pub(crate) fn start(c: &Connection, issued: u64, clock: u64) -> Result<u64, Error> {
    let head = head(c)?;
    let base = (head + 1).max(issued + 1).max(clock);
    c.prepare_cached("INSERT OR REPLACE INTO event_hole(head, base) VALUES(?1, ?2)")?
        .execute(params![head, base])?;
    Ok(base)
}
