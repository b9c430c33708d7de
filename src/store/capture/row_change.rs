//! A change of a row, held in memory.

use super::image::RowImage;
use super::table::Table;
use crate::store::op::Op;
use rustc_hash::FxHashMap;
use std::collections::HashMap;

/// A watched table, as far as its changes show it.
#[derive(Debug)]
pub(crate) struct TableColumns {
    pub table: String,
    /// The columns that are shown, in the table's order.
    pub columns: Vec<String>,
    /// The one that is its `INTEGER PRIMARY KEY`.
    pub id: String,
    /// Columns that are left out of what is announced.
    pub secret: &'static [&'static str],
    /// Those that an update may change without being told of: `version`, `updated_at` and the times of stamps.
    pub quiet: ColumnSet,
    /// Where each of them is: a change is asked for a few of many.
    places: FxHashMap<String, usize>,
}

impl TableColumns {
    pub(super) fn new(table: &Table<'_>) -> Self {
        let columns = table.logged("x").into_iter();
        let columns: Vec<String> = columns.map(|(name, _)| name.to_owned()).collect();
        TableColumns {
            table: table.watched.table.to_owned(),
            id: table.id.clone(),
            secret: table.watched.secret,
            quiet: quiet(table, &columns),
            places: columns.iter().cloned().zip(0..).collect(),
            columns,
        }
    }

    pub fn place(&self, column: &str) -> Option<usize> {
        self.places.get(column).copied()
    }
}

/// Columns of a table by their places, of which there are at most 60.
pub(crate) type ColumnSet = u64;

fn quiet(table: &Table<'_>, columns: &[String]) -> ColumnSet {
    let stamped = |column: &str| table.watched.stamps.iter().any(|s| s.at == column);
    let is_quiet = |column: &str| ["version", "updated_at"].contains(&column) || stamped(column);
    let places = columns.iter().enumerate();
    places
        .filter(|(_, column)| is_quiet(column))
        .fold(0, |set, (at, _)| set | 1 << at)
}

/// What a capture shows to those that keep what they read of rows.
pub(crate) enum Seen<'c> {
    Change(&'c RowChange),
    /// A row of the table at this place changed in [quiet columns](TableColumns::quiet) only, and nobody is told.
    Quietly(usize),
}

/// One change of one row, with the row as it was and as it is.
pub(crate) struct RowChange {
    /// The table's place.
    pub table: usize,
    pub id: i64,
    pub op: Op,
    /// `None`: it was not there. Of an update little more than the columns that differ.
    pub old: Option<RowImage>,
    /// `None`: it is gone.
    pub new: Option<RowImage>,
}

/// Changes of one command, which are to be announced together.
#[derive(Clone, Copy)]
pub(crate) struct RowChanges<'c> {
    /// The changes, in the order in which they happened.
    pub all: &'c [RowChange],
    /// The watched tables, by their places.
    pub tables: &'c [TableColumns],
    /// Where in `all` each deletion is.
    pub gone: &'c HashMap<(usize, i64), Vec<usize>>,
}

impl<'c> RowChanges<'c> {
    /// The columns of the table that a change is of.
    pub fn columns(&self, change: &RowChange) -> &'c TableColumns {
        &self.tables[change.table]
    }

    /// The row that is deleted by a change after the one at `at`.
    pub fn gone(
        &self,
        table: &str,
        id: i64,
        at: usize,
    ) -> Option<(&'c TableColumns, &'c RowImage)> {
        let table = self.tables.iter().position(|shown| shown.table == table)?;
        let found = self.gone.get(&(table, id))?.iter().find(|n| **n > at)?;
        Some((&self.tables[table], self.all[*found].old.as_ref()?))
    }
}
