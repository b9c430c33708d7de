//! An order's status, in the kitchen's words.

use super::{BESIDE, HERE, Kitchen, Screen};
use serde_json::{Value, json};

/// `order:update_status`, and what it was answered and told.
#[track_caller]
fn moved(screen: &mut Screen, order: &str, status: &str) -> (Value, Value) {
    let wish = json!({"orderId": order, "status": status, "restaurantId": HERE});
    let done = screen.ask("order:update_status", wish);
    let told = screen.next_is("order:status_changed");
    assert_eq!(told["orderId"], done["orderId"]);
    (done, told)
}

#[test]
fn a_cook_takes_an_order_through_the_kitchen() {
    let kitchen = Kitchen::open();
    let (mut cook, mut beside) = (kitchen.pass(), kitchen.pass());
    let order = kitchen.place(json!([{"menu_item_id": 1}]));
    assert_eq!(cook.next_is("order:created"), order, "as HTTP shows it");
    let number = order["order_number"].as_str().expect("a number");
    for (was, status) in [
        ("pending", "confirmed"),
        ("confirmed", "preparing"),
        ("preparing", "ready"),
    ] {
        cook.emit(
            "order:update_status",
            json!({"orderId": number, "status": status, "restaurantId": HERE}),
        );
        let told = cook.until("order:status_changed");
        assert_eq!(
            (
                &told["orderId"],
                &told["previousStatus"],
                &told["status"],
                &told["restaurant_id"]
            ),
            (&order["id"], &json!(was), &json!(status), &json!(HERE))
        );
        assert!(
            told["timestamp"]
                .as_str()
                .is_some_and(|at| at.ends_with('Z') && at.contains('T'))
        );
        assert_eq!(
            beside.until("order:status_changed"),
            told,
            "everybody hears the same"
        );
    }
    // What a cook has completed is handed over; the bill is another matter.
    let (done, told) = {
        cook.until("table:ready");
        cook.heard();
        moved(&mut cook, number, "completed")
    };
    assert_eq!(
        (&told["status"], &told["canonical_status"]),
        (&json!("completed"), &json!("delivered"))
    );
    assert_eq!(
        (&done["changed"], &done["previousStatus"]),
        (&json!(true), &json!("ready"))
    );
}

#[test]
fn the_present_status_is_a_success_that_only_the_asker_hears() {
    let kitchen = Kitchen::open();
    let (mut cook, mut beside) = (kitchen.pass(), kitchen.pass());
    let (done, told) = moved(&mut cook, "order-1", "preparing");
    assert_eq!(
        (&told["previousStatus"], &told["status"]),
        (&json!("preparing"), &json!("preparing"))
    );
    assert_eq!(done["changed"], false);
    // Through these words a delivered order is completed already.
    let (done, told) = moved(&mut cook, "order-3", "completed");
    assert_eq!(
        (&told["status"], &done["changed"], &told["canonical_status"]),
        (&json!("completed"), &json!(false), &json!("delivered"))
    );
    assert_eq!(beside.names(), [""; 0]);
}

#[test]
fn of_two_screens_that_bump_the_same_order_one_does_it_and_both_succeed() {
    let kitchen = Kitchen::open();
    let (mut one, mut two) = (kitchen.pass(), kitchen.pass());
    let bump = json!({"orderId": "order-123", "status": "preparing"});
    one.emit("order:update_status", bump.clone());
    two.emit("order:update_status", bump);
    let (first, second) = (
        one.next_is("order:status_changed"),
        two.next_is("order:status_changed"),
    );
    assert_eq!(
        (&first["status"], &second["status"]),
        (&json!("preparing"), &json!("preparing"))
    );
    let changes = kitchen
        .server
        .shell("SELECT version FROM orders WHERE id = 123");
    assert_eq!(changes.trim(), "2", "one change");
}

#[test]
fn an_answer_comes_also_to_who_does_not_hear_such_orders() {
    let kitchen = Kitchen::open();
    // At no restaurant; at another one; at a station that has nothing to do with it.
    let mut lost = kitchen.screen(&kitchen.token("kitchen"));
    let (_, told) = moved(&mut lost, "order-123", "preparing");
    assert_eq!(told["previousStatus"], "confirmed");
    let mut admin = kitchen.screen(&kitchen.admin());
    admin.ask("join:restaurant", json!(BESIDE));
    moved(&mut admin, "order-123", "ready");
    let food = kitchen.place(json!([{"menu_item_id": 1}]));
    let mut bar = kitchen.station("bar");
    let (done, _) = moved(&mut bar, food["id"].as_str().expect("an id"), "confirmed");
    assert_eq!(done["changed"], true);
    assert_eq!(bar.names(), [""; 0]);
}

#[test]
fn back_on_the_stove_is_a_recall() {
    let kitchen = Kitchen::open();
    let mut cook = kitchen.pass();
    let (_, told) = moved(&mut cook, "order-4", "preparing");
    assert_eq!(
        (&told["previousStatus"], &told["status"]),
        (&json!("ready"), &json!("preparing"))
    );
    let items = cook.next_is("order:updated");
    assert_eq!(
        (&items["changes"], &items["order"]["items"][0]["status"]),
        (&json!(["items"]), &json!("preparing"))
    );
    // Its lines come back, and half an hour later it is too late.
    kitchen.server.shell("UPDATE orders SET status = 'ready' WHERE id = 4; UPDATE orders SET ready_at = ready_at - 1860000 WHERE id = 4");
    let wish = json!({"orderId": "order-4", "status": "preparing"});
    assert_eq!(cook.refused("order:update_status", wish), "RECALL_EXPIRED");
}

#[test]
fn what_the_workflow_does_not_know_is_refused() {
    let kitchen = Kitchen::open();
    let (mut cook, mut waiter) = (kitchen.pass(), kitchen.screen(&kitchen.token("waiter")));
    let wish = |order: &str, status: &str| json!({"orderId": order, "status": status, "restaurantId": HERE});
    for (order, status, code) in [
        ("order-1", "confirmed", "INVALID_TRANSITION"),
        ("order-2", "ready", "INVALID_TRANSITION"),
        ("order-5", "preparing", "INVALID_TRANSITION"),
        ("order-1", "cancelled", "PERMISSION_DENIED"),
        ("order-1", "new", "INVALID_PAYLOAD"),
        ("order-1", "READY", "INVALID_PAYLOAD"),
        ("order-99", "ready", "ORDER_NOT_FOUND"),
        // Of another restaurant: this one has no such order.
        ("order-8", "preparing", "ORDER_NOT_FOUND"),
    ] {
        assert_eq!(
            cook.refused("order:update_status", wish(order, status)),
            code,
            "{order} {status}"
        );
    }
    let told = waiter.call("order:update_status", wish("order-1", "ready"));
    assert_eq!(told["error"]["code"], "PERMISSION_DENIED");
    let told = waiter.call("order:update_status", wish("order-2", "ready"));
    assert_eq!(
        (
            &told["error"]["code"],
            &told["error"]["details"]["status"],
            &told["error"]["details"]["allowed"]
        ),
        (
            &json!("INVALID_TRANSITION"),
            &json!("pending"),
            &json!(["confirmed", "cancelled"])
        )
    );
    // Somebody else's order is not even named as one.
    let mut named = wish("order-8", "preparing");
    named
        .as_object_mut()
        .expect("an object")
        .remove("restaurantId");
    let mut lost = kitchen.screen(&kitchen.token("kitchen"));
    assert_eq!(
        lost.refused("order:update_status", named),
        "PERMISSION_DENIED"
    );
    // An old version is not overwritten.
    let mut stale = wish("order-1", "ready");
    stale["version"] = json!(7);
    assert_eq!(
        lost.refused("order:update_status", stale),
        "VERSION_CONFLICT"
    );
}

#[test]
fn a_manager_overrides_with_a_reason() {
    let kitchen = Kitchen::open();
    let mut boss = kitchen.screen(&kitchen.token("manager"));
    boss.ask("join:restaurant", json!(HERE));
    let wish = |reason: Value| json!({"orderId": "order-5", "status": "preparing", "override": true, "reason": reason});
    assert_eq!(
        boss.refused("order:update_status", wish(Value::Null)),
        "INVALID_PAYLOAD"
    );
    let done = boss.ask("order:update_status", wish(json!("wrong order")));
    assert_eq!(done["previousStatus"], "completed");
    let mut cook = kitchen.pass();
    assert_eq!(
        cook.refused("order:update_status", wish(json!("me too"))),
        "PERMISSION_DENIED"
    );
    assert_eq!(
        kitchen
            .server
            .shell("SELECT reason FROM audit WHERE action = 'override'")
            .trim(),
        "wrong order"
    );
}

#[test]
fn what_looks_the_same_is_no_change_of_status() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    kitchen
        .server
        .shell("UPDATE orders SET status = 'ready' WHERE id = 123");
    pass.until("order:status_changed");
    pass.heard();
    // It left the building: for the kitchen it is done.
    kitchen
        .server
        .shell("UPDATE orders SET driver_id = 901, status = 'out_for_delivery' WHERE id = 123");
    let told = pass.next_is("order:status_changed");
    assert_eq!(
        (&told["status"], &told["canonical_status"]),
        (&json!("completed"), &json!("out_for_delivery"))
    );
    kitchen
        .server
        .shell("UPDATE orders SET status = 'delivered' WHERE id = 123");
    let told = pass.until("order:updated");
    assert_eq!(
        (&told["changes"], &told["order"]["status"]),
        (&json!(["canonical_status"]), &json!("completed"))
    );
    assert_eq!(
        told["order"]["items"].as_array().map(Vec::len),
        Some(2),
        "the whole order"
    );
    // The driver brings it back.
    kitchen
        .server
        .shell("UPDATE orders SET status = 'ready', driver_id = NULL WHERE id = 123");
    let told = pass.until("order:status_changed");
    assert_eq!(
        (&told["previousStatus"], &told["status"]),
        (&json!("completed"), &json!("ready"))
    );
}

#[test]
fn scopes_limit_a_screen() {
    use crate::support::token;
    let kitchen = Kitchen::open();
    let with = |scope: &str| {
        let mut claims = token::claims(&kitchen.server.place, 3600);
        claims["scope"] = json!(scope);
        kitchen.screen(&token::signed(&claims))
    };
    let wish = json!({"orderId": "order-2", "status": "confirmed", "restaurantId": HERE});
    let mut reader = with("orders:read");
    reader.ask("join:restaurant", json!(HERE));
    reader.ask("orders:sync", Value::Null);
    let told = reader.call("order:update_status", wish.clone());
    assert_eq!(told["error"]["code"], "PERMISSION_DENIED");
    assert_eq!(told["error"]["details"]["scopes"], json!(["orders:write"]));
    assert_eq!(
        reader.refused("table:complete", json!({"tableNumber": "5"})),
        "PERMISSION_DENIED"
    );
    let mut writer = with("orders:write");
    assert_eq!(
        writer.refused("join:restaurant", json!(HERE)),
        "PERMISSION_DENIED"
    );
    writer.ask("order:update_status", wish);
    with("kitchen").ask(
        "join:station",
        json!({"restaurantId": HERE, "station": "expo"}),
    );
    assert_eq!(
        with("menu:read").refused("join:restaurant", json!(HERE)),
        "PERMISSION_DENIED"
    );
}
