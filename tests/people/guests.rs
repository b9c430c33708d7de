//! The code on a table: what it opens, for how long, and that it opens nothing else.

use super::{ask, guest_at, house, scan, secret_of, text};
use crate::dining::free_table;
use crate::support::{Client, Server};
use serde_json::{Value, json};

fn occupy(server: &Server, table: i64) -> i64 {
    let line = format!("POST /api/v1/tables/{table}/occupy");
    let done = server
        .rest(&server.token("waiter"), &line, json!({"guests_count": 2}))
        .ok();
    done["session"]["id"].as_i64().expect("a visit")
}

fn release(server: &Server, table: i64) {
    let line = format!("POST /api/v1/tables/{table}/release");
    let how = json!({"force": true, "reason": "a test"});
    server.rest(&server.token("manager"), &line, how).ok();
}

#[test]
fn a_token_is_good_for_one_visit() {
    let server = house();
    let table = free_table(&server);
    let free = scan(&server, table);
    assert!(free.body["table_number"].is_string(), "{free:?}");
    assert_eq!(free.refused(410), "TABLE_FREE");
    let visit = occupy(&server, table);
    let scanned = scan(&server, table).ok();
    assert_eq!(scanned["session"]["id"], visit);
    assert_eq!(scanned["table"]["id"], table);
    assert_eq!(scanned["restaurant"]["name"], "Baan Mia");
    assert!(scanned["session"].get("token").is_none());
    let guest = text(&scanned["session_token"]);
    server.rest(&guest, "GET /api/v1/menu", Value::Null).ok();
    let order = json!({"restaurant_id": 2, "table_id": table, "items": [{"menu_item_id": 1, "quantity": 1}]});
    let placed = server
        .rest(&guest, "POST /api/v1/orders", order.clone())
        .ok();
    assert_eq!(placed["source"], "qr");
    let path = format!("/ws/tables/sessions/{visit}/");
    let mut phone = Client::open_as(&server, &path, &guest);
    phone.next_is("session_status");
    let line = format!("/ws/orders/{}/", placed["id"]);
    let mut follows = Client::open_as(&server, &line, &guest);
    follows.next_is("order_status");
    release(&server, table);
    assert_eq!(phone.closed().1.as_deref(), Some("SESSION_CLOSED"));
    assert_eq!(follows.closed().1.as_deref(), Some("SESSION_CLOSED"));
    let order_line = format!("GET /api/v1/orders/{}", placed["id"]);
    let session_line = format!("GET /api/v1/sessions/{visit}");
    for line in [
        "GET /api/v1/menu",
        "GET /api/v1/orders",
        "GET /api/v1/me",
        &order_line,
        &session_line,
    ] {
        let refused = server.rest(&guest, line, Value::Null);
        assert_eq!(refused.refused(410), "SESSION_CLOSED", "{line}");
    }
    let refused = server.rest(&guest, "POST /api/v1/orders", order);
    assert_eq!(refused.refused(410), "SESSION_CLOSED");
    let secret = secret_of(&server, table);
    assert!(
        !server.log().contains(&secret),
        "what opens a table is in no log"
    );
    // The next party gets another one, and the old one nothing of theirs.
    occupy(&server, table);
    let next = guest_at(&server, table);
    assert_ne!(next, guest);
    server.rest(&next, "GET /api/v1/orders", Value::Null).ok();
    let refused = server.rest(&guest, "GET /api/v1/orders", Value::Null);
    assert_eq!(refused.refused(410), "SESSION_CLOSED");
}

#[test]
fn a_code_that_is_no_tables_looks_like_one_that_never_was() {
    let server = house();
    let table = free_table(&server);
    occupy(&server, table);
    let old = secret_of(&server, table);
    let guest = guest_at(&server, table);
    let mut phone = Client::open_as(&server, &format!("/ws/tables/{table}/"), &guest);
    phone.sync();
    let line = format!("PATCH /api/v1/tables/{table}/qr");
    let waiter = server.token("waiter");
    let refused = server.rest(&waiter, &line, json!({"rotate": true}));
    assert_eq!(refused.refused(403), "FORBIDDEN");
    let manager = server.token("manager");
    server.rest(&manager, &line, json!({"rotate": true})).ok();
    let unused = free_table(&server);
    let inactive = secret_of(&server, unused);
    server.shell(&format!(
        "UPDATE tables SET is_active = 0 WHERE id = {unused}"
    ));
    let mut answers = Vec::new();
    for secret in [
        old.as_str(),
        &inactive,
        "0123456789abcdef0123456789abcdef",
        "x",
        "%20",
    ] {
        let refused = ask(&server, &format!("POST /api/v1/qr/{secret}"), Value::Null);
        assert_eq!(refused.status, 410);
        answers.push(refused.text);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    // Whoever came by the old code is out, whoever comes by the new one is in.
    assert_eq!(phone.closed().1.as_deref(), Some("SESSION_CLOSED"));
    let refused = server.rest(&guest, "GET /api/v1/orders", Value::Null);
    assert_eq!(refused.refused(410), "SESSION_CLOSED");
    guest_at(&server, table);
}

#[test]
fn staff_block_a_code_and_guests_order_with_them() {
    let server = house();
    let guest = guest_at(&server, 5);
    let order =
        json!({"restaurant_id": 2, "table_id": 5, "items": [{"menu_item_id": 1, "quantity": 1}]});
    let placed = server
        .rest(&guest, "POST /api/v1/orders", order.clone())
        .ok();
    let waiter = server.token("waiter");
    let mut table = Client::open_as(&server, "/ws/tables/5/", &waiter);
    table.next_is("table_status");
    let blocked = server
        .rest(
            &waiter,
            "PATCH /api/v1/tables/5/qr",
            json!({"blocked": true}),
        )
        .ok();
    assert_eq!(blocked["qr_blocked"], true);
    assert_eq!(table.expect("table_update")["data"]["qr_blocked"], true);
    assert_eq!(scan(&server, 5).refused(403), "QR_BLOCKED");
    let refused = server.rest(&guest, "POST /api/v1/orders", order.clone());
    assert_eq!(refused.refused(403), "QR_BLOCKED");
    let line = format!("POST /api/v1/orders/{}/items", placed["id"]);
    let refused = server.rest(&guest, &line, json!({"menu_item_id": 1}));
    assert_eq!(refused.refused(403), "QR_BLOCKED");
    // They see what they have ordered, and a waiter orders for them.
    server.rest(&guest, "GET /api/v1/orders", Value::Null).ok();
    server.rest(&waiter, "POST /api/v1/orders", order).ok();
    server
        .rest(
            &waiter,
            "PATCH /api/v1/tables/5/qr",
            json!({"blocked": false}),
        )
        .ok();
    guest_at(&server, 5);
}

#[test]
fn a_guest_reads_the_own_visits_orders_and_no_others_by_any_name() {
    let server = house();
    let guest = guest_at(&server, 5);
    let all = server.rest(&guest, "GET /api/v1/orders?session_id=1", Value::Null);
    let all = all.ok();
    let items = all["items"].as_array().expect("orders");
    assert!(!items.is_empty());
    for order in items {
        assert_eq!(order["session_id"], 1, "{order}");
        assert!(order["items"].is_array(), "with its lines: {order}");
    }
    let same = server.rest(&guest, "GET /api/v1/orders", Value::Null).ok();
    assert_eq!(all, same);
    for session in ["2", "3", "99999", "x"] {
        let line = format!("GET /api/v1/orders?session_id={session}");
        let refused = server.rest(&guest, &line, Value::Null);
        assert_eq!(refused.refused(404), "NOT_FOUND", "{session}");
    }
    for more in ["status=ready", "table_id=6", "waiter_id=10"] {
        let line = format!("GET /api/v1/orders?{more}");
        server.rest(&guest, &line, Value::Null).refused(400);
    }
    let db = server.place.foreign();
    let sql =
        "SELECT id, uuid, public_id FROM orders WHERE session_id IS NOT 1 AND workflow_id = 1";
    let mut rows = db.prepare(sql).expect("orders");
    let others = rows.query_map([], |row| {
        let id: i64 = row.get(0)?;
        Ok([id.to_string(), row.get(1)?, row.get(2)?])
    });
    let mut looked = 0;
    for names in others.expect("rows") {
        for name in names.expect("names") {
            let line = format!("GET /api/v1/orders/{name}");
            let refused = server.rest(&guest, &line, Value::Null);
            assert_eq!(refused.refused(404), "NOT_FOUND", "{name}");
            looked += 1;
        }
    }
    assert!(looked > 0);
}

#[test]
fn codes_are_printed_by_whoever_runs_the_place() {
    let server = house();
    let manager = server.token("manager");
    let one = server.rest(&manager, "GET /api/v1/tables/5/qr.svg", Value::Null);
    assert_eq!(one.status, 200);
    assert_eq!(
        one.header("content-type"),
        Some("image/svg+xml; charset=utf-8")
    );
    let secret = secret_of(&server, 5);
    let here = format!("http://localhost:{}/t/{secret}", server.address.port());
    assert!(one.text.contains(&here), "{}", one.text);
    let patch = json!({"public_url": "https://order.example.com/"});
    server
        .rest(&manager, "PATCH /api/v1/restaurants/2", patch)
        .ok();
    let sheet = server.rest(&manager, "GET /api/v1/restaurants/2/qr.svg", Value::Null);
    assert_eq!(sheet.status, 200);
    let outside = format!("https://order.example.com/t/{secret}");
    assert!(sheet.text.contains(&outside), "{}", sheet.text);
    let tables = server
        .place
        .number("SELECT count(*) FROM tables WHERE restaurant_id = 2 AND is_active");
    let on_first = usize::try_from(tables.min(12)).expect("a few");
    assert_eq!(sheet.text.matches("<path").count(), on_first);
    let past = format!("GET /api/v1/restaurants/2/qr.svg?page={}", tables / 12 + 2);
    server.rest(&manager, &past, Value::Null).refused(404);
    for page in ["0", "-1", "9223372036854775807"] {
        let line = format!("GET /api/v1/restaurants/2/qr.svg?page={page}");
        server.rest(&manager, &line, Value::Null).refused(404);
    }
    let guest = guest_at(&server, 5);
    for line in [
        "GET /api/v1/tables/5/qr.svg",
        "GET /api/v1/tables/5/qr",
        "GET /api/v1/restaurants/2/qr.svg",
    ] {
        assert_eq!(
            server.rest(&guest, line, Value::Null).refused(403),
            "FORBIDDEN"
        );
        assert_eq!(
            ask(&server, line, Value::Null).refused(401),
            "TOKEN_MISSING"
        );
    }
}
