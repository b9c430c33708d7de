//! What the writer does about a store that is not ready.

use super::transactions::{RETRY, Writer};
use crate::error::Error;
use crate::store::durability::Commit;
use crate::store::health::Cause;
use rusqlite::Connection;
use rusqlite::ffi::SQLITE_IOERR_WRITE;
use std::time::Duration;

/// What a commit that is tried writes: nothing stays of it.
pub(crate) const TABLES: &str =
    "CREATE TABLE IF NOT EXISTS commit_probe(one INTEGER PRIMARY KEY, filler BLOB) STRICT;";

/// How long readers of the old files may take.
const READERS: Duration = Duration::from_millis(200);

impl Writer {
    /// Before each look into the queue.
    pub(super) fn care(&mut self, c: &Connection) {
        if self.health.has(Cause::Files) {
            self.leave_files(c);
        } else if self.health.has(Cause::Damaged) {
            // The log is left alone: each page that it puts into such a file makes it worse.
            if !std::mem::replace(&mut self.dismissed, true) {
                self.dismiss();
            }
        } else if self.health.has(Cause::Tables) {
            self.care_for_tables(c);
        } else if (self.health.has(Cause::Full) || self.health.has(Cause::Write))
            && (self.clock.now() - self.cared) >= RETRY
        {
            self.cared = self.clock.now();
            if let Err(e) = self.probe(c) {
                tracing::debug!(error = %e, "commits do not work yet");
            }
        }
    }

    /// The files under our names are others now. What was committed goes into the file that it belongs to, wherever that is now, and the log that may lie
    /// beside the new one is left empty: the next start would take it for that one's. Then everybody is sent away.
    fn leave_files(&mut self, c: &Connection) {
        if self.left_files || (self.dismissed && (self.clock.now() - self.cared) < RETRY) {
            return;
        }
        self.cared = self.clock.now();
        let moved = c.busy_timeout(READERS).and_then(|()| {
            c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| {
                row.get::<_, i64>(0)
            })
        });
        match moved {
            Ok(busy) => self.left_files = busy == 0,
            Err(e) => {
                tracing::warn!(error = %e, "the write-ahead log cannot be moved into the database that it belongs to")
            }
        }
        if !std::mem::replace(&mut self.dismissed, true) {
            self.dismiss();
        }
    }

    /// A commit as large as an ordinary one (that of one row may find room where others would not), with what others wrote meanwhile.
    fn probe(&mut self, c: &Connection) -> Result<(), Error> {
        for sql in [
            "INSERT OR REPLACE INTO commit_probe(one, filler) VALUES(1, zeroblob(65536))",
            "DELETE FROM commit_probe",
        ] {
            self.begin(c, Duration::ZERO)?;
            if let Err(e) = c.execute_batch(sql) {
                self.abandon(c);
                return Err(e.into());
            }
            self.commit(c, Vec::new())?;
        }
        Ok(())
    }

    /// Has everybody leave without a new history.
    pub(super) fn dismiss(&mut self) {
        let on_durable = self.hook.dismissed(self.numbering.head());
        self.disk.begin();
        self.disk.committed(Commit {
            on_durable: Some(on_durable),
            ..Commit::silent()
        });
    }

    /// A commit failed, and the transaction is gone. What those are told who were in it.
    pub(super) fn refused(&self, c: &Connection, e: &rusqlite::Error) -> Error {
        if e.sqlite_error_code() == Some(rusqlite::ErrorCode::DiskFull) {
            self.is_full(c);
            return Error::Full;
        }
        let place = c.path().unwrap_or_default();
        let advice = format!("{place}: {e}; it is tried again each second");
        let reason = "its last commit failed";
        self.health.close(Cause::Write, reason, advice);
        // The log is written in order, so its last page, which says that all is there, was not. (A quota that is used up is told like this.)
        match e.sqlite_error().map(|e| e.extended_code) {
            Some(SQLITE_IOERR_WRITE) => Error::Unavailable(reason.to_owned()),
            _ => Error::UnknownOutcome(e.to_string()),
        }
    }

    /// There was no room for what a transaction would have written.
    pub(super) fn is_full(&self, c: &Connection) {
        let place = c.path().unwrap_or_default();
        let advice = format!("make room where {place} lies; it goes on by itself then");
        self.health.close(Cause::Full, "the disk is full", advice);
    }

    /// A commit that wrote something has worked.
    #[inline]
    pub(super) fn works(&self) {
        if self.health.ready().is_err() {
            self.health.open(Cause::Full);
            self.health.open(Cause::Write);
        }
    }
}
