//! Codes: what is called out and stands largest on every screen. Each order has one, whoever placed it, and a day begins with 1.

use crate::support::socket_io::SocketIo;
use crate::support::{Client, Server};
use serde_json::{Value, json};

const HERE: &str = "11111111-1111-1111-1111-111111111111";

fn code(server: &Server, order: i64) -> String {
    let sql = "SELECT code FROM order_codes WHERE id = ?1";
    let db = server.place.foreign();
    let found = db.query_row(sql, [order], |row| row.get(0));
    found.expect("a code")
}

/// The letter and the number.
fn parts(code: &str) -> (char, i64) {
    let letter = code.chars().next().expect("a letter");
    (letter, code[1..].parse().expect("a number"))
}

#[test]
fn each_kind_counts_for_itself_whoever_places_the_order() {
    let server = Server::start();
    let waiter = server.token("waiter");
    let place = |kind: &str| {
        let order = json!({"restaurant_id": 2, "type": kind, "items": [{"menu_item_id": 2}]});
        let placed = server.rest(&waiter, "POST /api/v1/orders", order).ok();
        parts(placed["code"].as_str().expect("a code"))
    };
    for (kind, letter) in [
        ("dine_in", 'H'),
        ("pickup", 'P'),
        ("delivery", 'D'),
        ("counter", 'C'),
    ] {
        let first = place(kind);
        assert_eq!(first.0, letter);
        // Another program's order is the next one.
        server.shell(&format!(
            "INSERT INTO orders(id, restaurant_id, type) VALUES ({}, 2, '{kind}')",
            600 + i64::from(letter as u8)
        ));
        let other = parts(&code(&server, 600 + i64::from(letter as u8)));
        assert_eq!(other, (letter, first.1 + 1));
        assert_eq!(place(kind), (letter, first.1 + 2));
    }
}

#[test]
fn a_business_day_begins_with_one_on_the_clock_of_the_house() {
    let server = Server::start();
    // Bangkok is 7 hours ahead, and a day begins at 4: 21:00 UTC.
    server.shell(
        "INSERT INTO orders(id, restaurant_id, type, created_at) VALUES
           (500, 2, 'pickup', 2000000000000 / 86400000 * 86400000 + 75599999), (501, 2, 'pickup', 2000000000000 / 86400000 * 86400000 + 75600000),
           (502, 2, 'pickup', 2000000000000 / 86400000 * 86400000 + 75600001)",
    );
    assert_eq!(
        [500, 501, 502].map(|id| code(&server, id)),
        ["P1", "P1", "P2"]
    );
    // Another house counts for itself; one whose zone nobody knows goes by UTC; one with summers goes by them.
    server.shell(
        "INSERT INTO restaurants(id, name, timezone, business_day_start_min) VALUES (30, 'Mars', 'Mars/Olympus', 0), (31, 'Berlin', 'europe/berlin', 0);
         INSERT INTO orders(id, restaurant_id, type, created_at) VALUES
           (510, 30, 'pickup', unixepoch('2030-07-01 23:59:59') * 1000), (511, 30, 'pickup', unixepoch('2030-07-02 00:00:00') * 1000),
           (520, 31, 'pickup', unixepoch('2030-07-01 21:59:59') * 1000), (521, 31, 'pickup', unixepoch('2030-07-01 22:00:00') * 1000),
           (522, 31, 'pickup', unixepoch('2030-12-01 22:59:59') * 1000), (523, 31, 'pickup', unixepoch('2030-12-01 23:00:00') * 1000);",
    );
    for id in [510, 511, 520, 521, 522, 523] {
        assert_eq!(code(&server, id), "P1", "{id}");
    }
}

#[test]
fn a_code_is_used_once_a_day_and_a_print_job_has_none() {
    let server = Server::start();
    server.shell("INSERT INTO orders(id, restaurant_id, type) VALUES (500, 3, 'counter')");
    let first = parts(&code(&server, 500));
    server.shell("DELETE FROM orders WHERE id = 500; INSERT INTO orders(id, restaurant_id, type) VALUES (501, 3, 'counter')");
    assert_eq!(parts(&code(&server, 501)), (first.0, first.1 + 1));
    server
        .shell("INSERT OR REPLACE INTO orders(id, restaurant_id, type) VALUES (501, 3, 'counter')");
    assert_eq!(
        parts(&code(&server, 501)),
        (first.0, first.1 + 1),
        "the same order has the same code"
    );
    server.shell("INSERT INTO orders(id, restaurant_id, workflow_id, status) VALUES (502, 5, 2, 'In Production')");
    assert_eq!(
        server
            .place
            .number("SELECT count(*) FROM order_codes WHERE id = 502"),
        0
    );
}

#[test]
fn every_vocabulary_says_it() {
    let mut server = Server::start();
    let waiter = server.token("waiter");
    let (kitchen, delivery) = (server.listening("kitchen"), server.listening("delivery"));
    let mut pass = SocketIo::open(kitchen);
    pass.connect("/", json!({"token": server.token("kitchen")}))
        .expect("let in");
    pass.ask("/", "join:restaurant", &[json!(HERE)]);
    let mut house = SocketIo::open(delivery);
    house
        .connect("/orders", json!({"token": server.token("manager")}))
        .expect("let in");
    let mut restaurant = Client::open_as(&server, "/ws/restaurants/2/", &waiter);
    let mut floor = Client::open_as(&server, "/ws/restaurants/2/notifications/", &waiter);
    let timing = server.listening("timing");
    let path = format!("/admin?token={}", server.token("manager"));
    let mut admin = Client::dial(timing, &path, &[]).expect("let in");
    for client in [&mut restaurant, &mut floor] {
        client.sync();
    }
    let order = json!({"restaurant_id": 2, "type": "delivery", "items": [{"menu_item_id": 2}]});
    let placed = server.rest(&waiter, "POST /api/v1/orders", order).ok();
    let code = &placed["code"];
    assert!(
        code.as_str().is_some_and(|code| code.starts_with('D')),
        "{placed}"
    );
    assert_eq!(&restaurant.expect("new_order")["data"]["code"], code);
    assert_eq!(&floor.expect("order_notification")["data"]["code"], code);
    assert_eq!(&pass.until("/", "order:created").data()["code"], code);
    assert_eq!(
        &house.until("/orders", "new-order").data()["order"]["code"],
        code
    );
    let told = admin.until(|frame| frame["type"] == "newOrder");
    assert_eq!(told.last().map(|frame| &frame["order"]["code"]), Some(code));
    let mut one = Client::open_as(&server, &format!("/ws/orders/{}/", placed["id"]), &waiter);
    assert_eq!(&one.next_is("order_status")["data"]["code"], code);
    let shown: Value = server
        .rest(
            &waiter,
            &format!("GET /api/v1/orders/{}", placed["id"]),
            Value::Null,
        )
        .ok();
    assert_eq!(&shown["code"], code);
}
