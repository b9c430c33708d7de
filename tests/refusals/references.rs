//! What a request refers to is looked for before anything is written; and what only the schema refuses is the client's mistake all the same.

use crate::support::{Server, token};
use serde_json::{Value, json};

fn order(more: Value) -> Value {
    let mut body = json!({"restaurant_id": 2, "items": [{"menu_item_id": 1, "quantity": 1}]});
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}

#[test]
fn an_order_for_a_customer_that_does_not_exist_is_refused() {
    let server = Server::start();
    let token = server.token("manager");
    let before = server.place.number("SELECT count(*) FROM orders");
    for (more, status, code) in [
        (json!({"customer_id": 4711}), 404, "NOT_FOUND"),
        (json!({"waiter_id": 4711}), 404, "NOT_FOUND"),
        (json!({"table_id": 4711}), 404, "NOT_FOUND"),
        (json!({"items": [{"menu_item_id": 4711}]}), 404, "NOT_FOUND"),
        (
            json!({"items": [{"menu_item_id": 1, "modifiers": [{"id": 4711}]}]}),
            422,
            "INVALID_VALUE",
        ),
    ] {
        let answer = server.rest(&token, "POST /api/v1/orders", order(more.clone()));
        assert_eq!(answer.refused(status), code, "{more}");
    }
    assert_eq!(server.place.number("SELECT count(*) FROM orders"), before);
    server.shell("INSERT INTO customers(id, name) VALUES (4711, 'Nok')");
    server
        .rest(
            &token,
            "POST /api/v1/orders",
            order(json!({"customer_id": 4711})),
        )
        .ok();
}

#[test]
fn a_lines_uuid_that_is_another_lines_is_no_internal_error() {
    let server = Server::start();
    let token = server.token("manager");
    let line = json!({"menu_item_id": 1, "uuid": "0190aaaa-0000-7000-8000-000000000001"});
    let place = |items: Value| {
        let items = json!({"items": items});
        server.rest(&token, "POST /api/v1/orders", order(items))
    };
    assert_eq!(place(json!([line, line])).refused(422), "INVALID_VALUE");
    place(json!([line])).ok();
    assert_eq!(place(json!([line])).refused(409), "LINE_EXISTS");
}

/// The number of the next order is no secret, and any order may be called what that one would be.
#[test]
fn a_name_that_somebody_took_before_stops_no_order() {
    let mut server = Server::start();
    let token = server.token("manager");
    let next = 1 + server
        .place
        .number("SELECT seq FROM sqlite_sequence WHERE name = 'orders'");
    let name = format!("order-{}", next);
    server.shell(&format!(
        "UPDATE orders SET public_id = '{name}' WHERE id = 1"
    ));
    let placed = server
        .rest(&token, "POST /api/v1/orders", order(json!({})))
        .ok();
    assert_eq!(placed["id"], next);
    let called = placed["public_id"].as_str().expect("a name");
    assert!(called.starts_with(&format!("{name}-")), "{called}");
    // and so in the workshop
    let address = server.listening("delivery");
    let bearer = token::mint_with(&server.place, &["--role", "admin", "--id", "1"]);
    let bearer = format!("Bearer {bearer}");
    let job = json!({"customerName": "Nok", "productName": "Flyers", "orderId": format!("order-{}", next + 2)});
    let make = |body: Value| {
        let headers = [("Authorization", bearer.as_str())];
        crate::support::http::request(address, "POST /orders", &headers, body).ok()
    };
    make(job);
    let second = make(json!({"customerName": "Nok", "productName": "Flyers"}));
    assert_eq!(second["id"], next + 2);
    assert_ne!(second["orderId"], format!("order-{}", next + 2));
}

/// Rules that we know nothing of: another program's table refers to ours, and it has an index and a check of its own.
#[test]
fn what_only_the_schema_refuses_is_the_clients_mistake() {
    let server = Server::start();
    let token = server.token("admin");
    server.shell(
        "CREATE TABLE ratings(order_id INTEGER NOT NULL REFERENCES orders(id), stars INTEGER CHECK (stars < 6));
         INSERT INTO ratings VALUES (2, 5);
         CREATE UNIQUE INDEX one_note ON orders(note);
         CREATE TRIGGER rated AFTER UPDATE OF priority ON orders BEGIN INSERT INTO ratings VALUES (new.id, new.priority); END;",
    );
    let line = |method: &str, id: i64| format!("{method} /api/v1/orders/{id}");
    let patch = |id: i64, body: Value| server.rest(&token, &line("PATCH", id), body);
    patch(1, json!({"note": "the only one"})).ok();
    for (answer, status, code) in [
        (
            server.rest(&token, &line("DELETE", 2), Value::Null),
            422,
            "INVALID_REFERENCE",
        ),
        (
            patch(3, json!({"note": "the only one"})),
            409,
            "ALREADY_EXISTS",
        ),
        (patch(3, json!({"priority": 6})), 422, "INVALID_VALUE"),
    ] {
        let text = answer.text.clone();
        assert_eq!(answer.refused(status), code, "{text}");
        assert!(
            !text.contains("constraint"),
            "the database's words are for the log: {text}"
        );
    }
    assert!(
        server.log().contains("UNIQUE constraint failed"),
        "{}",
        server.log()
    );
    patch(3, json!({"priority": 5})).ok();
}
