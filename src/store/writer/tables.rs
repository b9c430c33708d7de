//! What belongs to the tables, while they are served: another program may rebuild a table, and take its triggers away.

use super::known_tables::Tables;
use super::transactions::{RETRY, Writer};
use crate::error::Error;
use crate::store::capture::{self, Condition, Mended};
use crate::store::connection::schema_version;
use crate::store::framework::framework;
use crate::store::health::Cause;
use rusqlite::Connection;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

impl Writer {
    /// In a transaction that was just begun; `others`: after another program's commit. Whether the history and the tables are those that were left here.
    ///
    /// # Errors
    /// [`Error::Unavailable`]: a table cannot be mended, and the store is closed. The database's. The transaction is to be abandoned.
    pub(super) fn compare_all(&mut self, c: &Connection, others: bool) -> Result<(), Error> {
        if !others && self.tables.seen.is_some() {
            return Ok(());
        }
        let moved = self.tables.seen != Some(schema_version(c)?);
        let lost = moved && own_tables(c)?;
        if others {
            self.compare(c)?;
        }
        match moved || self.is_reset {
            true => self.compare_tables(c, lost),
            false => Ok(()),
        }
    }

    /// The schema is not what it was: everything that is wanted is made, and where something was lost everybody begins anew, because nobody knows what was written
    /// meanwhile. `lost`: something was already.
    fn compare_tables(&mut self, c: &Connection, lost: bool) -> Result<(), Error> {
        let mended = match self.mend(c) {
            Ok(Condition::Whole(mended)) => mended,
            Ok(Condition::Broken(why)) => {
                let why = why.join("; ");
                return Err(self.broken(c, &why, &why));
            }
            // What SQLite does not make of these tables. Its words are the operator's: they have whole statements in them.
            Err(Error::Store(why)) => {
                return Err(self.broken(c, "what belongs to its tables cannot be made", &why));
            }
            Err(e) => return Err(e),
        };
        report(c, &mended);
        let tables = mended.lost.len() as u64;
        self.tables.made = Some((schema_version(c)?, tables));
        if lost || self.health.has(Cause::Tables) || !mended.lost.is_empty() {
            self.reset_within(c)?;
        }
        Ok(())
    }

    fn mend(&mut self, c: &Connection) -> Result<Condition, Error> {
        let Tables {
            blueprint, steady, ..
        } = &self.tables;
        let whole = self.tables.seen.is_none();
        let condition = capture::mend(c, blueprint, capture::lost(c)?, whole)?;
        if let Condition::Whole(_) = condition {
            self.freshness.remake(c, blueprint, steady)?;
        }
        Ok(condition)
    }

    /// `told` to clients, `why` in the log.
    fn broken(&mut self, c: &Connection, told: &str, why: &str) -> Error {
        let path = c.path().unwrap_or_default();
        let advice = format!(
            "{path}: {why}. Make it whole again, as it was (rename it back, or restore it from a backup): the server goes on by itself then"
        );
        let known = self.health.has(Cause::Tables);
        self.health.close(Cause::Tables, told, advice);
        // What is broken now is no news until somebody writes again.
        if let Ok(version) = schema_version(c) {
            self.stats.schema.store(version, Relaxed);
        }
        self.tables.seen = None;
        self.tables.tried = Some(self.clock.now());
        if !known {
            self.dismissing = true;
        }
        Error::Unavailable(told.to_owned())
    }

    /// A transaction in which the schema was found in order was committed.
    pub(super) fn tables_made(&mut self) {
        if let Some((version, mended)) = self.tables.made.take() {
            self.tables.seen = Some(version);
            self.stats.mended.fetch_add(mended, Relaxed);
            self.tables.tried = None;
            self.stats.schema.store(version, Relaxed);
            self.health.open(Cause::Tables);
        }
    }

    /// The transaction was undone, and with it whatever was made in it.
    pub(super) fn tables_unmade(&mut self) {
        if self.tables.made.take().is_some() {
            self.tables.seen = None;
            self.tables.tried = Some(self.clock.now());
        }
        if std::mem::take(&mut self.dismissing) {
            self.dismiss();
        }
    }

    /// Before each look into the queue, while tables are broken: whether they are whole again.
    pub(super) fn care_for_tables(&mut self, c: &Connection) {
        let early = self
            .tables
            .tried
            .is_some_and(|tried| self.clock.now() - tried < RETRY);
        if early && !self.freshness.is_behind(c) {
            return;
        }
        self.tables.tried = Some(self.clock.now());
        let begun = self.begin(c, Duration::ZERO);
        if let Err(e) = begun.and_then(|()| self.commit(c, Vec::new())) {
            tracing::debug!(error = %e, "the tables are not whole yet");
        }
    }
}

/// Makes the framework's own tables where they are gone. Whether one was.
fn own_tables(c: &Connection) -> Result<bool, Error> {
    let before = schema_version(c)?;
    framework(c)?;
    let lost = schema_version(c)? != before;
    if lost {
        tracing::error!(
            database = c.path().unwrap_or_default(),
            "another program took tables of the server's own away: they are made anew, and everybody begins anew"
        );
    }
    Ok(lost)
}

fn report(c: &Connection, mended: &Mended) {
    let path = c.path().unwrap_or_default();
    for (table, triggers) in &mended.lost {
        if triggers.is_empty() {
            tracing::error!(
                database = path,
                table,
                "another program changed the table's columns or keys: its triggers are made anew, and everybody begins anew"
            );
        } else {
            tracing::error!(
                database = path,
                table,
                triggers = triggers.join(", "),
                "another program took triggers of the table away or changed them: they are made anew, and everybody begins anew, because nobody knows what was written meanwhile"
            );
        }
    }
    for neighbour in &mended.neighbours {
        tracing::error!(database = path, "{neighbour}");
    }
    for (table, index) in &mended.unseen {
        tracing::warn!(
            database = path,
            table,
            index,
            "a unique index has an expression: a row that another program's REPLACE removes because of it is gone without anybody being told"
        );
    }
}
