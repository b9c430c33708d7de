//! Signing in by PIN: who can, what a wrong one costs, and that nothing of that is forgotten.

use super::{ask, enter, give_pin, guest_at, house, pair, text};
use crate::support::{Client, http};
use serde_json::{Value, json};
use std::io::Write;

#[test]
fn a_waiter_signs_in_with_a_pin_and_out_again() {
    let server = house();
    give_pin(&server, 10, "1234");
    let device = pair(&server, "handheld", "Phone 1");
    let names = server.rest(&device.token, "GET /api/v1/staff/names", Value::Null);
    let names = names.ok();
    let items = names["items"].as_array().expect("names");
    let mia = items.iter().find(|one| one["id"] == 10).expect("Mia");
    assert_eq!(mia["name"], "Mia");
    assert_eq!(mia["has_pin"], true);
    assert!(
        items.iter().all(|one| one["id"] != 13),
        "of another restaurant: {names}"
    );
    assert!(mia.get("phone").is_none(), "names and no more: {mia}");

    let entered = enter(&server, &device.token, 10, "1234").ok();
    assert_eq!(entered["user"]["role"], "waiter");
    assert_eq!(entered["user"]["tables"], json!([2, 4, 5]));
    assert_eq!(entered["restaurant"]["currency"], "THB");
    let token = text(&entered["token"]);
    let me = server.rest(&token, "GET /api/v1/me", Value::Null).ok();
    assert_eq!(me["user"]["name"], "Mia");
    assert_eq!(me["device"]["name"], "Phone 1");
    let mut inbox = Client::open_as(&server, "/ws/waiters/10/", &token);
    inbox.sync();
    server
        .rest(&token, "POST /api/v1/sign-out", Value::Null)
        .ok();
    assert_eq!(inbox.closed().0, Some(4401));
    let after = server.rest(&token, "GET /api/v1/tables", Value::Null);
    assert_eq!(after.refused(401), "UNAUTHENTICATED");
    // The device stays, and somebody signs in again.
    enter(&server, &device.token, 10, "1234").ok();
}

#[test]
fn after_ten_wrong_pins_the_right_one_waits_too_and_a_restart_changes_nothing() {
    let mut server = house();
    give_pin(&server, 10, "1234");
    give_pin(&server, 11, "1111");
    let device = pair(&server, "handheld", "Phone 1");
    for left in (0..10).rev() {
        let refused = enter(&server, &device.token, 10, "9999");
        assert_eq!(refused.body["attempts_left"], left, "{refused:?}");
        assert_eq!(refused.refused(401), "WRONG_PIN");
    }
    for pin in ["9999", "1234"] {
        let refused = enter(&server, &device.token, 10, pin);
        let wait = refused.body["retry_after_ms"].as_i64().expect("a time");
        assert!((1..=60_000).contains(&wait), "{refused:?}");
        assert!(refused.header("retry-after").is_some());
        assert_eq!(refused.refused(429), "LOCKED");
    }
    // However long the rest of this takes: it waits for fifty minutes more.
    server.shell("UPDATE attempts SET locked_until = locked_until + 3000000");
    // A colleague on the same device is not concerned.
    enter(&server, &device.token, 11, "1111").ok();
    server.kill();
    server.restart();
    let refused = enter(&server, &device.token, 10, "1234");
    assert_eq!(refused.refused(429), "LOCKED");
    // The wait is over: one wrong PIN, and it is twice as long.
    server.shell("UPDATE attempts SET locked_until = locked_until - 3600000");
    assert_eq!(
        enter(&server, &device.token, 10, "9999").refused(401),
        "WRONG_PIN"
    );
    let refused = enter(&server, &device.token, 10, "1234");
    let wait = refused.body["retry_after_ms"].as_i64().expect("a time");
    assert!((60_001..=120_000).contains(&wait), "{refused:?}");
    // A manager lets them in.
    let manager = server.token("manager");
    let staff = server.rest(&manager, "GET /api/v1/staff", Value::Null).ok();
    let items = staff["items"].as_array().expect("staff");
    let mia = items.iter().find(|one| one["id"] == 10).expect("Mia");
    assert!(mia["locked_until"].is_string(), "{mia}");
    server
        .rest(&manager, "PATCH /api/v1/staff/10", json!({"unlock": true}))
        .ok();
    enter(&server, &device.token, 10, "1234").ok();
}

#[test]
fn ones_own_pin_buys_no_guesses_at_anothers() {
    let server = house();
    give_pin(&server, 11, "1111");
    let device = pair(&server, "handheld", "Phone 1");
    let mut looked = 0;
    // Ten accounts at ten guesses each would be enough, and a right one between them takes nothing off.
    for guess in 0..40 {
        let user = [10, 12, 20, 30][guess % 4];
        let refused = enter(&server, &device.token, user, "9999");
        if refused.status == 401 {
            looked += 1;
        }
        if guess % 4 == 3 && looked < 28 {
            enter(&server, &device.token, 11, "1111").ok();
        }
    }
    assert_eq!(looked, 30, "and then the device waits");
    let refused = enter(&server, &device.token, 11, "1111");
    assert_eq!(refused.refused(429), "LOCKED");
}

#[test]
fn many_guesses_at_once_are_no_more_than_one_after_the_other() {
    let server = house();
    give_pin(&server, 10, "1234");
    let device = pair(&server, "handheld", "Phone 1");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let guess = |_| scope.spawn(|| enter(&server, &device.token, 10, "9999").status);
        let all: Vec<_> = (0..16).map(guess).collect();
        all.into_iter()
            .map(|one| one.join().expect("asked"))
            .collect()
    });
    let looked = statuses.iter().filter(|status| **status == 401).count();
    assert_eq!(looked, 10, "{statuses:?}");
    assert!(statuses.iter().all(|status| [401, 429].contains(status)));
}

#[test]
fn a_pin_is_tried_on_devices_of_the_house_only() {
    let server = house();
    give_pin(&server, 10, "1234");
    let body = json!({"user_id": 10, "pin": "1234"});
    let stranger = ask(&server, "POST /api/v1/sign-in", body.clone());
    assert_eq!(stranger.refused(401), "DEVICE_UNPAIRED");
    // Whoever is signed in without a device, and a guest.
    let waiter = server.token("waiter");
    let refused = server.rest(&waiter, "POST /api/v1/sign-in", body.clone());
    assert_eq!(refused.refused(401), "DEVICE_UNPAIRED");
    let guest = guest_at(&server, 5);
    let refused = server.rest(&guest, "POST /api/v1/sign-in", body);
    assert_eq!(refused.refused(403), "FORBIDDEN");
    for line in ["GET /api/v1/staff/names", "GET /api/v1/staff"] {
        assert_eq!(
            server.rest(&guest, line, Value::Null).refused(403),
            "FORBIDDEN"
        );
        assert_eq!(
            ask(&server, line, Value::Null).refused(401),
            "TOKEN_MISSING"
        );
    }
    assert_eq!(server.place.number("SELECT count(*) FROM attempts"), 0);
}

#[test]
fn an_account_that_is_not_there_looks_like_a_wrong_pin() {
    let server = house();
    let device = pair(&server, "handheld", "Phone 1");
    // Nobody; of another restaurant; a guest; without a PIN.
    for user in [99_999, 13, 456, 12] {
        let refused = enter(&server, &device.token, user, "1234");
        assert_eq!(refused.refused(401), "WRONG_PIN", "{user}");
    }
    for pin in ["123", "1234567", "12a4", ""] {
        let refused = enter(&server, &device.token, 10, pin);
        assert_eq!(refused.refused(422), "INVALID_VALUE", "{pin}");
    }
    for body in [
        json!({}),
        json!({"user_id": 10}),
        json!({"pin": "1234", "email": "x"}),
    ] {
        let refused = server.rest(&device.token, "POST /api/v1/sign-in", body);
        assert_eq!(refused.refused(422), "INVALID_VALUE");
    }
}

#[test]
fn whoever_owns_the_database_makes_the_first_manager() {
    let server = house();
    let mut hash = server.place.maitred(&["hash"]);
    hash.stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped());
    let mut running = hash.spawn().expect("maitred runs");
    let mut stdin = running.stdin.take().expect("a pipe");
    stdin.write_all(b"correct horse battery\n").expect("typed");
    drop(stdin);
    let output = running.wait_with_output().expect("it ends");
    let hash = String::from_utf8(output.stdout).expect("text");
    server.shell(&format!(
        "UPDATE users SET email = 'grace@example.com', password_hash = '{}' WHERE id = 31",
        hash.trim()
    ));
    let body = json!({"email": "Grace@example.com", "password": "correct horse battery"});
    let entered = ask(&server, "POST /api/v1/sign-in", body).ok();
    assert_eq!(entered["user"]["id"], 31);
}

#[test]
fn the_first_manager_signs_in_by_password() {
    let server = house();
    let body = json!({"email": "manager@example.com", "password": "admin12345"});
    let entered = ask(&server, "POST /api/v1/sign-in", body).ok();
    assert_eq!(entered["user"]["name"], "Somchai");
    let token = text(&entered["token"]);
    server.rest(&token, "GET /api/v1/devices", Value::Null).ok();
    let body = json!({"email": "manager@example.com", "password": "12345678"});
    let refused = ask(&server, "POST /api/v1/sign-in", body);
    assert_eq!(refused.refused(401), "INVALID_CREDENTIALS");
}

#[test]
fn no_pin_is_kept_anywhere_as_it_is() {
    let server = house();
    give_pin(&server, 10, "739164");
    let manager = server.token("manager");
    let bearer = format!("Bearer {manager}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Idempotency-Key", "k1"),
    ];
    let body = json!({"name": "Nina", "role": "waiter", "pin": "739164"});
    let first = http::request(server.address, "POST /api/v1/staff", &headers, body.clone());
    let again = http::request(server.address, "POST /api/v1/staff", &headers, body);
    assert_eq!(first.status, 201);
    assert_eq!(first.body, again.body, "one waiter, not two");
    let device = pair(&server, "handheld", "Phone 1");
    let id = first.body["id"].as_i64().expect("a number");
    enter(&server, &device.token, id, "739164").ok();
    let dump = server.shell(".dump");
    assert!(!dump.contains("739164"), "no PIN in the database");
    assert!(!dump.contains(&device.secret), "nor a device's key");
    assert!(!server.log().contains("739164"), "nor in the log");
}
