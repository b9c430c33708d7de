//! The changes that are to be announced, one after the other.

use super::contract::Captured;
use super::rejects::{reject_buffered, reject_logged};
use super::row_change::RowChanges;
use crate::error::Error;
use crate::store::author::Author;
use crate::store::change::{Change, Rows, Waiting};
use crate::store::freshness::Freshness;
use crate::store::guarded::guarded;
use crate::store::log::Appender;
use crate::store::op::Op;
use crate::store::reader::Reader;
use crate::store::stats::Stats;
use crate::store::text::text_or_null;
use rusqlite::{Connection, Row};
use std::borrow::Cow;
use std::sync::atomic::Ordering::Relaxed;

/// Changes that wait in the writer's open transaction, whoever made them.
pub(crate) struct Changes<'c> {
    connection: &'c Connection,
    stats: &'c Stats,
    /// Whose command made them. `None`: other programs did.
    author: Option<&'c Author>,
    /// What `decide` may read rows with.
    reader: Reader<'c>,
    source: Source<'c>,
}

enum Source<'c> {
    /// The oldest of the change log, at most so many.
    Logged(usize),
    Buffered(RowChanges<'c>),
}

impl<'c> Changes<'c> {
    /// What other programs changed: the oldest of the change log, at most so many.
    pub(crate) fn of_others(connection: &'c Connection, stats: &'c Stats, at_most: usize) -> Self {
        Changes {
            connection,
            stats,
            author: None,
            reader: Reader::new(connection),
            source: Source::Logged(at_most),
        }
    }

    /// What a command changed.
    pub(crate) fn of_command(
        connection: &'c Connection,
        stats: &'c Stats,
        freshness: &'c Freshness,
        author: &'c Author,
        captured: Captured<'c>,
    ) -> Self {
        Changes {
            connection,
            stats,
            author: Some(author),
            reader: Reader::at(connection, freshness),
            source: match captured {
                Captured::Buffered(changes) => Source::Buffered(changes),
                Captured::Logged => Source::Logged(usize::MAX),
            },
        }
    }

    /// Calls `decide` with each change, in order, and `keep` with what it decided. Says how many changes there were.
    ///
    /// A change that `decide` fails at, or panics at, is set aside with its error: it was made, and others wait behind it.
    ///
    /// # Errors
    /// What `keep` returns, and the database's: what `keep` did before is to be undone. What `decide` returns after it brought the transaction down.
    pub fn each<T>(
        &self,
        log: &mut Appender<'_>,
        decide: impl Fn(&Change<'_>, &Reader<'_>) -> Result<T, Error>,
        keep: impl FnMut(&mut Appender<'_>, T) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        match &self.source {
            Source::Logged(at_most) => self.each_logged(*at_most, log, decide, keep),
            Source::Buffered(changes) => self.each_buffered(*changes, log, decide, keep),
        }
    }

    fn each_logged<T>(
        &self,
        at_most: usize,
        log: &mut Appender<'_>,
        decide: impl Fn(&Change<'_>, &Reader<'_>) -> Result<T, Error>,
        mut keep: impl FnMut(&mut Appender<'_>, T) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let c = self.connection;
        // No `LIMIT ?`: SQLite plans such a statement anew each time it is bound.
        let mut waiting =
            c.prepare_cached("SELECT seq, tbl, row_id, op, old, new FROM change_log ORDER BY seq")?;
        let mut rows = waiting.query([])?;
        let (mut count, mut upto) = (0, 0_i64);
        while let Some(row) = rows.next()? {
            upto = row.get(0)?;
            let decided =
                guarded(|| decide(&Logged::read(row)?.change(self.author)?, &self.reader));
            match decided {
                Ok(decided) => keep(log, decided)?,
                // The transaction is gone; it was not the change's fault.
                Err(e) if c.is_autocommit() => return Err(e),
                Err(e) => {
                    self.stats.rejects.fetch_add(1, Relaxed);
                    reject_logged(c, row, self.author, &e, log.at())?;
                }
            }
            count += 1;
            if count == at_most {
                break;
            }
        }
        drop(rows);
        if count > 0 {
            c.prepare_cached("DELETE FROM change_log WHERE seq <= ?1")?
                .execute([upto])?;
            // What their statements left there: none of them runs now.
            c.prepare_cached("DELETE FROM change_replaced")?
                .execute([])?;
        }
        Ok(count)
    }

    fn each_buffered<T>(
        &self,
        changes: RowChanges<'_>,
        log: &mut Appender<'_>,
        decide: impl Fn(&Change<'_>, &Reader<'_>) -> Result<T, Error>,
        mut keep: impl FnMut(&mut Appender<'_>, T) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let c = self.connection;
        for (at, row_change) in changes.all.iter().enumerate() {
            let columns = changes.columns(row_change);
            let change = Change {
                table: &columns.table,
                id: row_change.id,
                op: row_change.op,
                actor: self.author.and_then(|author| author.actor.as_deref()),
                command_id: self.author.and_then(|author| author.command_id.as_deref()),
                rows: Rows::buffered(row_change.op, columns, row_change),
                waiting: Waiting::Buffered(changes, at),
            };
            match guarded(|| decide(&change, &self.reader)) {
                Ok(decided) => keep(log, decided)?,
                Err(e) if c.is_autocommit() => return Err(e),
                Err(e) => {
                    self.stats.rejects.fetch_add(1, Relaxed);
                    reject_buffered(c, &change, &e, log.at())?;
                }
            }
        }
        Ok(changes.all.len())
    }
}

/// A change as the triggers of the schema wrote it down, its texts made readable.
struct Logged<'r> {
    table: Cow<'r, str>,
    op: Op,
    old: Option<Cow<'r, str>>,
    new: Option<Cow<'r, str>>,
    id: i64,
    seq: i64,
}

impl<'r> Logged<'r> {
    fn read(row: &'r Row<'_>) -> Result<Self, Error> {
        let text = |column| -> rusqlite::Result<Option<Cow<'r, str>>> {
            Ok(text_or_null(row.get_ref(column)?)?)
        };
        let op = match text(3)?.as_deref() {
            Some("i") => Op::Insert,
            Some("u") => Op::Update,
            Some("d") => Op::Delete,
            other => return Err(Error::Store(format!("unknown operation {other:?}"))),
        };
        Ok(Logged {
            table: text(1)?.unwrap_or_default(),
            op,
            old: text(4)?,
            new: text(5)?,
            id: row.get(2)?,
            seq: row.get(0)?,
        })
    }

    fn change<'s>(&'s self, author: Option<&'s Author>) -> Result<Change<'s>, Error> {
        Ok(Change {
            table: &self.table,
            id: self.id,
            op: self.op,
            rows: Rows::parse(self.op, self.old.as_deref(), self.new.as_deref())?,
            actor: author.and_then(|author| author.actor.as_deref()),
            command_id: author.and_then(|author| author.command_id.as_deref()),
            waiting: Waiting::Logged(self.seq),
        })
    }
}
