use super::*;
use crate::domain::orders::Patch;
use crate::domain::sessions::Closing;
use crate::domain::{payments, tables};

/// Tables 5 and 6 for the asking, both with nobody at them.
fn seated(house: &House, table: i64) -> i64 {
    let seated = house.run(|tx| tables::occupy(tx, &mia(), table, Some(2)));
    seated.unwrap().table.session.unwrap().id
}

fn go(house: &House, order: i64, json: &str) -> Result<OrderFacts, String> {
    let patch: Patch = serde_json::from_str(json).unwrap();
    let gone = house.run(|tx| orders::patch(tx, &mia(), order, &patch));
    gone.map_err(|e| e.into_client().code.into_owned())
}

/// The table and the visit of each order, and where each open visit is.
fn places(house: &House) -> (String, String) {
    (
        house.text("SELECT group_concat(table_id || ':' || coalesce(session_id, '-'), ' ') FROM (SELECT * FROM orders ORDER BY id)"),
        house.text("SELECT group_concat(table_id || ':' || id || ':' || guests_count, ' ') FROM (SELECT * FROM table_sessions WHERE closed_at IS NULL ORDER BY id)"),
    )
}

fn released(house: &House, table: i64) -> String {
    house.refused(|tx| tables::release(tx, &mia(), table, &Closing::default()))
}

#[test]
fn a_visit_moves_to_a_free_table_with_all_that_it_has_open() {
    let house = House::small();
    let visit = seated(&house, 5);
    let [first, second, over] = [(); 3].map(|()| placed(&house, SUPPER).id);
    to(&house, &boss(), over, Status::Cancelled);
    house.sql(
        "INSERT INTO tasks(restaurant_id, session_id, table_id, title) VALUES (2, 1, 5, 'bill')",
    );
    let moved = go(&house, first, r#"{"table_id":6}"#).unwrap();
    assert_eq!((moved.table_id, moved.session_id), (Some(6), Some(visit)));
    assert_eq!(places(&house), ("6:1 6:1 5:1".into(), "6:1:2".into()));
    assert_eq!(house.text("SELECT table_id FROM tasks"), "6");
    assert_eq!(second, first + 1);
    // what they owe is where they sit, and the next party at either table owes nothing of it
    assert_eq!(released(&house, 6), "UNPAID_ORDERS");
    seated(&house, 5);
    assert_eq!(released(&house, 5), "nothing");
}

#[test]
fn where_others_sit_an_order_is_theirs_and_a_visit_merges_on_request() {
    let house = House::small();
    let (here, there) = (seated(&house, 5), seated(&house, 6));
    let [first, second] = [(); 2].map(|()| placed(&house, SUPPER).id);
    // this order is theirs
    let left = go(&house, first, r#"{"table_id":6}"#).unwrap();
    assert_eq!((left.table_id, left.session_id), (Some(6), Some(there)));
    assert_eq!(places(&house), ("6:2 5:1".into(), "5:1:2 6:2:2".into()));
    // and now they sit together
    house.sql("UPDATE orders SET status = 'completed' WHERE id = 1; INSERT INTO payments(order_id, session_id, amount_minor) VALUES (2, 1, 100)");
    let merged = go(&house, second, r#"{"table_id":6,"visit":"merge"}"#).unwrap();
    assert_eq!((merged.table_id, merged.session_id), (Some(6), Some(there)));
    assert_eq!(places(&house), ("6:2 6:2".into(), "6:2:4".into()));
    assert_eq!(house.text("SELECT session_id FROM payments"), "2");
    let ended = format!("SELECT close_reason FROM table_sessions WHERE id = {here}");
    assert_eq!(house.text(&ended), "merged into table 6");
    assert_eq!(
        house.text("SELECT action || ':' || actor FROM audit"),
        "merge:waiter:10"
    );
    assert_eq!(released(&house, 5), "nothing", "free");
    assert_eq!(released(&house, 6), "UNPAID_ORDERS");
}

#[test]
fn an_order_that_leaves_its_visit_for_a_free_table_opens_another() {
    let house = House::small();
    let visit = seated(&house, 5);
    let [first, _] = [(); 2].map(|()| placed(&house, SUPPER).id);
    let left = go(&house, first, r#"{"table_id":6,"visit":"leave"}"#).unwrap();
    assert_eq!((left.table_id, left.session_id), (Some(6), Some(visit + 1)));
    assert_eq!(places(&house), ("6:2 5:1".into(), "5:1:2 6:2:1".into()));
    assert_eq!(
        go(&house, first, r#"{"table_id":7}"#),
        Err("TABLE_INACTIVE".into())
    );
    // away from all tables
    let away = go(&house, first, r#"{"table_id":null}"#).unwrap();
    assert_eq!((away.table_id, away.session_id), (None, None));
}

#[test]
fn an_order_whose_visit_is_over_is_nobodys_bill_elsewhere() {
    let house = House::small();
    let visit = seated(&house, 5);
    let order = placed(&house, SUPPER).id;
    let force = Closing {
        force: true,
        reason: Some("gone".into()),
    };
    house
        .run(|tx| tables::release(tx, &boss(), 5, &force))
        .unwrap();
    let moved = go(&house, order, r#"{"table_id":6}"#).unwrap();
    assert_eq!((moved.table_id, moved.session_id), (Some(6), Some(visit)));
    seated(&house, 6);
    assert_eq!(released(&house, 6), "nothing");
}

#[test]
fn a_table_whose_orders_all_go_is_not_told_to_be_ready() {
    for wanted in ["first", "second"] {
        let house = House::small();
        seated(&house, 5);
        let [first, second] = [(); 2].map(|()| placed(&house, SUPPER).id);
        let unready = "UPDATE orders SET status = 'ready' WHERE id = ";
        house.sql(&format!("{unready}{second}"));
        let order = if wanted == "first" { first } else { second };
        go(&house, order, r#"{"table_id":6}"#).unwrap();
        let told = "SELECT count(*) FROM notifications WHERE kind = 'table_ready'";
        assert_eq!(house.text(told), "0", "{wanted}");
    }
}

#[test]
fn what_was_paid_of_a_visit_stays_paid() {
    let house = House::small();
    let (_, _) = (seated(&house, 5), seated(&house, 6));
    let order = placed(&house, SUPPER).id;
    let all: payments::NewPayment = serde_json::from_str(r#"{"amount":195.50}"#).unwrap();
    house
        .run(|tx| payments::take(tx, &mia(), order, &all))
        .unwrap();
    go(&house, order, r#"{"table_id":6,"visit":"merge"}"#).unwrap();
    assert_eq!(released(&house, 6), "nothing");
}
