//! Rows that the writer's thread need not read again: as the last command left them. Whoever announces a change forgets those that it may show in, so the
//! next command of an order reads nothing either.

use crate::db::{Moment, Reader};
use std::collections::HashMap;

/// What is kept of each table, half a megabyte of orders: what some restaurants have open. One more, and all are forgotten.
const MOST: usize = 1_024;

/// The tables that are watched, of those whose rows orders and lines show.
const SHOWN: &[&str] = &[
    "orders",
    "order_items",
    "payments",
    "menu_items",
    "tables",
    "restaurants",
];

/// Things by id.
pub struct Known<T> {
    /// Since when they are true, and the rows of steady tables that they show.
    since: Option<(Moment, Moment)>,
    rows: HashMap<i64, T>,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Known {
            since: None,
            rows: HashMap::new(),
        }
    }
}

impl<T> Known<T> {
    /// What is known to be so now.
    pub fn get(&self, db: &Reader<'_>, id: i64) -> Option<&T> {
        let since = since(db)?;
        (self.since == Some(since)).then(|| self.rows.get(&id))?
    }

    /// Keeps what was just read. Only while nothing waits to be announced: a change that is told later would not be known to concern it.
    pub fn keep(&mut self, db: &Reader<'_>, id: i64, row: T) {
        let Some(since) = since(db) else {
            return;
        };
        if self.since != Some(since) || self.rows.len() >= MOST {
            self.rows.clear();
            self.since = Some(since);
        }
        self.rows.insert(id, row);
    }

    /// A change is announced that this may show in.
    pub fn forget(&mut self, id: i64) {
        self.rows.remove(&id);
    }

    /// A change is announced that all of them may show in.
    pub fn forget_all(&mut self) {
        self.rows.clear();
    }
}

fn since(db: &Reader<'_>) -> Option<(Moment, Moment)> {
    Some((db.settled(SHOWN)?, db.era()?))
}
