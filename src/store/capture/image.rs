//! A row as it is captured.

use crate::store::text::text as text_of;
use crate::store::value::Value;
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use smallvec::SmallVec;
use std::ops::Range;

/// A row, its texts one behind the other.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RowImage {
    cells: Cells,
    text: String,
}

#[derive(Debug, Clone, PartialEq)]
enum Cells {
    /// A cell for each column.
    All(Box<[Cell]>),
    /// Of a row before an update: of those columns that differ after it, in their order.
    Differing(SmallVec<[(usize, Cell); 6]>),
}

#[derive(Debug, Clone, PartialEq)]
enum Cell {
    Null,
    Integer(i64),
    Real(f64),
    Text(Range<u32>),
}

impl RowImage {
    /// The arguments of a function.
    pub fn read(arguments: &Context<'_>, from: usize, columns: usize) -> Self {
        RowImage::of((from..from + columns).map(|at| arguments.get_raw(at)))
    }

    /// A row before and after, arguments one behind the other. Most of the former is the same as the latter. Each argument is read once: that is what
    /// costs, with so many columns.
    pub fn pair(arguments: &Context<'_>, from: usize, columns: usize) -> (Self, Self) {
        let mut text = String::new();
        let mut differing = SmallVec::new();
        let mut at = 0;
        let new = RowImage::of((from + columns..from + 2 * columns).map(|argument| {
            let (old, new) = (
                arguments.get_raw(argument - columns),
                arguments.get_raw(argument),
            );
            if old != new {
                differing.push((at, Cell::of(old, &mut text)));
            }
            at += 1;
            new
        }));
        let cells = Cells::Differing(differing);
        (RowImage { cells, text }, new)
    }

    fn of<'v>(values: impl Iterator<Item = ValueRef<'v>>) -> Self {
        let mut text = String::with_capacity(192); // most rows
        let cells = values.map(|value| Cell::of(value, &mut text)).collect();
        let cells = Cells::All(cells);
        RowImage { cells, text }
    }

    /// `None`: as it is afterwards.
    pub fn value(&self, column: usize) -> Option<Value<'_>> {
        self.cell(column).map(|cell| self.seen(cell))
    }

    /// Of a row before an update, what differs after it; of any other, all there is.
    pub fn values(&self) -> impl Iterator<Item = (usize, Value<'_>)> {
        let (all, differing) = match &self.cells {
            Cells::All(all) => (&**all, &[][..]),
            Cells::Differing(some) => (&[][..], &**some),
        };
        let differing = differing.iter().map(|(at, cell)| (*at, cell));
        let cells = all.iter().enumerate().chain(differing);
        cells.map(|(at, cell)| (at, self.seen(cell)))
    }

    fn cell(&self, column: usize) -> Option<&Cell> {
        match &self.cells {
            Cells::All(all) => Some(&all[column]),
            Cells::Differing(some) => {
                let found = some.iter().find(|(at, _)| *at == column);
                found.map(|(_, cell)| cell)
            }
        }
    }

    fn seen(&self, cell: &Cell) -> Value<'_> {
        match cell {
            Cell::Null => Value::Null,
            Cell::Integer(n) => Value::Integer(*n),
            Cell::Real(x) => Value::Real(*x),
            Cell::Text(at) => Value::Text(self.text[at.start as usize..at.end as usize].into()),
        }
    }

    pub(super) fn set(&mut self, column: usize, value: i64) {
        self.put(column, Cell::Integer(value));
    }

    /// Before `after` gets another value there: what this row has, even if it was the same.
    pub(super) fn keep(&mut self, column: usize, after: &RowImage) {
        if self.cell(column).is_some() {
            return;
        }
        let cell = match after.cell(column) {
            Some(Cell::Text(at)) => {
                let start = self.text.len() as u32;
                self.text
                    .push_str(&after.text[at.start as usize..at.end as usize]);
                Cell::Text(start..self.text.len() as u32)
            }
            Some(other) => other.clone(),
            None => return,
        };
        self.put(column, cell);
    }

    fn put(&mut self, column: usize, cell: Cell) {
        match &mut self.cells {
            Cells::All(all) => all[column] = cell,
            Cells::Differing(some) => match some.binary_search_by_key(&column, |(at, _)| *at) {
                Ok(found) => some[found].1 = cell,
                Err(place) => some.insert(place, (column, cell)),
            },
        }
    }
}

impl Cell {
    fn of(value: ValueRef<'_>, text: &mut String) -> Self {
        let start = text.len() as u32;
        match value {
            ValueRef::Null => return Cell::Null,
            ValueRef::Integer(n) => return Cell::Integer(n),
            ValueRef::Real(x) => return Cell::Real(x),
            // Bytes: in a column that is not declared for them; those that are come as `hex()`.
            ValueRef::Text(_) | ValueRef::Blob(_) => {
                text.push_str(&text_of(value).unwrap_or_default());
            }
        }
        Cell::Text(start..text.len() as u32)
    }
}
