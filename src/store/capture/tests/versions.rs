//! `version` rises whoever writes, and a statement that asks for it is told what the row has.

use super::*;

fn version(c: &Connection, id: i64) -> i64 {
    c.query_row("SELECT version FROM o WHERE id = ?1", [id], |row| {
        row.get(0)
    })
    .expect("a row")
}

#[test]
fn a_replaced_rows_version_goes_on_under_recursive_triggers() {
    for pragma in [
        "PRAGMA recursive_triggers=ON",
        "PRAGMA recursive_triggers=OFF",
    ] {
        let c = database();
        c.execute_batch(pragma).expect("a pragma");
        c.execute_batch(
            "INSERT INTO o(id, uuid) VALUES(1, 'a'); UPDATE o SET waiter = 1; UPDATE o SET waiter = 2;
             REPLACE INTO o(id, uuid, version) VALUES(1, 'a', 2);",
        )
        .expect("replaced");
        assert_eq!(version(&c, 1), 4, "{pragma}");
        c.execute_batch("REPLACE INTO o(id, uuid) VALUES(1, 'b'), (1, 'c')")
            .expect("replaced twice");
        assert_eq!(version(&c, 1), 6, "{pragma}");
        let told = log(&c).into_iter();
        let told: Vec<i64> = told
            .filter_map(|(.., new)| new?["version"].as_i64())
            .collect();
        assert!(told.is_sorted(), "{pragma} {told:?}");
    }
}

#[test]
fn a_row_that_takes_anothers_id_goes_on_from_the_later_version() {
    let c = database();
    c.execute_batch(
        "INSERT INTO o(id, version) VALUES(1, 3), (2, 8); UPDATE OR REPLACE o SET id = 2 WHERE id = 1",
    )
    .expect("taken");
    assert_eq!(version(&c, 2), 9);
    assert_eq!(logged(&c, "UPDATE o SET waiter = 5"), ["o2u"]);
    assert_eq!(version(&c, 2), 10);
}

/// `RETURNING` shows the row before any trigger that fires after the insert.
#[test]
fn an_insert_that_returns_the_version_is_told_what_the_row_has() {
    let c = database();
    let sql = "INSERT INTO o(id, st) VALUES(1, 'ready') RETURNING version";
    let told: i64 = c.query_row(sql, [], |row| row.get(0)).expect("a row");
    assert_eq!((told, version(&c, 1)), (1, 1));
    assert_eq!(log(&c).len(), 1, "the stamp is no change of its own");
    let stamp = |c: &Connection| -> Option<i64> {
        let sql = "SELECT ready_at FROM o";
        c.query_row(sql, [], |row| row.get(0)).expect("a row")
    };
    assert!(stamp(&c).is_some());
    let optimistic = "UPDATE o SET waiter = 1, version = version + 1 WHERE id = 1 AND version = ?1";
    assert_eq!(c.execute(optimistic, [told]).expect("updated"), 1);
    // What looks the same is a change where somebody else makes it.
    assert_eq!(logged(&c, "UPDATE o SET ready_at = NULL"), ["o1u"]);
    assert_eq!(logged(&c, "UPDATE o SET ready_at = 7"), ["o1u"]);
    assert_eq!(stamp(&c), Some(7));
}

#[test]
fn an_index_of_another_collation_evicts_no_row_untold() {
    let c = database();
    c.execute_batch("CREATE UNIQUE INDEX m_note ON m(note COLLATE NOCASE)")
        .expect("an index");
    install(&c, &Blueprint::bare(WATCHED)).expect("the triggers");
    c.execute_batch("INSERT INTO m(id, note) VALUES(1, 'A1')")
        .expect("a row");
    assert_eq!(
        logged(&c, "REPLACE INTO m(id, note) VALUES(2, 'a1')"),
        ["m1d", "m2i"]
    );
    c.execute_batch("INSERT INTO m(id, note) VALUES(3, 'b1')")
        .expect("a row");
    assert_eq!(
        logged(&c, "UPDATE OR REPLACE m SET note = 'B1' WHERE id = 2"),
        ["m2u", "m3d"]
    );
}

/// Under recursive triggers what we repair sets off the same trigger again.
#[test]
fn a_step_that_raises_the_version_itself_is_told_once_under_recursive_triggers() {
    let c = database();
    c.execute_batch("PRAGMA recursive_triggers=ON; INSERT INTO o(id, st) VALUES(1, 'new')")
        .expect("a row");
    assert_eq!(
        logged(&c, "UPDATE o SET st = 'ready', version = version + 1"),
        ["o1u"]
    );
    let (.., new) = log(&c).remove(0);
    assert!(new.expect("a row")["ready_at"].is_i64());
}
