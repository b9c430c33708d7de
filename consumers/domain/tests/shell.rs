//! What somebody types in a shell has the same consequences.

use super::*;
use crate::demo;

#[test]
fn a_shell_needs_few_columns() {
    let house = House::small();
    house.sql("INSERT INTO orders(restaurant_id, table_id, waiter_id) VALUES (2, 5, 10); INSERT INTO order_items(order_id, name) VALUES (1, 'Soup')");
    let order = house.run(|tx| orders::get(tx, 1)).unwrap();
    assert_eq!((order.status.name(), order.items_count), ("pending", 1));
    assert_eq!(order.uuid.len(), 36);
    assert_eq!(
        house.text("SELECT audience || '|' || message FROM notifications"),
        "waiter:10|New order for table 5"
    );
    house.sql("UPDATE orders SET status = 'ready'");
    assert_eq!(house.text("SELECT status FROM order_items"), "ready");
    house.sql("UPDATE orders SET status = 'ready', note = 'again'");
    house.sql("INSERT INTO payments(order_id, amount_minor) VALUES (1, 1005)");
    house.sql("UPDATE orders SET waiter_id = 11");
    house.sql("UPDATE orders SET status = 'pending'; UPDATE orders SET status = 'cancelled'");
    assert_eq!(
        house.text("SELECT group_concat(kind || ' ' || event || ' ' || audience || ': ' || message, '; ') FROM (SELECT * FROM notifications WHERE id > 1 ORDER BY id)"),
        "table_ready ready kitchen: Table 5 is ready; \
         order_notification ready waiter:10: Order for table 5 is ready; \
         payment_notification captured waiter:10: Payment of 10.05 THB for table 5; \
         order_notification assigned waiter:11: Order for table 5 is yours; \
         order_notification cancelled waiter:11: Order for table 5 was cancelled"
    );
    house.sql("DELETE FROM orders");
    assert_eq!(house.text("SELECT count(*) FROM order_items"), "0");
    assert_eq!(
        house.text("SELECT count(*) || ' ' || coalesce(max(order_id), 'none') FROM payments"),
        "1 none"
    );
}

#[test]
fn a_uuid_that_a_shell_was_given_begins_with_the_time() {
    let house = House::small();
    let before = uuid::Uuid::now_v7();
    house.sql("INSERT INTO orders(restaurant_id, table_id) VALUES (2, 5), (2, 5); INSERT INTO order_items(order_id, name) VALUES (1, 'Soup')");
    house.sql("INSERT INTO payments(order_id, amount_minor) VALUES (1, 100)");
    let after = uuid::Uuid::now_v7();
    let millis = |id: &uuid::Uuid| id.as_u128() >> 80;
    for table in ["orders", "order_items", "payments", "notifications"] {
        let text = house.text(&format!("SELECT max(uuid) FROM {table}"));
        let id = uuid::Uuid::parse_str(&text).expect(table);
        assert_eq!(id.get_version_num(), 7, "{table}: {text}");
        // a Julian day has fractions, of which the millisecond is cut off: it may be the one before
        assert!(millis(&before) <= millis(&id) + 1 && millis(&id) <= millis(&after));
        assert_eq!(
            house.text(&format!(
                "SELECT count(*) - count(DISTINCT uuid) FROM {table}"
            )),
            "0"
        );
    }
}

#[test]
fn a_rollback_leaves_nothing() {
    let house = House::small();
    house.sql("BEGIN; INSERT INTO orders(restaurant_id) VALUES (2); INSERT INTO tasks(restaurant_id, title) VALUES (2, 'x'); ROLLBACK");
    assert_eq!(house.text("SELECT count(*) FROM notifications"), "0");
}

#[test]
fn another_workflows_order_is_no_ticket() {
    let house = House::small();
    house
        .sql("INSERT INTO orders(restaurant_id, workflow_id, status) VALUES (2, 2, 'In Printing')");
    let order = house.run(|tx| orders::get(tx, 1)).unwrap();
    assert_eq!(
        (order.status.name(), order.stage.as_deref()),
        ("preparing", Some("In Printing"))
    );
    assert_eq!(house.text("SELECT count(*) FROM notifications"), "0");
}

#[test]
fn the_demo_has_the_ids_of_the_documents() {
    use crate::domain::{Key, ids, passwords, sessions, tables};
    let house = House::empty();
    house.run(demo::seed).unwrap();
    house.run(demo::seed).unwrap();
    assert_eq!(
        house.text("SELECT count(*) FROM pragma_foreign_key_check"),
        "0"
    );
    let order = house.run(|tx| orders::get(tx, 1)).unwrap();
    assert_eq!((order.total().as_str(), order.items_count), ("250.00", 3));
    assert_eq!(
        (order.table_id, order.session_id, order.waiter_id),
        (Some(5), Some(1), Some(10))
    );
    let table = house.run(|tx| tables::get(tx, 5)).unwrap();
    assert_eq!(
        (table.number.as_str(), table.zone.as_deref()),
        ("5", Some("A"))
    );
    let visit = house.run(|tx| sessions::get(tx, 1)).unwrap();
    assert_eq!(
        (visit.session_code.as_str(), visit.guests_count),
        ("ABC123", 4)
    );
    for (name, id) in [("order-123", 123), ("order-1", 1)] {
        assert_eq!(
            house
                .run(|tx| ids::order(tx, &Key::from(name), None))
                .unwrap(),
            id
        );
    }
    let uuid = Key::from("11111111-1111-1111-1111-111111111111");
    assert_eq!(house.run(|tx| ids::restaurant(tx, &uuid)).unwrap(), 2);
    assert_eq!(house.text("SELECT group_concat(name || price_minor) FROM (SELECT * FROM menu_items ORDER BY id LIMIT 2)"), "Pad Thai8000,Iced tea3550");
    assert_eq!(
        house.text("SELECT count(*) FROM users WHERE id IN (10, 456, 457, 901, 902)"),
        "5"
    );
    let hash = house.text("SELECT password_hash FROM users WHERE email = 'admin@example.com'");
    assert!(passwords::verify("admin12345", &hash) && !passwords::verify("admin1234", &hash));
    // Lines, sums and statuses agree.
    assert_eq!(house.text("SELECT count(*) FROM orders o WHERE total_minor <> (SELECT sum(qty * unit_price_minor) FROM order_items WHERE order_id = o.id)"), "0");
    let next = placed(&house, SUPPER);
    assert_eq!((next.id, next.session_id), (124, Some(1)));
}
