//! Forgetting, between transactions.

use super::transactions::Writer;
use crate::error::Error;
use crate::store::idempotency;
use crate::store::log::{PRUNE_STEP, SqliteLog, recovery};
use crate::store::time::now_ms;
use rusqlite::Connection;
use std::time::Duration;

/// How often an idle writer looks for history that is too old.
pub(super) const TIDY: Duration = Duration::from_secs(1);

impl Writer {
    /// Between transactions: forgets a step where that is due, and as many as it takes to keep pace with what was just announced. Whether there is more
    /// to forget.
    pub fn tidy(&mut self, c: &Connection) -> bool {
        if self.health.ready().is_err() {
            return false;
        }
        let steps = 1 + self.announced / PRUNE_STEP as u64;
        self.announced = 0;
        for _ in 0..steps {
            let looks = self.clock.now() - self.tidied >= TIDY;
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
                    self.tidied = self.clock.now();
                    return false;
                }
            }
        }
        true
    }

    fn forget(&mut self, c: &Connection) -> Result<bool, Error> {
        // Nobody waits for this: when another program writes, later will do.
        c.busy_timeout(Duration::ZERO)?;
        let now = now_ms(&self.clock);
        let oldest_outcome = now - self.outcome_age.as_millis() as i64;
        let log = SqliteLog::new(c, None);
        if self.retention.step(&log, now)?
            || idempotency::prune(c, oldest_outcome, PRUNE_STEP)?
            || recovery::prune(c, now, PRUNE_STEP)?
        {
            return Ok(true);
        }
        self.tidied = self.clock.now();
        Ok(false)
    }
}
