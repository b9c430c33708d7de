//! What the writer knows of its own connection: what it changed, and since when rows are what they are.

use super::capture::{Blueprint, Note, Notes, Noting, Shown};
use crate::error::Error;
use crate::store::change::Op;
use crate::store::log::Index;
use rusqlite::Connection;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// No two moments of this process are the same, whatever the database.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// Between two changes of rows: what was read at a moment need not be read again at the same one. See [`Reader::moment`](crate::Reader::moment).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(u64);

impl Moment {
    fn new() -> Self {
        Moment(NEXT.fetch_add(1, Relaxed))
    }
}

/// A set of watched tables, by their places. More than there are bits share the last one.
type Tables = u64;

fn bit(table: usize) -> Tables {
    1 << table.min(63)
}

/// Lives with the writer, on its thread.
pub(crate) struct Desk {
    pub index: Arc<Index>,
    noting: Noting,
    tables: Arc<[Shown]>,
    moment: Cell<Moment>,
    /// The moment at which a steady table was last different.
    era: Cell<Moment>,
    /// Since when all that changed was announced.
    settled: Cell<Moment>,
    /// Of which tables changes were taken that wait behind the one that is being announced.
    untold: Cell<Tables>,
    /// The same for each of the changes that were taken.
    behind: RefCell<Vec<Tables>>,
    /// A steady table was touched in the open transaction.
    touched: Cell<bool>,
    /// Rows that this connection changed until `moment`.
    changes: Cell<u64>,
    /// Changes whenever another program commits.
    version: Cell<i64>,
    /// What others committed before the last transaction was looked at in one that was undone.
    doubtful: Cell<bool>,
    /// Room for the next notes.
    room: RefCell<Vec<Note>>,
}

impl Desk {
    pub fn new(
        c: &Connection,
        blueprint: &Blueprint,
        steady: &[&str],
        index: Arc<Index>,
    ) -> Result<Self, Error> {
        let noting = Noting::install(c, blueprint, steady)?;
        let tables = noting.pad().tables.clone();
        Ok(Desk {
            index,
            noting,
            tables,
            moment: Cell::new(Moment::new()),
            era: Cell::new(Moment::new()),
            settled: Cell::new(Moment::new()),
            untold: Cell::new(0),
            behind: RefCell::default(),
            touched: Cell::new(false),
            changes: Cell::new(c.total_changes()),
            version: Cell::new(-1),
            doubtful: Cell::new(false),
            room: RefCell::default(),
        })
    }

    /// The tables are not what they were: so are the notes. In a transaction; if it is undone, this is to be done again.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn remake(
        &mut self,
        c: &Connection,
        blueprint: &Blueprint,
        steady: &[&str],
    ) -> Result<(), Error> {
        self.noting.remake(c, blueprint, steady)?;
        self.tables = self.noting.pad().tables.clone();
        self.moment.set(Moment::new());
        self.era.set(Moment::new());
        self.settled.set(Moment::new());
        Ok(())
    }

    /// Whether others have committed since the last transaction was begun.
    pub fn is_behind(&self, c: &Connection) -> bool {
        let version = data_version(c);
        version.map_or(true, |version| version != self.version.get())
    }

    /// In a transaction that was just begun: what others committed is visible now. Whether they did.
    pub fn opened(&self, c: &Connection) -> Result<bool, Error> {
        self.touched.set(false);
        let version = data_version(c)?;
        let others = self.version.replace(version) != version || self.doubtful.replace(false);
        if others {
            self.moment.set(Moment::new());
            self.era.set(Moment::new());
            self.settled.set(Moment::new());
        }
        Ok(others)
    }

    /// Rows are again what they were: nothing that was noted since then counts, and nothing that was read since then is true.
    ///
    /// What was settled before a command is what its savepoint goes back to, if nothing of the command was announced.
    pub fn undone(&self) {
        let mut pad = self.noting.pad();
        pad.notes.clear();
        pad.excuse();
        drop(pad);
        self.moment.set(Moment::new());
        self.see_steady();
        if self.touched.get() {
            self.era.set(Moment::new());
        }
    }

    /// A transaction was undone, with what was announced in it, and with what was made of others' commits: they are to be looked at again.
    pub fn abandoned(&self) {
        self.undone();
        self.doubtful.set(true);
        self.untold.set(0);
        self.settled.set(Moment::new());
    }

    /// Whatever was read or settled before is not what the database has now.
    pub fn renewed(&self) {
        self.abandoned();
        self.era.set(Moment::new());
    }

    /// See [`Reader::settled`](crate::Reader::settled).
    pub fn settled(&self, tables: &[&str]) -> Option<Moment> {
        let pad = self.noting.pad();
        let noted = pad.notes.iter().map(|note| bit(note.table));
        let waiting = noted.fold(self.untold.get(), |all, table| all | table);
        let concerns = |(at, shown): (usize, &Shown)| {
            waiting & bit(at) != 0 && tables.contains(&shown.table.as_str())
        };
        let settled = waiting == 0 || !self.tables.iter().enumerate().any(concerns);
        settled.then(|| self.settled.get())
    }

    /// Of what was taken, this change is announced now.
    pub fn telling(&self, at: usize) {
        self.untold.set(self.behind.borrow()[at]);
    }

    pub fn moment(&self, c: &Connection) -> Moment {
        let changes = c.total_changes();
        if self.changes.replace(changes) != changes {
            self.moment.set(Moment::new());
        }
        self.moment.get()
    }

    pub fn era(&self) -> Moment {
        self.see_steady();
        self.era.get()
    }

    fn see_steady(&self) {
        if std::mem::take(&mut self.noting.pad().unsteady) {
            self.touched.set(true);
            self.era.set(Moment::new());
        }
    }

    /// How many notes there are.
    pub fn mark(&self) -> usize {
        self.noting.pad().notes.len()
    }

    /// A statement failed. All of it is undone then, unless somebody said `OR FAIL`; then the rows it had changed stay changed.
    pub fn failed(&self, c: &Connection, mark: usize) {
        if c.changes() == 0 {
            let mut pad = self.noting.pad();
            pad.notes.truncate(mark);
            pad.excuse();
        }
        self.moment.set(Moment::new());
        // What was undone may have been told already.
        self.era.set(Moment::new());
    }

    /// A statement is over: what it left to us is written.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn finish(&self, c: &Connection) -> Result<(), Error> {
        self.noting.pay(c)
    }

    /// Hands out what was noted, once.
    ///
    /// # Errors
    /// What `f` returns.
    pub fn take<T>(&self, f: impl FnOnce(Notes<'_>) -> Result<T, Error>) -> Result<T, Error> {
        let room = self.room.take();
        let all = std::mem::replace(&mut self.noting.pad().notes, room);
        let mut gone: HashMap<(usize, i64), Vec<usize>> = HashMap::new();
        for (at, note) in all.iter().enumerate() {
            if note.op == Op::Delete {
                gone.entry((note.table, note.id)).or_default().push(at);
            }
        }
        let mut behind = self.behind.take();
        behind.clear();
        behind.shrink_to(256);
        behind.resize(all.len(), 0);
        let mut waiting = 0;
        for (note, behind) in all.iter().zip(&mut behind).rev() {
            *behind = waiting;
            waiting |= bit(note.table);
        }
        self.behind.replace(behind);
        self.untold.set(waiting);
        let done = f(Notes {
            all: &all,
            tables: &self.tables,
            gone: &gone,
        });
        self.untold.set(0);
        if done.is_err() {
            // It will be undone, and was announced in part.
            self.settled.set(Moment::new());
        }
        let mut room = all;
        room.clear();
        // A bulk change is no reason to keep so much.
        room.shrink_to(256);
        self.room.replace(room);
        done
    }
}

/// Changes whenever another connection commits.
fn data_version(c: &Connection) -> Result<i64, Error> {
    Ok(c.prepare_cached("PRAGMA data_version")?
        .query_row([], |row| row.get(0))?)
}

#[cfg(test)]
mod tests;
