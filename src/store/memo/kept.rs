//! The values that the writer keeps, and which change of a row drops which of them.

use super::sources::{Looked, Reading};
use crate::store::capture::{RowChange, TableColumns};
use rusqlite::Connection;
use rustc_hash::FxHashMap;
use std::any::{Any, TypeId};
use std::cell::{Cell, RefCell};
use std::hash::Hash;
use std::sync::Arc;

/// Values that are kept of one memo: two megabytes, if they are orders. What a chain has open.
const VALUES: usize = 4_096;

/// Statements whose tables are known. A program has some dozens in its memos; one that makes its SQL anew for each value would have no end of them.
const STATEMENTS: usize = 512;

/// A memo's name and types.
type Id = (&'static str, TypeId);

/// Rows that a value is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// Rows of a watched table, by its place.
    Watched(usize),
    /// Rows of tables of which it is known that something changed, and not what.
    Steady,
}

/// `None`: of something whose change nobody would see.
pub(super) type Sources = Option<Vec<Source>>;

/// What a statement looks at.
type Looks = Option<Arc<[Source]>>;

/// All values of one memo.
struct Values {
    /// What they are made of, and by which column of it; all of them together.
    sources: Vec<(Source, Option<By>)>,
    by_key: Box<dyn Keyed>,
}

/// By key, each with its number: they are numbered as they come.
type ByKey<K, T> = FxHashMap<K, (T, u64)>;

/// A [`ByKey`] of any types.
trait Keyed: Any + Send {
    fn is_empty(&self) -> bool;
    fn clear(&mut self);
    /// What is shown by the row with this id, if ids are the keys.
    fn drop_id(&mut self, id: i64);
    fn drop_after(&mut self, number: u64);
}

impl<K: Eq + Hash + Send + 'static, T: Send + 'static> Keyed for ByKey<K, T> {
    fn is_empty(&self) -> bool {
        self.is_empty()
    }

    fn clear(&mut self) {
        self.clear();
    }

    fn drop_id(&mut self, id: i64) {
        if let Some(by_id) = (self as &mut dyn Any).downcast_mut::<ByKey<i64, T>>() {
            by_id.remove(&id);
        }
    }

    fn drop_after(&mut self, number: u64) {
        self.retain(|_, (_, of)| *of <= number);
    }
}

/// Which key's value shows a row: that of a column.
#[derive(Clone, Copy)]
struct By {
    column: usize,
    is_id: bool,
}

/// A table as a memo may look at it.
struct Table {
    shown: Option<usize>,
    steady: bool,
    secret: Vec<String>,
}

/// Lives with the writer, on its thread.
pub(crate) struct Memos {
    reading: Reading,
    shown: Arc<[TableColumns]>,
    /// Watched and steady tables by name, in lower case.
    tables: FxHashMap<String, Table>,
    statements: RefCell<FxHashMap<Box<str>, Looks>>,
    values: RefCell<FxHashMap<Id, Values>>,
    /// What is being read, each within the one before it.
    collecting: RefCell<Vec<Sources>>,
    newest: Cell<u64>,
    /// The newest value when the command began that runs.
    before: Cell<u64>,
    /// The command that runs has changed rows.
    changed: Cell<bool>,
}

impl Memos {
    /// `steady`: tables of which it is known that something changed.
    pub fn new(reading: Reading, shown: Arc<[TableColumns]>, steady: &[&str]) -> Self {
        let mut tables = FxHashMap::default();
        for (at, table) in shown.iter().enumerate() {
            let secret = table.secret.iter();
            let known = Table {
                shown: Some(at),
                steady: false,
                secret: secret.map(|name| name.to_ascii_lowercase()).collect(),
            };
            tables.insert(table.table.to_ascii_lowercase(), known);
        }
        for name in steady {
            let unwatched = || Table {
                shown: None,
                steady: false,
                secret: Vec::new(),
            };
            let table = tables.entry(name.to_ascii_lowercase());
            table.or_insert_with(unwatched).steady = true;
        }
        Memos {
            reading,
            shown,
            tables,
            statements: RefCell::default(),
            values: RefCell::default(),
            collecting: RefCell::default(),
            newest: Cell::new(0),
            before: Cell::new(0),
            changed: Cell::new(false),
        }
    }

    /// A statement is about to be run by what is being read.
    pub fn looks(&self, c: &Connection, sql: &str) {
        if self.collecting.borrow().is_empty() {
            return;
        }
        let known = self.statements.borrow().get(sql).cloned();
        let sources = known.unwrap_or_else(|| {
            let sources = self.sources(&self.reading.look(c, sql));
            let mut statements = self.statements.borrow_mut();
            if statements.len() >= STATEMENTS {
                statements.clear();
            }
            statements.insert(sql.into(), sources.clone());
            sources
        });
        self.add(sources.as_deref());
    }

    /// What is being read depends on something that is no row.
    pub fn looks_elsewhere(&self) {
        self.add(None);
    }

    fn add(&self, sources: Option<&[Source]>) {
        let mut collecting = self.collecting.borrow_mut();
        let Some(all) = collecting.last_mut() else {
            return;
        };
        match (all.as_mut(), sources) {
            (Some(all), Some(sources)) => {
                for source in sources {
                    if !all.contains(source) {
                        all.push(*source);
                    }
                }
            }
            _ => *all = None,
        }
    }

    fn sources(&self, looked: &Looked) -> Looks {
        let mut found = Vec::new();
        for (name, column) in &looked.columns {
            let table = self.tables.get(&name.to_ascii_lowercase())?;
            let secret = table.secret.contains(&column.to_ascii_lowercase());
            let source = match table.shown {
                Some(at) if !secret => Source::Watched(at),
                _ if table.steady => Source::Steady,
                _ => return None,
            };
            if !found.contains(&source) {
                found.push(source);
            }
        }
        (!looked.impure).then(|| found.into())
    }

    /// What `read` gives, and what it looked at.
    pub(super) fn collect<T>(&self, read: impl FnOnce() -> T) -> (T, Sources) {
        /// Also when `read` panics: a later command would collect for nobody.
        struct Pop<'m>(&'m Memos, usize);
        impl Drop for Pop<'_> {
            fn drop(&mut self) {
                self.0.collecting.borrow_mut().truncate(self.1);
            }
        }
        let depth = self.collecting.borrow().len();
        self.collecting.borrow_mut().push(Some(Vec::new()));
        let pop = Pop(self, depth);
        let value = read();
        let sources = self.collecting.borrow_mut().pop().flatten();
        drop(pop);
        // what is read for something else is a part of that
        self.add(sources.as_deref());
        (value, sources)
    }

    /// What `read` gives. The tables that it looks at are not counted for the value that is being read.
    pub fn aside<T>(&self, read: impl FnOnce() -> T) -> T {
        let outer = self.collecting.take();
        let value = read();
        self.collecting.replace(outer);
        value
    }

    /// What is kept for a key, if anything is.
    pub fn get<K, T>(&self, id: Id, key: &K) -> Option<T>
    where
        K: Eq + Hash + Send + 'static,
        T: Clone + Send + 'static,
    {
        let values = self.values.borrow();
        let values = values.get(&id)?;
        let by_key = (&*values.by_key as &dyn Any).downcast_ref::<ByKey<K, T>>()?;
        let (value, _) = by_key.get(key)?;
        if !self.collecting.borrow().is_empty() {
            let sources = values.sources.iter().map(|(source, _)| *source);
            self.add(Some(&sources.collect::<Vec<_>>()));
        }
        Some(value.clone())
    }

    /// Keeps what was just read.
    pub(super) fn keep<K, T>(&self, id: Id, by: &[(&str, &str)], key: K, value: T, sources: Sources)
    where
        K: Eq + Hash + Send + 'static,
        T: Send + 'static,
    {
        let Some(sources) = sources else {
            return;
        };
        let mut all = self.values.borrow_mut();
        let values = all.entry(id).or_insert_with(|| Values {
            sources: Vec::new(),
            by_key: Box::new(ByKey::<K, T>::default()),
        });
        for source in sources {
            if values.sources.iter().all(|(known, _)| *known != source) {
                values
                    .sources
                    .push((source, column(by, &self.shown, source)));
            }
        }
        self.put(values, key, value);
    }

    /// Keeps what was just written, if it is known what this memo is made of.
    pub fn renew<K, T>(&self, id: Id, key: K, value: T)
    where
        K: Eq + Hash + Send + 'static,
        T: Send + 'static,
    {
        if let Some(values) = self.values.borrow_mut().get_mut(&id) {
            self.put(values, key, value);
        }
    }

    fn put<K, T>(&self, values: &mut Values, key: K, value: T)
    where
        K: Eq + Hash + Send + 'static,
        T: Send + 'static,
    {
        let by_key = (&mut *values.by_key as &mut dyn Any).downcast_mut::<ByKey<K, T>>();
        let Some(by_key) = by_key else {
            return; // the types are a part of its id
        };
        if by_key.len() >= VALUES && !by_key.contains_key(&key) {
            by_key.clear();
        }
        let number = self.newest.get() + 1;
        self.newest.set(number);
        by_key.insert(key, (value, number));
    }

    /// A row changed: what shows it is dropped.
    pub fn changed(&self, change: &RowChange) {
        self.changed.set(true);
        for values in self.values.borrow_mut().values_mut() {
            if values.by_key.is_empty() {
                continue;
            }
            for (source, by) in &values.sources {
                if *source != Source::Watched(change.table) {
                    continue;
                }
                let Some(By { column, is_id }) = *by else {
                    values.by_key.clear();
                    continue;
                };
                if is_id {
                    values.by_key.drop_id(change.id);
                }
                for row in [&change.old, &change.new].into_iter().flatten() {
                    // what is missing in the row before is as in the row after
                    if let Some(crate::store::Value::Integer(key)) = row.value(column) {
                        values.by_key.drop_id(key);
                    }
                }
            }
        }
    }

    /// A row of a steady table changed.
    pub fn unsteady(&self) {
        self.changed.set(true);
        for values in self.values.borrow_mut().values_mut() {
            if values
                .sources
                .iter()
                .any(|(source, _)| *source == Source::Steady)
            {
                values.by_key.clear();
            }
        }
    }

    /// A command begins, in a savepoint of its own.
    pub fn begun(&self) {
        self.before.set(self.newest.get());
        self.changed.set(false);
    }

    /// What the command changed is as it was before it: what was read since then need not be so.
    pub fn undone(&self) {
        let before = self.before.get();
        if !self.changed.replace(false) || self.newest.get() == before {
            return;
        }
        for values in self.values.borrow_mut().values_mut() {
            values.by_key.drop_after(before);
        }
    }

    /// Rows may be anything.
    pub fn forget(&self) {
        for values in self.values.borrow_mut().values_mut() {
            values.by_key.clear();
        }
    }
}

/// The column of a source that tells a memo's keys apart.
fn column(by: &[(&str, &str)], shown: &[TableColumns], source: Source) -> Option<By> {
    let Source::Watched(at) = source else {
        return None;
    };
    let shown = &shown[at];
    let (_, column) = by.iter().find(|(table, _)| *table == shown.table)?;
    Some(By {
        column: shown.place(column)?,
        is_id: *column == shown.id,
    })
}
