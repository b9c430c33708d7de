//! Everybody begins anew: what was told until now is no beginning of what will be told.

use super::Writer;
use crate::Error;
use crate::store::health::Cause;
use rusqlite::Connection;
use std::time::{Duration, Instant};

impl Writer {
    /// Does `work` in a transaction of its own, after which no number from before is accepted, and everybody is told so when that is durable.
    ///
    /// # Errors
    /// What `work` returns; [`Error::Busy`] when another program holds the database for longer than `patience`; the database's. Then nothing of it
    /// happened.
    #[allow(dead_code)] // TABLES-PENDING
    pub fn reset(
        &mut self,
        c: &Connection,
        patience: Duration,
        work: impl FnOnce(&Connection) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.begun = Instant::now();
        c.busy_timeout(patience + Duration::from_millis(1))?;
        c.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let done = self.desk.opened(c).and_then(|_| work(c));
        if let Err(e) = done.and_then(|()| self.reset_within(c)) {
            self.abandon(c);
            return Err(e);
        }
        self.commit(c, Vec::new())
    }

    /// The same within the open transaction, which may go on: what it announces from here on is the new history's. What it announced before is forgotten
    /// with the old one.
    ///
    /// # Errors
    /// The database's: the transaction is to be abandoned.
    pub fn reset_within(&mut self, c: &Connection) -> Result<(), Error> {
        self.hook.reset(c)?;
        self.is_reset = true;
        // What was read before is not what the database has now, whoever read it.
        self.desk.renewed();
        c.flush_prepared_statement_cache();
        Ok(())
    }

    /// In a transaction that was just begun, after another program's commit: if that put another history into the file (a restore), everybody begins anew.
    pub(super) fn compare(&mut self, c: &Connection) -> Result<(), Error> {
        let continues = self.hook.continues(c);
        if continues.as_ref().is_ok_and(|continues| *continues) {
            return Ok(());
        }
        if !self.schema.fits(c)? {
            self.health.close(
                Cause::Files,
                "another version of the database was restored into its file",
                "start the server again, which brings it up to date, or says why it cannot",
            );
            return self.health.check();
        }
        continues?;
        tracing::error!(
            "another program put another history into the database: everybody begins anew"
        );
        self.reset_within(c)
    }
}
