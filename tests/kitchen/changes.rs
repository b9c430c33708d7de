//! What is told of an order that changes in other ways than its status, whoever changes it.

use super::Kitchen;
use serde_json::{Value, json};

#[test]
fn a_new_order_is_told_once_with_all_its_lines() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    let order = kitchen.place(
        json!([{"menu_item_id": 1, "modifiers": ["Prawns"]}, {"menu_item_id": 2, "quantity": 3}]),
    );
    assert_eq!(pass.names(), ["order:created"]);
    assert_eq!(order["total"], json!(226.5));
    // Somebody who types knows no transactions: the order first, its lines later.
    kitchen
        .server
        .shell("INSERT INTO orders(id, restaurant_id, table_id) VALUES (500, 2, 7)");
    let told = pass.next_is("order:created");
    assert_eq!(
        (&told["items"], &told["table_number"], &told["status"]),
        (&json!([]), &json!("7"), &json!("pending"))
    );
    kitchen
        .server
        .shell("INSERT INTO order_items(order_id, name) VALUES (500, 'Soup')");
    let told = pass.next_is("order:updated");
    assert_eq!(
        (&told["changes"], &told["order"]["items"][0]["name"]),
        (&json!(["items"]), &json!("Soup"))
    );
    // Both in one transaction is a whole order, as above.
    kitchen.server.shell(
        "BEGIN; INSERT INTO orders(id, restaurant_id) VALUES (501, 2); INSERT INTO order_items(order_id, name) VALUES (501, 'Soup'), (501, 'Bread'); COMMIT",
    );
    let told = pass.next_is("order:created");
    assert_eq!(told["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(pass.names(), [""; 0]);
}

#[test]
fn what_changed_is_named_and_who_did_it() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    let waiter = kitchen.token("waiter");
    let line = "PATCH /api/v1/orders/order-2";
    kitchen.done(
        &waiter,
        line,
        json!({"notes": "well done", "eta_at": "2030-01-01T12:00:00Z"}),
    );
    let told = pass.next_is("order:updated");
    assert_eq!(told["changes"], json!(["notes", "eta_at"]));
    assert_eq!(
        (&told["order"]["notes"], &told["updatedBy"]),
        (&json!("well done"), &json!("10"))
    );
    // Who sits elsewhere now has the same ticket.
    kitchen.done(&waiter, line, json!({"table_number": "7"}));
    let told = pass.next_is("order:updated");
    assert_eq!(
        (&told["changes"], &told["order"]["table_number"]),
        (&json!(["table_number"]), &json!("7"))
    );
    assert_eq!(
        told["order"]["items"][0]["status"], "queued",
        "nothing is cooked again"
    );
    // A manager gives it to a driver, in a shell: nobody knows who types there.
    kitchen
        .server
        .shell("UPDATE orders SET driver_id = 901 WHERE id = 123");
    let told = pass.next_is("order:updated");
    assert_eq!(told["changes"], json!(["driver"]));
    assert!(told.get("updatedBy").is_none(), "{told}");
    // Money.
    let pay = |amount: &str| {
        let body = json!({"method": "cash", "amount": amount});
        kitchen
            .server
            .rest(&waiter, "POST /api/v1/orders/3/payments", body)
            .ok()
    };
    pay("10.00");
    let told = pass.next_is("order:updated");
    assert_eq!(
        (&told["changes"], &told["order"]["payment_status"]),
        (&json!(["payment"]), &json!("partial"))
    );
    pay("300.00");
    let told = pass.next_is("order:updated");
    assert_eq!(
        (&told["changes"], &told["order"]["payment_status"]),
        (&json!(["payment"]), &json!("paid"))
    );
    // It completes the order, which looks the same here: what is different is named, and who did it, too.
    let told = pass.next_is("order:updated");
    assert_eq!(
        (&told["changes"], &told["updatedBy"]),
        (&json!(["canonical_status"]), &json!("10"))
    );
}

#[test]
fn lines_that_are_added_voided_or_bumped_are_told_with_their_order() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    let (waiter, cook) = (kitchen.token("waiter"), kitchen.token("kitchen"));
    let items = |told: &Value| -> Vec<String> {
        let items = told["order"]["items"].as_array().expect("items").iter();
        items
            .map(|item| {
                format!(
                    "{} {}",
                    item["name"].as_str().unwrap_or("?"),
                    item["status"].as_str().unwrap_or("?")
                )
            })
            .collect()
    };
    kitchen
        .server
        .rest(
            &waiter,
            "POST /api/v1/orders/2/items",
            json!({"menu_item_id": 5}),
        )
        .ok();
    let told = pass.until("order:updated");
    let last = |told: Value, pass: &mut super::Screen| {
        let heard = pass.heard();
        heard.last().map_or(told, |last| last.data().clone())
    };
    let told = last(told, &mut pass);
    assert_eq!(
        items(&told),
        [
            "Green curry queued",
            "Singha beer queued",
            "Spring rolls queued"
        ]
    );
    let line = kitchen
        .server
        .shell("SELECT max(id) FROM order_items")
        .trim()
        .to_owned();
    kitchen
        .server
        .rest(
            &cook,
            &format!("PATCH /api/v1/orders/2/items/{line}"),
            json!({"status": "preparing"}),
        )
        .ok();
    let heard = pass.heard();
    // The first line that is begun begins the order.
    assert!(heard.iter().any(|told| told.name == "order:status_changed" && told.data()["status"] == "preparing"), "{heard:?}");
    assert!(
        heard
            .iter()
            .any(|told| told.name == "order:updated" && told.data()["changes"] == json!(["items"])),
        "{heard:?}"
    );
    kitchen
        .server
        .rest(&waiter, "DELETE /api/v1/orders/2/items/4", Value::Null)
        .ok();
    let told = pass.until("order:updated");
    let told = last(told, &mut pass);
    assert_eq!(
        items(&told)[0],
        "Green curry voided",
        "the cook must see that it is off"
    );
}

#[test]
fn a_cancelled_order_changes_its_status_and_is_taken_down() {
    let kitchen = Kitchen::open();
    let (mut pass, mut bar) = (kitchen.pass(), kitchen.station("bar"));
    let manager = kitchen.token("manager");
    let cancelled = kitchen.done(
        &manager,
        "PATCH /api/v1/orders/order-1",
        json!({"status": "cancelled", "reason": "guests left"}),
    );
    let told = pass.next_is("order:status_changed");
    assert_eq!(
        (&told["previousStatus"], &told["status"]),
        (&json!("preparing"), &json!("cancelled"))
    );
    let told = pass.next_is("order:deleted");
    assert_eq!(
        (&told["orderId"], &told["reason"]),
        (&cancelled["id"], &json!("guests left"))
    );
    assert!(told["timestamp"].is_string());
    bar.next_is("order:status_changed");
    assert_eq!(bar.next_is("order:deleted"), told);
    // Nobody has to say why.
    kitchen
        .server
        .shell("UPDATE orders SET status = 'cancelled' WHERE id = 2");
    assert!(pass.until("order:deleted").get("reason").is_none());
}

#[test]
fn a_removed_order_is_taken_down_where_it_was_shown() {
    let kitchen = Kitchen::open();
    let (mut pass, mut bar) = (kitchen.pass(), kitchen.station("bar"));
    let manager = kitchen.token("manager");
    let food = kitchen.place(json!([{"menu_item_id": 1}]));
    let drink = kitchen.place(json!([{"menu_item_id": 2}]));
    let number = |order: &Value| order["order_number"].as_str().expect("a number").to_owned();
    pass.heard();
    bar.heard();
    for order in [&food, &drink] {
        kitchen.done(
            &manager,
            &format!("DELETE /api/v1/orders/{}?reason=typo", number(order)),
            Value::Null,
        );
        let told = pass.next_is("order:deleted");
        assert_eq!(
            (&told["orderId"], &told["reason"]),
            (&order["id"], &json!("typo"))
        );
    }
    assert_eq!(bar.next_is("order:deleted")["orderId"], drink["id"]);
    assert_eq!((bar.names(), pass.names()), (vec![], vec![]));
    // A shell says no reason, and has foreign keys off.
    kitchen.server.shell("DELETE FROM orders WHERE id = 2");
    let told = bar.next_is("order:deleted");
    assert!(told.get("reason").is_none(), "{told}");
    assert_eq!(pass.next_is("order:deleted"), told);
}

#[test]
fn an_order_of_another_workflow_is_no_ticket() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    kitchen.server.shell("INSERT INTO orders(id, restaurant_id, workflow_id, status) VALUES (900, 2, 2, 'In Printing'); UPDATE orders SET status = 'Packaging' WHERE id = 900; DELETE FROM orders WHERE id = 900");
    assert_eq!(pass.names(), [""; 0]);
}
