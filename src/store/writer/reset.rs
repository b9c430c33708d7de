//! Everybody begins anew: what was told until now is no beginning of what will be told.

use super::transactions::Writer;
use crate::error::Error;
use crate::store::health::Cause;
use crate::store::log::SqliteLog;
use rusqlite::Connection;

impl Writer {
    /// In the open transaction, which may go on: after it no number from before is accepted, and everybody is told so when it is durable. What it announces
    /// from here on is the new history's. What it announced before is forgotten with the old one.
    ///
    /// # Errors
    /// The database's: the transaction is to be abandoned.
    pub fn reset_within(&mut self, c: &Connection) -> Result<(), Error> {
        self.hook.undone(0);
        let log = SqliteLog::new(c, None);
        self.numbering.begin_anew(&log)?;
        self.is_reset = true;
        // What was read before is not what the database has now, whoever read it.
        self.freshness.abandoned();
        c.flush_prepared_statement_cache();
        Ok(())
    }

    /// In a transaction that was just begun, after another program's commit: if that put another history into the file (a restore), everybody begins anew.
    pub(super) fn compare(&mut self, c: &Connection) -> Result<(), Error> {
        let continues = self.numbering.continues(&SqliteLog::new(c, None));
        if continues.as_ref().is_ok_and(|continues| *continues) {
            return Ok(());
        }
        if !self.tables.schema.fits(c)? {
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
