//! The changes that are to be announced, one after the other.

use super::buffer::RowChanges;
use super::rejects::{reject_logged, reject_noted};
use crate::error::Error;
use crate::store::change::{Change, Rows, Waiting};
use crate::store::freshness::Freshness;
use crate::store::guarded::guarded;
use crate::store::job::Said;
use crate::store::log::Appender;
use crate::store::op::Op;
use crate::store::rows::Reader;
use crate::store::stats::Stats;
use crate::store::text::text_or_null;
use rusqlite::{Connection, Row};
use std::borrow::Cow;
use std::sync::atomic::Ordering::Relaxed;

/// Changes that wait in the writer's open transaction, whoever made them.
pub(crate) struct Changes<'c> {
    connection: &'c Connection,
    stats: &'c Stats,
    source: Source<'c>,
}

enum Source<'c> {
    /// The change log: what other programs changed.
    Logged { at_most: usize },
    /// Memory: what a command of ours changed.
    Buffered {
        freshness: &'c Freshness,
        said: &'c Said,
        notes: RowChanges<'c>,
    },
}

impl<'c> Changes<'c> {
    /// The oldest of the change log, at most so many.
    pub(in crate::store) fn logged(
        connection: &'c Connection,
        stats: &'c Stats,
        at_most: usize,
    ) -> Self {
        Changes {
            connection,
            stats,
            source: Source::Logged { at_most },
        }
    }

    /// What a command's own statements changed.
    pub(in crate::store) fn noted(
        connection: &'c Connection,
        stats: &'c Stats,
        freshness: &'c Freshness,
        said: &'c Said,
        notes: RowChanges<'c>,
    ) -> Self {
        Changes {
            connection,
            stats,
            source: Source::Buffered {
                freshness,
                said,
                notes,
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
        match self.source {
            Source::Logged { at_most } => self.each_logged(at_most, log, decide, keep),
            Source::Buffered {
                freshness,
                said,
                notes,
            } => self.each_noted((freshness, said, notes), log, decide, keep),
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
            let decided = guarded(|| decide(&Logged::read(row)?.change()?, &Reader::new(c)));
            match decided {
                Ok(decided) => keep(log, decided)?,
                // The transaction is gone; it was not the change's fault.
                Err(e) if c.is_autocommit() => return Err(e),
                Err(e) => {
                    self.stats.rejects.fetch_add(1, Relaxed);
                    reject_logged(c, row, &e, log.at())?;
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

    fn each_noted<T>(
        &self,
        (freshness, said, notes): (&Freshness, &Said, RowChanges<'_>),
        log: &mut Appender<'_>,
        decide: impl Fn(&Change<'_>, &Reader<'_>) -> Result<T, Error>,
        mut keep: impl FnMut(&mut Appender<'_>, T) -> Result<(), Error>,
    ) -> Result<usize, Error> {
        let c = self.connection;
        for (n, note) in notes.all.iter().enumerate() {
            let change = Change {
                table: &notes.shown(note).table,
                id: note.id,
                op: note.op,
                actor: said.actor.as_deref(),
                command_id: said.command_id.as_deref(),
                rows: Rows::buffered(note.op, notes.shown(note), note),
                waiting: Waiting::Buffered(notes, n),
            };
            match guarded(|| decide(&change, &Reader::at(c, freshness))) {
                Ok(decided) => keep(log, decided)?,
                Err(e) if c.is_autocommit() => return Err(e),
                Err(e) => {
                    self.stats.rejects.fetch_add(1, Relaxed);
                    reject_noted(c, &change, &e, log.at())?;
                }
            }
        }
        Ok(notes.all.len())
    }
}

/// A change as another program's triggers wrote it down, its texts made readable.
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

    fn change(&self) -> Result<Change<'_>, Error> {
        Ok(Change {
            table: &self.table,
            id: self.id,
            op: self.op,
            rows: Rows::parse(self.op, self.old.as_deref(), self.new.as_deref())?,
            actor: None,
            command_id: None,
            waiting: Waiting::Logged(self.seq),
        })
    }
}
