//! What waits for a waiter's approval, and what a manager allows by PIN.

use super::{give_pin, guest_at, house};
use crate::support::{Client, Server};
use serde_json::{Value, json};

fn order(server: &Server, guest: &str) -> Value {
    let order =
        json!({"restaurant_id": 2, "table_id": 5, "items": [{"menu_item_id": 1, "quantity": 1}]});
    server.rest(guest, "POST /api/v1/orders", order).ok()
}

fn settle(server: &Server, approval: &str) {
    let line = "PATCH /api/v1/restaurants/2";
    let set = server.rest(
        &server.token("manager"),
        line,
        json!({"approval": approval}),
    );
    assert_eq!(set.ok()["settings"]["approval"], approval);
}

#[test]
fn the_first_order_of_a_visit_waits_and_then_no_other() {
    let server = house();
    settle(&server, "first");
    let (guest, waiter) = (guest_at(&server, 5), server.token("waiter"));
    let (first, second) = (order(&server, &guest), order(&server, &guest));
    assert_eq!(
        (&first["status"], &second["status"]),
        (&json!("new"), &json!("new"))
    );
    let waits = |token: &str| {
        let all = server.rest(token, "GET /api/v1/orders?status=new", Value::Null);
        let all = all.ok();
        let items = all["items"].as_array().expect("orders").iter();
        items.map(|order| order["id"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(waits(&waiter), [second["id"].clone(), first["id"].clone()]);
    let line = |order: &Value| format!("PATCH /api/v1/orders/{}", order["id"]);
    let refused = server.rest(&guest, &line(&first), json!({"status": "confirmed"}));
    assert!(matches!(refused.status, 403 | 409), "{refused:?}");
    // Refused with a reason that the guest reads; approved; and what comes then passes.
    let mut follows = Client::open_as(&server, &format!("/ws/orders/{}/", second["id"]), &guest);
    follows.next_is("order_status");
    server
        .rest(
            &waiter,
            &line(&second),
            json!({"status": "cancelled", "reason": "Twice the same"}),
        )
        .ok();
    let told = follows.expect("order_status");
    assert_eq!(told["data"]["status"], "cancelled");
    assert_eq!(told["data"]["cancel_reason"], "Twice the same");
    assert_eq!(
        order(&server, &guest)["status"],
        "new",
        "refusing approves nothing"
    );
    server
        .rest(&waiter, &line(&first), json!({"status": "confirmed"}))
        .ok();
    assert_eq!(order(&server, &guest)["status"], "pending");
    settle(&server, "all");
    assert_eq!(order(&server, &guest)["status"], "new");
    settle(&server, "off");
    assert_eq!(order(&server, &guest)["status"], "pending");
}

#[test]
fn a_house_says_how_it_wants_it_and_keeps_what_it_had() {
    let server = house();
    let manager = server.token("manager");
    let line = "PATCH /api/v1/restaurants/2";
    let patch = |body: Value| server.rest(&manager, line, body);
    server.shell(
        "UPDATE restaurants SET settings_json = '{\"approval\":true,\"later\":7}' WHERE id = 2",
    );
    let shown = server.rest(&manager, "GET /api/v1/restaurants/2", Value::Null);
    assert_eq!(
        shown.ok()["settings"]["approval"],
        "all",
        "as it was written before"
    );
    let set = patch(json!({"device_alert_s": null})).ok();
    assert_eq!(set["settings"]["device_alert_s"], Value::Null);
    assert_eq!(set["settings"]["approval"], "all");
    let kept =
        server.shell("SELECT json_extract(settings_json, '$.later') FROM restaurants WHERE id = 2");
    assert_eq!(kept.trim(), "7");
    let late = patch(json!({"approval": "off", "version": 1}));
    assert_eq!(late.refused(409), "VERSION_CONFLICT");
    for (body, status) in [
        (json!({"device_alert_s": 1}), 422),
        (json!({"public_url": "javascript:alert(1)"}), 422),
        (json!({"public_url": "https://a b"}), 422),
        (json!({"approval": "sometimes"}), 400),
        (json!({"unknown": 1}), 400),
    ] {
        assert_eq!(patch(body.clone()).status, status, "{body}");
    }
    let refused = server.rest(&server.token("waiter"), line, json!({"approval": "off"}));
    assert_eq!(refused.refused(403), "FORBIDDEN");
}

/// An order of which the kitchen has begun a line: the order, the line.
fn begun(server: &Server) -> (i64, i64) {
    let order = crate::dining::new_order(server);
    let kitchen = server.token("kitchen");
    let line = format!("PATCH /api/v1/orders/{order}");
    for status in ["confirmed", "preparing"] {
        server.rest(&kitchen, &line, json!({"status": status})).ok();
    }
    let item = format!("SELECT id FROM order_items WHERE order_id = {order}");
    let item = server.place.number(&item);
    let line = format!("{line}/items/{item}");
    server
        .rest(&kitchen, &line, json!({"status": "preparing"}))
        .ok();
    (order, item)
}

#[test]
fn a_manager_allows_a_void_by_pin() {
    let server = house();
    give_pin(&server, 30, "0000");
    give_pin(&server, 11, "1111");
    let (order, item) = begun(&server);
    let waiter = server.token("waiter");
    let line = format!("DELETE /api/v1/orders/{order}/items/{item}");
    let void = |body: Value| server.rest(&waiter, &line, body);
    let refused = void(json!({"reason": "fell down"}));
    assert_eq!(refused.refused(409), "ITEM_IN_PREPARATION");
    let by = |user: i64, pin: &str| json!({"reason": "fell down", "approval": {"user_id": user, "pin": pin}});
    assert_eq!(void(by(30, "9999")).refused(401), "WRONG_PIN");
    assert_eq!(void(by(11, "1111")).refused(403), "NOT_A_MANAGER");
    let refused = void(json!({"approval": {"user_id": 30, "pin": "0000"}}));
    assert_eq!(refused.refused(422), "REASON_REQUIRED");
    let done = void(by(30, "0000")).ok();
    assert_eq!(done["status"], "voided");
    assert_eq!(done["approved_by"], json!({"id": 30, "name": "Somchai"}));
    let noted = server.shell(&format!(
        "SELECT actor, approved_by, reason FROM audit WHERE action = 'void' AND entity_id = {item}"
    ));
    assert_eq!(noted.trim(), "waiter:10|30|fell down");
}

#[test]
fn a_manager_allows_cancelling_and_deleting_by_pin() {
    let server = house();
    give_pin(&server, 30, "0000");
    let waiter = server.token("waiter");
    let approval = json!({"user_id": 30, "pin": "0000"});
    let (order, _) = begun(&server);
    let line = format!("PATCH /api/v1/orders/{order}");
    let cancel = json!({"status": "cancelled", "reason": "they left"});
    server.rest(&waiter, &line, cancel.clone()).refused(403);
    let mut allowed = cancel;
    allowed["approval"] = approval.clone();
    let done = server.rest(&waiter, &line, allowed).ok();
    assert_eq!(done["status"], "cancelled");
    assert_eq!(done["approved_by"]["name"], "Somchai");
    let noted = server.shell(&format!(
        "SELECT actor, approved_by, reason FROM audit WHERE action = 'cancel' AND entity_id = {order}"
    ));
    assert_eq!(noted.trim(), "waiter:10|30|they left");
    let order = crate::dining::new_order(&server);
    let line = format!("DELETE /api/v1/orders/{order}");
    server
        .rest(&waiter, &line, json!({"reason": "twice"}))
        .refused(403);
    let allowed = json!({"reason": "twice", "approval": approval});
    let done = server.rest(&waiter, &line, allowed).ok();
    assert_eq!(done["deleted"], true);
    assert_eq!(done["approved_by"]["id"], 30);
}

#[test]
fn a_managers_pin_is_guarded_there_too_and_not_tried_by_guests() {
    let mut server = house();
    give_pin(&server, 30, "0000");
    let (order, item) = begun(&server);
    let line = format!("DELETE /api/v1/orders/{order}/items/{item}");
    let guess = |server: &Server, token: &str, pin: &str| {
        let body = json!({"reason": "x", "approval": {"user_id": 30, "pin": pin}});
        server.rest(token, &line, body)
    };
    let guest = guest_at(&server, 5);
    assert_eq!(guess(&server, &guest, "0000").refused(403), "FORBIDDEN");
    assert_eq!(server.place.number("SELECT count(*) FROM attempts"), 0);
    let waiter = server.token("waiter");
    for _ in 0..10 {
        assert_eq!(guess(&server, &waiter, "9999").refused(401), "WRONG_PIN");
    }
    assert_eq!(guess(&server, &waiter, "0000").refused(429), "LOCKED");
    // However long a restart takes: it waits for fifty minutes more.
    server.shell("UPDATE attempts SET locked_until = locked_until + 3000000");
    server.kill();
    server.restart();
    assert_eq!(guess(&server, &waiter, "0000").refused(429), "LOCKED");
    let status = server.shell(&format!("SELECT status FROM order_items WHERE id = {item}"));
    assert_eq!(status.trim(), "preparing");
}
