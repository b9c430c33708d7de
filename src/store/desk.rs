//! What the writer knows of its own connection: what it changed, and since when rows are what they are.

use super::changes::{Note, Notes, Noting, Shown};
use crate::history::Index;
use crate::{Error, Op, Watched};
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
    /// Changes that were taken and wait behind the one that is being announced.
    untold: Cell<usize>,
    /// A steady table was touched in the open transaction.
    touched: Cell<bool>,
    /// Rows that this connection changed until `moment`.
    changes: Cell<u64>,
    /// Changes whenever another program commits.
    version: Cell<i64>,
    /// Room for the next notes.
    room: RefCell<Vec<Note>>,
}

impl Desk {
    pub fn new(
        c: &Connection,
        watched: &[Watched],
        steady: &[&str],
        index: Arc<Index>,
    ) -> Result<Self, Error> {
        let noting = Noting::install(c, watched, steady)?;
        let tables = noting.pad().tables.clone();
        Ok(Desk {
            index,
            noting,
            tables,
            moment: Cell::new(Moment::new()),
            era: Cell::new(Moment::new()),
            settled: Cell::new(Moment::new()),
            untold: Cell::new(0),
            touched: Cell::new(false),
            changes: Cell::new(c.total_changes()),
            version: Cell::new(-1),
            room: RefCell::default(),
        })
    }

    /// In a transaction that was just begun: what others committed is visible now.
    pub fn opened(&self, c: &Connection) -> Result<(), Error> {
        self.touched.set(false);
        let version = c
            .prepare_cached("PRAGMA data_version")?
            .query_row([], |row| row.get(0))?;
        if self.version.replace(version) != version {
            self.moment.set(Moment::new());
            self.era.set(Moment::new());
            self.settled.set(Moment::new());
        }
        Ok(())
    }

    /// Rows are again what they were: nothing that was noted since then counts, and nothing that was read since then is true.
    ///
    /// What was settled before a command is what its savepoint goes back to, if nothing of the command was announced.
    pub fn undone(&self) {
        self.noting.pad().notes.clear();
        self.moment.set(Moment::new());
        self.see_steady();
        if self.touched.get() {
            self.era.set(Moment::new());
        }
    }

    /// A transaction was undone, with what was announced in it.
    pub fn abandoned(&self) {
        self.undone();
        self.untold.set(0);
        self.settled.set(Moment::new());
    }

    /// See [`Reader::settled`](crate::Reader::settled).
    pub fn settled(&self) -> Option<Moment> {
        let settled = self.untold.get() == 0 && self.noting.pad().notes.is_empty();
        settled.then(|| self.settled.get())
    }

    /// Of what was taken, so many changes come after the one that is announced now.
    pub fn untold(&self, changes: usize) {
        self.untold.set(changes);
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
            self.noting.pad().notes.truncate(mark);
        }
        self.moment.set(Moment::new());
        // What was undone may have been told already.
        self.era.set(Moment::new());
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
        self.untold.set(all.len());
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

#[cfg(test)]
mod tests;
