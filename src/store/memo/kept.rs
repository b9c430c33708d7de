//! The values that the writer keeps, and which change of a row drops which of them.

use super::sources::{Looked, Reading};
use crate::store::capture::{ColumnSet, RowChange, RowImage, TableColumns};
use crate::store::op::Op;
use crate::store::value::Value;
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

/// What something is made of, and which columns of it. `None`: of something whose change nobody would see.
pub(super) type Sources = Option<Vec<(Source, ColumnSet)>>;

/// What a statement looks at.
type Looks = Option<Arc<[(Source, ColumnSet)]>>;

/// Columns of a statement that cannot be told one by one.
const ALL: ColumnSet = ColumnSet::MAX;

/// All values of one memo.
struct Values {
    /// What they are made of; all of them together.
    sources: Vec<Part>,
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

/// A part of what the values of one memo are made of.
struct Part {
    source: Source,
    /// Which columns of it.
    columns: ColumnSet,
    /// Which of the values shows a row. `None`: any may.
    by: Option<By>,
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
            let known = Table {
                shown: Some(at),
                steady: false,
            };
            tables.insert(table.table.to_ascii_lowercase(), known);
        }
        for name in steady {
            let unwatched = || Table {
                shown: None,
                steady: false,
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
        if is_rollback(sql) {
            // to a savepoint of the application's own: what was read since then need not be so
            return self.forget();
        }
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

    fn add(&self, sources: Option<&[(Source, ColumnSet)]>) {
        let mut collecting = self.collecting.borrow_mut();
        let Some(all) = collecting.last_mut() else {
            return;
        };
        match (all.as_mut(), sources) {
            (Some(all), Some(sources)) => {
                for (source, columns) in sources {
                    join(all, *source, *columns);
                }
            }
            _ => *all = None,
        }
    }

    fn sources(&self, looked: &Looked) -> Looks {
        let mut found = Vec::new();
        for (name, column) in &looked.columns {
            let table = self.tables.get(&name.to_ascii_lowercase())?;
            let (source, columns) = match table.shown.and_then(|at| self.watched(at, column)) {
                Some(found) => found,
                None if table.steady => (Source::Steady, ALL),
                None => return None,
            };
            join(&mut found, source, columns);
        }
        (!looked.impure).then(|| found.into())
    }

    /// What a column of a watched table is seen to change by. `None`: nobody would see all its changes.
    fn watched(&self, at: usize, column: &str) -> Option<(Source, ColumnSet)> {
        let table = &self.shown[at];
        let same = |name: &str| name.eq_ignore_ascii_case(column);
        if table.secret.iter().any(|secret| same(secret)) {
            return None;
        }
        // No name where rows are only counted, and one of SQLite's own where it is the id.
        let columns = match table.columns.iter().position(|name| same(name)) {
            Some(place) => 1 << place,
            None if column.is_empty() => 0,
            None => ALL,
        };
        if columns & table.quiet == 0 {
            return Some((Source::Watched(at), columns));
        }
        // A table with secrets does not even fire its trigger for these; of others, any update that is told changes them too.
        let fires = table.secret.is_empty();
        fires.then_some((Source::Watched(at), ALL))
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
            let sources = values.sources.iter().map(|p| (p.source, p.columns));
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
        for (source, columns) in sources {
            let by = by_column(by, &self.shown, source);
            let columns = columns | by.map_or(0, |by| 1 << by.column);
            match values.sources.iter_mut().find(|p| p.source == source) {
                Some(part) => part.columns |= columns,
                None => values.sources.push(Part {
                    source,
                    columns,
                    by,
                }),
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
        let number = self.newest.get() + 1;
        self.newest.set(number);
        if by_key.len() >= VALUES && !by_key.contains_key(&key) {
            // The older ones, so that the newer ones need not be read again. All of them, if values of other memos came between.
            by_key.retain(|_, (_, of)| *of + VALUES as u64 / 2 > number);
        }
        by_key.insert(key, (value, number));
    }

    /// A row changed: what shows it is dropped.
    pub fn changed(&self, change: &RowChange) {
        self.changed.set(true);
        for values in self.values.borrow_mut().values_mut() {
            if values.by_key.is_empty() {
                continue;
            }
            for part in &values.sources {
                if part.source != Source::Watched(change.table) || !touches(change, part.columns) {
                    continue;
                }
                let Some(By { column, is_id }) = part.by else {
                    values.by_key.clear();
                    continue;
                };
                if is_id {
                    values.by_key.drop_id(change.id);
                }
                for row in [&change.old, &change.new].into_iter().flatten() {
                    match row.value(column) {
                        Some(Value::Integer(key)) => values.by_key.drop_id(key),
                        // no key's; or in the row before as in the row after
                        Some(Value::Null) | None => {}
                        // SQLite may find it equal to a key all the same
                        Some(_) => values.by_key.clear(),
                    }
                }
            }
        }
    }

    /// A row of a table changed in quiet columns only.
    pub fn changed_quietly(&self, table: usize) {
        self.drop_all_of(Source::Watched(table));
    }

    /// A row of a steady table changed.
    pub fn unsteady(&self) {
        self.drop_all_of(Source::Steady);
    }

    fn drop_all_of(&self, source: Source) {
        self.changed.set(true);
        for values in self.values.borrow_mut().values_mut() {
            if values.sources.iter().any(|part| part.source == source) {
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
fn by_column(by: &[(&str, &str)], shown: &[TableColumns], source: Source) -> Option<By> {
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

fn is_rollback(sql: &str) -> bool {
    let word = sql.trim_start().as_bytes();
    word.len() >= 8 && word[..8].eq_ignore_ascii_case(b"ROLLBACK")
}

/// Adds columns of a source to those that are known.
fn join(all: &mut Vec<(Source, ColumnSet)>, source: Source, columns: ColumnSet) {
    match all.iter_mut().find(|(known, _)| *known == source) {
        Some((_, known)) => *known |= columns,
        None => all.push((source, columns)),
    }
}

/// Whether a change shows where somebody looks at these columns. A row that comes or goes always does.
fn touches(change: &RowChange, columns: ColumnSet) -> bool {
    let differs = |old: &RowImage| old.values().any(|(at, _)| columns & (1 << at) != 0);
    change.op != Op::Update || columns == ALL || change.old.as_ref().is_none_or(differs)
}
