//! What cooks have seen, and what they say they know: until then nobody is done.

use super::{HERE, Kitchen};
use serde_json::{Value, json};

fn line<'a>(order: &'a Value, name: &str) -> &'a Value {
    let lines = order["items"].as_array().expect("lines");
    let found = lines.iter().find(|line| line["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}: {order}"))
}

#[test]
fn done_waits_until_a_cook_knows_of_voids_and_allergies() {
    let kitchen = Kitchen::open();
    let (mut pass, mut bar) = (kitchen.pass(), kitchen.station("bar"));
    let waiter = kitchen.token("waiter");
    let order = json!({"restaurant_id": HERE, "table_number": "7", "allergy_note": "peanuts", "items": [{"menu_item_id": 1, "allergy": "egg", "seat": 2}, {"menu_item_id": 2}]});
    let order = kitchen.done(&waiter, "POST /api/v1/orders", order);
    let id = &order["id"];
    let (noodles, tea) = (
        &line(&order, "Pad Thai")["id"],
        &line(&order, "Iced tea")["id"],
    );
    assert_eq!(order["allergy"], "peanuts");
    let refused = pass.call("order:bump", json!({"orderId": id}));
    assert_eq!(refused["code"], "UNCONFIRMED", "{refused}");
    let details = &refused["error"]["details"];
    assert_eq!(
        (
            details["allergies"].as_array().map(Vec::len),
            &details["order_allergy"]
        ),
        (Some(1), &json!(true))
    );
    // The order's own note is everybody's business, the line's is its station's.
    assert_eq!(
        bar.refused("order:bump", json!({"orderId": id})),
        "UNCONFIRMED"
    );
    assert_eq!(
        pass.refused("item:bump", json!({"orderId": id, "itemId": tea})),
        "UNCONFIRMED"
    );
    let known = bar.ask("order:confirm", json!({"orderId": id, "what": "allergy"}));
    assert_eq!(
        (&known["changed"], known["items"].as_array().map(Vec::len)),
        (&json!(true), Some(1))
    );
    let told = pass.until("order:updated");
    assert_eq!(told["changes"], json!(["allergy_acked_at"]), "{told}");
    assert!(told["order"]["allergy_acked_at"].is_string(), "{told}");
    assert_eq!(
        bar.ask("order:bump", json!({"orderId": id}))["changed"],
        true
    );
    assert_eq!(
        pass.refused("order:bump", json!({"orderId": id})),
        "UNCONFIRMED"
    );
    let known = pass.ask(
        "item:confirm",
        json!({"orderId": id, "itemId": noodles, "what": "allergy"}),
    );
    assert!(known["items"][0]["allergy_acked_at"].is_string(), "{known}");
    let again = pass.ask(
        "item:confirm",
        json!({"orderId": id, "itemId": noodles, "what": "allergy"}),
    );
    assert_eq!(again["changed"], false);
    // Another allergy is not the one that was read.
    let number = order["order_number"].as_str().unwrap_or_default();
    let key = noodles.as_str().unwrap_or_default();
    let patch = format!("PATCH /api/v1/orders/{number}/items/{key}");
    kitchen
        .server
        .rest(&waiter, &patch, json!({"allergy": "egg, soy"}))
        .ok();
    assert_eq!(
        pass.refused("order:bump", json!({"orderId": id})),
        "UNCONFIRMED"
    );
    pass.ask("order:confirm", json!({"orderId": id, "what": "allergy"}));
    // A shell changes it as well.
    kitchen.server.shell(&format!(
        "UPDATE order_items SET allergy = 'nuts' WHERE uuid = '{key}'"
    ));
    assert_eq!(
        pass.refused("order:bump", json!({"orderId": id})),
        "UNCONFIRMED"
    );
    pass.ask("order:confirm", json!({"orderId": id, "what": "allergy"}));
    // It is off: the cook says that they stopped. Until then the ticket is not done.
    let void = format!("DELETE /api/v1/orders/{number}/items/{key}");
    kitchen
        .server
        .rest(
            &waiter,
            &void,
            json!({"reason": "guest changed their mind"}),
        )
        .ok();
    let told = pass.until("order:updated");
    let _ = told;
    let refused = pass.call("order:bump", json!({"orderId": id}));
    assert_eq!(
        refused["code"],
        Value::Null,
        "nothing is open any more: {refused}"
    );
    let more = format!("POST /api/v1/orders/{number}/items");
    kitchen
        .server
        .rest(&waiter, &more, json!({"menu_item_id": 1}))
        .ok();
    let refused = pass.call("order:bump", json!({"orderId": id}));
    assert_eq!(
        (
            &refused["code"],
            refused["error"]["details"]["voids"]
                .as_array()
                .map(Vec::len)
        ),
        (&json!("UNCONFIRMED"), Some(1))
    );
    let known = pass.ask(
        "item:confirm",
        json!({"orderId": id, "itemId": noodles, "what": "void"}),
    );
    assert!(known["items"][0]["void_acked_at"].is_string(), "{known}");
    assert_eq!(known["items"][0]["void_reason"], "guest changed their mind");
    assert_eq!(
        pass.ask("order:bump", json!({"orderId": id}))["status"],
        "ready"
    );
}

#[test]
fn the_documents_own_command_asks_for_no_confirmation() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    let order = kitchen.place(json!([{"menu_item_id": 1, "allergy": "egg"}]));
    for status in ["confirmed", "preparing", "ready"] {
        let moved = pass.ask(
            "order:update_status",
            json!({"orderId": order["id"], "status": status}),
        );
        assert_eq!(moved["status"], status);
    }
}

#[test]
fn a_cook_says_that_they_saw_that_an_order_is_off() {
    let kitchen = Kitchen::open();
    let mut pass = kitchen.pass();
    let order = kitchen.place(json!([{"menu_item_id": 1}]));
    let taken = json!({"orderId": order["id"], "status": "confirmed"});
    pass.ask("order:update_status", taken);
    let off = format!(
        "PATCH /api/v1/orders/{}",
        order["id"].as_str().unwrap_or_default()
    );
    kitchen.done(
        &kitchen.token("manager"),
        &off,
        json!({"status": "cancelled", "reason": "they left"}),
    );
    // Whoever was away learns of it, until a cook has said so.
    let waits = |pass: &mut crate::kitchen::Screen| {
        pass.emit("orders:sync", json!({}));
        let synced = pass.until("orders:sync:complete");
        let all = synced["cancelled"].as_array().expect("orders").clone();
        all.iter().any(|one| one["id"] == order["id"])
    };
    assert!(waits(&mut pass));
    let known = pass.ask(
        "order:confirm",
        json!({"orderId": order["id"], "what": "void"}),
    );
    assert_eq!(
        (&known["status"], &known["changed"]),
        (&json!("cancelled"), &json!(true))
    );
    assert!(!waits(&mut pass));
    let again = pass.ask(
        "order:confirm",
        json!({"orderId": order["id"], "what": "void"}),
    );
    assert_eq!(again["changed"], false);
}

#[test]
fn a_screen_says_what_it_has_drawn_and_the_floor_knows() {
    let kitchen = Kitchen::open();
    let (mut stove, mut bar) = (kitchen.station("kitchen"), kitchen.station("bar"));
    let mut floor = crate::support::Client::open_as(
        &kitchen.server,
        "/ws/restaurants/2/notifications/",
        &kitchen.token("waiter"),
    );
    floor.sync();
    let order = kitchen.place(json!([{"menu_item_id": 1}, {"menu_item_id": 2}]));
    assert!(order["seen_at"].is_null(), "{order}");
    floor.until(|frame| frame["type"] == "order_notification");
    let seen = bar.ask("orders:seen", json!({"orderIds": [order["id"], 999_999]}));
    assert_eq!(seen["orderIds"], json!([order["id"]]), "{seen}");
    let told = floor.next_is("kitchen_update");
    assert_eq!(
        (&told["data"]["unseen"], &told["data"]["seen_at"]),
        (&json!(1), &Value::Null),
        "{told}"
    );
    let again = bar.ask("orders:seen", json!({"orderIds": [order["id"]]}));
    assert_eq!(
        (&again["changed"], &again["orderIds"]),
        (&json!(false), &json!([]))
    );
    stove.ask("orders:seen", json!({"orderIds": [order["id"]]}));
    let told = floor.next_is("kitchen_update");
    assert_eq!(told["data"]["unseen"], 0, "once each: {told}");
    assert!(told["data"]["seen_at"].is_string(), "{told}");
    // An add-on is not seen until it is.
    let more = format!(
        "POST /api/v1/orders/{}/items",
        order["order_number"].as_str().unwrap_or_default()
    );
    let shown = kitchen
        .server
        .rest(&kitchen.token("waiter"), &more, json!({"menu_item_id": 2}))
        .ok();
    assert!(shown["seen_at"].is_null(), "{shown}");
}
