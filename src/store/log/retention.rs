//! Forgetting: the front of the history, in small steps.

use super::index::groups;
use super::{Index, head};
use crate::error::Error;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use std::sync::Arc;
use std::time::Duration;

/// Events that one transaction forgets at most: a command waits a few milliseconds for it.
pub(crate) const PRUNE_STEP: usize = 1_000;
/// So many events too many are forgotten at once; fewer wait for a pause.
const PRESSING: u64 = 500;

/// How much history is kept. Lives with the writer: nobody else adds or removes events, so it can count them.
pub(crate) struct Retention {
    events: u64,
    age_ms: i64,
    count: u64,
    index: Arc<Index>,
}

impl Retention {
    pub fn new(
        c: &Connection,
        events: u64,
        age: Duration,
        index: Arc<Index>,
    ) -> Result<Self, Error> {
        Ok(Retention {
            events: events.max(1),
            age_ms: i64::try_from(age.as_millis()).unwrap_or(i64::MAX),
            count: c.query_row("SELECT count(*) FROM event_log", [], |r| r.get(0))?,
            index,
        })
    }

    pub fn added(&mut self, events: u64) {
        self.count += events;
    }

    /// The history has begun anew: nothing is left of it.
    pub fn forgotten(&mut self) {
        self.count = 0;
    }

    /// There is so much that it cannot wait for a pause.
    pub fn pressing(&self) -> bool {
        self.count >= self.events + PRESSING
    }

    /// Forgets at most one step, in a transaction of its own. Says whether there is more to forget.
    ///
    /// Always a prefix: the oldest first, as long as they are too many or too old. By age alone, a clock that jumped would tear a hole into the
    /// history. Never the newest event: it says where the history ends.
    ///
    /// # Errors
    /// [`Error::Busy`] when somebody else writes; [`Error::Store`].
    pub fn step(&mut self, c: &Connection, now_ms: i64) -> Result<bool, Error> {
        let before_ms = now_ms.saturating_sub(self.age_ms);
        let doomed = self.doomed(c, before_ms)?;
        let Some((last, _)) = doomed.last() else {
            return Ok(false);
        };
        let tx = Transaction::new_unchecked(c, TransactionBehavior::Immediate)?;
        {
            tx.prepare_cached("DELETE FROM event_log WHERE seq <= ?1")?
                .execute([last])?;
            tx.prepare_cached("UPDATE event_floor SET seq = ?1")?
                .execute([last])?;
            // Below the floor nobody asks for holes any more.
            tx.prepare_cached("DELETE FROM event_hole WHERE base <= ?1")?
                .execute([last])?;
        }
        tx.commit()?;
        self.index.forget(&doomed);
        self.count = self.count.saturating_sub(doomed.len() as u64);
        Ok(doomed.len() == PRUNE_STEP)
    }

    fn doomed(&self, c: &Connection, before_ms: i64) -> Result<Vec<(u64, Vec<String>)>, Error> {
        let excess = self.count.saturating_sub(self.events) as usize;
        let newest = head(c)?;
        let mut oldest = c.prepare_cached(
            "SELECT seq, groups, at FROM event_log WHERE seq < ?1 ORDER BY seq LIMIT ?2",
        )?;
        let mut rows = oldest.query(params![newest, PRUNE_STEP])?;
        let mut doomed = Vec::new();
        while let Some(row) = rows.next()? {
            if doomed.len() >= excess && row.get::<_, i64>(2)? >= before_ms {
                break;
            }
            let seq = row.get(0)?;
            doomed.push((seq, groups(seq, row.get_ref(1)?)));
        }
        Ok(doomed)
    }
}
