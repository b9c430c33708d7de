//! What is captured of statements that fail, and what is noticed of others.

use super::*;
use crate::params;
use crate::store::watched::Watched;
use crate::store::{Reader, Transaction, capture};
use tempfile::TempDir;

const WATCHED: &[Watched] = &[Watched::new("a"), Watched::new("b")];

/// The writer's connection, another program's, and what the writer knows.
fn house() -> (TempDir, Connection, Connection, Freshness) {
    let dir = tempfile::tempdir().unwrap();
    let open = || Connection::open(dir.path().join("fresh.db")).unwrap();
    let (ours, theirs) = (open(), open());
    ours.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .unwrap();
    ours.execute_batch("CREATE TABLE a(id INTEGER PRIMARY KEY, n INT UNIQUE); CREATE TABLE b(id INTEGER PRIMARY KEY, n INT)")
        .unwrap();
    capture::create(&ours).unwrap();
    let blueprint = capture::Blueprint::bare(WATCHED);
    capture::install(&ours, &blueprint).unwrap();
    let mode = CaptureMode::default();
    let freshness = Freshness::new(
        &ours,
        &Clock::system(),
        mode,
        &blueprint,
        &["b"],
        Arc::default(),
    )
    .unwrap();
    (dir, ours, theirs, freshness)
}

fn begin(c: &Connection, freshness: &Freshness) -> bool {
    c.execute_batch("BEGIN IMMEDIATE").unwrap();
    freshness.opened(c).unwrap()
}

fn ids(captured: &Captured<'_>) -> Vec<i64> {
    let Captured::Buffered(changes) = captured else {
        unreachable!("the default is in memory")
    };
    changes.all.iter().map(|change| change.id).collect()
}

#[test]
fn of_a_statement_that_failed_nothing_is_told_but_what_stayed() {
    let (_dir, ours, _theirs, freshness) = house();
    begin(&ours, &freshness);
    let tx = Transaction::new(Reader::at(&ours, &freshness), 0);
    let noted = || freshness.captured();
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
    let taken = freshness.take(&ours, |captured| Ok(ids(&captured)));
    assert_eq!(taken.unwrap(), Some(vec![1, 2, 6]));
    assert_eq!(noted(), 0, "told once");
}

#[test]
fn what_others_committed_is_noticed_once_and_again_where_that_was_undone() {
    let (_dir, ours, theirs, freshness) = house();
    assert!(begin(&ours, &freshness), "nobody has looked before");
    ours.execute_batch("INSERT INTO a(id) VALUES(1); COMMIT")
        .unwrap();
    assert!(!begin(&ours, &freshness), "that was our own");
    ours.execute_batch("COMMIT").unwrap();
    theirs.execute_batch("INSERT INTO a(id) VALUES(2)").unwrap();
    assert!(freshness.is_behind(&ours));
    assert!(begin(&ours, &freshness));
    assert!(!freshness.is_behind(&ours));
    ours.execute_batch("ROLLBACK").unwrap();
    freshness.abandoned();
    assert!(begin(&ours, &freshness), "what was made of it is gone");
    ours.execute_batch("COMMIT").unwrap();
    assert!(!begin(&ours, &freshness));
}
