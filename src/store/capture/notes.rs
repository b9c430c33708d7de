//! Changes that were noted in memory, with the rows as they are: those of our own statements.

use super::Image;
use super::table::Table;
use super::upkeep::{Owed, Upkeep, Values};
use crate::store::change::Op;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// A watched table, as far as a note shows it.
#[derive(Debug)]
pub(crate) struct Shown {
    pub table: String,
    /// The columns that are logged, in the table's order.
    pub columns: Vec<String>,
    /// Where each of them is: a change is asked for a few of many.
    places: FxHashMap<String, usize>,
}

impl Shown {
    fn new(table: &Table<'_>) -> Self {
        let columns = table.logged("x").into_iter();
        let columns: Vec<String> = columns.map(|(name, _)| name.to_owned()).collect();
        Shown {
            table: table.watched.table.to_owned(),
            places: columns.iter().cloned().zip(0..).collect(),
            columns,
        }
    }

    pub fn place(&self, column: &str) -> Option<usize> {
        self.places.get(column).copied()
    }
}

/// One change.
pub(crate) struct Note {
    pub table: usize,
    pub id: i64,
    pub op: Op,
    pub old: Option<Image>,
    pub new: Option<Image>,
}

/// What was noted and not yet announced.
#[derive(Clone, Copy)]
pub(crate) struct Notes<'n> {
    pub all: &'n [Note],
    pub tables: &'n [Shown],
    /// Where in `all` each deletion is.
    pub gone: &'n HashMap<(usize, i64), Vec<usize>>,
}

impl<'n> Notes<'n> {
    pub fn shown(&self, note: &Note) -> &'n Shown {
        &self.tables[note.table]
    }

    /// The row that is deleted by a note after the one at `at`.
    pub fn gone(&self, table: &str, id: i64, at: usize) -> Option<(&'n Shown, &'n Image)> {
        let table = self.tables.iter().position(|shown| shown.table == table)?;
        let found = self.gone.get(&(table, id))?.iter().find(|n| **n > at)?;
        Some((&self.tables[table], self.all[*found].old.as_ref()?))
    }
}

/// Where the functions put what they see.
pub(crate) struct Pad {
    pub tables: Arc<[Shown]>,
    pub notes: Vec<Note>,
    /// Rows of each table that a `REPLACE` may remove, with their versions: what `change_replaced` is for other programs.
    replaced: Vec<BTreeMap<i64, (Image, Option<i64>)>>,
    /// A row of a steady table changed.
    pub unsteady: bool,
    upkeep: Arc<[Upkeep]>,
    /// What the statement that runs left to us.
    owed: Owed,
    /// Rows that were written because of it. Each is written once, whatever triggers make of that: or two of them could go on for ever.
    paid: BTreeSet<(usize, i64)>,
}

impl Pad {
    pub(super) fn new(tables: &[Table<'_>]) -> Self {
        Pad {
            tables: tables.iter().map(Shown::new).collect(),
            notes: Vec::new(),
            replaced: tables.iter().map(|_| BTreeMap::new()).collect(),
            unsteady: false,
            upkeep: tables.iter().map(Upkeep::new).collect(),
            owed: Owed::new(),
            paid: BTreeSet::new(),
        }
    }

    /// Before a row is written: no older clash counts.
    pub fn fresh(&mut self, table: usize) {
        self.replaced[table].clear();
    }

    pub fn clash(&mut self, table: usize, id: i64, mut version: Option<i64>, mut row: Image) {
        for (column, value) in self.owed.get(&(table, id)).into_iter().flatten() {
            row.set(*column, *value);
            if self.upkeep[table].is_version(*column) {
                version = Some(*value);
            }
        }
        self.replaced[table].insert(id, (row, version));
    }

    pub fn clashing(&self, table: usize) -> impl Iterator<Item = i64> {
        self.replaced[table].keys().copied()
    }

    /// A row went for another one's sake.
    pub fn evicted(&mut self, table: usize, id: i64) {
        let old = self.replaced[table].get(&id).map(|(row, _)| row.clone());
        self.owed.remove(&(table, id));
        self.note(table, id, Op::Delete, old, None);
    }

    pub fn inserted(&mut self, table: usize, id: i64, mut new: Image) {
        let (old, version) = self.replaced[table].remove(&id).unzip();
        self.owed.remove(&(table, id));
        let owed = self.upkeep[table].entered(version.flatten(), &mut new);
        if !owed.is_empty() {
            self.owed.insert((table, id), owed);
        }
        let op = old.as_ref().map_or(Op::Insert, |_| Op::Update);
        self.note(table, id, op, old, Some(new));
        self.fresh(table);
    }

    /// `was`: its id before.
    pub fn updated(&mut self, table: usize, was: i64, id: i64, mut old: Image, mut new: Image) {
        if self.paid.contains(&(table, was)) {
            self.paid.insert((table, id));
            return self.amend(table, was, id, old, new);
        }
        let upkeep = &self.upkeep[table];
        let mut owed = self.owed.remove(&(table, was)).unwrap_or_default();
        let differs = upkeep.differs(&old);
        if differs {
            let taken = self.replaced[table].get(&id).filter(|_| was != id);
            let taken = taken.and_then(|(_, version)| *version);
            owed = upkeep.left(&owed, taken, &mut old, &mut new);
        } else {
            owed.retain(|(column, _)| old.value(*column).is_none());
        }
        if !owed.is_empty() {
            self.owed.insert((table, id), owed);
        }
        if differs {
            self.note(table, id, Op::Update, Some(old), Some(new));
        }
    }

    /// What we wrote of a row, which its last note says already, or what a trigger made of that, which is told with it.
    fn amend(&mut self, table: usize, was: i64, id: i64, old: Image, new: Image) {
        let mut notes = self.notes.iter_mut().rev();
        let last = notes.find(|note| (note.table, note.id) == (table, was));
        if let Some(Note {
            old: before,
            new: Some(after),
            ..
        }) = last
            && was == id
        {
            if let Some(before) = before {
                for (column, _) in old.values() {
                    before.keep(column, after);
                }
            }
            *after = new;
        } else if self.upkeep[table].differs(&old) {
            self.note(table, id, Op::Update, Some(old), Some(new));
        }
    }

    /// A row that is to be written now. With the last of them the statement is over.
    pub(super) fn due(&mut self) -> Option<(Arc<[Upkeep]>, usize, i64, Values)> {
        let Some(((table, id), values)) = self.owed.pop_first() else {
            self.paid.clear();
            return None;
        };
        self.paid.insert((table, id));
        Some((self.upkeep.clone(), table, id, values))
    }

    /// A statement was undone.
    pub fn excuse(&mut self) {
        self.owed.clear();
        self.paid.clear();
    }

    pub fn deleted(&mut self, table: usize, id: i64, mut old: Image) {
        self.replaced[table].remove(&id);
        for (column, value) in self.owed.remove(&(table, id)).unwrap_or_default() {
            old.set(column, value);
        }
        self.note(table, id, Op::Delete, Some(old), None);
    }

    fn note(&mut self, table: usize, id: i64, op: Op, old: Option<Image>, new: Option<Image>) {
        self.notes.push(Note {
            table,
            id,
            op,
            old,
            new,
        });
    }
}
