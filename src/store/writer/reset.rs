//! Everybody begins anew: what was told until now is no beginning of what will be told.

use super::Writer;
use crate::Error;
use crate::store::disk::Commit;
use rusqlite::Connection;

impl Writer {
    /// In the open transaction, which may go on: after it no number from before is accepted, and everybody is told so when it is durable. What it announces
    /// from here on is the new history's. What it announced before is forgotten
    /// with the old one.
    ///
    /// # Errors
    /// The database's: the transaction is to be abandoned.
    pub fn reset_within(&mut self, c: &Connection) -> Result<(), Error> {
        self.hook.reset(c)?;
        self.is_reset = true;
        // What was read before is not what the database has now, whoever read it.
        self.desk.abandoned();
        c.flush_prepared_statement_cache();
        Ok(())
    }

    /// In a transaction that was just begun, after another program's commit: if that put another history into the file (a restore), everybody begins anew.
    pub(super) fn compare(&mut self, c: &Connection) -> Result<(), Error> {
        if self.hook.continues(c)? {
            return Ok(());
        }
        tracing::error!(
            "another program put another history into the database: everybody begins anew"
        );
        self.reset_within(c)
    }

    /// Has everybody leave without a new history: the store is closed, or will be.
    pub fn dismiss(&mut self) {
        let tell = self.hook.dismissed();
        self.disk.begin();
        self.disk.committed(Commit {
            tell: Some(tell),
            ..Commit::silent()
        });
    }
}
