//! Each case for which the document promises an `error`.

use super::{Platform, driver, restaurant, user};
use serde_json::{Value, json};

#[test]
fn each_mistake_is_told_and_changes_nothing() {
    let platform = Platform::start();
    let id = platform.ready();
    let before = platform
        .server
        .place
        .number("SELECT sum(version) FROM orders");
    let mut sockets = [user(456), restaurant(789), restaurant(790), driver(901)]
        .map(|token| platform.socket(&token));
    let [chris, express, pizza, dao] = [0, 1, 2, 3];
    let to = |status: &str| json!({"orderId": id, "status": status});
    let cases: [(usize, &str, Value, &str); 22] = [
        // Insufficient permissions: the role, or somebody else's order.
        (
            chris,
            "update-order-status",
            to("cancelled"),
            "Insufficient permissions: ",
        ),
        (
            chris,
            "accept-order",
            json!({"orderId": id}),
            "Insufficient permissions: ",
        ),
        (
            chris,
            "get-available-orders",
            json!({}),
            "Insufficient permissions: ",
        ),
        (
            chris,
            "get-restaurant-orders",
            json!({}),
            "Insufficient permissions: ",
        ),
        (
            express,
            "accept-order",
            json!({"orderId": id}),
            "Insufficient permissions: ",
        ),
        (
            express,
            "get-available-orders",
            json!({}),
            "Insufficient permissions: ",
        ),
        (
            express,
            "update-order-status",
            to("out_for_delivery"),
            "Insufficient permissions: a restaurant may set confirmed, preparing, ready_for_pickup, cancelled",
        ),
        (
            express,
            "update-order-status",
            to("delivered"),
            "Insufficient permissions: ",
        ),
        (
            express,
            "update-order-status",
            to("pending"),
            "Insufficient permissions: ",
        ),
        (
            pizza,
            "update-order-status",
            to("preparing"),
            "Insufficient permissions: ",
        ),
        (
            dao,
            "get-restaurant-orders",
            json!({}),
            "Insufficient permissions: ",
        ),
        (
            dao,
            "update-order-status",
            to("delivered"),
            "Insufficient permissions: ",
        ),
        // Invalid order ID.
        (
            express,
            "update-order-status",
            json!({"status": "preparing"}),
            "Invalid order ID",
        ),
        (
            express,
            "update-order-status",
            json!({"orderId": null, "status": "preparing"}),
            "Invalid order ID",
        ),
        (
            dao,
            "accept-order",
            json!({"orderId": {"$gt": 0}}),
            "Invalid order ID",
        ),
        (
            dao,
            "accept-order",
            json!({"orderId": 1.5}),
            "Invalid order ID",
        ),
        // Order not found.
        (
            express,
            "update-order-status",
            json!({"orderId": 99999, "status": "preparing"}),
            "Order not found",
        ),
        (
            dao,
            "accept-order",
            json!({"orderId": "no-such-order"}),
            "Order not found",
        ),
        // Invalid status transition: the present status counts, not the role alone.
        (
            express,
            "update-order-status",
            to("confirmed"),
            "Invalid status transition: ready_for_pickup to confirmed",
        ),
        (
            express,
            "update-order-status",
            to("eaten"),
            "Invalid status transition: unknown status; allowed: pending, confirmed",
        ),
        // And what no document foresees.
        (
            express,
            "update-order-status",
            json!({"orderId": id}),
            "update-order-status: missing field `status`",
        ),
        (express, "cook", json!({}), "unknown event \"cook\""),
    ];
    for (who, event, data, wanted) in cases {
        let socket = &mut sockets[who];
        socket.emit(event, data.clone());
        let told = socket.is_refused();
        assert!(told.starts_with(wanted), "{event} {data}: {told}");
    }
    let after = platform
        .server
        .place
        .number("SELECT sum(version) FROM orders");
    assert_eq!(before, after);
}

#[test]
fn a_status_cannot_be_skipped() {
    let platform = Platform::start();
    let mut express = platform.socket(&restaurant(789));
    let id = platform.order()["id"].as_i64().expect("an id");
    express.hears_of("new-order", id);
    let mut refused = |status: &str| {
        express.emit(
            "update-order-status",
            json!({"orderId": id, "status": status}),
        );
        express.is_refused()
    };
    assert_eq!(
        refused("preparing"),
        "Invalid status transition: pending to preparing"
    );
    assert_eq!(
        refused("ready_for_pickup"),
        "Invalid status transition: pending to ready_for_pickup"
    );
    // Canonical names mean the same.
    assert_eq!(
        refused("ready"),
        "Invalid status transition: pending to ready_for_pickup"
    );
    platform.set(&restaurant(789), id, "cancelled").ok();
    express.hears_of("order-updated", id);
    let mut dao = platform.socket(&driver(901));
    dao.emit("accept-order", json!({"orderId": id}));
    assert_eq!(
        dao.is_refused(),
        "the order is cancelled: drivers cannot take it"
    );
}

#[test]
fn the_same_status_again_is_answered_to_whoever_asks() {
    let platform = Platform::start();
    let mut chris = platform.socket(&user(456));
    let mut express = platform.socket(&restaurant(789));
    let mut other = platform.socket(&restaurant(789));
    let id = platform.order()["id"].as_i64().expect("an id");
    chris.hears_of("order-created", id);
    for socket in [&mut express, &mut other] {
        socket.hears_of("new-order", id);
    }
    for _ in 0..2 {
        express.emit(
            "update-order-status",
            json!({"orderId": id, "status": "confirmed"}),
        );
        assert_eq!(express.hears_of("order-updated", id)["version"], 2);
    }
    express.emit(
        "update-order-status",
        json!({"orderId": id, "status": "preparing"}),
    );
    for socket in [&mut chris, &mut other] {
        assert_eq!(socket.hears_of("order-updated", id)["version"], 2);
        assert_eq!(socket.hears_of("order-updated", id)["version"], 3);
    }
}

#[test]
fn who_wants_to_know_gets_an_answer() {
    let platform = Platform::start();
    let mut express = platform.socket(&restaurant(789));
    let id = platform.order()["id"].as_i64().expect("an id");
    let mut done = express.ask(
        "update-order-status",
        json!({"orderId": id, "status": "confirmed"}),
    );
    assert!(done["as_of"].take().is_u64());
    assert_eq!(
        done,
        json!({"ok": true, "orderId": id, "version": 2, "as_of": null})
    );
    let refused = express.ask(
        "update-order-status",
        json!({"orderId": id, "status": "confirm"}),
    );
    assert_eq!(refused["code"], "INVALID_STATUS");
    // By its other names too.
    let named = express.ask(
        "update-order-status",
        json!({"orderId": format!("order-{id}"), "status": "preparing"}),
    );
    assert_eq!(named["ok"], true);
}
