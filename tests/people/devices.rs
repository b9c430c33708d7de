//! Screens and handhelds: paired by a code, known by their key, taken away by a manager.

use super::{ask, enter, give_pin, house, pair, text, token_of};
use crate::support::socket_io::SocketIo;
use crate::support::{Client, token};
use serde_json::{Value, json};

#[test]
fn a_kitchens_wall_is_paired_works_and_is_taken_away() {
    let mut server = house();
    let kitchen = server.listening("kitchen");
    let device = pair(&server, "kitchen", "Hot kitchen");
    let manager = server.token("manager");
    let mut socket = SocketIo::open(kitchen);
    socket
        .connect("/", json!({"token": device.token}))
        .expect("let in");
    socket.ask("/", "join:restaurant", &[json!(2)]);
    let mut status = Client::open_as(&server, "/ws/restaurants/2/", &device.token);
    status.sync();
    // It may what a cook may.
    let order = crate::dining::new_order(&server);
    let line = format!("PATCH /api/v1/orders/{order}");
    server
        .rest(&device.token, &line, json!({"status": "confirmed"}))
        .ok();
    let refused = server.rest(&device.token, "GET /api/v1/staff", Value::Null);
    assert_eq!(refused.refused(403), "FORBIDDEN");

    let seen = server.rest(
        &device.token,
        "POST /api/v1/devices/me",
        json!({"build": "b2", "outbox": 3}),
    );
    assert!(seen.ok()["server_time"].is_string());
    let all = server
        .rest(&manager, "GET /api/v1/devices", Value::Null)
        .ok();
    let one = &all["items"][0];
    assert_eq!(one["name"], "Hot kitchen");
    assert_eq!((&one["build"], &one["outbox"]), (&json!("b2"), &json!(3)));
    assert_eq!(one["online"], true);

    let line = format!("DELETE /api/v1/devices/{}", device.id);
    let gone = server.rest(&manager, &line, Value::Null).ok();
    assert_eq!(gone["revoked"], true);
    assert_eq!(
        status.closed(),
        (Some(4401), Some("DEVICE_REVOKED".to_owned()))
    );
    socket.is_disconnected("/");
    let refused = server.rest(&device.token, "GET /api/v1/orders", Value::Null);
    assert_eq!(refused.refused(401), "DEVICE_REVOKED");
    let mut again = SocketIo::open(kitchen);
    let refused = again
        .connect("/", json!({"token": device.token}))
        .expect_err("kept out");
    let why = &refused["data"]["error"]["details"];
    assert_eq!(why["cause"], "DEVICE_REVOKED", "{refused}");
    let refused = ask(
        &server,
        "POST /api/v1/devices/token",
        json!({"secret": device.secret}),
    );
    assert_eq!(refused.refused(401), "DEVICE_REVOKED");
    let left = server
        .rest(&manager, "GET /api/v1/devices", Value::Null)
        .ok();
    assert_eq!(left["items"], json!([]));
    server.rest(&manager, &line, Value::Null).refused(404);
}

#[test]
fn whoever_signed_in_on_a_device_goes_with_it() {
    let server = house();
    give_pin(&server, 10, "1234");
    let lost = pair(&server, "handheld", "Lost");
    let kept = pair(&server, "handheld", "Kept");
    let open = |device: &str| {
        let token = text(&enter(&server, device, 10, "1234").ok()["token"]);
        let mut inbox = Client::open_as(&server, "/ws/waiters/10/", &token);
        inbox.sync();
        (token, inbox)
    };
    let (gone, mut closed) = open(&lost.token);
    let (stays, mut open) = open(&kept.token);
    let line = format!("DELETE /api/v1/devices/{}", lost.id);
    server
        .rest(&server.token("manager"), &line, Value::Null)
        .ok();
    assert_eq!(
        closed.closed(),
        (Some(4401), Some("DEVICE_REVOKED".to_owned()))
    );
    let refused = server.rest(&gone, "GET /api/v1/tables", Value::Null);
    assert_eq!(refused.refused(401), "DEVICE_REVOKED");
    open.sync();
    server.rest(&stays, "GET /api/v1/tables", Value::Null).ok();
    assert_eq!(
        enter(&server, &lost.token, 10, "1234").refused(401),
        "DEVICE_REVOKED"
    );
}

#[test]
fn what_a_device_may_is_its_kinds() {
    let server = house();
    let board = pair(&server, "board", "Pick-up");
    let phone = pair(&server, "handheld", "Phone 1");
    Client::open_as(&server, "/ws/restaurants/2/", &board.token).sync();
    for (device, line) in [
        (&board, "GET /api/v1/orders"),
        (&phone, "GET /api/v1/orders"),
        (&phone, "GET /api/v1/menu"),
        (&phone, "GET /api/v1/devices"),
    ] {
        let refused = server.rest(&device.token, line, Value::Null);
        assert_eq!(refused.refused(403), "FORBIDDEN", "{line}");
    }
    let mut refused = Client::open_as(&server, "/ws/restaurants/2/", &phone.token);
    assert_eq!(refused.closed().0, Some(4403), "nobody has signed in on it");
    for device in [&board, &phone] {
        server
            .rest(&device.token, "GET /api/v1/staff/names", Value::Null)
            .ok();
        server
            .rest(&device.token, "GET /api/v1/restaurants/2", Value::Null)
            .ok();
        server
            .rest(&device.token, "GET /api/v1/restaurants/3", Value::Null)
            .refused(403);
    }
}

#[test]
fn a_code_is_good_once_and_not_for_long() {
    let server = house();
    let manager = server.token("manager");
    let confirm = |code: &Value| {
        let body = json!({"code": code, "kind": "kitchen", "name": "Pass", "station_id": "expo"});
        server.rest(&manager, "POST /api/v1/devices", body)
    };
    let shown = ask(&server, "POST /api/v1/devices/pair", Value::Null).ok();
    assert_eq!(confirm(&json!("NOSUCH")).refused(404), "PAIRING_UNKNOWN");
    let made = confirm(&shown["code"]).ok();
    assert_eq!(made["station"]["code"], "expo");
    assert_eq!(confirm(&shown["code"]).refused(404), "PAIRING_UNKNOWN");

    let late = ask(&server, "POST /api/v1/devices/pair", Value::Null).ok();
    server.shell("UPDATE pairings SET expires_at = expires_at - 600001");
    assert_eq!(confirm(&late["code"]).refused(410), "PAIRING_EXPIRED");
    let body = json!({"secret": late["secret"]});
    let refused = ask(&server, "POST /api/v1/devices/token", body);
    assert_eq!(refused.refused(410), "PAIRING_EXPIRED");
    for secret in ["", "nobody has this one", &"ä".repeat(100)] {
        let body = json!({"secret": secret});
        let refused = ask(&server, "POST /api/v1/devices/token", body);
        assert_eq!(refused.refused(401), "DEVICE_UNKNOWN");
    }
    // Somebody who only serves makes nothing a device of the house.
    let body = json!({"code": late["code"], "kind": "kitchen", "name": "Mine"});
    let refused = server.rest(&server.token("waiter"), "POST /api/v1/devices", body);
    assert_eq!(refused.refused(403), "FORBIDDEN");
}

#[test]
fn a_key_outlives_its_tokens_and_a_number_is_not_enough() {
    let mut server = house();
    let device = pair(&server, "kitchen", "Pass");
    server.kill();
    server.restart();
    let token = token_of(&server, &device.secret);
    server.rest(&token, "GET /api/v1/orders", Value::Null).ok();
    // A token for a device of that number, but of another house's history.
    let mut claims = token::claims(&server.place, 3600);
    claims["sub"] = json!(format!("device:{}", device.id));
    claims["role"] = json!("kitchen");
    claims["device_id"] = json!(device.id);
    for print in [json!("0123456789abcdef"), Value::Null] {
        claims["device_print"] = print;
        let stranger = token::signed(&claims);
        let refused = server.rest(&stranger, "GET /api/v1/orders", Value::Null);
        assert_eq!(refused.refused(401), "DEVICE_UNKNOWN");
    }
    // Whoever is on no device says nothing about one.
    let refused = server.rest(
        &server.token("waiter"),
        "POST /api/v1/devices/me",
        json!({}),
    );
    assert_eq!(refused.refused(401), "DEVICE_UNPAIRED");
}

#[test]
fn strangers_cannot_fill_the_house_with_codes() {
    let server = house();
    let statuses: Vec<u16> = (0..30)
        .map(|_| ask(&server, "POST /api/v1/devices/pair", Value::Null).status)
        .collect();
    assert!(
        statuses.contains(&201) && statuses.contains(&429),
        "{statuses:?}"
    );
}
