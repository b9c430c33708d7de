//! What the writer knows of its own connection: what it changed, and whether what it has kept of rows is still true.

use super::capture::{Blueprint, Buffered, RowChange, RowChanges, TableColumns};
use crate::error::Error;
use crate::store::log::Index;
use crate::store::memo::Memos;
use crate::store::op::Op;
use rusqlite::Connection;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

/// Lives with the writer, on its thread.
pub(crate) struct Freshness {
    pub index: Arc<Index>,
    noting: Buffered,
    memos: Memos,
    tables: Arc<[TableColumns]>,
    /// Changes whenever another program commits.
    version: Cell<i64>,
    /// What others committed before the last transaction was looked at in one that was undone.
    doubtful: Cell<bool>,
    /// Room for the next notes.
    room: RefCell<Vec<RowChange>>,
}

impl Freshness {
    pub fn new(
        c: &Connection,
        blueprint: &Blueprint,
        steady: &[&str],
        index: Arc<Index>,
    ) -> Result<Self, Error> {
        let noting = Buffered::install(c, blueprint, steady)?;
        let tables = noting.buffer().tables.clone();
        let memos = Memos::new(noting.reading.clone(), tables.clone(), steady);
        Ok(Freshness {
            memos,
            index,
            noting,
            tables,
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
        self.tables = self.noting.buffer().tables.clone();
        self.memos = Memos::new(self.noting.reading.clone(), self.tables.clone(), steady);
        Ok(())
    }

    /// Whether others have committed since the last transaction was begun.
    pub fn is_behind(&self, c: &Connection) -> bool {
        let version = data_version(c);
        version.map_or(true, |version| version != self.version.get())
    }

    /// In a transaction that was just begun: what others committed is visible now. Whether they did.
    pub fn opened(&self, c: &Connection) -> Result<bool, Error> {
        let version = data_version(c)?;
        let others = self.version.replace(version) != version || self.doubtful.replace(false);
        if others {
            self.memos.forget();
        }
        Ok(others)
    }

    /// The savepoint of a command, or the transaction, was undone: rows are again what they were when it began.
    pub fn undone(&self) {
        self.look_at_notes(); // which values it made untrue
        let mut buffer = self.noting.buffer();
        buffer.notes.clear();
        buffer.seen = 0;
        buffer.discard();
        drop(buffer);
        self.memos.undone();
    }

    /// A transaction was undone, with what was announced in it, and with what was made of others' commits: they are to be looked at again.
    pub fn abandoned(&self) {
        self.undone();
        self.memos.forget();
        self.doubtful.set(true);
    }

    /// What was kept, as far as it is still true.
    pub fn memos(&self) -> &Memos {
        self.look_at_notes();
        &self.memos
    }

    /// Drops what the notes since the last look make untrue.
    fn look_at_notes(&self) {
        let mut buffer = self.noting.buffer();
        if std::mem::take(&mut buffer.unsteady) {
            self.memos.unsteady();
        }
        for note in &buffer.notes[buffer.seen..] {
            self.memos.changed(note);
        }
        buffer.seen = buffer.notes.len();
    }

    /// What is read to be kept looks at the tables of a statement.
    pub fn looks(&self, c: &Connection, sql: &str) {
        self.memos.looks(c, sql);
    }

    /// What is read to be kept depends on something that is no row.
    pub fn looks_elsewhere(&self) {
        self.memos.looks_elsewhere();
    }

    /// A command begins, in a savepoint of its own.
    pub fn begun(&self) {
        self.memos.begun();
    }

    /// How many notes there are.
    pub fn mark(&self) -> usize {
        self.noting.buffer().notes.len()
    }

    /// A statement failed. All of it is undone then, unless somebody said `OR FAIL`; then the rows it had changed stay changed.
    pub fn failed(&self, c: &Connection, mark: usize) {
        if c.changes() == 0 {
            let mut buffer = self.noting.buffer();
            buffer.notes.truncate(mark);
            buffer.seen = buffer.seen.min(mark);
            buffer.discard();
        }
    }

    /// A statement is over: what it left to us is written.
    ///
    /// # Errors
    /// [`Error::Store`].
    pub fn finish(&self, c: &Connection) -> Result<(), Error> {
        self.noting.apply(c)
    }

    /// Hands out what was noted, once.
    ///
    /// # Errors
    /// What `f` returns.
    pub fn take<T>(&self, f: impl FnOnce(RowChanges<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.look_at_notes();
        self.noting.buffer().seen = 0;
        let room = self.room.take();
        let all = std::mem::replace(&mut self.noting.buffer().notes, room);
        let mut gone: HashMap<(usize, i64), Vec<usize>> = HashMap::new();
        for (at, note) in all.iter().enumerate() {
            if note.op == Op::Delete {
                gone.entry((note.table, note.id)).or_default().push(at);
            }
        }
        let done = f(RowChanges {
            all: &all,
            tables: &self.tables,
            gone: &gone,
        });
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
