//! Who is let in, and how the others are told.

use super::{ORDERS, Platform, Socket, driver, restaurant, signed, user};
use crate::support::raw::{FIN, Raw, TEXT, masked};
use crate::support::socket_io::SocketIo;
use crate::support::{http, token};
use serde_json::{Value, json};

#[test]
fn who_cannot_come_in_is_told_by_an_error_and_sent_away() {
    let platform = Platform::start();
    let sub = |role: &str| json!({"sub": "x", "role": role, "exp": 4_102_444_800_u32});
    for (auth, message) in [
        (json!({}), "Invalid authentication: "),
        (json!({"token": ""}), "Invalid authentication: "),
        (
            json!({"token": "no token at all"}),
            "Invalid authentication: ",
        ),
        (
            json!({"token": token::forged(&sub("driver"))}),
            "Invalid authentication: ",
        ),
        (
            json!({"token": token::unsigned(&sub("driver"))}),
            "Invalid authentication: ",
        ),
        (
            json!({"token": token::signed(&json!({"sub": "901", "role": "driver", "exp": 1_000_000}))}),
            "Invalid authentication: ",
        ),
        (
            json!({"token": signed(json!({"sub": "10", "role": "waiter", "restaurantId": 2}))}),
            "Insufficient permissions: ",
        ),
        (
            json!({"token": signed(json!({"sub": "x", "role": "restaurant"}))}),
            "Insufficient permissions: ",
        ),
        (
            json!({"token": signed(json!({"sub": "g", "role": "customer", "sessionId": 1}))}),
            "Insufficient permissions: ",
        ),
        (
            json!({"token": signed(json!({"sub": "driver", "role": "driver"}))}),
            "Insufficient permissions: ",
        ),
        // Mia's number, and she is a waiter.
        (
            json!({"token": signed(json!({"sub": "10", "role": "driver"}))}),
            "Invalid authentication: ",
        ),
    ] {
        let mut io = SocketIo::open(platform.address);
        io.connect(ORDERS, auth.clone())
            .unwrap_or_else(|e| panic!("{auth}: {e}"));
        let mut socket = Socket(io);
        let told = socket.is_refused();
        assert!(told.starts_with(message), "{auth}: {told}");
        socket.0.is_disconnected(ORDERS);
    }
}

#[test]
fn a_token_may_come_in_the_header() {
    let platform = Platform::start();
    let bearer = format!("Bearer {}", restaurant(789));
    let mut io = SocketIo::dial(
        platform.address,
        "/socket.io/",
        &[("authorization", &bearer)],
    );
    io.connect(ORDERS, json!({})).expect("let in");
    let mut express = Socket(io);
    express.emit("get-restaurant-orders", json!({}));
    assert_eq!(express.hears("restaurant-orders")["orders"][0]["id"], 6);
}

#[test]
fn who_is_no_member_any_more_is_sent_away() {
    let platform = Platform::start();
    let mut dao = platform.socket(&driver(901));
    let mut ek = platform.socket(&driver(902));
    platform
        .server
        .shell("UPDATE users SET is_active = 0 WHERE id = 901");
    let told = dao.is_refused();
    assert!(told.starts_with("Invalid authentication: "), "{told}");
    dao.0.is_disconnected(ORDERS);
    let id = platform.ready();
    ek.hears_of("new-available-order", id);
}

#[test]
fn another_namespace_of_the_same_connection_is_none_of_this() {
    let platform = Platform::start();
    let mut chris = platform.socket(&user(456));
    chris
        .0
        .connect("/", Value::Null)
        .expect("the workshop is open");
    let id = platform.order()["id"].as_i64().expect("an id");
    chris.hears_of("order-created", id);
    assert!(chris.0.connect("/nothing", json!({})).is_err());
}

/// A client that has something to say sends it in one piece with the end of its upgrade: there was nobody to read it until the next ping.
#[test]
fn what_comes_right_behind_an_upgrade_is_heard() {
    let platform = Platform::start();
    let poll = |line: &str, body: &str| {
        let line = line.replacen(" ?", " /socket.io/?EIO=4&transport=polling", 1);
        http::send(platform.address, &line, &[], body).body
    };
    let open = poll("GET ?", "");
    let open = open
        .as_str()
        .and_then(|open| open.strip_prefix('0'))
        .expect("an open packet");
    let open: Value = serde_json::from_str(open).expect("JSON");
    let sid = open["sid"].as_str().expect("a session");
    let auth = json!({"token": restaurant(789)});
    poll(&format!("POST ?&sid={sid}"), &format!("40{ORDERS},{auth}"));
    let welcome = poll(&format!("GET ?&sid={sid}"), "");
    assert!(
        welcome
            .as_str()
            .is_some_and(|w| w.starts_with("40/orders,")),
        "{welcome}"
    );
    let mut socket = Raw::open(
        platform.address,
        &format!("/socket.io/?EIO=4&transport=websocket&sid={sid}"),
    );
    socket.frame(FIN | TEXT, b"2probe");
    assert_eq!(socket.read().expect("an answer").1, b"3probe");
    let event = format!(r#"42{ORDERS},["get-restaurant-orders",{{}}]"#);
    let both = [
        masked(FIN | TEXT, b"5"),
        masked(FIN | TEXT, event.as_bytes()),
    ]
    .concat();
    socket.bytes(&both);
    let answer = String::from_utf8(socket.read().expect("an answer").1).expect("text");
    assert!(
        answer.starts_with(r#"42/orders,["restaurant-orders","#),
        "{answer}"
    );
}

#[test]
fn whoever_was_away_hears_what_they_missed_also_after_a_crash() {
    let mut platform = Platform::start();
    let mut offsets = Vec::new();
    let mut welcome = Vec::new();
    let tokens = [user(456), restaurant(789), driver(901)];
    let id = platform.order()["id"].as_i64().expect("an id");
    for token in &tokens {
        let mut io = SocketIo::open(platform.address);
        welcome.push(io.connect(ORDERS, json!({"token": token})).expect("let in"));
        // Only the user and the restaurant hear something before they are gone; drivers come back by their pid alone.
        if token != &tokens[2] {
            platform.server.shell(&format!("UPDATE orders SET note = note || 'x' WHERE id = {id}; UPDATE orders SET note = '{}' WHERE id = {id}", welcome.len()));
            offsets.push(io.next(ORDERS).offset);
        }
        io.vanish();
    }
    offsets.push(None);
    platform.server.kill();
    platform.server.shell(&format!(
        "UPDATE orders SET status = 'confirmed' WHERE id = {id}; UPDATE orders SET status = 'ready' WHERE id = {id};"
    ));
    platform.server.restart();
    platform.address = platform.server.listening("delivery");
    for ((token, offset), welcome) in tokens.iter().zip(offsets).zip(&welcome) {
        let mut auth = json!({"token": token, "pid": welcome["pid"]});
        if let Some(offset) = offset {
            auth["offset"] = json!(offset.to_string());
        }
        let mut io = SocketIo::open(platform.address);
        let back = io.connect(ORDERS, auth).expect("let in");
        assert_eq!(back["pid"], welcome["pid"], "recovered");
        let mut socket = Socket(io);
        if token == &tokens[2] {
            socket.hears_of("new-available-order", id);
            continue;
        }
        // The restaurant was away for less.
        let missed: Vec<Value> = std::iter::repeat_with(|| socket.hears_of("order-updated", id))
            .take_while(|order| order["status"] != "ready_for_pickup")
            .collect();
        assert_eq!(missed.last().expect("some")["status"], "confirmed");
    }
}
