//! The changes of our own statements, in memory, until they are announced.

use super::image::RowImage;
use super::row_change::{RowChange, TableColumns};
use super::table::Table;
use super::upkeep::{Pending, Upkeep, Values};
use crate::limits::clock::Clock;
use crate::store::op::Op;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Where the functions of the temporary triggers put what they see. Places of tables are those of [`Buffer::tables`].
pub(crate) struct Buffer {
    pub tables: Arc<[TableColumns]>,
    pub changes: Vec<RowChange>,
    /// Rows of each table that a `REPLACE` may remove, with their versions: what `change_replaced` is for other programs.
    replaced: Vec<BTreeMap<i64, (RowImage, Option<i64>)>>,
    /// How many of them [`Capture::unseen`](super::Capture::unseen) has shown.
    pub seen: usize,
    /// Tables of which rows changed that nobody is told of, until `unseen` has shown them.
    pub quiet: Vec<usize>,
    clock: Clock,
    upkeep: Arc<[Upkeep]>,
    /// What the running statement left to the framework: versions, times, stamps.
    pending: Pending,
    /// Rows that were written because of it. Each is written once, whatever triggers make of that: or two of them could go on for ever.
    applied: BTreeSet<(usize, i64)>,
}

impl Buffer {
    pub(super) fn new(tables: &[Table<'_>], clock: Clock) -> Self {
        Buffer {
            tables: tables.iter().map(TableColumns::new).collect(),
            changes: Vec::new(),
            replaced: tables.iter().map(|_| BTreeMap::new()).collect(),
            seen: 0,
            quiet: Vec::new(),
            clock,
            upkeep: tables.iter().map(Upkeep::new).collect(),
            pending: Pending::new(),
            applied: BTreeSet::new(),
        }
    }

    /// Before a row is written: no older clash counts.
    pub fn fresh(&mut self, table: usize) {
        self.replaced[table].clear();
    }

    pub fn clash(&mut self, table: usize, id: i64, mut version: Option<i64>, mut row: RowImage) {
        for (column, value) in self.pending.get(&(table, id)).into_iter().flatten() {
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
        self.pending.remove(&(table, id));
        self.add(table, id, Op::Delete, old, None);
    }

    pub fn inserted(&mut self, table: usize, id: i64, mut new: RowImage) {
        let (old, version) = self.replaced[table].remove(&id).unzip();
        self.pending.remove(&(table, id));
        let pending = self.upkeep[table].entered(&self.clock, version.flatten(), &mut new);
        if !pending.is_empty() {
            self.pending.insert((table, id), pending);
        }
        let op = old.as_ref().map_or(Op::Insert, |_| Op::Update);
        self.add(table, id, op, old, Some(new));
        self.fresh(table);
    }

    /// `was`: its id before.
    pub fn updated(
        &mut self,
        table: usize,
        was: i64,
        id: i64,
        mut old: RowImage,
        mut new: RowImage,
    ) {
        if self.applied.contains(&(table, was)) {
            self.applied.insert((table, id));
            return self.amend(table, was, id, old, new);
        }
        let upkeep = &self.upkeep[table];
        let mut pending = self.pending.remove(&(table, was)).unwrap_or_default();
        let differs = upkeep.differs(&old);
        if differs {
            let taken = self.replaced[table].get(&id).filter(|_| was != id);
            let taken = taken.and_then(|(_, version)| *version);
            pending = upkeep.left(&self.clock, &pending, taken, &mut old, &mut new);
        } else {
            pending.retain(|(column, _)| old.value(*column).is_none());
        }
        if !pending.is_empty() {
            self.pending.insert((table, id), pending);
        }
        match differs {
            true => self.add(table, id, Op::Update, Some(old), Some(new)),
            false => self.quietly(table, &old),
        }
    }

    /// An update of which nobody is told.
    fn quietly(&mut self, table: usize, old: &RowImage) {
        if old.values().next().is_some() && !self.quiet.contains(&table) {
            self.quiet.push(table);
        }
    }

    /// Takes in what the framework wrote into a row. The row's last change says that already; what a trigger made of it is announced with that change.
    fn amend(&mut self, table: usize, was: i64, id: i64, old: RowImage, new: RowImage) {
        let mut changes = self.changes.iter_mut().enumerate().rev();
        let last = changes.find(|(_, change)| (change.table, change.id) == (table, was));
        let last = last.map(|(at, change)| {
            self.seen = self.seen.min(at); // it says something else now
            change
        });
        if let Some(RowChange {
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
            self.add(table, id, Op::Update, Some(old), Some(new));
        } else {
            self.quietly(table, &old);
        }
    }

    /// A row that is to be written now. With the last of them the statement is over.
    pub(super) fn next_pending(&mut self) -> Option<(Arc<[Upkeep]>, usize, i64, Values)> {
        let Some(((table, id), values)) = self.pending.pop_first() else {
            self.applied.clear();
            return None;
        };
        self.applied.insert((table, id));
        Some((self.upkeep.clone(), table, id, values))
    }

    /// A statement was undone.
    pub fn discard(&mut self) {
        self.pending.clear();
        self.applied.clear();
    }

    pub fn deleted(&mut self, table: usize, id: i64, mut old: RowImage) {
        self.replaced[table].remove(&id);
        for (column, value) in self.pending.remove(&(table, id)).unwrap_or_default() {
            old.set(column, value);
        }
        self.add(table, id, Op::Delete, Some(old), None);
    }

    fn add(&mut self, table: usize, id: i64, op: Op, old: Option<RowImage>, new: Option<RowImage>) {
        self.changes.push(RowChange {
            table,
            id,
            op,
            old,
            new,
        });
    }
}
