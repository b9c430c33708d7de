//! `/api/delivery/orders`.

use super::{Platform, curry, driver, restaurant, signed, user};
use crate::support::{PATIENCE, http};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::TcpStream;

#[test]
fn an_order_costs_what_the_menu_says_and_shows_what_the_document_names() {
    let platform = Platform::start();
    let mut body = curry();
    body["items"][0]["unitPrice"] = json!(0.01);
    body["total"] = json!(0.02);
    body["notes"] = json!("no chili");
    let answer = platform.rest(&user(456), "POST /orders", body);
    assert_eq!(answer.status, 201);
    let order = &answer.body["order"];
    for (name, value) in [
        ("status", json!("pending")),
        ("canonical_status", json!("pending")),
        ("userId", json!(456)),
        ("restaurantId", json!(789)),
        ("driverId", Value::Null),
        ("type", json!("delivery")),
        ("total", json!(220.00)),
        ("total_amount", json!("220.00")),
        ("notes", json!("no chili")),
        ("deliveryAddress", json!("Soi 11, 4")),
        ("customerName", json!("Chris")),
        ("paymentStatus", json!("unpaid")),
        ("version", json!(1)),
    ] {
        assert_eq!(order[name], value, "{name}: {order}");
    }
    let line = &order["items"][0];
    assert_eq!(
        (&line["name"], &line["quantity"], &line["unitPrice"]),
        (&json!("Red curry"), &json!(2), &json!(110.00))
    );
    for time in ["createdAt", "updatedAt"] {
        assert!(
            order[time].as_str().is_some_and(|t| t.ends_with('Z')),
            "{order}"
        );
    }
    let shown = platform.rest(
        &user(456),
        &format!("GET /orders/{}", order["id"]),
        Value::Null,
    );
    assert_eq!(&shown.ok()["order"], order);
}

#[test]
fn the_same_key_orders_once() {
    let platform = Platform::start();
    let bearer = format!("Bearer {}", user(456));
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Idempotency-Key", "tap-1"),
    ];
    let order = || {
        http::request(
            platform.address,
            "POST /api/delivery/orders",
            &headers,
            curry(),
        )
        .ok()
    };
    assert_eq!(order(), order());
}

#[test]
fn who_cannot_order_is_told_why() {
    let platform = Platform::start();
    for (token, body, status, code, message) in [
        (
            "none".to_owned(),
            curry(),
            401,
            "TOKEN_INVALID",
            "Invalid authentication: ",
        ),
        (
            driver(901),
            curry(),
            403,
            "FORBIDDEN",
            "Insufficient permissions: ",
        ),
        (
            restaurant(790),
            curry(),
            403,
            "FORBIDDEN",
            "Insufficient permissions: ",
        ),
        (
            signed(json!({"sub": "10", "role": "waiter", "restaurantId": 2})),
            curry(),
            403,
            "FORBIDDEN",
            "Insufficient permissions: ",
        ),
        (
            signed(json!({"sub": "guest", "role": "customer", "tableId": 5})),
            curry(),
            403,
            "FORBIDDEN",
            "Insufficient permissions: ",
        ),
        (
            signed(json!({"sub": "customer", "role": "customer"})),
            curry(),
            403,
            "FORBIDDEN",
            "Insufficient permissions: ",
        ),
        (
            user(456),
            json!({"restaurantId": 789, "items": []}),
            422,
            "INVALID_VALUE",
            "items: ",
        ),
        (
            user(456),
            json!({"restaurantId": 789, "items": [{"menuItemId": 12}]}),
            422,
            "OTHER_RESTAURANT",
            "",
        ),
        (
            user(456),
            json!({"restaurantId": 4711, "items": [{"menuItemId": 11}]}),
            404,
            "NOT_FOUND",
            "",
        ),
        (user(456), json!({"items": 5}), 400, "INVALID_BODY", ""),
    ] {
        let answer = platform.rest(&token, "POST /orders", body.clone());
        let told = answer.body["message"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        assert_eq!(answer.refused(status), code, "{body}");
        assert!(told.starts_with(message), "{told}");
    }
    // Nobody without a token, in a demo neither.
    let answer = http::request(platform.address, "POST /api/delivery/orders", &[], curry());
    assert_eq!(answer.refused(401), "UNAUTHENTICATED");
}

#[test]
fn whoever_a_valid_token_names_has_an_account_when_they_first_order() {
    let platform = Platform::start();
    let known = |id: i64| {
        platform
            .server
            .place
            .number(&format!("SELECT count(*) FROM users WHERE id = {id}"))
    };
    assert_eq!(known(4711), 0);
    let order = platform.rest(&user(4711), "POST /orders", curry()).ok();
    assert_eq!(order["order"]["userId"], 4711);
    assert_eq!(known(4711), 1);
    let other = signed(json!({"sub": "8f14e45f-ceea-467f-a0e6-ddb0c1a2f001", "role": "user"}));
    let first = platform.rest(&other, "POST /orders", curry()).ok();
    let second = platform.rest(&other, "POST /orders", curry()).ok();
    assert_eq!(first["order"]["userId"], second["order"]["userId"]);
    // An id that is somebody else's account is not taken over by another role.
    let stranger = signed(json!({"sub": "10", "role": "user"}));
    platform
        .rest(&stranger, "POST /orders", curry())
        .refused(401);
}

#[test]
fn everybody_sees_their_own_orders_and_no_others() {
    let platform = Platform::start();
    let id = platform.ready();
    let line = format!("GET /orders/{id}");
    let see = |token: &str| platform.rest(token, &line, Value::Null);
    see(&user(456)).ok();
    see(&restaurant(789)).ok();
    assert_eq!(see(&user(457)).refused(404), "NOT_FOUND");
    assert_eq!(see(&restaurant(790)).refused(403), "FORBIDDEN");
    assert_eq!(see(&driver(901)).refused(403), "FORBIDDEN");
    let give = json!({"driverId": 901});
    platform
        .rest(&restaurant(789), &format!("PATCH /orders/{id}"), give)
        .ok();
    see(&driver(901)).ok();
    let listed = |token: &str| {
        let all = platform.rest(token, "GET /orders", Value::Null).ok();
        let all = all["orders"].as_array().expect("a list").clone();
        all.iter()
            .map(|order| order["id"].as_i64().expect("an id"))
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(&driver(901)), [id]);
    assert!(listed(&user(456)).contains(&id) && !listed(&user(457)).contains(&id));
    assert_eq!(listed(&restaurant(789)), [id, 6], "the demo has one");
    // A restaurant whose token names none is its owner's number.
    let by_subject = signed(json!({"sub": "789", "role": "restaurant"}));
    assert_eq!(listed(&by_subject), [id, 6]);
    let page = platform.rest(
        &restaurant(789),
        &format!("GET /orders?before={id}&limit=1"),
        Value::Null,
    );
    assert_eq!(page.ok()["orders"][0]["id"], 6);
}

#[test]
fn a_user_calls_off_until_it_is_cooked() {
    let platform = Platform::start();
    for (steps, status) in [(0, 200), (1, 200), (2, 409), (3, 409)] {
        let id = platform.order()["id"].as_i64().expect("an id");
        for step in &["confirmed", "preparing", "ready_for_pickup"][..steps] {
            platform.set(&restaurant(789), id, step).ok();
        }
        assert_eq!(
            platform.set(&user(457), id, "cancelled").refused(404),
            "NOT_FOUND"
        );
        let answer = platform.set(&user(456), id, "cancelled");
        assert_eq!(answer.status, status, "after {steps} steps: {answer:?}");
        if status == 409 {
            assert_eq!(answer.body["code"], "INVALID_TRANSITION");
        }
    }
    let id = platform.order()["id"].as_i64().expect("an id");
    assert_eq!(
        platform.set(&user(456), id, "confirmed").refused(403),
        "FORBIDDEN"
    );
    assert_eq!(
        platform.set(&user(456), id, "eaten").refused(422),
        "INVALID_STATUS"
    );
}

#[test]
fn a_page_of_an_allowed_origin_may_ask_and_read() {
    let platform = Platform::start();
    let ask = |origin: &str| {
        let mut stream = TcpStream::connect(platform.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        write!(
            stream,
            "OPTIONS /api/delivery/orders HTTP/1.1\r\nHost: localhost\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n"
        )
        .expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer.to_ascii_lowercase()
    };
    let allowed = ask("http://localhost:5173");
    assert!(allowed.starts_with("http/1.1 204"), "{allowed}");
    assert!(
        allowed.contains("access-control-allow-origin: http://localhost:5173"),
        "{allowed}"
    );
    assert!(
        allowed.contains("access-control-allow-methods: get, post"),
        "{allowed}"
    );
    assert!(
        allowed.contains("access-control-allow-headers: authorization, content-type"),
        "{allowed}"
    );
    let refused = ask("https://elsewhere.example");
    assert!(refused.starts_with("http/1.1 403"), "{refused}");
    assert!(
        !refused.contains("access-control-allow-origin"),
        "{refused}"
    );
}
