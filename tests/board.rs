//! The board that guests look at: codes and first names, what is being made, what can be fetched.

use crate::support::{Client, Server};
use serde_json::{Value, json};

fn board(server: &Server) -> Value {
    server
        .rest(&server.token("display"), "GET /api/v1/board", Value::Null)
        .ok()
}

/// The code of an order in a column, with all that the board says of it.
fn in_column<'a>(board: &'a Value, column: &str, order: &Value) -> Option<&'a Value> {
    let all = board[column].as_array().expect("a column");
    all.iter().find(|one| one["order_id"] == *order)
}

#[test]
fn an_order_comes_to_the_board_moves_on_and_leaves_it_when_it_is_fetched() {
    let server = Server::start();
    let (waiter, cook) = (server.token("waiter"), server.token("kitchen"));
    let mut screen = Client::open_as(&server, "/ws/restaurants/2/", &server.token("display"));
    screen.sync();
    server.shell(
        "INSERT INTO customers(id, name, phone) VALUES (77, 'Anong Suwan', '+66 2 000 0000')",
    );
    let order = json!({"restaurant_id": 2, "type": "pickup", "customer_id": 77, "items": [{"menu_item_id": 1}]});
    let order = server.rest(&waiter, "POST /api/v1/orders", order).ok();
    let id = &order["id"];
    assert!(
        in_column(&board(&server), "preparing", id).is_none(),
        "nobody has confirmed it"
    );
    let line = format!("PATCH /api/v1/orders/{id}");
    server
        .rest(&cook, &line, json!({"status": "confirmed"}))
        .ok();
    let told = screen.expect("board_update");
    assert_eq!(
        (
            &told["data"]["place"],
            &told["data"]["code"],
            &told["data"]["name"]
        ),
        (&json!("preparing"), &order["code"], &json!("Anong"))
    );
    let shown = board(&server);
    let shown = in_column(&shown, "preparing", id).expect("it is being made");
    assert_eq!(
        (&shown["name"], &shown["place"]),
        (&json!("Anong"), &json!("preparing"))
    );
    let text = shown.to_string();
    assert!(
        !text.contains("Suwan") && !text.contains("total") && !text.contains("+66"),
        "{text}"
    );
    server
        .rest(&cook, &format!("POST /api/v1/orders/{id}/bump"), json!({}))
        .ok();
    let told = screen.expect("board_update");
    assert_eq!(
        (&told["data"]["place"], &told["data"]["called"]),
        (&json!("ready"), &json!(false)),
        "{told}"
    );
    assert!(
        told["data"]["ready_at"].is_string() && told["data"]["leaves_at"].is_string(),
        "{told}"
    );
    // Called again: once more, and for as long as if it were new.
    let called = server
        .rest(
            &waiter,
            &format!("POST /api/v1/orders/{id}/call"),
            json!({}),
        )
        .ok();
    let told = screen.expect("board_update");
    assert_eq!(
        (&told["data"]["called"], &told["data"]["place"]),
        (&json!(true), &json!("ready")),
        "{told}"
    );
    assert_eq!(told["data"]["called_at"], called["called_at"]);
    server
        .rest(&waiter, &line, json!({"status": "delivered"}))
        .ok();
    let told = screen.expect("board_update");
    assert_eq!(
        (&told["data"]["place"], &told["data"]["order_id"]),
        (&Value::Null, id),
        "{told}"
    );
    let shown = board(&server);
    assert!(
        in_column(&shown, "ready", id).is_none() && in_column(&shown, "preparing", id).is_none()
    );
    let refused = server.rest(
        &waiter,
        &format!("POST /api/v1/orders/{id}/call"),
        json!({}),
    );
    assert_eq!(refused.refused(409), "INVALID_TRANSITION");
}

#[test]
fn what_nobody_fetched_leaves_after_ten_minutes_unless_it_is_called_again() {
    let server = Server::start();
    server.shell(
        "INSERT INTO orders(id, restaurant_id, type, status) VALUES (500, 2, 'counter', 'confirmed'), (501, 2, 'counter', 'confirmed');
         UPDATE orders SET status = 'ready' WHERE id IN (500, 501);
         UPDATE orders SET ready_at = ready_at - 601000 WHERE id IN (500, 501);
         UPDATE orders SET called_at = ready_at + 590000 WHERE id = 501;",
    );
    let shown = board(&server);
    assert!(in_column(&shown, "ready", &json!(500)).is_none(), "{shown}");
    let called = in_column(&shown, "ready", &json!(501)).expect("it was called again");
    assert!(
        called["leaves_at"].as_str() > called["called_at"].as_str(),
        "{called}"
    );
}

#[test]
fn what_is_served_at_a_table_is_on_no_board() {
    let server = Server::start();
    let mut screen = Client::open_as(&server, "/ws/restaurants/2/", &server.token("display"));
    screen.sync();
    server.shell("INSERT INTO orders(id, restaurant_id, table_id, status) VALUES (500, 2, 7, 'confirmed'); UPDATE orders SET status = 'ready' WHERE id = 500");
    let kinds: Vec<String> = screen
        .sync()
        .iter()
        .map(|frame| frame["type"].to_string())
        .collect();
    assert!(
        !kinds.iter().any(|kind| kind.contains("board_update")),
        "{kinds:?}"
    );
    assert!(in_column(&board(&server), "ready", &json!(500)).is_none());
    // A deleted order leaves as well, and a guest reads the board on the wall only.
    server.shell("INSERT INTO orders(id, restaurant_id, type, status) VALUES (501, 2, 'pickup', 'confirmed'); DELETE FROM orders WHERE id = 501");
    let told =
        screen.until(|frame| frame["type"] == "board_update" && frame["data"]["place"].is_null());
    assert_eq!(
        told.last().map(|frame| &frame["data"]["order_id"]),
        Some(&json!(501))
    );
    let guest =
        crate::support::token::mint_with(&server.place, &["--role", "customer", "--session", "1"]);
    let refused = server.rest(&guest, "GET /api/v1/board", Value::Null);
    assert_eq!(refused.refused(403), "FORBIDDEN");
}
