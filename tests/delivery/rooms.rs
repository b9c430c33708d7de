//! Who hears of what, and that they hear it once. That nobody else hears is seen by what they hear next.

use super::{Platform, driver, restaurant, signed, user};
use serde_json::{Value, json};

#[test]
fn an_order_is_told_to_whoever_placed_it_and_to_its_restaurant() {
    let platform = Platform::start();
    let mut chris = platform.socket(&user(456));
    let mut dana = platform.socket(&user(457));
    let mut express = platform.socket(&restaurant(789));
    let mut pizza = platform.socket(&restaurant(790));
    let mut both = platform.socket(&signed(
        json!({"sub": "x", "role": "owner", "restaurants": [789, 790]}),
    ));
    let placed = platform.order();
    let id = placed["id"].as_i64().expect("an id");
    assert_eq!(chris.hears_of("order-created", id), placed);
    assert_eq!(express.hears_of("new-order", id), placed);
    both.hears_of("new-order", id);
    platform.set(&restaurant(789), id, "confirmed").ok();
    for socket in [&mut chris, &mut express, &mut both] {
        let told = socket.hears_of("order-updated", id);
        assert_eq!(
            (&told["status"], &told["version"]),
            (&json!("confirmed"), &json!(2))
        );
        assert_eq!(told["items"], placed["items"]);
    }
    // What the others hear first is what concerns them.
    let theirs = json!({"restaurantId": 790, "items": [{"menuItemId": 12}]});
    let theirs = platform.rest(&user(457), "POST /orders", theirs).ok();
    let theirs = theirs["order"]["id"].as_i64().expect("an id");
    dana.hears_of("order-created", theirs);
    pizza.hears_of("new-order", theirs);
    both.hears_of("new-order", theirs);
}

#[test]
fn every_step_is_told_once_to_each_and_the_food_with_it() {
    let platform = Platform::start();
    let mut chris = platform.socket(&user(456));
    let mut express = platform.socket(&restaurant(789));
    let mut dao = platform.socket(&driver(901));
    let id = platform.order()["id"].as_i64().expect("an id");
    chris.hears_of("order-created", id);
    express.hears_of("new-order", id);
    for status in ["confirmed", "preparing", "ready_for_pickup"] {
        express.emit(
            "update-order-status",
            json!({"orderId": id, "status": status}),
        );
        for socket in [&mut chris, &mut express] {
            assert_eq!(socket.hears_of("order-updated", id)["status"], status);
        }
    }
    dao.hears_of("new-available-order", id);
    dao.emit("accept-order", json!({"orderId": id}));
    dao.hears_of("order-updated", id);
    dao.hears_of("order-assigned", id);
    dao.hears_of("order-accepted", id);
    dao.emit(
        "update-order-status",
        json!({"orderId": id, "status": "delivered"}),
    );
    for socket in [&mut chris, &mut express] {
        assert_eq!(socket.hears_of("order-updated", id)["driverId"], 901);
    }
    for socket in [&mut chris, &mut express, &mut dao] {
        let told = socket.hears_of("order-updated", id);
        assert_eq!(
            (&told["status"], &told["items"][0]["status"]),
            (&json!("delivered"), &json!("served"))
        );
    }
}

#[test]
fn a_payment_that_completes_an_order_is_told_once() {
    let platform = Platform::start();
    let id = platform.ready();
    let mut dao = platform.socket(&driver(901));
    dao.emit("accept-order", json!({"orderId": id}));
    dao.hears_of("order-updated", id);
    dao.hears_of("order-assigned", id);
    dao.hears_of("order-accepted", id);
    dao.emit(
        "update-order-status",
        json!({"orderId": id, "status": "delivered"}),
    );
    dao.hears_of("order-updated", id);
    let mut chris = platform.socket(&user(456));
    let mut express = platform.socket(&restaurant(789));
    let manager = signed(json!({"sub": "32", "role": "manager", "restaurant_id": 789}));
    let pay = |amount: &str| {
        let line = format!("POST /api/v1/orders/{id}/payments");
        let paid = json!({"amount": amount, "method": "cash"});
        platform.server.rest(&manager, &line, paid).ok()
    };
    // A part of it, and the rest, which completes it.
    let mut left = pay("10.00")["balance"]
        .as_str()
        .expect("what is left")
        .to_owned();
    for (paid, canonical) in [("partial", "delivered"), ("paid", "completed")] {
        for socket in [&mut chris, &mut express, &mut dao] {
            let told = socket.hears_of("order-updated", id);
            assert_eq!(
                (&told["paymentStatus"], &told["canonical_status"]),
                (&json!(paid), &json!(canonical))
            );
        }
        if paid == "partial" {
            left = pay(&left)["balance"]
                .as_str()
                .expect("nothing left")
                .to_owned();
        }
    }
    assert_eq!(left, "0.00");
    // What they hear next is about something else.
    let next = platform.order()["id"].as_i64().expect("an id");
    chris.hears_of("order-created", next);
    express.hears_of("new-order", next);
    let next = platform.ready();
    dao.hears_of("new-available-order", next);
    // Without a payment the step is told by itself.
    let served = platform.ready();
    let mut express = platform.socket(&restaurant(789));
    let shell = platform.server.place.foreign();
    for status in ["delivered", "completed"] {
        let sql = format!("UPDATE orders SET status = '{status}' WHERE id = {served}");
        shell.execute(&sql, []).expect("written");
        let told = express.hears_of("order-updated", served);
        assert_eq!(told["canonical_status"], status);
    }
}

#[test]
fn a_table_s_order_is_a_restaurants_and_no_drivers() {
    let platform = Platform::start();
    let mut house = platform.socket(&restaurant(2));
    let mut dao = platform.socket(&driver(901));
    let manager = platform.server.token("manager");
    let supper = json!({"restaurant_id": 2, "table_id": 5, "items": [{"menu_item_id": 1}]});
    let supper = platform
        .server
        .rest(&manager, "POST /api/v1/orders", supper)
        .ok();
    let id = supper["id"].as_i64().expect("an id");
    assert_eq!(house.hears_of("new-order", id)["type"], "dine_in");
    for status in ["confirmed", "preparing", "ready_for_pickup"] {
        house.emit(
            "update-order-status",
            json!({"orderId": id, "status": status}),
        );
        assert_eq!(house.hears_of("order-updated", id)["status"], status);
    }
    let ready = platform.ready();
    dao.hears_of("new-available-order", ready);
}

#[test]
fn whoever_writes_the_row_is_heard() {
    let platform = Platform::start();
    let mut chris = platform.socket(&user(456));
    let mut house = platform.socket(&restaurant(2));
    let mut dao = platform.socket(&driver(901));
    // Order 123 is Chris' and of restaurant 2, to be driven.
    platform
        .server
        .shell("UPDATE orders SET note = 'ring twice' WHERE id = 123");
    for socket in [&mut chris, &mut house] {
        assert_eq!(socket.hears_of("order-updated", 123)["notes"], "ring twice");
    }
    platform
        .server
        .shell("UPDATE orders SET status = 'ready' WHERE id = 123");
    dao.hears_of("new-available-order", 123);
    for socket in [&mut chris, &mut house] {
        assert_eq!(
            socket.hears_of("order-updated", 123)["status"],
            "ready_for_pickup"
        );
    }
    platform
        .server
        .shell("UPDATE orders SET driver_id = 901 WHERE id = 123");
    dao.hears_of("order-updated", 123);
    assert_eq!(dao.hears_of("order-assigned", 123)["driverId"], 901);
    for socket in [&mut chris, &mut house] {
        assert_eq!(socket.hears_of("order-updated", 123)["driverId"], 901);
    }
    platform.server.shell("DELETE FROM orders WHERE id = 123");
    for socket in [&mut chris, &mut house, &mut dao] {
        let told = socket.hears("order-updated");
        assert_eq!(
            (&told["order"]["id"], &told["order"]["status"]),
            (&json!(123), &json!("cancelled"))
        );
        assert_eq!(told["deleted"], true);
    }
}

#[test]
fn lines_and_payments_are_changes_too() {
    let platform = Platform::start();
    let mut chris = platform.socket(&user(456));
    let mut house = platform.socket(&restaurant(2));
    let manager = platform.server.token("manager");
    let pay = json!({"amount": "20.00"});
    platform
        .server
        .rest(&manager, "POST /api/v1/orders/123/payments", pay)
        .ok();
    for socket in [&mut chris, &mut house] {
        assert_eq!(
            socket.hears_of("order-updated", 123)["paymentStatus"],
            "partial"
        );
    }
    // A line more is another total, and the first that is begun begins the order: each is told once, with all that followed.
    let more = json!({"items": [{"menu_item_id": 2}]});
    let line = "POST /api/v1/orders/123/items";
    platform.server.rest(&manager, line, more).ok();
    let line = format!("PATCH /api/v1/orders/123/items/{}", newest_line(&platform));
    let begun = json!({"status": "preparing"});
    platform.server.rest(&manager, &line, begun).ok();
    for socket in [&mut chris, &mut house] {
        let told = socket.hears_of("order-updated", 123);
        assert_eq!(
            (&told["total_amount"], &told["status"]),
            (&json!("186.50"), &json!("confirmed"))
        );
        let told = socket.hears_of("order-updated", 123);
        assert_eq!(
            (&told["status"], &told["items"][2]["status"]),
            (&json!("preparing"), &json!("preparing"))
        );
    }
    platform
        .server
        .shell("UPDATE order_items SET note = 'hot' WHERE order_id = 123");
    for socket in [&mut chris, &mut house] {
        let told = socket.hears_of("order-updated", 123);
        let lines = told["items"].as_array().expect("lines");
        assert!(
            lines.len() == 3 && lines.iter().all(|line| line["notes"] == "hot"),
            "{told}"
        );
    }
}

fn newest_line(platform: &Platform) -> i64 {
    let place = &platform.server.place;
    place.number("SELECT max(id) FROM order_items")
}

#[test]
fn lists_are_asked_for() {
    let platform = Platform::start();
    let id = platform.ready();
    let mut express = platform.socket(&restaurant(789));
    express.emit("get-restaurant-orders", json!({}));
    let list = express.hears("restaurant-orders");
    let orders: Vec<&Value> = list["orders"].as_array().expect("a list").iter().collect();
    let ids: Vec<_> = orders
        .iter()
        .map(|order| order["id"].as_i64().expect("an id"))
        .collect();
    assert_eq!(ids, [id, 6]);
    assert_eq!(orders[0]["customerName"], "Chris");
    assert!(
        list["as_of"].is_u64(),
        "an answer says as of when it is true"
    );
    // Drivers learn where, and not for whom, until it is theirs.
    let mut dao = platform.socket(&driver(901));
    dao.0.emit(super::ORDERS, "get-available-orders", &[]);
    let list = dao.hears("available-orders");
    let offers = list["orders"].as_array().expect("a list");
    let of: Vec<_> = offers
        .iter()
        .map(|order| order["id"].as_i64().expect("an id"))
        .collect();
    assert_eq!(of, [6, id], "the longest waiting first");
    assert_eq!(
        (&offers[1]["status"], &offers[1]["customerName"]),
        (&json!("ready_for_pickup"), &Value::Null)
    );
    assert_eq!(offers[1]["deliveryAddress"], "Soi 11, 4");
    dao.emit("accept-order", json!({"orderId": id}));
    dao.hears_of("order-updated", id);
    dao.hears_of("order-assigned", id);
    assert_eq!(dao.hears_of("order-accepted", id)["customerName"], "Chris");
}

#[test]
fn a_flyer_is_no_order_of_the_platform() {
    let platform = Platform::start();
    let mut house = platform.socket(&restaurant(2));
    platform.server.shell(
        "INSERT INTO orders(id, restaurant_id, workflow_id, status, type) VALUES (700, 2, 2, 'Packaging', 'delivery');
         INSERT INTO order_items(order_id, name) VALUES (700, 'Flyers');
         INSERT INTO payments(order_id, amount_minor) VALUES (700, 100);
         UPDATE orders SET status = 'Delivery' WHERE id = 700;
         DELETE FROM orders WHERE id = 700;
         INSERT INTO orders(id, restaurant_id, workflow_id, status, type) VALUES (701, 2, 2, 'Packaging', 'delivery');
         UPDATE orders SET note = 'next' WHERE id = 123;",
    );
    assert_eq!(house.hears_of("order-updated", 123)["notes"], "next");
    house.emit(
        "update-order-status",
        json!({"orderId": 701, "status": "confirmed"}),
    );
    assert_eq!(house.is_refused(), "Order not found");
    let shown = platform.rest(&restaurant(2), "GET /orders/701", Value::Null);
    assert_eq!(shown.refused(404), "NOT_FOUND");
}
