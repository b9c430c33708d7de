//! A database for one test.

use crate::SCHEMA;
use crate::db::{Error, Transaction, params};
use crate::watched::WATCHED;
use maitred::testing::Scratch;
use std::cell::Cell;

/// A restaurant in memory.
pub struct House {
    rows: Scratch,
    now_ms: Cell<i64>,
}

/// 2026-01-28T21:00:00Z
pub const OPENING_MS: i64 = 1_769_634_000_000;

impl House {
    /// The tables, and nothing in them.
    pub fn empty() -> House {
        House {
            rows: Scratch::new(&SCHEMA, WATCHED).unwrap(),
            now_ms: Cell::new(OPENING_MS),
        }
    }

    /// Restaurant 2 with tables 5 and 6 (and 7, out of use), waiters 10 and 11, dishes 1 (80.00) and 2 (35.50, sold out: 3); and another restaurant 3.
    pub fn small() -> House {
        let house = House::empty();
        house.sql(
            "INSERT INTO restaurants(id, name, currency, settings_json) VALUES (2, 'Here', 'THB', '{\"later\":1}'), (3, 'There', 'THB', '{}');
             INSERT INTO tables(id, restaurant_id, number, is_active) VALUES (5, 2, '5', 1), (6, 2, '6', 1), (7, 2, '7', 0), (31, 3, '1', 1);
             INSERT INTO users(id, restaurant_id, role, name) VALUES (10, 2, 'waiter', 'Mia'), (11, 2, 'waiter', 'Noah'), (13, 3, 'waiter', 'Emil'),
               (20, 2, 'kitchen', 'Ploy'), (30, 2, 'manager', 'Somchai'), (456, NULL, 'customer', 'Chris'), (901, NULL, 'driver', 'Dao');
             INSERT INTO menu_items(id, restaurant_id, name, price_minor, is_available) VALUES (1, 2, 'Pad Thai', 8000, 1), (2, 2, 'Iced tea', 3550, 1),
               (3, 2, 'Lobster', 90000, 0), (9, 3, 'Noodles', 5500, 1);
             INSERT INTO modifier_groups(id, menu_item_id, name, min, max) VALUES (1, 1, 'Protein', 0, 1);
             INSERT INTO modifiers(group_id, name, price_minor) VALUES (1, 'Tofu', 0), (1, 'Prawns', 4000);",
        );
        house
    }

    /// Runs a command, as the writer does: all of it or nothing.
    pub fn run<T>(&self, f: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> Result<T, Error> {
        self.rows.run(self.now_ms.get(), f)
    }

    /// The code that a command is refused with.
    pub fn refused<T>(&self, f: impl FnOnce(&Transaction<'_>) -> Result<T, Error>) -> String {
        match self.run(f) {
            Ok(_) => "nothing".to_owned(),
            Err(Error::Client(error)) => error.code.into_owned(),
            Err(other) => panic!("{other}"),
        }
    }

    /// What somebody types in a shell.
    pub fn sql(&self, statements: &str) {
        self.rows.sql(statements).unwrap();
    }

    /// The first column of the first row, as text.
    pub fn text(&self, query: &str) -> String {
        let query = format!("SELECT coalesce(CAST(({query}) AS TEXT), 'NULL')");
        self.run(|tx| tx.one(&query, params![], |row| row.get(0)))
            .unwrap()
    }

    /// Time goes by.
    pub fn wait_ms(&self, ms: i64) {
        self.now_ms.set(self.now_ms.get() + ms);
    }
}
