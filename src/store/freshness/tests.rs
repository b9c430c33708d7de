//! What the writer knows of its own statements.

use super::*;
use crate::params;
use crate::store::watched::Watched;
use crate::store::{Reader, Transaction, capture};
use tempfile::TempDir;

const WATCHED: &[Watched] = &[Watched::new("a"), Watched::new("b")];

/// The writer's connection, and what the writer knows.
fn house() -> (TempDir, Connection, Freshness) {
    let dir = tempfile::tempdir().unwrap();
    let ours = Connection::open(dir.path().join("freshness.db")).unwrap();
    ours.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .unwrap();
    ours.execute_batch("CREATE TABLE a(id INTEGER PRIMARY KEY, n INT UNIQUE); CREATE TABLE b(id INTEGER PRIMARY KEY, n INT)")
        .unwrap();
    capture::create(&ours).unwrap();
    let blueprint = capture::Blueprint::bare(WATCHED);
    capture::install(&ours, &blueprint).unwrap();
    let freshness = Freshness::new(&ours, &blueprint, &["b"], Arc::default()).unwrap();
    (dir, ours, freshness)
}

fn begin(c: &Connection, freshness: &Freshness) {
    c.execute_batch("BEGIN IMMEDIATE").unwrap();
    freshness.opened(c).unwrap();
}

#[test]
fn of_a_statement_that_failed_nothing_is_told_but_what_stayed() {
    let (_dir, ours, freshness) = house();
    begin(&ours, &freshness);
    let tx = Transaction::new(Reader::at(&ours, &freshness), 0);
    let noted = || freshness.mark();
    tx.execute("INSERT INTO a(id, n) VALUES(1, 1), (2, 2)", params![])
        .unwrap();
    assert_eq!(noted(), 2);
    let twice = tx.execute("INSERT INTO a(id, n) VALUES(3, 3), (4, 1)", params![]);
    assert!(twice.is_err());
    assert_eq!(noted(), 2, "the first of the two is undone");
    let returning = tx.row(
        "INSERT INTO a(n) VALUES(5), (1) RETURNING id",
        params![],
        |_| Ok(()),
    );
    assert!(returning.is_err());
    assert_eq!(noted(), 2);
    let some = tx.execute(
        "INSERT OR FAIL INTO a(id, n) VALUES(6, 6), (7, 1)",
        params![],
    );
    assert!(some.is_err());
    assert_eq!(noted(), 3, "the first of the two stays");
    let taken =
        freshness.take(|notes| Ok(notes.all.iter().map(|note| note.id).collect::<Vec<_>>()));
    assert_eq!(taken.unwrap(), [1, 2, 6]);
    assert_eq!(noted(), 0, "told once");
}
