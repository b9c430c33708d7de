//! Who is let in, and how the others are told.

use super::{ORDERS, Platform, Socket, driver, restaurant, signed, user};
use crate::support::socket_io::SocketIo;
use crate::support::token;
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
