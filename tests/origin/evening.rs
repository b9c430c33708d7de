//! The demo in the middle of an evening: what its screens show is there, and what the documents name stays.

use crate::support::http::request;
use crate::support::{Client, Server};
use serde_json::{Value, json};

#[test]
fn the_house_is_half_full_and_every_screen_has_something_to_show() {
    let server = Server::in_the_evening();
    let told = request(server.address, "GET /api/demo/sign-ins", &[], Value::Null).ok();
    assert_eq!(
        (&told["tables"], &told["tables_taken"]),
        (&json!(21), &json!(12))
    );
    let number = |sql: &str| server.place.number(sql);
    for status in [
        "new",
        "pending",
        "confirmed",
        "preparing",
        "ready",
        "out_for_delivery",
        "delivered",
        "completed",
        "cancelled",
    ] {
        let sql =
            format!("SELECT count(*) FROM orders WHERE restaurant_id = 2 AND status = '{status}'");
        assert!(number(&sql) > 0, "{status}");
    }
    for (what, sql) in [
        (
            "a void that no cook has seen",
            "SELECT count(*) FROM order_items WHERE status = 'voided' AND void_acked_at IS NULL",
        ),
        (
            "what is held",
            "SELECT count(*) FROM order_items WHERE status = 'held'",
        ),
        (
            "what was added later",
            "SELECT count(*) FROM order_items WHERE batch = 2",
        ),
        (
            "an allergy",
            "SELECT count(*) FROM order_items WHERE allergy IS NOT NULL",
        ),
        (
            "an order of an allergic guest",
            "SELECT count(*) FROM orders WHERE allergy_note IS NOT NULL",
        ),
        (
            "what is sold out",
            "SELECT count(*) FROM menu_items WHERE restaurant_id = 2 AND NOT is_available",
        ),
        (
            "a guest who calls",
            "SELECT count(*) FROM tasks WHERE kind = 'call_waiter' AND status = 'open'",
        ),
        (
            "a guest who wants to pay",
            "SELECT count(*) FROM tasks WHERE kind = 'bill'",
        ),
        (
            "an offer to drivers",
            "SELECT count(*) FROM orders WHERE restaurant_id = 2 AND type = 'delivery' AND status = 'ready' AND driver_id IS NULL",
        ),
        (
            "a line of the bar",
            "SELECT count(*) FROM order_items i JOIN stations s ON s.id = i.station_id WHERE s.code = 'bar' AND i.status = 'queued'",
        ),
    ] {
        assert!(number(sql) > 0, "{what}");
    }
    // nothing happens in the future, and nothing before its order
    assert_eq!(
        number(
            "SELECT count(*) FROM order_items i JOIN orders o ON o.id = i.order_id WHERE o.restaurant_id = 2 AND o.id > 123 AND i.fired_at < o.created_at"
        ),
        0
    );
    assert_eq!(
        number(
            "SELECT count(*) FROM order_items WHERE max(coalesce(ready_at, 0), coalesce(served_at, 0), coalesce(started_at, 0), coalesce(fired_at, 0)) > unixepoch() * 1000 + 2000"
        ),
        0
    );
    // what is to pay is what was ordered
    assert_eq!(number("SELECT count(*) FROM orders o WHERE o.restaurant_id = 2 AND o.id > 123 AND o.status <> 'cancelled' AND o.subtotal_minor <>
        (SELECT coalesce(sum(qty * unit_price_minor), 0) FROM order_items WHERE order_id = o.id AND status <> 'voided')"), 0);
}

#[test]
fn what_the_documents_name_is_where_they_say() {
    let server = Server::in_the_evening();
    let mut order = Client::open(&server, "/ws/orders/1/");
    let status = order.next_is("order_status");
    assert_eq!(
        (
            &status["data"]["total_amount"],
            &status["data"]["items_count"]
        ),
        (&json!("250.00"), &json!(3))
    );
    let mut table = Client::open(&server, "/ws/tables/5/");
    let status = table.next_is("table_status");
    assert_eq!(status["data"]["session"]["session_code"], "ABC123");
    assert_eq!(status["data"]["zone"], "A");
    let manager = server.token("manager");
    let named = server
        .rest(&manager, "GET /api/v1/orders/order-123", Value::Null)
        .ok();
    assert_eq!(named["id"], 123);
    let menu = server
        .rest(&manager, "GET /api/v1/menu?limit=200", Value::Null)
        .ok();
    let menu = menu["items"].as_array().expect("dishes");
    let dish = |name: &str| menu.iter().find(|dish| dish["name"] == name).expect(name);
    assert_eq!(
        (&dish("Pad Thai")["id"], &dish("Iced tea")["id"]),
        (&json!(1), &json!(2))
    );
    assert_eq!(dish("Boat noodles")["is_available"], false);
    assert_eq!(dish("ผัดไทยกุ้งสด")["price"], "140.00");
    // a second start finds it as it was left
    let before = server.place.number("SELECT count(*) FROM orders");
    let mut server = server;
    server.kill();
    server.restart();
    assert_eq!(server.place.number("SELECT count(*) FROM orders"), before);
}
