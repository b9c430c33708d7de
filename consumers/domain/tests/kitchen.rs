//! What a kitchen needs: who cooks what, tables that can be served, tables that are done.

use super::*;
use crate::domain::alerts::{self, Level, NewAlert};
use crate::domain::items;
use crate::domain::notifications::{Audience, NotificationKind};

/// Stations 1 kitchen, 2 bar, 3 pass; Pad Thai belongs to no category, Iced tea to one of the bar's.
fn house() -> House {
    let house = House::small();
    house.sql(
        "INSERT INTO stations(id, restaurant_id, code, name, is_expo) VALUES (1, 2, 'kitchen', 'Kitchen', 0), (2, 2, 'bar', 'Bar', 0), (3, 2, 'expo', 'Pass', 1);
         INSERT INTO menu_categories(id, restaurant_id, name, station_id) VALUES (1, 2, 'Drinks', 2);
         UPDATE menu_items SET category_id = 1 WHERE id = 2",
    );
    house
}

/// What was told of tables that are ready, in order.
fn ready(house: &House) -> String {
    house.text("SELECT coalesce(group_concat(message || ' ' || json_array_length(order_uuids_json), ', '), 'nothing') FROM notifications WHERE kind = 'table_ready'")
}

#[test]
fn a_line_goes_to_its_own_station_else_its_dishs_else_the_categorys_else_the_kitchen() {
    let house = house();
    let stations = |id| house.run(|tx| items::stations(tx, id)).unwrap();
    let codes = |id| {
        let lines = house.run(|tx| items::of_order(tx, id)).unwrap();
        let codes = lines
            .into_iter()
            .map(|line| line.station.unwrap_or_default());
        codes.collect::<Vec<_>>()
    };
    let order = placed(&house, SUPPER).id;
    assert_eq!(codes(order), ["kitchen", "bar"]);
    assert_eq!(stations(order).len(), 2);
    // The dish's own station counts more than its category's, and what was ordered stays where it is.
    house.sql("UPDATE menu_items SET station_id = 1 WHERE id = 2");
    assert_eq!(codes(order), ["kitchen", "bar"]);
    let drinks = r#"{"restaurant_id":2,"items":[{"menu_item_id":2},{"name":"Cake","price":1}]}"#;
    let order = placed(&house, drinks).id;
    assert_eq!(
        (codes(order).join(" "), stations(order)),
        ("kitchen kitchen".into(), vec![1])
    );
    // A shell names no station.
    house.sql(
        "UPDATE menu_items SET station_id = NULL WHERE id = 2; INSERT INTO orders(id, restaurant_id) VALUES (50, 2);
         INSERT INTO order_items(order_id, menu_item_id, name) VALUES (50, 2, 'Iced tea'), (50, NULL, 'Soup');
         INSERT INTO order_items(order_id, name, station_id) VALUES (50, 'Toast', 3)",
    );
    assert_eq!(codes(50), ["bar", "kitchen", "expo"]);
    // Without stations everybody hears everything.
    let elsewhere = House::small();
    let order = placed(&elsewhere, SUPPER).id;
    let none = elsewhere.run(|tx| items::stations(tx, order)).unwrap();
    assert!(none.is_empty());
}

#[test]
fn a_table_is_ready_with_its_last_order_and_once() {
    let house = house();
    let (one, two) = (placed(&house, SUPPER).id, placed(&house, SUPPER).id);
    for id in [one, two] {
        to(&house, &mia(), id, Status::Confirmed);
        to(&house, &cook(), id, Status::Preparing);
    }
    to(&house, &cook(), one, Status::Ready);
    assert_eq!(ready(&house), "nothing");
    to(&house, &cook(), two, Status::Ready);
    assert_eq!(ready(&house), "Table 5 is ready 2");
    // Served is not ready again; another order at another table is its own.
    to(&house, &mia(), one, Status::Delivered);
    house.sql("INSERT INTO orders(restaurant_id, table_id) VALUES (2, 6)");
    assert_eq!(ready(&house), "Table 5 is ready 2");
    // Called back, and ready again.
    let back = Move {
        back: true,
        ..Move::to(Status::Preparing)
    };
    house
        .run(|tx| change_status(tx, &cook(), two, &back))
        .unwrap();
    to(&house, &cook(), two, Status::Ready);
    assert_eq!(ready(&house), "Table 5 is ready 2, Table 5 is ready 1");
}

#[test]
fn one_statement_that_makes_several_orders_ready_tells_of_the_table_once() {
    let house = house();
    for _ in 0..3 {
        placed(&house, SUPPER);
    }
    house.sql("UPDATE orders SET status = 'ready'");
    assert_eq!(ready(&house), "Table 5 is ready 3");
}

#[test]
fn a_table_is_ready_when_what_it_waited_for_is_off_or_elsewhere() {
    for leaves in [
        "UPDATE orders SET status = 'cancelled' WHERE id = 2",
        "UPDATE orders SET table_id = 6 WHERE id = 2",
        "UPDATE orders SET table_id = NULL WHERE id = 2",
        "DELETE FROM orders WHERE id = 2",
    ] {
        let house = house();
        house.sql("INSERT INTO orders(id, restaurant_id, table_id) VALUES (1, 2, 5), (2, 2, 5); UPDATE orders SET status = 'ready' WHERE id = 1");
        assert_eq!(ready(&house), "nothing", "{leaves}");
        house.sql(leaves);
        assert_eq!(ready(&house), "Table 5 is ready 1", "{leaves}");
    }
    // Nothing is left that could be served.
    let house = house();
    house.sql("INSERT INTO orders(id, restaurant_id, table_id) VALUES (1, 2, 5); UPDATE orders SET status = 'cancelled'");
    assert_eq!(ready(&house), "nothing");
    // An order without a table, and one of another workflow, are no table's.
    house.sql("INSERT INTO orders(id, restaurant_id) VALUES (2, 2); INSERT INTO orders(id, restaurant_id, table_id, workflow_id, status) VALUES (3, 2, 5, 2, 'In Printing');
      UPDATE orders SET status = 'ready' WHERE id = 2");
    assert_eq!(ready(&house), "nothing");
}

#[test]
fn a_table_is_completed_as_one_command() {
    let house = house();
    house.sql("INSERT INTO table_sessions(id, table_id) VALUES (1, 5)");
    let all: Vec<i64> = (0..4).map(|_| placed(&house, SUPPER).id).collect();
    for (id, steps) in all.iter().zip(0..) {
        for status in [Status::Confirmed, Status::Preparing, Status::Ready]
            .iter()
            .take(steps)
        {
            to(&house, &boss(), *id, *status);
        }
    }
    let elsewhere = placed(
        &house,
        r#"{"restaurant_id":2,"table_id":6,"items":[{"menu_item_id":1}]}"#,
    );
    let cancelled = placed(&house, SUPPER).id;
    to(&house, &boss(), cancelled, Status::Cancelled);
    let done = house
        .run(|tx| orders::complete_table(tx, &cook(), 2, "5"))
        .unwrap();
    assert_eq!(
        (done.order_uuids.len(), done.table_number.as_str()),
        (4, "5")
    );
    let statuses = "SELECT group_concat(status, ' ') FROM (SELECT status FROM orders ORDER BY id)";
    assert_eq!(
        house.text(statuses),
        "completed completed completed completed pending cancelled"
    );
    assert_eq!(house.text("SELECT count(*) FROM orders WHERE status = 'completed' AND confirmed_at IS NOT NULL AND ready_at IS NOT NULL AND delivered_at IS NOT NULL AND completed_at IS NOT NULL"), "4");
    assert_eq!(
        house.text("SELECT count(*) FROM order_items WHERE status = 'served'"),
        "8"
    );
    // Nobody paid, and the guests still sit there.
    assert_eq!(
        house.text("SELECT count(*) FROM table_sessions WHERE closed_at IS NULL"),
        "1"
    );
    let told = "SELECT group_concat(kind || ' ' || audience || ': ' || message) FROM notifications WHERE kind LIKE 'table_%'";
    assert_eq!(house.text(told), "table_completed kitchen: Table 5 is done");
    // Again: there is nothing to do, and nothing is told.
    let again = house
        .run(|tx| orders::complete_table(tx, &cook(), 2, "5"))
        .unwrap();
    assert_eq!(again.order_uuids, Vec::<String>::new());
    assert_eq!(
        house.text("SELECT count(*) FROM notifications WHERE kind = 'table_completed'"),
        "1"
    );
    assert_eq!(elsewhere.status, Status::Pending);
}

#[test]
fn a_table_is_completed_by_who_works_there_and_by_its_number() {
    let house = house();
    placed(&house, SUPPER);
    let complete = |actor: &Actor, restaurant, number: &str| {
        house.refused(|tx| orders::complete_table(tx, actor, restaurant, number))
    };
    for nobody in [
        Actor::guest(1),
        Actor::user(Role::Driver, 901),
        Actor::nobody(Role::Display),
        Actor {
            anonymous: true,
            ..mia()
        },
    ] {
        assert_eq!(complete(&nobody, 2, "5"), "FORBIDDEN", "{nobody:?}");
    }
    assert_eq!(complete(&cook(), 2, "05"), "NOT_FOUND");
    // Restaurant 3 has a table 1, and no table 5.
    assert_eq!(complete(&cook(), 3, "5"), "NOT_FOUND");
    assert_eq!(complete(&mia(), 2, "5"), "nothing");
}

#[test]
fn an_alert_says_how_it_is_meant() {
    let house = house();
    let raised = |json: &str| {
        let new: NewAlert = serde_json::from_str(json).unwrap();
        house.run(|tx| alerts::raise(tx, &mia(), 2, &new)).unwrap()
    };
    for (json, event, severity) in [
        (
            r#"{"message":"Fire","kitchen":true,"level":"urgent"}"#,
            Some("urgent"),
            5,
        ),
        (
            r#"{"message":"Late","kitchen":true,"level":"warning"}"#,
            Some("warning"),
            3,
        ),
        (
            r#"{"message":"Lunch","kitchen":true,"level":"info","severity":2}"#,
            Some("info"),
            2,
        ),
        (r#"{"message":"Hurry","kitchen":true}"#, None, 4),
    ] {
        let alert = raised(json);
        assert_eq!(
            (alert.event.as_deref(), alert.severity),
            (event, severity),
            "{json}"
        );
        assert_eq!(
            (alert.audience, alert.kind),
            (Audience::Kitchen, NotificationKind::Alert)
        );
    }
    assert_eq!(
        [1, 2, 3, 4, 5].map(|n| Level::of_severity(n).name()),
        ["info", "info", "warning", "urgent", "urgent"]
    );
}
