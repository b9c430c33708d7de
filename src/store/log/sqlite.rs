//! The log in SQLite: rows of events, and an index in memory of which group each concerns.

use super::contract::{Log, NewEvent, PAGE_EVENTS, Page, StoredEvent, Unresumable};
use super::index::{Index, groups, numbers};
use crate::error::Error;
use crate::store::text::text;
use rusqlite::{Connection, Transaction, TransactionBehavior, params};

/// `groups` is a JSON array in the order in which the event named them. `event_floor` has the highest number that was forgotten, `event_hole` the numbers that
/// were skipped at each start, so that a number of a history that this database does not have is known for what it is.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS event_log(seq INTEGER PRIMARY KEY, event TEXT NOT NULL, groups TEXT NOT NULL, at INTEGER NOT NULL,
  rechecks INTEGER NOT NULL) STRICT;
DROP TABLE IF EXISTS event_group; -- an older version's index
CREATE TABLE IF NOT EXISTS event_hole(head INTEGER PRIMARY KEY, base INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS event_floor(one INTEGER PRIMARY KEY CHECK(one = 1), seq INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO event_floor(one, seq) VALUES(1, 0);";

/// Rows of others that are stepped over before the next one is looked up: a step costs a third of that.
const STEPS: usize = 3;

/// The log at the state that a connection sees.
pub(crate) struct SqliteLog<'c> {
    connection: &'c Connection,
    /// The writer's. Without one, an index is made for each question.
    index: Option<&'c Index>,
}

impl<'c> SqliteLog<'c> {
    pub fn new(connection: &'c Connection, index: Option<&'c Index>) -> Self {
        SqliteLog { connection, index }
    }

    fn index<T>(&self, ask: impl FnOnce(&Index) -> T) -> Result<T, Error> {
        Ok(match self.index {
            Some(index) => ask(index),
            None => ask(&Index::read(self.connection)?),
        })
    }
}

impl Log for SqliteLog<'_> {
    fn head(&self) -> Result<u64, Error> {
        let newest: Option<u64> = self
            .connection
            .prepare_cached("SELECT max(seq) FROM event_log")?
            .query_row([], |r| r.get(0))?;
        newest.map_or_else(|| self.floor(), Ok)
    }

    fn floor(&self) -> Result<u64, Error> {
        Ok(self
            .connection
            .prepare_cached("SELECT seq FROM event_floor")?
            .query_row([], |r| r.get(0))?)
    }

    fn waiting(&self) -> Result<bool, Error> {
        Ok(self
            .connection
            .prepare_cached("SELECT EXISTS(SELECT 1 FROM change_log)")?
            .query_row([], |r| r.get(0))?)
    }

    fn is_skipped(&self, seq: u64) -> Result<bool, Error> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT EXISTS(SELECT 1 FROM event_hole WHERE head < ?1 AND base > ?1)",
            )?
            .query_row([seq], |r| r.get(0))?)
    }

    fn page<'g>(
        &self,
        groups: impl Iterator<Item = (&'g str, u64)>,
        since: u64,
        upto: u64,
    ) -> Result<Result<Page, Unresumable>, Error> {
        if since < self.floor()? {
            return Ok(Err(Unresumable::Pruned));
        }
        let (numbers, missing) = self.index(|index| {
            let numbers = numbers(index, groups, upto);
            (numbers, index.floor())
        })?;
        // What was forgotten since this state of the database is not in the index any more.
        if since < missing {
            return Ok(Err(Unresumable::Pruned));
        }
        let full = numbers.len() == PAGE_EVENTS;
        Ok(Ok(Page { numbers, full }))
    }

    fn first(&self, group: &str) -> Result<Option<u64>, Error> {
        let head = self.head()?;
        let first = self.index(|index| index.first(group))?;
        // What is being written now is not told yet.
        Ok(first.filter(|seq| *seq <= head))
    }

    fn last(&self, group: &str, at_most: usize) -> Result<Vec<u64>, Error> {
        // What is being written now is not told yet.
        let head = self.head()?;
        self.index(|index| index.last(group, head, at_most))
    }

    /// Neighbours are read in one go.
    fn read(
        &self,
        numbers: &[u64],
        mut take: impl FnMut(StoredEvent<'_>) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let mut left = numbers;
        let mut from = self.connection.prepare_cached(
            "SELECT seq, event, groups, at FROM event_log WHERE seq >= ?1 ORDER BY seq",
        )?;
        'look_up: while let Some(next) = left.first() {
            let mut rows = from.query([next])?;
            let mut steps = 0;
            while let Some(row) = rows.next()? {
                let seq: u64 = row.get(0)?;
                // The wanted numbers before this one are not there.
                left = &left[left.partition_point(|wanted| *wanted < seq)..];
                if left.first() == Some(&seq) {
                    let (event, groups) = (text(row.get_ref(1)?), text(row.get_ref(2)?));
                    let event = StoredEvent {
                        seq,
                        event: event.unwrap_or_default(),
                        groups: groups.unwrap_or_default(),
                        at: row.get(3)?,
                    };
                    if !take(event)? {
                        return Ok(());
                    }
                    left = &left[1..];
                    steps = 0;
                } else {
                    steps += 1;
                }
                if left.is_empty() {
                    return Ok(());
                }
                if steps == STEPS {
                    continue 'look_up;
                }
            }
            return Ok(());
        }
        Ok(())
    }

    fn count(&self) -> Result<u64, Error> {
        let c = self.connection;
        Ok(c.query_row("SELECT count(*) FROM event_log", [], |r| r.get(0))?)
    }

    fn append(&self, event: &NewEvent<'_>) -> Result<(), Error> {
        let NewEvent {
            seq,
            event,
            groups,
            at,
            rechecks,
        } = event;
        self.connection
            .prepare_cached(
                "INSERT INTO event_log(seq, event, groups, at, rechecks) VALUES(?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![seq, event, groups, at, rechecks])?;
        Ok(())
    }

    fn skip_to(&self, base: u64) -> Result<(), Error> {
        self.connection
            .prepare_cached("INSERT OR REPLACE INTO event_hole(head, base) VALUES(?1, ?2)")?
            .execute(params![self.head()?, base])?;
        Ok(())
    }

    fn begin_anew(&self, base: u64) -> Result<(), Error> {
        let c = self.connection;
        // Without a condition: then SQLite looks at no row.
        c.execute_batch("DELETE FROM event_log; DELETE FROM event_hole")?;
        c.execute(
            "INSERT OR REPLACE INTO event_floor(one, seq) VALUES(1, ?1)",
            [base],
        )?;
        Ok(())
    }

    fn doomed(
        &self,
        excess: usize,
        before_ms: i64,
        at_most: usize,
    ) -> Result<Vec<(u64, Vec<String>)>, Error> {
        let newest = self.head()?;
        let mut oldest = self.connection.prepare_cached(
            "SELECT seq, groups, at FROM event_log WHERE seq < ?1 ORDER BY seq LIMIT ?2",
        )?;
        let mut rows = oldest.query(params![newest, at_most])?;
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

    fn forget(&self, upto: u64) -> Result<(), Error> {
        let c = self.connection;
        let tx = Transaction::new_unchecked(c, TransactionBehavior::Immediate)?;
        tx.prepare_cached("DELETE FROM event_log WHERE seq <= ?1")?
            .execute([upto])?;
        tx.prepare_cached("UPDATE event_floor SET seq = ?1")?
            .execute([upto])?;
        // Below the floor nobody asks for holes any more.
        tx.prepare_cached("DELETE FROM event_hole WHERE base <= ?1")?
            .execute([upto])?;
        tx.commit()?;
        Ok(())
    }
}
