//! Whatever becomes of rows, what is kept is what would be read.

use super::Memo;
use crate::error::Error;
use crate::limits::clock::Clock;
use crate::params;
use crate::store::capture::Captured;
use crate::store::config::CaptureMode;
use crate::store::freshness::Freshness;
use crate::store::watched::{Stamp, Watched};
use crate::store::{Reader, Transaction, capture};
use proptest::prelude::*;
use rusqlite::Connection;
use std::cell::Cell;
use std::sync::Arc;
use tempfile::TempDir;

const WATCHED: &[Watched] = &[
    Watched::new("orders").stamps(&[Stamp::new("status", "newx", "ready_at")]),
    Watched::new("lines"),
    Watched {
        table: "guests",
        stamps: &[],
        secret: &["pin"],
    },
];
const STEADY: &[&str] = &["dishes"];
const TABLES: &str = "
CREATE TABLE orders(id INTEGER PRIMARY KEY, guest_id INT, status TEXT, code TEXT UNIQUE, remark TEXT,
  version INT NOT NULL DEFAULT 1, updated_at INT, ready_at INT);
CREATE TABLE lines(id INTEGER PRIMARY KEY, order_id INT REFERENCES orders(id) ON DELETE CASCADE, dish_id INT, quantity INT);
CREATE TABLE guests(id INTEGER PRIMARY KEY, name TEXT, pin TEXT, updated_at INT);
CREATE TABLE dishes(id INTEGER PRIMARY KEY, name TEXT UNIQUE);
CREATE TABLE notes(id INTEGER PRIMARY KEY, text TEXT);
CREATE TRIGGER refused BEFORE UPDATE OF status ON orders WHEN NEW.status = 'bad'
  BEGIN UPDATE lines SET quantity = 99 WHERE order_id = NEW.id; SELECT RAISE(FAIL, 'no'); END;
CREATE TRIGGER moved AFTER UPDATE OF status ON orders BEGIN UPDATE lines SET quantity = quantity + 1 WHERE order_id = NEW.id; END;";

static WHOLE: Memo<String> =
    Memo::new("an order with its lines").by(&[("orders", "id"), ("lines", "order_id")]);

/// All that an order shows, as text.
fn read_whole(db: &Reader<'_>, id: i64) -> Result<String, Error> {
    let order = db.row(
        "SELECT o.status || coalesce(g.name, '') || o.version || coalesce(o.ready_at, '') FROM orders o LEFT JOIN guests g ON g.id = o.guest_id WHERE o.id = ?1",
        params![id],
        |row| row.get::<Option<String>>(0),
    )?;
    let lines = db.rows(
        "SELECT l.id || ':' || l.quantity || coalesce(d.name, '') FROM lines l LEFT JOIN dishes d ON d.id = l.dish_id WHERE l.order_id = ?1 ORDER BY l.id",
        params![id],
        |row| row.get::<Option<String>>(0),
    )?;
    Ok(format!("{order:?} {lines:?}"))
}

fn whole(db: &Reader<'_>, id: i64) -> String {
    db.memo(&WHOLE, id, |db| read_whole(db, id)).unwrap()
}

/// The writer's connection, another program's, and what the writer knows.
struct House {
    _dir: TempDir,
    ours: Connection,
    theirs: Connection,
    freshness: Freshness,
}

impl House {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let open = || Connection::open(dir.path().join("memo.db")).unwrap();
        let (ours, theirs) = (open(), open());
        ours.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
            .unwrap();
        ours.execute_batch("PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = OFF")
            .unwrap();
        ours.execute_batch(TABLES).unwrap();
        capture::create(&ours).unwrap();
        let blueprint = capture::Blueprint::bare(WATCHED);
        capture::install(&ours, &blueprint).unwrap();
        let freshness = Freshness::new(
            &ours,
            &Clock::system(),
            CaptureMode::default(),
            &blueprint,
            STEADY,
            Arc::default(),
        )
        .unwrap();
        let house = House {
            _dir: dir,
            ours,
            theirs,
            freshness,
        };
        house.sql(
            "INSERT INTO guests(id, name, pin) VALUES(1, 'Ada', '1'), (2, 'Bo', '2');
             INSERT INTO dishes VALUES(1, 'soup'), (2, 'stew');
             INSERT INTO orders(id, guest_id, status, code) VALUES(1, 1, 'new', 'a'), (2, 2, 'new', 'b'), (3, NULL, 'new', 'c');
             INSERT INTO lines VALUES(1, 1, 1, 1), (2, 1, 2, 1), (3, 2, 1, 1)",
        );
        house
    }

    fn reader(&self) -> Reader<'_> {
        Reader::at(&self.ours, &self.freshness)
    }

    /// Within a transaction or not, as the statements of an application's command.
    fn sql(&self, statements: &str) {
        for statement in statements.split(';').filter(|s| !s.trim().is_empty()) {
            let _ = Transaction::new(self.reader(), 0).execute(statement, &[]);
        }
    }

    /// A command, as the writer runs one: announced and kept, or undone.
    fn command(&self, statements: &str, looks: bool, fails: bool) {
        self.ours.execute_batch("SAVEPOINT job").unwrap();
        self.freshness.begun();
        self.sql(statements);
        if looks {
            self.look();
        }
        let announced = self.freshness.take(&self.ours, |captured| {
            let Captured::Buffered(changes) = captured else {
                unreachable!("the default is in memory")
            };
            for _ in changes.all {
                self.look();
            }
            match fails {
                true => Err(Error::Closed),
                false => Ok(()),
            }
        });
        if announced.is_err() {
            self.ours.execute_batch("ROLLBACK TO job").unwrap();
            self.freshness.undone();
        }
        self.ours.execute_batch("RELEASE job").unwrap();
    }

    /// What is kept of each order is what is there.
    fn look(&self) {
        for id in 1..=4 {
            let found = read_whole(&Reader::new(&self.ours), id).unwrap();
            assert_eq!(whole(&self.reader(), id), found);
        }
    }

    fn begin(&self) {
        self.ours.execute_batch("BEGIN IMMEDIATE").unwrap();
        self.freshness.opened(&self.ours).unwrap();
    }
}

fn statement() -> impl Strategy<Value = String> {
    let (id, other) = (1..5_i64, 1..5_i64);
    (0..20, id, other).prop_map(|(kind, id, other)| match kind {
        0 => format!("UPDATE orders SET status = status || 'x' WHERE id = {id}"),
        1 => format!("UPDATE lines SET quantity = {other} WHERE id = {id}"),
        2 => format!("UPDATE lines SET order_id = {other} WHERE id = {id}"),
        3 => format!("INSERT INTO lines(order_id, dish_id, quantity) VALUES({other}, {id}, 1)"),
        4 => format!("DELETE FROM orders WHERE id = {id}"),
        5 => format!(
            "INSERT OR REPLACE INTO orders(id, guest_id, status) VALUES({id}, {other}, 'again')"
        ),
        6 => format!("UPDATE guests SET name = name || 'y' WHERE id = {id}"),
        7 => format!("UPDATE dishes SET name = name || 'z' WHERE id = {id}"),
        8 => format!("UPDATE dishes SET name = 'soup' WHERE id = {id}"), // fails now and then
        9 => format!("UPDATE orders SET id = {other} WHERE id = {id}"),
        10 => format!("UPDATE orders SET guest_id = {other} WHERE id <= {id}"),
        11 => format!("DELETE FROM lines WHERE order_id = {id}"),
        12 => format!("INSERT OR REPLACE INTO orders(id, status, code) VALUES({id}, 'taken', 'a')"),
        13 => format!("UPDATE orders SET version = version + {other} WHERE id = {id}"),
        14 => {
            format!("UPDATE orders SET ready_at = {other}, version = version + 1 WHERE id = {id}")
        }
        15 => format!("UPDATE orders SET remark = 'r{other}' WHERE id = {id}"),
        16 => format!("UPDATE orders SET status = 'bad' WHERE id = {id}"),
        17 => "SAVEPOINT own".to_owned(),
        18 => "ROLLBACK TO own".to_owned(),
        _ => format!("UPDATE OR FAIL dishes SET name = 'stew' WHERE id <= {id}"),
    })
}

#[derive(Debug, Clone)]
enum Step {
    Command(Vec<String>, bool, bool),
    Others(String),
    Look,
    /// The transaction is undone, with what was announced in it.
    Abandon,
    Commit,
}

fn step() -> impl Strategy<Value = Step> {
    let statements = prop::collection::vec(statement(), 1..4);
    prop_oneof![
        6 => (statements, any::<bool>(), prop::bool::weighted(0.3))
            .prop_map(|(all, looks, fails)| Step::Command(all, looks, fails)),
        1 => statement().prop_map(Step::Others),
        2 => Just(Step::Look),
        1 => Just(Step::Abandon),
        1 => Just(Step::Commit),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn what_is_kept_is_what_is_there_whoever_changes_rows(steps in prop::collection::vec(step(), 1..24)) {
        let house = House::new();
        house.begin();
        for step in steps {
            match step {
                Step::Command(statements, looks, fails) => {
                    house.command(&statements.join(";"), looks, fails);
                }
                Step::Look => house.look(),
                Step::Abandon => {
                    house.ours.execute_batch("ROLLBACK").unwrap();
                    house.freshness.abandoned();
                    house.begin();
                }
                Step::Commit => {
                    house.ours.execute_batch("COMMIT").unwrap();
                    house.begin();
                }
                Step::Others(statement) => {
                    house.ours.execute_batch("COMMIT").unwrap();
                    let _ = house.theirs.execute_batch(&statement); // may break a rule
                    if !house.theirs.is_autocommit() {
                        house.theirs.execute_batch("ROLLBACK").unwrap(); // it only said SAVEPOINT
                    }
                    house.begin();
                }
            }
        }
        house.look();
    }
}

/// How often something is read of which three are asked for.
fn reads(house: &House, sql: &'static str, change: &str) -> usize {
    let memo = Memo::<Option<i64>>::new(sql);
    let count = Cell::new(0);
    let ask = || {
        house.reader().memo(&memo, 1, |db| {
            count.set(count.get() + 1);
            db.row(sql, &[], |row| row.get(0))
        })
    };
    ask().unwrap();
    let again = ask().unwrap();
    house.sql(change);
    assert_eq!(
        ask().unwrap(),
        house.reader().row(sql, &[], |r| r.get(0)).unwrap()
    );
    let _ = again;
    count.get()
}

/// In a debug build what is kept is read all the same: this counts those reads too.
const CHECKED: usize = if cfg!(debug_assertions) { 1 } else { 0 };

#[test]
fn what_no_change_touched_is_read_once() {
    let house = House::new();
    let sql = "SELECT count(*) FROM orders";
    assert_eq!(
        reads(&house, sql, "UPDATE guests SET name = 'Cy'"),
        1 + 2 * CHECKED
    );
    assert_eq!(
        reads(
            &house,
            "SELECT count(*) + 0 FROM orders",
            "DELETE FROM orders"
        ),
        2 + CHECKED
    );
}

#[test]
fn a_change_of_columns_that_nobody_looked_at_drops_nothing() {
    let house = House::new();
    let sql = "SELECT count(status) FROM orders WHERE guest_id = 1";
    let once = 1 + 2 * CHECKED;
    let remark = "UPDATE orders SET remark = 'x'";
    assert_eq!(reads(&house, sql, remark), once);
    let all = "SELECT count(*) FROM orders";
    assert_eq!(reads(&house, all, "UPDATE orders SET status = 'x'"), once);
    // what the framework writes itself with any change of a row is looked at like all of it
    let version = "SELECT sum(version) FROM orders";
    assert_eq!(reads(&house, version, remark), 2 + CHECKED);
}

#[test]
fn what_nobody_would_see_change_is_not_kept() {
    let house = House::new();
    for sql in [
        "SELECT count(*) FROM notes",
        "SELECT length(pin) FROM guests WHERE id = 1",
        "SELECT count(updated_at) FROM guests",
        "SELECT unixepoch('now') * 0 FROM orders",
        "SELECT count(*) FROM orders, notes",
        "SELECT count(*) FROM sqlite_schema",
    ] {
        assert_eq!(
            reads(&house, sql, "INSERT INTO notes(text) VALUES('x')"),
            3,
            "{sql}"
        );
    }
    // whoever is steady is seen to change whatever its columns are
    assert_eq!(
        reads(&house, "SELECT count(*) FROM dishes, json_each('[1]')", ""),
        1 + 2 * CHECKED
    );
}

#[test]
fn what_is_read_for_something_else_is_a_part_of_it() {
    let house = House::new();
    static OUTER: Memo<String> = Memo::new("with a title");
    let ask = || {
        let outer = |db: &Reader<'_>| Ok(format!("order: {}", whole(db, 1)));
        house.reader().memo(&OUTER, 1, outer).unwrap()
    };
    let first = ask();
    house.sql("UPDATE lines SET quantity = 9 WHERE id = 1");
    assert_ne!(ask(), first);
    // now the part is kept already when the whole is read
    house.sql("UPDATE lines SET quantity = 8 WHERE id = 2");
    whole(&house.reader(), 1);
    let third = ask();
    house.sql("UPDATE guests SET name = 'Di' WHERE id = 1");
    assert_ne!(ask(), third);
}

#[test]
fn what_was_just_written_is_kept_until_it_changes() {
    let house = House::new();
    let before = whole(&house.reader(), 1);
    house.sql("UPDATE lines SET quantity = 5 WHERE id = 1");
    let written = before.replace("1:1", "1:5");
    let read = |db: &Reader<'_>| read_whole(db, 1);
    let db = house.reader();
    db.memo_written(&WHOLE, 1, written.clone(), read).unwrap();
    assert_eq!(whole(&db, 1), written);
    house.sql("UPDATE lines SET quantity = 6 WHERE id = 1");
    house.look();
}

#[test]
#[cfg(debug_assertions)]
#[should_panic(expected = "what is kept is not what is there")]
fn a_column_that_does_not_tell_keys_apart_is_found_in_a_debug_build() {
    static WRONG: Memo<i64> = Memo::new("lines of everybody").by(&[("lines", "order_id")]);
    let house = House::new();
    let ask = || {
        house.reader().memo(&WRONG, 1, |db| {
            db.one("SELECT sum(quantity) FROM lines", &[], |row| row.get(0))
        })
    };
    let _ = ask();
    house.sql("UPDATE lines SET quantity = 7 WHERE order_id = 2");
    let _ = ask();
}
