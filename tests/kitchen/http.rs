//! Orders and alerts over HTTP on the kitchen's own listener.

use super::{BESIDE, HERE, Kitchen};
use crate::support::http;
use crate::support::token;
use serde_json::{Value, json};

/// `{success: false, error: {code, message}, code, message}` with this status: the nested code.
#[track_caller]
fn refused(answer: http::Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{answer:?}");
    let body = &answer.body;
    assert_eq!(body["success"], false, "{body}");
    assert_eq!(body["message"], body["error"]["message"], "{body}");
    let (code, flat) = (
        body["error"]["code"].as_str().unwrap(),
        body["code"].as_str().unwrap(),
    );
    let expected = if code == "INVALID_PAYLOAD" {
        "VALIDATION_ERROR"
    } else {
        code
    };
    assert_eq!(flat, expected, "{body}");
    code.to_owned()
}

#[test]
fn an_order_lives_over_http() {
    let kitchen = Kitchen::open();
    let (waiter, cook, boss) = (
        kitchen.token("waiter"),
        kitchen.token("kitchen"),
        kitchen.token("manager"),
    );
    let order = kitchen.done(
        &waiter,
        "POST /api/v1/orders",
        json!({
            "restaurant_id": HERE, "table_number": 6, "type": "dine-in", "notes": "birthday",
            "items": [
                {"menu_item_id": 1, "quantity": 2, "modifiers": ["Tofu", {"name": "No onion"}], "notes": "no chili"},
                {"menuItemId": 2},
            ],
        }),
    );
    // The document's shape: the order itself, its total a number.
    assert_eq!(
        (
            &order["status"],
            &order["type"],
            &order["table_number"],
            &order["restaurant_id"]
        ),
        (
            &json!("pending"),
            &json!("dine_in"),
            &json!("6"),
            &json!(HERE)
        )
    );
    assert_eq!(
        (&order["total"], &order["total_amount"]),
        (&json!(195.50), &json!("195.50"))
    );
    assert!(
        order["id"].is_string()
            && order["created_at"]
                .as_str()
                .is_some_and(|at| at.ends_with('Z'))
    );
    let item = &order["items"][0];
    assert_eq!(
        (
            &item["name"],
            &item["quantity"],
            &item["price"],
            &item["status"],
            &item["station"],
            &item["notes"]
        ),
        (
            &json!("Pad Thai"),
            &json!(2),
            &json!(80.0),
            &json!("queued"),
            &json!("kitchen"),
            &json!("no chili")
        )
    );
    assert_eq!(item["modifiers"][1]["name"], "No onion");
    assert_eq!(order["items"][1]["station"], "bar");

    // Each of its three names finds it.
    let (uuid, number) = (
        order["id"].as_str().unwrap(),
        order["order_number"].as_str().unwrap(),
    );
    let id = number.strip_prefix("order-").unwrap();
    for key in [uuid, number, id] {
        let shown = kitchen.done(&cook, &format!("GET /api/v1/orders/{key}"), Value::Null);
        assert_eq!(shown["id"], uuid);
    }
    let line = format!("PATCH /api/v1/orders/{number}");
    let changed = kitchen.done(
        &waiter,
        &line,
        json!({"notes": null, "tableNumber": "5", "eta_at": "2030-01-01T12:00:00Z"}),
    );
    assert_eq!(
        (
            &changed["notes"],
            &changed["table_number"],
            &changed["eta_at"]
        ),
        (&Value::Null, &json!("5"), &json!("2030-01-01T12:00:00Z"))
    );
    for status in ["confirmed", "preparing", "ready"] {
        assert_eq!(
            kitchen.done(&cook, &line, json!({"status": status}))["status"],
            status
        );
    }
    // A cook who is done has handed it over; whether it is paid is another matter.
    let done = kitchen.done(&cook, &line, json!({"status": "completed"}));
    assert_eq!(
        (&done["status"], &done["canonical_status"]),
        (&json!("completed"), &json!("delivered"))
    );

    let listed = kitchen
        .rest(
            &cook,
            "GET /api/v1/orders?status=completed&table_number=5",
            Value::Null,
        )
        .ok();
    assert_eq!(
        (
            &listed["success"],
            &listed["data"][0]["id"],
            &listed["total"]
        ),
        (&json!(true), &json!(uuid), &json!(1))
    );

    assert_eq!(
        refused(
            kitchen.rest(
                &cook,
                &format!("DELETE /api/v1/orders/{number}"),
                Value::Null
            ),
            403
        ),
        "PERMISSION_DENIED"
    );
    let gone = kitchen.done(
        &boss,
        &format!("DELETE /api/v1/orders/{number}"),
        json!({"reason": "a test"}),
    );
    assert_eq!(
        (&gone["id"], &gone["deleted"], &gone["reason"]),
        (&json!(uuid), &json!(true), &json!("a test"))
    );
    assert_eq!(
        refused(
            kitchen.rest(&boss, &format!("GET /api/v1/orders/{number}"), Value::Null),
            404
        ),
        "ORDER_NOT_FOUND"
    );
}

#[test]
fn what_is_wrong_over_http_has_the_documents_codes() {
    let kitchen = Kitchen::open();
    let (waiter, cook) = (kitchen.token("waiter"), kitchen.token("kitchen"));
    let list = "GET /api/v1/orders";
    assert_eq!(
        refused(http::request(kitchen.at, list, &[], Value::Null), 401),
        "AUTH_FAILED"
    );
    let forged = token::forged(&token::claims(&kitchen.server.place, 3600));
    assert_eq!(
        refused(kitchen.rest(&forged, list, Value::Null), 401),
        "AUTH_FAILED"
    );
    for (line, body, status, code) in [
        (
            "POST /api/v1/orders",
            json!({"items": [{"menu_item_id": 1}], "colour": "red"}),
            400,
            "INVALID_PAYLOAD",
        ),
        (
            "POST /api/v1/orders",
            json!({"items": [{"menu_item_id": 1, "prize": 1}]}),
            400,
            "INVALID_PAYLOAD",
        ),
        (
            "POST /api/v1/orders",
            json!({"items": []}),
            422,
            "INVALID_PAYLOAD",
        ),
        (
            "POST /api/v1/orders",
            json!({"restaurant_id": "no such", "items": [{"menu_item_id": 1}]}),
            404,
            "INVALID_RESTAURANT",
        ),
        (
            "POST /api/v1/orders",
            json!({"restaurantId": BESIDE, "items": [{"menu_item_id": 9}]}),
            403,
            "PERMISSION_DENIED",
        ),
        (
            "POST /api/v1/orders",
            json!({"table_number": "99", "items": [{"menu_item_id": 1}]}),
            404,
            "TABLE_NOT_FOUND",
        ),
        (
            "PATCH /api/v1/orders/order-123",
            json!({}),
            422,
            "INVALID_PAYLOAD",
        ),
        (
            "PATCH /api/v1/orders/order-123",
            json!({"state": "ready"}),
            400,
            "INVALID_PAYLOAD",
        ),
        (
            "PATCH /api/v1/orders/order-123",
            json!({"status": "new"}),
            422,
            "INVALID_PAYLOAD",
        ),
        (
            "PATCH /api/v1/orders/order-123",
            json!({"status": "eaten"}),
            422,
            "INVALID_PAYLOAD",
        ),
        (
            "PATCH /api/v1/orders/order-123",
            json!({"status": "ready", "override": true, "reason": "x"}),
            403,
            "PERMISSION_DENIED",
        ),
        (
            "PATCH /api/v1/orders/nothing",
            json!({"status": "ready"}),
            404,
            "ORDER_NOT_FOUND",
        ),
        (
            "GET /api/v1/orders?status=eaten",
            Value::Null,
            422,
            "INVALID_PAYLOAD",
        ),
        (
            "GET /api/v1/orders?colour=red",
            Value::Null,
            400,
            "INVALID_PAYLOAD",
        ),
        (
            "GET /api/v1/orders?restaurant_id=22222222-2222-2222-2222-222222222222",
            Value::Null,
            403,
            "PERMISSION_DENIED",
        ),
        (
            "POST /api/v1/kitchen/alerts",
            json!({"message": "x", "severity": 6}),
            422,
            "INVALID_PAYLOAD",
        ),
        (
            "POST /api/v1/kitchen/alerts",
            json!({"message": "x", "type": "loud"}),
            400,
            "INVALID_PAYLOAD",
        ),
        (
            "POST /api/v1/kitchen/alerts",
            json!({"message": ""}),
            422,
            "INVALID_PAYLOAD",
        ),
        ("PUT /api/v1/orders", json!({}), 405, "INVALID_PAYLOAD"),
        ("GET /api/v1/nothing", Value::Null, 404, "NOT_FOUND"),
    ] {
        let answer = kitchen.rest(&waiter, line, body.clone());
        assert_eq!(refused(answer, status), code, "{line} {body}");
    }
    // Order 1 is being prepared: a waiter does not cook, and nobody confirms it again.
    let line = "PATCH /api/v1/orders/1";
    assert_eq!(
        refused(kitchen.rest(&waiter, line, json!({"status": "ready"})), 403),
        "PERMISSION_DENIED"
    );
    assert_eq!(
        refused(
            kitchen.rest(&cook, line, json!({"status": "confirmed"})),
            409
        ),
        "INVALID_TRANSITION"
    );
}

#[test]
fn an_alert_over_http_is_shown_as_the_screens_show_it() {
    let kitchen = Kitchen::open();
    let waiter = kitchen.token("waiter");
    let raise = |body: Value| kitchen.done(&waiter, "POST /api/v1/kitchen/alerts", body);
    let alert = raise(
        json!({"type": "warning", "message": "Out of rice", "severity": 4, "orderId": "order-1"}),
    );
    assert_eq!(
        (
            &alert["type"],
            &alert["message"],
            &alert["severity"],
            &alert["tableNumber"]
        ),
        (
            &json!("warning"),
            &json!("Out of rice"),
            &json!(4),
            &json!("5")
        )
    );
    assert_eq!(alert["orderId"].as_str().map(str::len), Some(36));
    let alert = raise(json!({"message": "Table 6 waits", "table_number": 6}));
    assert_eq!(
        (&alert["type"], &alert["severity"], &alert["tableNumber"]),
        (&json!("urgent"), &json!(4), &json!("6"))
    );
    assert!(alert.get("orderId").is_none());
}

#[test]
fn a_scope_limits_a_token() {
    let kitchen = Kitchen::open();
    let with = |scope: Value| {
        let mut claims = token::claims(&kitchen.server.place, 3600);
        claims["scope"] = scope;
        token::signed(&claims)
    };
    let status = |token: &str, line: &str, body: Value| kitchen.rest(token, line, body).status;
    let alert = json!({"message": "x"});
    for (scope, reads, writes, alerts) in [
        (json!("orders:read"), 200, 403, 403),
        (json!("orders:write"), 403, 200, 403),
        (json!(["orders:read", "kitchen"]), 200, 403, 201),
        (
            json!("openid orders:read orders:write kitchen"),
            200,
            200,
            201,
        ),
        (json!("openid email"), 200, 200, 201),
        (json!("menu"), 403, 403, 403),
    ] {
        let token = with(scope.clone());
        assert_eq!(
            status(&token, "GET /api/v1/orders", Value::Null),
            reads,
            "{scope}"
        );
        let change = json!({"notes": format!("{scope}"), "status": "confirmed"});
        let written = status(&token, "PATCH /api/v1/orders/2", change);
        assert_eq!(written, writes, "{scope}");
        assert_eq!(
            status(&token, "POST /api/v1/kitchen/alerts", alert.clone()),
            alerts,
            "{scope}"
        );
    }
    let denied = kitchen.rest(
        &with(json!("orders:read")),
        "DELETE /api/v1/orders/8",
        Value::Null,
    );
    assert_eq!(
        denied.body["error"]["details"]["scopes"],
        json!(["orders:write"]),
        "{denied:?}"
    );
    assert_eq!(refused(denied, 403), "PERMISSION_DENIED");
}
