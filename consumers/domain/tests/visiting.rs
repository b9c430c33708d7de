//! Visits that change tables as a whole.

use super::*;
use crate::domain::sessions::{Closing, SessionPatch};
use crate::domain::transfers::{VisitMoved, move_visit};
use crate::domain::{Key, bill, sessions, tables};

fn seated(house: &House, table: i64) -> i64 {
    let seated = house.run(|tx| tables::occupy(tx, &mia(), table, Some(2)));
    seated.unwrap().table.session.unwrap().id
}

fn go(house: &House, visit: i64, table: i64, merge: bool) -> Result<VisitMoved, String> {
    let gone = house.run(|tx| move_visit(tx, &mia(), visit, table, merge, None));
    gone.map_err(|e| e.into_client().code.into_owned())
}

fn released(house: &House, table: i64) -> String {
    house.refused(|tx| tables::release(tx, &mia(), table, &Closing::default()))
}

/// What the kitchen was told of each line.
fn told(house: &House) -> String {
    house.text("SELECT group_concat(id || ':' || status || ':' || coalesce(fired_at, '-') || ':' || version, ' ') FROM (SELECT * FROM order_items ORDER BY id)")
}

#[test]
fn a_visit_takes_along_all_that_it_has_open() {
    let house = House::small();
    let stray = placed(&house, SUPPER).id;
    let visit = seated(&house, 5);
    let [ready, cooking, over] = [(); 3].map(|()| placed(&house, SUPPER).id);
    house.sql(&format!(
        "UPDATE orders SET status = 'ready' WHERE id = {ready}; UPDATE orders SET status = 'completed' WHERE id = {over};
         INSERT INTO tasks(restaurant_id, session_id, table_id, title) VALUES (2, {visit}, 5, 'bill')"
    ));
    let kitchen = told(&house);
    let moved = go(&house, visit, 6, false).unwrap();
    assert_eq!(
        (moved.session.id, moved.session.table_id, moved.merged),
        (visit, 6, false)
    );
    assert_eq!(moved.from, (5, "5".into()));
    let tables = format!(
        "SELECT group_concat(table_id || ':' || session_id, ' ') FROM (SELECT * FROM orders WHERE id IN ({stray}, {ready}, {cooking}, {over}) ORDER BY id)"
    );
    assert_eq!(house.text(&tables), "6:1 6:1 6:1 5:1");
    assert_eq!(house.text("SELECT table_id FROM tasks"), "6");
    assert_eq!(told(&house), kitchen, "nothing is fired again");
    assert_eq!(
        house.text("SELECT count(*) FROM notifications WHERE kind = 'table_ready'"),
        "0"
    );
    // the next party there owes nothing of it, and they still owe all of it
    seated(&house, 5);
    assert_eq!(released(&house, 5), "nothing");
    assert_eq!(house.run(|tx| bill::of(tx, visit)).unwrap().orders.len(), 4);
    assert_eq!(released(&house, 6), "UNPAID_ORDERS");
}

#[test]
fn where_others_sit_a_visit_goes_only_to_be_one_with_theirs() {
    let house = House::small();
    let (here, there) = (seated(&house, 5), seated(&house, 6));
    let [first, second] = [(); 2].map(|()| placed(&house, SUPPER).id);
    house.sql(&format!(
        "UPDATE orders SET status = 'completed' WHERE id = {first};
         INSERT INTO payments(order_id, session_id, amount_minor, share_n, share_of, group_uuid) VALUES ({second}, {here}, 100, 1, 2, 'g');
         INSERT INTO tasks(restaurant_id, session_id, table_id, kind, title) VALUES (2, {here}, 5, 'bill', 'bill'), (2, {there}, 6, 'bill', 'bill'), (2, {here}, 5, 'call_waiter', 'call')"
    ));
    assert_eq!(go(&house, here, 6, false).unwrap_err(), "TABLE_OCCUPIED");
    let kitchen = told(&house);
    let merged = go(&house, here, 6, true).unwrap();
    assert_eq!(
        (
            merged.session.id,
            merged.merged,
            merged.session.guests_count
        ),
        (there, true, 4)
    );
    assert_eq!(told(&house), kitchen, "nothing is fired again");
    let bill = house.run(|tx| bill::of(tx, there)).unwrap();
    assert_eq!((bill.orders.len(), bill.paid_minor()), (2, 100));
    assert!(
        bill.shares(2).unwrap().iter().all(|share| !share.paid),
        "those were shares of another bill"
    );
    assert_eq!(house.text("SELECT group_concat(kind || ':' || status, ' ') FROM (SELECT * FROM tasks WHERE session_id = 2 AND status <> 'cancelled' ORDER BY id)"), "bill:open call_waiter:open");
    let ended = house.run(|tx| sessions::get(tx, here)).unwrap();
    assert_eq!(
        (ended.closed_at.is_some(), ended.merged_into_id),
        (true, Some(there))
    );
    assert_eq!(house.text("SELECT action FROM audit"), "merge");
    assert_eq!(released(&house, 5), "nothing", "free");
    assert_eq!(go(&house, here, 5, false).unwrap_err(), "SESSION_CLOSED");
}

#[test]
fn a_visit_goes_nowhere_where_nobody_can_sit() {
    let house = House::small();
    let visit = seated(&house, 5);
    let order = placed(&house, SUPPER);
    for (table, code) in [
        (7, "TABLE_INACTIVE"),
        (31, "OTHER_RESTAURANT"),
        (99, "NOT_FOUND"),
    ] {
        assert_eq!(go(&house, visit, table, true).unwrap_err(), code);
    }
    let same = go(&house, visit, 5, false).unwrap();
    assert_eq!((same.session.table_id, same.session.version), (5, 1));
    assert_eq!(
        house.refused(|tx| move_visit(tx, &cook(), visit, 6, false, None)),
        "FORBIDDEN"
    );
    assert_eq!(
        house.refused(|tx| move_visit(tx, &mia(), visit, 6, false, Some(9))),
        "VERSION_CONFLICT"
    );
    let same = house.run(|tx| orders::get(tx, order.id)).unwrap();
    assert_eq!((same.table_id, same.version), (Some(5), order.version));
}

#[test]
fn who_takes_a_visit_over_has_what_it_has_open() {
    let house = House::small();
    let visit = seated(&house, 5);
    let [open, over] = [(); 2].map(|()| placed(&house, SUPPER).id);
    house.sql(&format!(
        "UPDATE orders SET waiter_id = 10; UPDATE orders SET status = 'completed' WHERE id = {over};
         INSERT INTO tasks(restaurant_id, session_id, table_id, title, assignee_id) VALUES (2, {visit}, 5, 'a', 10), (2, {visit}, 5, 'b', NULL), (2, {visit}, 5, 'c', 30)"
    ));
    let patch = SessionPatch {
        waiter_id: Some(Key::Id(11)),
        ..SessionPatch::default()
    };
    house
        .run(|tx| sessions::patch(tx, &mia(), visit, &patch))
        .unwrap();
    let waiters = format!(
        "SELECT group_concat(waiter_id) FROM (SELECT * FROM orders WHERE id IN ({open}, {over}) ORDER BY id)"
    );
    assert_eq!(house.text(&waiters), "11,10");
    assert_eq!(
        house.text(
            "SELECT group_concat(coalesce(assignee_id, '-')) FROM (SELECT * FROM tasks ORDER BY id)"
        ),
        "11,-,30"
    );
}
