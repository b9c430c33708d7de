//! Tables that are ready or done, and words for the kitchen.

use super::{BESIDE, HERE, Kitchen};
use serde_json::{Value, json};

#[test]
fn a_table_is_ready_when_all_its_orders_are() {
    let kitchen = Kitchen::open();
    let (mut pass, mut bar) = (kitchen.pass(), kitchen.station("bar"));
    let orders = [1, 2].map(|_| kitchen.place(json!([{"menu_item_id": 1}])));
    pass.heard();
    for order in &orders {
        let number = order["order_number"].as_str().expect("a number");
        for status in ["confirmed", "preparing"] {
            pass.ask(
                "order:update_status",
                json!({"orderId": number, "status": status}),
            );
        }
    }
    pass.heard();
    pass.ask(
        "order:update_status",
        json!({"orderId": orders[0]["id"], "status": "ready"}),
    );
    assert_eq!(
        pass.names(),
        ["order:status_changed", "order:updated"],
        "one still cooks"
    );
    pass.ask(
        "order:update_status",
        json!({"orderId": orders[1]["id"], "status": "ready"}),
    );
    let told = pass.until("table:ready");
    assert_eq!(
        (&told["tableNumber"], &told["orderIds"]),
        (&json!("7"), &json!([orders[0]["id"], orders[1]["id"]]))
    );
    assert!(told["readyAt"].as_str().is_some_and(|at| at.ends_with('Z')));
    // A table concerns every screen, whatever it stands at.
    assert_eq!(bar.next_is("table:ready"), told);
    assert!(!pass.names().contains(&"table:ready".to_owned()), "once");
}

#[test]
fn a_table_is_ready_when_the_last_one_that_cooked_is_cancelled() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    let orders = [1, 2].map(|_| kitchen.place(json!([{"menu_item_id": 1}])));
    let id = |n: usize| {
        orders[n]["order_number"]
            .as_str()
            .expect("a number")
            .replace("order-", "")
    };
    kitchen.server.shell(&format!(
        "UPDATE orders SET status = 'ready' WHERE id = {}",
        id(0)
    ));
    kitchen.server.shell(&format!(
        "UPDATE orders SET status = 'cancelled' WHERE id = {}",
        id(1)
    ));
    assert_eq!(
        pass.until("table:ready")["orderIds"],
        json!([orders[0]["id"]])
    );
}

#[test]
fn a_table_is_completed_at_once_and_by_its_number() {
    let kitchen = Kitchen::open();
    let (mut pass, mut bar) = (kitchen.pass(), kitchen.station("bar"));
    let orders = [1, 2].map(|_| kitchen.place(json!([{"menu_item_id": 1}])));
    pass.heard();
    let done = pass.ask(
        "table:complete",
        json!({"tableNumber": "7", "restaurantId": HERE}),
    );
    let ids = json!([orders[0]["id"], orders[1]["id"]]);
    assert_eq!(
        (&done["tableNumber"], &done["orderIds"]),
        (&json!("7"), &ids)
    );
    let heard = pass.heard();
    let of = |name: &str| {
        heard
            .iter()
            .filter(|told| told.name == name)
            .map(|told| told.data().clone())
            .collect::<Vec<_>>()
    };
    let changed = of("order:status_changed");
    assert_eq!(changed.len(), 2, "one for each: {heard:?}");
    for (told, order) in changed.iter().zip(&orders) {
        assert_eq!(
            (&told["orderId"], &told["previousStatus"], &told["status"]),
            (&order["id"], &json!("pending"), &json!("completed"))
        );
    }
    let completed = of("table:completed");
    assert_eq!(completed.len(), 1, "{heard:?}");
    assert_eq!(
        (
            &completed[0]["tableNumber"],
            &completed[0]["restaurantId"],
            &completed[0]["orderIds"]
        ),
        (&json!("7"), &json!(HERE), &ids)
    );
    assert!(completed[0]["timestamp"].is_string());
    assert_eq!(
        of("table:ready"),
        Vec::<Value>::new(),
        "nobody serves what is done"
    );
    assert_eq!(bar.until("table:completed"), completed[0]);
    // Again: there is nothing to do, and only who asked hears that. A number is a number.
    pass.ask("table:complete", json!({"tableNumber": 7}));
    assert_eq!(pass.next_is("table:completed")["orderIds"], json!([]));
    assert_eq!(bar.names(), [""; 0]);
}

#[test]
fn a_tables_number_means_a_table_of_the_restaurant_only() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    assert_eq!(
        pass.refused("table:complete", json!({"tableNumber": "99"})),
        "TABLE_NOT_FOUND"
    );
    // Table 1 exists here and there; there it has an order.
    kitchen
        .server
        .shell("UPDATE orders SET table_id = 31 WHERE id = 8");
    pass.ask("table:complete", json!({"tableNumber": "1"}));
    assert_eq!(
        kitchen
            .server
            .shell("SELECT status FROM orders WHERE id = 8")
            .trim(),
        "confirmed"
    );
    // From elsewhere the answer comes all the same.
    let mut admin = kitchen.screen(&kitchen.admin());
    admin.ask("join:restaurant", json!(HERE));
    admin.ask(
        "table:complete",
        json!({"tableNumber": "1", "restaurantId": BESIDE}),
    );
    let told = admin.until("table:completed");
    assert_eq!(
        (
            &told["restaurantId"],
            told["orderIds"].as_array().map(Vec::len)
        ),
        (&json!(BESIDE), Some(1))
    );
    let mut lost = kitchen.screen(&kitchen.token("kitchen"));
    assert_eq!(
        lost.refused("table:complete", json!({"tableNumber": "5"})),
        "INVALID_PAYLOAD"
    );
}

#[test]
fn words_for_the_kitchen_reach_every_screen() {
    let kitchen = Kitchen::open();
    let (mut pass, mut bar) = (kitchen.pass(), kitchen.station("bar"));
    let mut beside = kitchen.screen(&kitchen.admin());
    beside.ask("join:restaurant", json!(BESIDE));
    let alert = json!({"type": "urgent", "message": "Fire", "severity": 5, "orderId": "order-1", "tableNumber": "5"});
    let raised = kitchen.done(
        &kitchen.token("waiter"),
        "POST /api/v1/kitchen/alerts",
        alert,
    );
    let told = pass.next_is("kitchen:alert");
    assert_eq!(told, raised);
    assert_eq!(
        (
            &told["type"],
            &told["message"],
            &told["severity"],
            &told["tableNumber"]
        ),
        (&json!("urgent"), &json!("Fire"), &json!(5), &json!("5"))
    );
    assert_eq!(bar.next_is("kitchen:alert"), told);
    assert_eq!(beside.names(), [""; 0]);
    // The dining room's alert to the kitchen, and a row that somebody typed.
    let manager = kitchen.token("manager");
    kitchen
        .server
        .rest(
            &manager,
            "POST /api/v1/restaurants/2/alerts",
            json!({"message": "Inspection", "kitchen": true, "severity": 3}),
        )
        .ok();
    let told = bar.next_is("kitchen:alert");
    assert_eq!(
        (&told["type"], &told["severity"]),
        (&json!("warning"), &json!(3))
    );
    kitchen.server.shell("INSERT INTO notifications(restaurant_id, audience, kind, severity, message) VALUES (2, 'kitchen', 'alert', 1, 'Lunch')");
    let told = bar.next_is("kitchen:alert");
    assert_eq!(
        (&told["type"], &told["severity"], &told["message"]),
        (&json!("info"), &json!(1), &json!("Lunch"))
    );
    // What is for waiters is none of the kitchen's.
    kitchen
        .server
        .rest(
            &manager,
            "POST /api/v1/restaurants/2/alerts",
            json!({"message": "Guests wait"}),
        )
        .ok();
    assert_eq!(bar.names(), [""; 0]);
}
