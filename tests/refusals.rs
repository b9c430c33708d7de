//! Bad input of every kind: a clear error with a stable code, the connection stays where that is safe, the right close code where not, and everybody
//! else goes on as if nothing had been.

mod references;

use crate::dining::new_order;
use crate::support::raw::{BINARY, FIN, Raw, TEXT};
use crate::support::{Client, Server, http};
use serde_json::{Value, json};

/// The connection still works.
#[track_caller]
fn alive(client: &mut Client) {
    client.ask(json!({"action": "get_status"}), "order_status");
}

#[test]
fn nonsense_is_answered_and_the_connection_stays() {
    let server = Server::start();
    let mut guest = Client::open(&server, "/ws/orders/1/");
    guest.next_is("order_status");
    let nonsense = [
        "",
        "{",
        "hello",
        "null",
        "7",
        "[]",
        "{}",
        r#""get_status""#,
        r#"{"action":"dance"}"#,
        r#"{"action":7}"#,
        r#"{"action":null}"#,
        r#"{"action":["get_status"]}"#,
        r#"{"Action":"get_status"}"#,
        r#"{"action":"get_status"} {"action":"get_status"}"#,
        r#"{"action":"update_status"}"#,
        r#"{"action":"update_status","status":7}"#,
        r#"{"action":"update_status","status":"burnt"}"#,
    ];
    for text in nonsense {
        let code = guest.refused(text);
        assert!(
            code.bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_'),
            "a stable code in the documents' spelling: {code} for {text}"
        );
    }
    // In words for whoever wrote the client, not in the decoder's.
    for (frame, text) in [
        (
            r#"{"action":"get_stats"}"#,
            r#"unknown action "get_stats"; did you mean get_status? known: get_status, update_status"#,
        ),
        (
            r#"{"action":"update_status","status":7}"#,
            "status: text is expected, not 7",
        ),
        (r#"{"action":"update_status"}"#, r#""status" is missing"#),
    ] {
        guest.send_text(frame);
        assert_eq!(guest.next()["error"], text);
    }
    // As deep as a small frame can be: an error, not the end of a stack.
    guest.refused(&"[".repeat(20_000));
    alive(&mut guest);
}

#[test]
fn a_frame_that_is_refused_is_answered_under_its_id() {
    let server = Server::start();
    let mut guest = Client::open(&server, "/ws/orders/1/");
    guest.next_is("order_status");
    for frame in [
        r#"{"action":"dance","id":"a"}"#,
        r#"{"action":7,"id":"a"}"#,
        r#"{"action":"authenticate","id":"a"}"#,
        r#"{"action":"update_status","status":"burnt","id":"a"}"#,
    ] {
        guest.send_text(frame);
        let error = guest.until(|frame| frame["error"].is_string());
        assert_eq!(error.last().map(|e| &e["id"]), Some(&json!("a")), "{frame}");
    }
    alive(&mut guest);
}

#[test]
fn a_mistake_that_quotes_the_client_is_told_in_few_words() {
    let server = Server::start();
    let mut guest = Client::open(&server, "/ws/orders/1/");
    guest.next_is("order_status");
    let long = "dänce".repeat(6000);
    for frame in [
        json!({"action": long}),
        json!({"action": "update_status", "status": long}),
        json!({"action": "update_status", "status": "ready", "version": long}),
    ] {
        guest.send(frame);
        let text = guest.next_text();
        assert!(text.len() < 1024, "{} bytes: {text}", text.len());
        assert!(text.contains(r#""error""#), "{text}");
    }
    alive(&mut guest);
}

#[test]
fn the_same_mistake_has_the_same_code_at_every_endpoint() {
    let server = Server::start();
    let mut codes = Vec::new();
    for path in [
        "/ws/orders/1/",
        "/ws/orders/1/items/",
        "/ws/tables/5/",
        "/ws/tables/sessions/1/",
        "/ws/waiters/10/",
        "/ws/restaurants/2/notifications/",
        "/ws/restaurants/2/",
    ] {
        let mut guest = Client::open(&server, path);
        codes.push([guest.refused("{"), guest.refused(r#"{"action":"dance"}"#)]);
        guest.sync();
    }
    codes.dedup();
    assert_eq!(codes.len(), 1, "{codes:?}");
    assert_ne!(codes[0][0], codes[0][1]);
}

#[test]
fn values_out_of_range_change_nothing() {
    let server = Server::start();
    let mut guest = Client::open(&server, "/ws/tables/sessions/1/");
    let before = guest.next_is("session_status");
    for count in [
        "0",
        "-1",
        "501",
        "1e3",
        "2.5",
        "9999999999999999999",
        r#""many""#,
        "null",
    ] {
        guest.refused(&format!(
            r#"{{"action":"update_guests_count","guests_count":{count}}}"#
        ));
    }
    // Nothing was told in between, or `next_is` would see it.
    guest.send(json!({"action": "update_guests_count", "guests_count": 500}));
    let update = guest.next_is("session_update");
    assert_eq!(
        update["data"]["version"].as_i64(),
        before["data"]["version"].as_i64().map(|v| v + 1),
        "{update}"
    );
}

#[test]
fn an_id_that_names_nothing() {
    let server = Server::start();
    for path in [
        "/ws/orders/999999/",
        "/ws/orders/999999/items/",
        "/ws/tables/999999/",
        "/ws/tables/sessions/999999/",
        "/ws/waiters/999999/",
        "/ws/restaurants/999999/",
        "/ws/restaurants/999999/notifications/",
        "/ws/orders/one/",
        "/ws/orders/order-999999/",
        "/ws/tables/00000000-0000-0000-0000-000000000000/",
    ] {
        let (close, code) = Client::open_as(&server, path, &server.token("admin")).closed();
        assert!(matches!(close, Some(4404 | 4403)), "{path}: {close:?}");
        assert!(
            code.is_some(),
            "{path}: an error frame comes before the close"
        );
    }
    let mut waiter = Client::open(&server, "/ws/waiters/10/");
    waiter.refused(r#"{"action":"acknowledge","notification_id":"999999"}"#);
    waiter.refused(r#"{"action":"acknowledge","notification_id":"x"}"#);
    waiter.refused(r#"{"action":"acknowledge"}"#);
    waiter.sync();
}

#[test]
fn unknown_paths_and_odd_ids_are_404_before_the_upgrade() {
    let server = Server::start();
    for path in [
        "/ws",
        "/ws/orders/",
        "/ws/orders/-1/",
        "/ws/orders/%2d1/",
        "/ws/orders/one%20order/",
        "/ws/orders/1.5/",
        "/ws/orders/1/2/",
        "/ws/orders//1/",
        "/ws/orders/99999999999999999999/",
        "/ws/orders/1/itemsx",
        "/WS/orders/1/",
        "/ws/orders/1/..%2f2/",
    ] {
        assert_eq!(
            Client::dial(server.address, path, &[]).err(),
            Some(404),
            "{path}"
        );
    }
}

#[test]
fn a_foreign_origin_is_refused_before_the_upgrade() {
    let server = Server::start();
    let dial = |origin| Client::dial(server.address, "/ws/orders/1/", &[("origin", origin)]);
    assert_eq!(dial("https://evil.example").err(), Some(403));
    assert_eq!(dial("http://localhost.evil.example").err(), Some(403));
    for origin in ["http://localhost:5173", "http://127.0.0.1", "null"] {
        let mut page = dial(origin).unwrap_or_else(|status| panic!("{origin}: {status}"));
        page.next_is("order_status");
    }
}

#[test]
fn frames_that_break_the_protocol_are_closed_with_its_codes() {
    let server = Server::start();
    let mut witness = Client::open(&server, "/ws/orders/1/");
    witness.next_is("order_status");
    let huge = 64_u64 << 20;
    let mut oversized = vec![FIN | TEXT, 0x80 | 127];
    oversized.extend_from_slice(&huge.to_be_bytes());
    oversized.extend_from_slice(&[0; 4]);
    let cases: &[(&str, &[u8], u16)] = &[
        ("a header that announces 64 MiB", &oversized, 1009),
        ("a frame without a mask", &[FIN | TEXT, 2, b'{', b'}'], 1002),
        (
            "a reserved bit",
            &[FIN | 0x40 | TEXT, 0x80, 0, 0, 0, 0],
            1002,
        ),
        ("an unknown opcode", &[FIN | 0x3, 0x80, 0, 0, 0, 0], 1002),
        ("a continuation of nothing", &[FIN, 0x80, 0, 0, 0, 0], 1002),
        ("a ping in pieces", &[0x9, 0x80, 0, 0, 0, 0], 1002),
        (
            "a ping of 126 bytes",
            &[FIN | 0x9, 0x80 | 126, 0, 126],
            1002,
        ),
        (
            "a close code that nobody may send",
            &[FIN | 0x8, 0x82, 0, 0, 0, 0, 0x03, 0xED],
            1002,
        ),
    ];
    for (what, bytes, code) in cases {
        let mut raw = Raw::open(server.address, "/ws/orders/1/");
        raw.read().expect("the state");
        raw.bytes(bytes);
        assert_eq!(raw.close_code(), Some(*code), "{what}");
        assert!(raw.is_at_end(), "{what}: a reset, not an end");
    }
    alive(&mut witness);
}

#[test]
fn too_much_text_is_1009_and_no_text_is_1007() {
    let server = Server::start();
    let mut raw = Raw::open(server.address, "/ws/orders/1/");
    raw.frame(FIN | TEXT, &vec![b' '; 8 << 20]);
    assert_eq!(raw.close_code(), Some(1009), "8 MiB in one frame");

    let mut raw = Raw::open(server.address, "/ws/orders/1/");
    raw.frame(TEXT, b" ");
    for _ in 0..512 {
        raw.frame(0, &[b' '; 16 << 10]);
    }
    assert_eq!(raw.close_code(), Some(1009), "8 MiB in pieces");

    let mut raw = Raw::open(server.address, "/ws/orders/1/");
    raw.frame(FIN | TEXT, b"{\"action\":\"\xff\"}");
    assert_eq!(raw.close_code(), Some(1007), "not UTF-8");

    // A character cut in two by the frames is no mistake.
    let mut raw = Raw::open(server.address, "/ws/orders/1/");
    raw.read().expect("the state");
    let text = "{\"action\":\"get_status\",\"note\":\"ü\"}".as_bytes();
    let cut = text.len() - 3;
    raw.frame(TEXT, &text[..cut]);
    raw.frame(FIN, &text[cut..]);
    let (first, answer) = raw.read().expect("an answer");
    assert_eq!(first, FIN | TEXT);
    assert!(String::from_utf8_lossy(&answer).contains("order_status"));
}

#[test]
fn a_binary_frame_is_told_to_be_text() {
    let server = Server::start();
    let mut guest = Client::open(&server, "/ws/orders/1/");
    guest.next_is("order_status");
    guest.send_binary(b"{\"action\":\"get_status\"}");
    // An error in the documents' shape; whether it closes is the server's choice, if the code says so.
    let (close, code) = match guest.listen(crate::support::PATIENCE) {
        crate::support::client::Heard::Text(text) => {
            let frame: Value = serde_json::from_str(&text).expect("JSON");
            assert!(
                frame["error"].is_string() && frame["code"].is_string(),
                "{frame}"
            );
            return;
        }
        crate::support::client::Heard::Closed(close) => (close, None::<String>),
        other => panic!("{other:?}"),
    };
    assert_eq!(close, Some(1003), "{code:?}");
    let mut raw = Raw::open(server.address, "/ws/orders/1/");
    raw.frame(FIN | BINARY, &[0xff; 10]);
    assert_eq!(raw.close_code(), Some(1003));
}

#[test]
fn an_illegal_transition_is_refused_with_the_state_as_it_is() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let token = server.token("manager");
    let mut manager = Client::open_as(&server, &path, &token);
    manager.next_is("order_status");
    assert_eq!(
        manager.refused(r#"{"action":"update_status","status":"delivered"}"#),
        "INVALID_TRANSITION"
    );
    // A word for every status, so no status is passed through; the documents' five words pass through what they cannot name.
    let patch = format!("PATCH /api/v1/orders/{id}");
    let to = |status: &str| server.rest(&token, &patch, json!({"status": status}));
    to("confirmed").ok();
    let refused = to("ready");
    assert_eq!(refused.refused(409), "INVALID_TRANSITION");
    to("preparing").ok();
    assert_eq!(to("confirmed").refused(409), "INVALID_TRANSITION");
    to("ready").ok();
    let other = new_order(&server);
    let mut socket = Client::open_as(&server, &format!("/ws/orders/{other}/"), &token);
    socket.command(json!({"action": "update_status", "status": "confirmed"}));
    socket.command(json!({"action": "update_status", "status": "ready"}));
    manager.sync();
    manager.command(json!({"action": "update_status", "status": "cancelled"}));
    for status in ["pending", "confirmed", "ready", "delivered"] {
        let frame = json!({"action": "update_status", "status": status}).to_string();
        assert_eq!(
            manager.refused(&frame),
            "INVALID_TRANSITION",
            "cancelled is the end"
        );
    }
    let answer = server.rest(&token, &patch, json!({"status": "ready"}));
    assert_eq!(answer.refused(409), "INVALID_TRANSITION");
}

#[test]
fn rest_refuses_what_it_does_not_understand() {
    let server = Server::start();
    let token = server.token("manager");
    let create = "POST /api/v1/orders";
    let item = json!({"menu_item_id": 1, "quantity": 1});
    for body in [
        json!({"restaurant_id": 2, "items": [item], "colour": "red"}),
        json!({"restaurant_id": 2, "items": []}),
        json!({"restaurant_id": 2, "items": [{"menu_item_id": 1, "quantity": 0}]}),
        json!({"restaurant_id": 2, "items": [{"menu_item_id": 999_999, "quantity": 1}]}),
        json!({"restaurant_id": 2, "items": [{"quantity": 1}]}),
        json!({"restaurant_id": 2, "items": [{"name": "x", "price": "1.005", "quantity": 1}]}),
        json!({"restaurant_id": "two", "items": [item]}),
        json!({"items": "all"}),
    ] {
        let answer = server.rest(&token, create, body.clone());
        assert!((400..500).contains(&answer.status), "{body}: {answer:?}");
        assert!(
            answer.body["error"].is_string() && answer.body["code"].is_string(),
            "{answer:?}"
        );
    }
    let bearer = format!("Bearer {token}");
    let half = http::send(
        server.address,
        create,
        &[("Authorization", &bearer)],
        "{\"restaurant_id\":",
    );
    assert!(!half.refused(400).is_empty());
    assert!(
        !server
            .rest(&token, "GET /api/v1/orders/999999", Value::Null)
            .refused(404)
            .is_empty()
    );
    for probe in ["GET /healthz", "GET /readyz"] {
        assert_eq!(
            http::request(server.address, probe, &[], Value::Null).status,
            200
        );
    }
}
