//! Mistakes, limits and what is counted.

use super::{HERE, Kitchen};
use crate::support::http;
use serde_json::{Value, json};

#[test]
fn a_mistake_is_an_event_in_both_shapes_or_the_callbacks_argument() {
    let kitchen = Kitchen::open();
    let mut screen = kitchen.pass();
    screen.emit(
        "order:update_status",
        json!({"orderId": "order-99", "status": "ready"}),
    );
    let told = screen.next_is("error");
    assert_eq!(
        told,
        json!({
            "success": false,
            "error": {"code": "ORDER_NOT_FOUND", "message": "no such order", "details": {"entity": "order"}},
            "code": "ORDER_NOT_FOUND",
            "message": "no such order",
        })
    );
    let answered = screen.call(
        "order:update_status",
        json!({"orderId": "order-99", "status": "ready"}),
    );
    assert_eq!(answered, told);
    assert_eq!(
        screen.names(),
        [""; 0],
        "who was answered is not told again"
    );
}

#[test]
fn a_malformed_payload_is_a_validation_error() {
    let kitchen = Kitchen::open();
    let mut screen = kitchen.pass();
    for (event, payload) in [
        ("join:restaurant", json!(null)),
        ("join:restaurant", json!({"restaurant": HERE})),
        ("join:restaurant", json!([HERE])),
        ("join:station", json!("bar")),
        ("join:station", json!({"restaurantId": HERE})),
        ("orders:sync", json!("all")),
        ("orders:sync", json!({"statuses": "ready"})),
        ("order:update_status", json!({"status": "ready"})),
        ("order:update_status", json!({"orderId": "order-1"})),
        (
            "order:update_status",
            json!({"orderId": {"$gt": ""}, "status": "ready"}),
        ),
        (
            "order:update_status",
            json!({"orderId": "order-1", "status": 5}),
        ),
        ("table:complete", json!({"restaurantId": HERE})),
        ("table:complete", json!({"tableNumber": null})),
        ("order:dance", json!({})),
    ] {
        screen.emit(event, payload.clone());
        let told = screen.next_is("error");
        assert_eq!(
            (&told["code"], &told["error"]["code"], &told["success"]),
            (
                &json!("VALIDATION_ERROR"),
                &json!("INVALID_PAYLOAD"),
                &json!(false)
            ),
            "{event} {payload}: {told}"
        );
        assert_eq!(told["message"], told["error"]["message"]);
    }
    // Names are case-sensitive, and one that was probably meant is said.
    screen.emit("orders:Sync", Value::Null);
    let told = screen.next_is("error");
    assert!(
        told["message"]
            .as_str()
            .is_some_and(|text| text.contains("did you mean orders:sync")),
        "{told}"
    );
}

#[test]
fn the_eleventh_event_of_a_name_in_a_second_is_too_many() {
    let kitchen = Kitchen::open();
    let (mut quick, mut other) = (kitchen.pass(), kitchen.pass());
    // Ten pass and ninety are refused, which is not enough to be closed for. A slow server lets ten more pass each second: even then one is refused.
    for _ in 0..100 {
        quick.emit("orders:sync", json!({"statuses": []}));
    }
    let told = quick.until("error");
    assert_eq!(
        (&told["code"], &told["error"]["code"]),
        (&json!("RATE_LIMIT"), &json!("RATE_LIMIT")),
        "{told}"
    );
    assert_eq!(told["message"], "Rate limit exceeded");
    assert!(
        told["error"]["details"]["retry_after_ms"].is_u64(),
        "{told}"
    );
    // Another name, and another socket, have rates of their own; and the screen stays.
    assert_eq!(
        quick.refused("table:complete", json!({"tableNumber": "99"})),
        "TABLE_NOT_FOUND"
    );
    other.ask("orders:sync", Value::Null);
}

#[test]
fn connections_and_events_are_counted_by_name() {
    let kitchen = Kitchen::open();
    let (mut one, _two) = (kitchen.pass(), kitchen.pass());
    one.ask("orders:sync", Value::Null);
    one.emit("made:up", Value::Null);
    one.next_is("orders:sync:complete");
    one.next_is("error");
    let bearer = format!("Bearer {}", kitchen.admin());
    let metrics = http::request(
        kitchen.server.address,
        "GET /metrics",
        &[("Authorization", &bearer)],
        Value::Null,
    );
    let text = metrics.body.as_str().expect("text").to_owned();
    for line in [
        r#"websocket_connections{consumer="kitchen"} 2"#,
        r#"websocket_events_total{consumer="kitchen",event="join:restaurant"} 2"#,
        r#"websocket_events_total{consumer="kitchen",event="orders:sync"} 1"#,
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("made:up"), "{text}");
}
