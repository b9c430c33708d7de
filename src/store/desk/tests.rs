//! When what was read is no longer what would be read.

use super::*;
use crate::params;
use crate::store::watched::Watched;
use crate::store::{Reader, Transaction, capture};
use tempfile::TempDir;

const WATCHED: &[Watched] = &[Watched::new("a"), Watched::new("b")];

/// The writer's connection, another program's, and what the writer knows.
fn house() -> (TempDir, Connection, Connection, Desk) {
    let dir = tempfile::tempdir().unwrap();
    let open = || Connection::open(dir.path().join("desk.db")).unwrap();
    let (ours, theirs) = (open(), open());
    ours.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .unwrap();
    ours.execute_batch("CREATE TABLE a(id INTEGER PRIMARY KEY, n INT UNIQUE); CREATE TABLE b(id INTEGER PRIMARY KEY, n INT)")
        .unwrap();
    capture::create(&ours).unwrap();
    let blueprint = capture::Blueprint::bare(WATCHED);
    capture::install(&ours, &blueprint).unwrap();
    let desk = Desk::new(&ours, &blueprint, &["b"], Arc::default()).unwrap();
    (dir, ours, theirs, desk)
}

fn begin(c: &Connection, desk: &Desk) {
    c.execute_batch("BEGIN IMMEDIATE").unwrap();
    desk.opened(c).unwrap();
}

#[test]
fn a_moment_ends_with_any_change_and_an_era_with_one_of_a_steady_table() {
    let (_dir, ours, theirs, desk) = house();
    let now = || (desk.moment(&ours), desk.era());
    begin(&ours, &desk);
    let first = now();
    ours.query_row("SELECT count(*) FROM a", [], |_| Ok(()))
        .unwrap();
    assert_eq!(now(), first, "who reads changes nothing");
    ours.execute_batch("INSERT INTO a(id, n) VALUES(1, 1)")
        .unwrap();
    let second = now();
    assert!(second.0 != first.0 && second.1 == first.1);
    ours.execute_batch("SAVEPOINT job; UPDATE b SET n = 1")
        .unwrap();
    assert_eq!(now(), second, "no row of it was there");
    ours.execute_batch("INSERT INTO b(id) VALUES(1)").unwrap();
    let third = now();
    assert!(third.0 != second.0 && third.1 != second.1);
    ours.execute_batch("ROLLBACK TO job").unwrap();
    desk.undone();
    let fourth = now();
    assert!(
        fourth.0 != third.0 && fourth.1 != third.1,
        "the row is gone again"
    );
    ours.execute_batch("COMMIT").unwrap();

    begin(&ours, &desk);
    assert_eq!(now(), fourth, "nobody else was here");
    ours.execute_batch("COMMIT").unwrap();
    theirs.execute_batch("INSERT INTO b(id) VALUES(2)").unwrap();
    begin(&ours, &desk);
    let fifth = now();
    assert!(fifth.0 != fourth.0 && fifth.1 != fourth.1);
    ours.execute_batch("SAVEPOINT job; INSERT INTO a(n) VALUES(2); ROLLBACK TO job")
        .unwrap();
    desk.undone();
    let sixth = now();
    assert!(
        sixth.0 != fifth.0 && sixth.1 == fifth.1,
        "nothing steady was touched"
    );
}

#[test]
fn of_a_statement_that_failed_nothing_is_told_but_what_stayed() {
    let (_dir, ours, _theirs, desk) = house();
    begin(&ours, &desk);
    let tx = Transaction::new(Reader::at(&ours, &desk), 0);
    let noted = || desk.mark();
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
    let taken = desk.take(|notes| Ok(notes.all.iter().map(|note| note.id).collect::<Vec<_>>()));
    assert_eq!(taken.unwrap(), [1, 2, 6]);
    assert_eq!(noted(), 0, "told once");
}

#[test]
fn settled_is_what_was_announced_until_others_write_or_something_is_undone() {
    let (_dir, ours, theirs, desk) = house();
    let sql = |sql: &str| ours.execute_batch(sql).unwrap();
    let settled = || desk.settled(&["a"]);
    begin(&ours, &desk);
    let first = settled();
    assert!(first.is_some());
    sql("SAVEPOINT job; INSERT INTO a(id, n) VALUES(1, 1), (2, 2)");
    assert_eq!(settled(), None, "nobody was told");
    let announced = desk.take(|notes| {
        assert_eq!(settled(), None);
        desk.telling(0);
        assert_eq!(settled(), None, "another one is told next");
        assert_eq!(desk.settled(&["b"]), first, "which says nothing of others");
        desk.telling(notes.all.len() - 1);
        assert_eq!(settled(), first, "the last one is being told");
        Ok(())
    });
    announced.unwrap();
    sql("RELEASE job");
    assert_eq!(settled(), first);
    sql("SAVEPOINT job; INSERT INTO a(id, n) VALUES(3, 3); ROLLBACK TO job");
    desk.undone();
    assert_eq!(settled(), first, "nobody was told of what is undone");

    sql("INSERT INTO a(id, n) VALUES(4, 4)");
    let failed = desk.take(|_| Err::<(), _>(Error::Closed));
    assert!(failed.is_err());
    let second = settled();
    assert!(second.is_some() && second != first, "told in part");
    sql("ROLLBACK");
    desk.abandoned();
    let third = settled();
    assert!(third.is_some() && third != second);

    theirs.execute_batch("INSERT INTO a(n) VALUES(5)").unwrap();
    begin(&ours, &desk);
    assert!(settled().is_some() && settled() != third);
}
