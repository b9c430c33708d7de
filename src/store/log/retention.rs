//! Forgetting: the front of the history, in small steps.

use super::contract::Log;
use super::index::Index;
use crate::error::Error;
use std::sync::Arc;
use std::time::Duration;

/// Events that one transaction forgets at most: a command waits a few milliseconds for it.
pub(crate) const PRUNE_STEP: usize = 1_000;
/// With this many events too many, they are forgotten at once; fewer wait for a pause.
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
        log: &impl Log,
        events: u64,
        age: Duration,
        index: Arc<Index>,
    ) -> Result<Self, Error> {
        Ok(Retention {
            events: events.max(1),
            age_ms: i64::try_from(age.as_millis()).unwrap_or(i64::MAX),
            count: log.count()?,
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
    pub fn step(&mut self, log: &impl Log, now_ms: i64) -> Result<bool, Error> {
        let before_ms = now_ms.saturating_sub(self.age_ms);
        let excess = self.count.saturating_sub(self.events) as usize;
        let doomed = log.doomed(excess, before_ms, PRUNE_STEP)?;
        let Some((last, _)) = doomed.last() else {
            return Ok(false);
        };
        log.forget(*last)?;
        self.index.forget(&doomed);
        self.count = self.count.saturating_sub(doomed.len() as u64);
        Ok(doomed.len() == PRUNE_STEP)
    }
}
