//! `/api/orders` and `/api/admin/orders`.

use super::{Timing, refused, two_dishes};
use crate::support::http::request;
use serde_json::{Value, json};

#[test]
fn a_guest_orders_and_follows_the_order() {
    let timing = Timing::start();
    let placed = timing.guest("POST /api/orders", two_dishes());
    assert_eq!(placed.status, 201);
    let placed = placed.ok();
    assert_eq!(placed["success"], true);
    let order = &placed["data"];
    assert_eq!(order["customer_info"]["phone"], "+66 2 000 0001");
    for key in ["id", "uuid", "public_id"] {
        let key = match &order[key] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let seen = timing.guest(&format!("GET /api/orders/{key}/status"), Value::Null);
        let seen = seen.ok();
        assert_eq!(seen["success"], true);
        assert_eq!(seen["data"]["id"], order["id"]);
        assert_eq!(seen["data"]["items"], order["items"]);
        assert_eq!(seen["data"]["customer_info"]["name"], "Jo");
        assert_eq!(seen["data"]["customer_info"]["phone"], "******001");
    }
    let id = &order["id"];
    let seen = timing.ask(&format!("GET /api/orders/{id}/status"), Value::Null);
    assert_eq!(
        seen.ok()["data"]["customer_info"]["phone"],
        "+66 2 000 0001"
    );
}

#[test]
fn prices_are_the_menus_and_dishes_have_names() {
    let timing = Timing::start();
    let body = json!({"items": [
        {"menu_name": "  pad thai", "price": 0.01, "quantity": 1},
        {"menu_id": 2, "price": 1, "notes": "no ice"},
        {"name": "Song for the table", "price": "12.50", "quantity": 2},
    ]});
    let placed = timing.ask("POST /api/orders", body).ok();
    let order = &placed["data"];
    assert_eq!(order["total_amount"], "140.50");
    assert_eq!(order["items"][0]["menu_item_id"], 1);
    assert_eq!(order["items"][1]["note"], "no ice");
    assert_eq!(order["items"][2]["menu_name"], "Song for the table");
    assert_eq!(order["type"], "pickup");
    assert_eq!(order["customer_info"]["name"], "Guest");
    let seated = json!({"table_number": 5, "items": [{"menu_item_id": 1}]});
    let placed = timing.ask("POST /api/orders", seated).ok();
    assert_eq!(placed["data"]["type"], "dine_in");
    assert_eq!(placed["data"]["customer_info"]["name"], "Table 5");
}

#[test]
fn what_cannot_be_ordered_is_refused_in_this_vocabularys_shape() {
    let timing = Timing::start();
    let place = |body: Value| timing.ask("POST /api/orders", body);
    for (body, status, code) in [
        (json!({"items": []}), 422, "INVALID_VALUE"),
        (json!({}), 400, "INVALID_BODY"),
        (json!({"items": [{"quantity": 1}]}), 422, "INVALID_VALUE"),
        (
            json!({"items": [{"menu_item_id": 1, "quantity": 0}]}),
            422,
            "INVALID_VALUE",
        ),
        (json!({"items": [{"menu_item_id": 4711}]}), 404, "NOT_FOUND"),
        (
            json!({"items": [{"name": "Song", "price": "1.005"}]}),
            422,
            "INVALID_AMOUNT",
        ),
        (
            json!({"table_number": "99", "items": [{"menu_item_id": 1}]}),
            404,
            "NOT_FOUND",
        ),
        (
            json!({"restaurant_id": 99, "items": [{"menu_item_id": 1}]}),
            404,
            "NOT_FOUND",
        ),
    ] {
        assert_eq!(refused(place(body.clone()), status), code, "{body}");
    }
    let sold_out = "UPDATE menu_items SET is_available = 0 WHERE id = 1;";
    timing.server.shell(sold_out);
    assert_eq!(refused(place(two_dishes()), 409), "SOLD_OUT");
    let unknown = timing.ask("GET /api/nothing", Value::Null);
    assert_eq!(refused(unknown, 404), "NOT_FOUND");
    let wrong = timing.ask("DELETE /api/orders", Value::Null);
    assert_eq!(wrong.header("allow"), Some("POST"));
    assert_eq!(refused(wrong, 405), "METHOD_NOT_ALLOWED");
    for order in ["4711", "nobodys"] {
        let line = format!("GET /api/orders/{order}/status");
        assert_eq!(refused(timing.guest(&line, Value::Null), 404), "NOT_FOUND");
    }
}

#[test]
fn whoever_presses_twice_orders_once() {
    let timing = Timing::start();
    let bearer = format!("Bearer {}", timing.admin);
    let press = |key: &str| {
        let headers = [("Authorization", bearer.as_str()), ("Idempotency-Key", key)];
        request(timing.address, "POST /api/orders", &headers, two_dishes()).ok()
    };
    let first = press("press-1");
    assert_eq!(press("press-1"), first);
    assert_ne!(press("press-2")["data"]["id"], first["data"]["id"]);
}

#[test]
fn a_request_without_a_token_is_retried_on_another_connection() {
    let timing = Timing::start();
    let headers = [("Idempotency-Key", "press-1")];
    let send = |line: &str, body: Value| request(timing.address, line, &headers, body);
    let first = send("POST /api/orders", two_dishes()).ok();
    assert_eq!(send("POST /api/orders", two_dishes()).ok(), first);
    let mut other = two_dishes();
    other["note"] = json!("another order");
    for (line, body) in [
        ("POST /api/orders", other),
        // the query says what is asked for, too
        ("POST /api/orders?table_id=7", two_dishes()),
    ] {
        assert_eq!(refused(send(line, body), 409), "IDEMPOTENCY_CONFLICT");
    }
}

/// Others come from the same address later.
#[test]
fn a_strangers_key_counts_for_minutes() {
    let timing = Timing::start();
    let bearer = format!("Bearer {}", timing.admin);
    let press = |headers: &[(&str, &str)]| {
        let placed = request(timing.address, "POST /api/orders", headers, two_dishes()).ok();
        placed["data"]["id"].clone()
    };
    let stranger = || press(&[("Idempotency-Key", "press-1")]);
    let admin = || press(&[("Authorization", &bearer), ("Idempotency-Key", "press-1")]);
    let (strangers, admins) = (stranger(), admin());
    let later = |seconds: u32| {
        let sql = format!("UPDATE command_outcome SET at = at - {seconds} * 1000;");
        timing.server.shell(&sql);
    };
    later(60);
    assert_eq!((stranger(), admin()), (strangers.clone(), admins.clone()));
    later(600);
    let next = stranger();
    assert_ne!(next, strangers);
    assert_eq!(stranger(), next);
    assert_eq!(admin(), admins);
}

#[test]
fn a_word_leads_through_all_that_this_vocabulary_cannot_name() {
    let timing = Timing::start();
    let mut dashboard = timing.opened();
    let id = timing.order();
    dashboard.next_is("newOrder");
    for (word, canonical) in [
        ("preparing", "preparing"),
        ("ready", "ready"),
        ("completed", "completed"),
    ] {
        let done = timing.put(id, word).ok();
        assert_eq!(done["success"], true);
        assert_eq!(done["data"]["canonical_status"], canonical);
        // one event, however many states were passed
        let told = dashboard.next_is("orderStatusUpdate");
        assert_eq!(told["order"]["version"], done["data"]["version"]);
        assert_eq!(dashboard.sync(), Vec::<Value>::new());
    }
    let passed = format!(
        "SELECT confirmed_at IS NOT NULL AND preparing_at IS NOT NULL AND ready_at IS NOT NULL AND delivered_at IS NOT NULL AND completed_at IS NOT NULL FROM orders WHERE id = {id}"
    );
    assert_eq!(timing.server.place.number(&passed), 1);
    let overrides = "SELECT count(*) FROM audit WHERE action = 'override'";
    assert_eq!(timing.server.place.number(overrides), 0);
}

#[test]
fn a_delivery_is_completed_without_its_driver() {
    let timing = Timing::start();
    // order 123 is to be driven
    for word in ["preparing", "ready", "completed"] {
        timing.put(123, word).ok();
    }
    let overrides = "SELECT count(*) FROM audit WHERE action = 'override'";
    assert_eq!(timing.server.place.number(overrides), 0);
}

#[test]
fn every_button_works_and_what_the_workflow_does_not_know_is_noted() {
    let timing = Timing::start();
    let mut dashboard = timing.opened();
    let id = timing.order();
    dashboard.next_is("newOrder");
    for word in ["completed", "pending", "ready", "preparing"] {
        let done = timing.put(id, word).ok();
        assert_eq!(done["data"]["status"], word);
        assert_eq!(dashboard.next_is("orderStatusUpdate")["status"], word);
    }
    // the last one is a recall, which the workflow knows
    let overrides = format!(
        "SELECT count(*) FROM audit WHERE action = 'override' AND entity = 'order' AND entity_id = {id} AND actor = 'admin:1' AND reason = 'set in timing'"
    );
    assert_eq!(timing.server.place.number(&overrides), 3);
}

#[test]
fn the_present_status_again_is_a_success_that_nobody_hears_of() {
    let timing = Timing::start();
    let mut dashboard = timing.opened();
    // order 123 is confirmed, which is called pending here: it is no step back either
    for (order, word) in [(123, "pending"), (1, "preparing")] {
        let before = timing
            .server
            .place
            .number(&format!("SELECT version FROM orders WHERE id = {order}"));
        let done = timing.put(order, word).ok();
        assert_eq!(done["data"]["version"], before);
    }
    // delivered looks completed, and can still become it: nobody sees a difference
    let done = timing.put(3, "completed").ok();
    assert_eq!(done["data"]["canonical_status"], "completed");
    assert_eq!(dashboard.sync(), Vec::<Value>::new());
}

#[test]
fn what_is_called_off_stays_so_and_what_was_handed_over_is_not_called_off() {
    let timing = Timing::start();
    let id = timing.order();
    timing.put(id, "cancelled").ok();
    let reason =
        format!("SELECT cancel_reason = 'cancelled via timing' FROM orders WHERE id = {id}");
    assert_eq!(timing.server.place.number(&reason), 1);
    for word in ["pending", "preparing", "ready", "completed"] {
        assert_eq!(refused(timing.put(id, word), 409), "INVALID_TRANSITION");
    }
    assert!(timing.put(id, "cancelled").ok()["success"] == true);
    let id = timing.order();
    timing.put(id, "completed").ok();
    let refusal = timing.put(id, "cancelled");
    assert_eq!(refusal.body["status"], "completed");
    assert_eq!(refused(refusal, 409), "INVALID_TRANSITION");
    // out of preparing a manager may
    timing.put(1, "cancelled").ok();
}

#[test]
fn an_unknown_word_is_answered_with_those_there_are() {
    let timing = Timing::start();
    for word in ["dancing", "new", "", "Ready"] {
        let answer = timing.put(1, word);
        let five = json!(["pending", "preparing", "ready", "completed", "cancelled"]);
        assert_eq!(answer.body["allowed"], five, "{word:?}");
        assert_eq!(refused(answer, 422), "INVALID_STATUS");
    }
    // the nine are understood as well
    let done = timing.put(123, "confirmed").ok();
    assert_eq!(done["data"]["canonical_status"], "confirmed");
    let line = "PUT /api/admin/orders/1/status";
    let stale = json!({"status": "ready", "version": 4711});
    assert_eq!(refused(timing.ask(line, stale), 409), "VERSION_CONFLICT");
}

#[test]
fn the_list_is_filtered_and_paged() {
    let timing = Timing::start();
    let list = |query: &str| {
        let line = format!("GET /api/admin/orders{query}");
        let found = timing.ask(&line, Value::Null).ok();
        assert_eq!(found["success"], true);
        found
    };
    let ids = |query: &str| {
        let found = list(query);
        let data = found["data"].as_array().expect("orders").clone();
        let ids = data.iter().map(|order| order["id"].as_i64().expect("id"));
        ids.collect::<Vec<_>>()
    };
    let all = ids("?restaurant_id=2");
    assert_eq!(all, [123, 5, 4, 3, 2, 1]);
    assert_eq!(ids("?restaurant_id=2&limit=2"), [123, 5]);
    assert_eq!(ids("?restaurant_id=2&limit=2&page=2"), [4, 3]);
    assert_eq!(ids("?restaurant_id=2&limit=2&page=9"), [0_i64; 0]);
    let page = list("?restaurant_id=2&limit=4");
    assert_eq!((&page["total"], &page["next"]), (&json!(6), &json!(3)));
    assert_eq!(ids("?restaurant_id=2&limit=4&before=3"), [2, 1]);
    // a word means all that look like it
    assert_eq!(ids("?restaurant_id=2&status=pending"), [123, 2]);
    assert_eq!(ids("?restaurant_id=2&status=confirmed"), [123]);
    assert_eq!(ids("?restaurant_id=2&status=completed"), [5, 3]);
    assert_eq!(ids("?restaurant_id=2&status=ready,preparing"), [4, 1]);
    assert_eq!(ids("?restaurant_id=2&type=delivery"), [123]);
    assert_eq!(ids("?table_id=5"), [1]);
    assert_eq!(
        ids("?restaurant_id=2&from=2100-01-01T00:00:00Z"),
        [0_i64; 0]
    );
    assert_eq!(ids("?restaurant_id=2&until=2100-01-01T00:00:00Z"), all);
    for (query, code) in [
        ("?status=dancing", "INVALID_STATUS"),
        ("?type=flying", "INVALID_VALUE"),
        ("?from=yesterday", "INVALID_VALUE"),
        ("?page=0", "INVALID_VALUE"),
        ("?limit=many", "INVALID_VALUE"),
    ] {
        let line = format!("GET /api/admin/orders{query}");
        assert_eq!(
            refused(timing.ask(&line, Value::Null), 422),
            code,
            "{query}"
        );
    }
}

#[test]
fn a_print_shops_jobs_are_no_orders_here() {
    let timing = Timing::start();
    let mut dashboard = timing.opened();
    let sql =
        "INSERT INTO orders(restaurant_id, workflow_id, status) VALUES (2, 2, 'In Production');";
    timing.server.shell(sql);
    let id = timing.server.place.number("SELECT max(id) FROM orders");
    assert_eq!(dashboard.sync(), Vec::<Value>::new());
    let line = format!("GET /api/orders/{id}/status");
    assert_eq!(refused(timing.guest(&line, Value::Null), 404), "NOT_FOUND");
    assert_eq!(refused(timing.put(id, "ready"), 404), "NOT_FOUND");
}
