//! Our own statements' changes, held in memory: the triggers of the change log, on the writer's connection alone, call a function instead of writing JSON into a
//! table.
//!
//! They are temporary, so no other program sees them, and a crash leaves nothing of them. On that connection those of the schema keep silent, because an
//! authorizer has their condition compiled as NULL ([`silence`](super::silence)).
//!
//! SQLite fires temporary triggers before those of the schema. So a change is captured before the changes that an application's own triggers make of it, as
//! it is logged before them: ours are newer there, and the newest fires first.

use super::blueprint::Blueprint;
use super::buffer::Buffer;
use super::contract::{Capture, Captured};
use super::image::RowImage;
use super::mend::tables;
use super::row_change::{RowChange, RowChanges, Seen, TableColumns};
use super::temporary::{SUFFIXES, drop_all, make};
use crate::error::Error;
use crate::limits::clock::Clock;
use crate::store::op::Op;
use rusqlite::Connection;
use rusqlite::functions::{Context, FunctionFlags};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Changes for which room is kept. A bulk change is no reason to keep more.
const ROOM: usize = 256;

/// The capture in memory.
pub(crate) struct Buffered {
    clock: Clock,
    functions: Functions,
    tables: Arc<[TableColumns]>,
    /// Room for the next changes.
    room: RefCell<Vec<RowChange>>,
}

/// What the functions of the triggers share with the capture.
#[derive(Clone)]
struct Functions(Arc<Mutex<Buffer>>);

impl Buffered {
    /// Makes the triggers, for the life of the connection.
    ///
    /// # Errors
    /// [`Error::Config`] when a table cannot be watched; [`Error::Store`].
    pub fn install(c: &Connection, clock: &Clock, blueprint: &Blueprint) -> Result<Self, Error> {
        let (tables, _) = tables(c, blueprint)?;
        let functions = Functions(Arc::new(Mutex::new(Buffer::new(&tables, clock.clone()))));
        functions.install(c)?;
        make(c, &tables)?;
        let tables = functions.buffer().tables.clone();
        Ok(Buffered {
            clock: clock.clone(),
            functions,
            tables,
            room: RefCell::default(),
        })
    }

    /// The watched tables, by their places.
    pub fn tables(&self) -> &Arc<[TableColumns]> {
        &self.tables
    }
}

impl Capture for Buffered {
    fn mark(&self) -> usize {
        self.functions.buffer().changes.len()
    }

    /// What is left to us is what the temporary triggers' functions decided: see [`Upkeep`](super::upkeep::Upkeep).
    fn finish(&self, c: &Connection) -> Result<(), Error> {
        loop {
            // The lock is not held while it is written: triggers may change others.
            let pending = self.functions.buffer().next_pending();
            let Some((upkeep, table, id, values)) = pending else {
                return Ok(());
            };
            if let Err(e) = upkeep[table].apply(c, id, &values) {
                self.functions.buffer().discard(); // the command fails, and all of it is undone
                return Err(e);
            }
        }
    }

    fn failed(&self, c: &Connection, mark: usize) {
        // Of `OR FAIL` some rows may be left changed.
        if c.changes() == 0 {
            let mut buffer = self.functions.buffer();
            buffer.changes.truncate(mark);
            buffer.seen = buffer.seen.min(mark);
            buffer.discard();
        }
    }

    fn undone(&self) {
        let mut buffer = self.functions.buffer();
        buffer.changes.clear();
        buffer.seen = 0;
        buffer.discard();
    }

    fn unseen(&self, mut see: impl FnMut(Seen<'_>)) -> bool {
        let mut buffer = self.functions.buffer();
        let changes = buffer.changes[buffer.seen..].iter();
        changes.for_each(|change| see(Seen::Change(change)));
        buffer
            .quiet
            .drain(..)
            .for_each(|table| see(Seen::Quietly(table)));
        buffer.seen = buffer.changes.len();
        true
    }

    fn take<T>(
        &self,
        _: &Connection,
        f: impl FnOnce(Captured<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, Error> {
        let mut buffer = self.functions.buffer();
        if buffer.changes.is_empty() {
            return Ok(None);
        }
        buffer.seen = 0;
        let all = std::mem::replace(&mut buffer.changes, self.room.take());
        drop(buffer);
        let mut gone: HashMap<(usize, i64), Vec<usize>> = HashMap::new();
        for (at, change) in all.iter().enumerate() {
            if change.op == Op::Delete {
                gone.entry((change.table, change.id)).or_default().push(at);
            }
        }
        let done = f(Captured::Buffered(RowChanges {
            all: &all,
            tables: &self.tables,
            gone: &gone,
        }));
        let mut room = all;
        room.clear();
        room.shrink_to(ROOM);
        self.room.replace(room);
        done.map(Some)
    }

    fn remake(&mut self, c: &Connection, blueprint: &Blueprint) -> Result<(), Error> {
        let (tables, _) = tables(c, blueprint)?;
        drop_all(c, &SUFFIXES)?;
        let mut buffer = self.functions.buffer();
        *buffer = Buffer::new(&tables, self.clock.clone());
        self.tables = buffer.tables.clone();
        drop(buffer);
        make(c, &tables)
    }
}

impl Functions {
    /// Only ever held for a moment: never while a statement runs that might change something.
    fn buffer(&self) -> MutexGuard<'_, Buffer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn install(&self, c: &Connection) -> Result<(), Error> {
        self.function(c, "maitred_fresh", |buffer, arguments| {
            buffer.fresh(arguments.get(0)?);
            Ok(None)
        })?;
        self.function(c, "maitred_clash", |buffer, arguments| {
            let table: usize = arguments.get(0)?;
            let row = RowImage::read(arguments, 3, buffer.tables[table].columns.len());
            buffer.clash(table, arguments.get(1)?, arguments.get(2)?, row);
            Ok(None)
        })?;
        self.function(c, "maitred_clashes", |buffer, arguments| {
            Ok(Some(buffer.clashing(arguments.get(0)?).count() as i64))
        })?;
        self.function(c, "maitred_evicted", |buffer, arguments| {
            buffer.evicted(arguments.get(0)?, arguments.get(1)?);
            Ok(None)
        })?;
        self.function(c, "maitred_inserted", |buffer, arguments| {
            let table: usize = arguments.get(0)?;
            let row = RowImage::read(arguments, 2, buffer.tables[table].columns.len());
            buffer.inserted(table, arguments.get(1)?, row);
            Ok(None)
        })?;
        self.function(c, "maitred_updated", |buffer, arguments| {
            let table: usize = arguments.get(0)?;
            let columns = buffer.tables[table].columns.len();
            let (old, new) = RowImage::pair(arguments, 3, columns);
            buffer.updated(table, arguments.get(1)?, arguments.get(2)?, old, new);
            Ok(None)
        })?;
        self.function(c, "maitred_deleted", |buffer, arguments| {
            let table: usize = arguments.get(0)?;
            let row = RowImage::read(arguments, 2, buffer.tables[table].columns.len());
            buffer.deleted(table, arguments.get(1)?, row);
            Ok(None)
        })?;
        let captured = self.clone();
        c.create_scalar_function(
            "maitred_clashing",
            1,
            FunctionFlags::SQLITE_UTF8,
            move |arguments| {
                let table: usize = arguments.get(0)?;
                let ids: Vec<i64> = captured.buffer().clashing(table).collect();
                Ok(format!("{ids:?}"))
            },
        )?;
        Ok(())
    }

    fn function(
        &self,
        c: &Connection,
        name: &str,
        f: impl Fn(&mut Buffer, &Context<'_>) -> rusqlite::Result<Option<i64>> + Send + 'static,
    ) -> Result<(), Error> {
        let captured = self.clone();
        let call = move |arguments: &Context<'_>| f(&mut captured.buffer(), arguments);
        // Any number of arguments: a table's columns.
        c.create_scalar_function(name, -1, FunctionFlags::SQLITE_UTF8, call)?;
        Ok(())
    }
}
