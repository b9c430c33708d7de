//! The dining room's document at orders, tables and sessions: every action and every message in the shape it shows, with and without the slash.

use crate::support::{Client, Server};
use serde_json::{Value, json};

/// An order of two Pad Thai at table 5, served by waiter 10, made through REST. Nothing but the house's own prices decides its total: 160.00.
pub fn new_order(server: &Server) -> i64 {
    let order = server
        .rest(
            &server.token("manager"),
            "POST /api/v1/orders",
            json!({"restaurant_id": 2, "table_id": 5, "waiter_id": 10,
                   "items": [{"menu_item_id": 1, "quantity": 2}]}),
        )
        .ok();
    entity(&order)["id"].as_i64().expect("the order's id")
}

/// The entity in a REST answer, be it wrapped in `data` or not.
pub fn entity(answer: &Value) -> &Value {
    if answer["data"].is_object() {
        &answer["data"]
    } else {
        answer
    }
}

#[test]
fn every_url_takes_each_of_a_things_names() {
    let server = Server::start();
    let db = server.place.foreign();
    let text = |sql: &str| -> String { db.query_row(sql, [], |row| row.get(0)).expect("a name") };
    let order = ["uuid", "public_id"].map(|name| {
        let name = text(&format!("SELECT {name} FROM orders WHERE id=1"));
        [
            format!("/ws/orders/{name}/"),
            format!("/ws/orders/{name}/items"),
        ]
    });
    let table = text("SELECT uuid FROM tables WHERE id=5");
    let session = text("SELECT uuid FROM table_sessions WHERE id=1");
    for path in order.as_flattened() {
        let first = Client::open(&server, path).next();
        assert_eq!(first["data"]["order_id"], 1, "{path}");
    }
    let first = Client::open(&server, &format!("/ws/tables/{table}/")).next();
    assert_eq!(first["data"]["table_id"], 5);
    let first = Client::open(&server, &format!("/ws/tables/sessions/{session}/")).next();
    assert_eq!(first["data"]["id"], 1);
    let waiter = text("SELECT uuid FROM users WHERE id=10");
    let restaurant = text("SELECT uuid FROM restaurants WHERE id=2");
    Client::open(&server, &format!("/ws/waiters/{waiter}/"))
        .ask(json!({"action": "get_tasks"}), "tasks_list");
    Client::open(
        &server,
        &format!("/ws/restaurants/{restaurant}/notifications/"),
    )
    .ask(json!({"action": "get_tasks"}), "tasks_list");
    let mut screen = Client::open(&server, &format!("/ws/restaurants/{restaurant}/"));
    screen.ask(json!({"action": "get_status"}), "restaurant_status");
    // Whatever name it was entered by, it is the same channel.
    let id = new_order(&server);
    assert_eq!(screen.expect("new_order")["data"]["order_id"], id);
}

/// A new table of restaurant 2, at which nobody sits yet.
pub fn free_table(server: &Server) -> i64 {
    let sql = "INSERT INTO tables(restaurant_id, zone_id, number)
               SELECT 2, min(id), 'N' || abs(random()) FROM zones WHERE restaurant_id = 2 RETURNING id";
    let made = server.place.foreign().query_row(sql, [], |row| row.get(0));
    made.expect("a table")
}

#[track_caller]
pub fn has(data: &Value, fields: &[&str]) {
    for field in fields {
        assert!(data.get(field).is_some(), "no {field} in {data}");
    }
}

#[track_caller]
fn is_time(value: &Value) {
    let text = value.as_str().unwrap_or_else(|| panic!("no time: {value}"));
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    assert!(
        shape == "0000-00-00T00:00:00Z" || shape == "0000-00-00T00:00:00.000Z",
        "not ISO 8601 in UTC: {text}"
    );
}

/// The documents' `order_status`, wherever it comes from.
#[track_caller]
fn is_order_status(frame: &Value, id: i64) {
    let data = &frame["data"];
    assert_eq!(frame["type"], "order_status", "{frame}");
    assert_eq!(data["id"], id, "{frame}");
    has(
        data,
        &[
            "status",
            "status_display",
            "total_amount",
            "items_count",
            "created_at",
            "confirmed_at",
            "ready_at",
            "delivered_at",
            "version",
            "canonical_status",
        ],
    );
    is_time(&data["created_at"]);
}

#[test]
fn an_order_tells_its_state_at_once_and_when_asked() {
    let server = Server::start();
    for path in ["/ws/orders/1/", "/ws/orders/1"] {
        let mut guest = Client::open(&server, path);
        let first = guest.next_is("order_status");
        is_order_status(&first, 1);
        assert!(
            first["seq"].is_u64(),
            "a snapshot says where it stands: {first}"
        );
        assert_eq!(first["data"]["total_amount"], "250.00");
        assert_eq!(first["data"]["items_count"], 3);
        assert!(first.get("reset").is_none(), "nothing was lost: {first}");

        let answer = guest.ask(json!({"action": "get_status"}), "order_status");
        is_order_status(&answer, 1);
        assert!(answer["data"]["as_of"].is_u64(), "{answer}");
        assert_eq!(answer["data"]["status"], first["data"]["status"]);
    }
    // The document's other order.
    is_order_status(&Client::open(&server, "/ws/orders/123/").next(), 123);
}

#[test]
fn a_manager_sets_the_status_and_everybody_at_the_order_hears_it() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut guest = Client::open(&server, &path);
    assert_eq!(guest.next_is("order_status")["data"]["status"], "pending");
    for role in ["manager", "admin"] {
        let mut staff = Client::open_as(&server, &path, &server.token(role));
        staff.next_is("order_status");
        let status = if role == "manager" {
            "confirmed"
        } else {
            "ready"
        };
        staff.send(json!({"action": "update_status", "status": status}));
        for client in [&mut guest, &mut staff] {
            let told = client.expect("order_status");
            is_order_status(&told, id);
            assert_eq!(told["data"]["status"], status);
            assert_eq!(told["data"]["canonical_status"], status);
            is_time(&told["data"][format!("{status}_at")]);
            assert!(told["seq"].is_u64());
        }
    }
    let ready = guest.ask(json!({"action": "get_status"}), "order_status");
    assert_eq!(ready["data"]["status_display"], "Ready");
    assert!(ready["data"]["delivered_at"].is_null());
}

#[test]
fn the_same_status_again_is_a_success_that_nobody_hears() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut guest = Client::open(&server, &path);
    let mut manager = Client::open_as(&server, &path, &server.token("manager"));
    manager.command(json!({"action": "update_status", "status": "confirmed"}));
    guest.expect("order_status");
    guest.expect("order_status");
    manager.command(json!({"action": "update_status", "status": "confirmed"}));
    // S3 cannot name `preparing`: there `confirmed` is a no-op, not a step back.
    server.shell(&format!(
        "UPDATE orders SET status='preparing' WHERE id={id};"
    ));
    let update = guest.next();
    assert_eq!(
        update["type"], "order_update",
        "the status this document knows did not change: {update}"
    );
    assert_eq!(update["data"]["canonical_status"], "preparing");
    manager.command(json!({"action": "update_status", "status": "confirmed"}));
    let now = guest.ask(json!({"action": "get_status"}), "order_status");
    assert_eq!(now["data"]["status"], "confirmed");
    assert_eq!(now["data"]["canonical_status"], "preparing");
}

#[test]
fn ready_skips_what_the_document_cannot_name_and_says_so_once() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut manager = Client::open_as(&server, &path, &server.token("manager"));
    manager.next_is("order_status");
    for status in ["confirmed", "ready", "delivered"] {
        manager.command(json!({"action": "update_status", "status": status}));
    }
    let mut guest = Client::open(&server, &path);
    let state = guest.next_is("order_status");
    assert_eq!(state["data"]["status"], "delivered");
    for at in ["confirmed_at", "ready_at", "delivered_at"] {
        is_time(&state["data"][at]);
    }
    let preparing = server.place.number(&format!(
        "SELECT preparing_at IS NOT NULL FROM orders WHERE id={id}"
    ));
    assert_eq!(preparing, 1, "the times of skipped states are set");
}

#[test]
fn changed_details_and_items_are_told_at_the_order() {
    let server = Server::start();
    let id = new_order(&server);
    let token = server.token("manager");
    let mut guest = Client::open(&server, &format!("/ws/orders/{id}/"));
    let mut items = Client::open(&server, &format!("/ws/orders/{id}/items"));
    let version = guest.next_is("order_status")["data"]["version"].as_i64();
    items.next_is("items_list");

    server
        .rest(
            &token,
            &format!("PATCH /api/v1/orders/{id}"),
            json!({"note": "no onion"}),
        )
        .ok();
    let update = guest.expect("order_update");
    assert_eq!(update["data"]["id"], id);
    assert!(update["data"]["version"].as_i64() > version, "{update}");

    let added = server
        .rest(
            &token,
            &format!("POST /api/v1/orders/{id}/items"),
            json!({"menu_item_id": 2, "quantity": 1}),
        )
        .ok();
    assert!(!added.is_null());
    guest.expect("order_items_update");
    let updated = items.expect("items_updated");
    assert_eq!(list(&updated, "items").len(), 2, "{updated}");
    let now = guest.ask(json!({"action": "get_status"}), "order_status");
    assert_eq!(now["data"]["total_amount"], "195.50");
    assert_eq!(now["data"]["items_count"], 2);
}

/// A list that the original puts at the top and its document into `data`: both, and the same.
#[track_caller]
pub fn list<'a>(frame: &'a Value, name: &str) -> &'a Vec<Value> {
    assert_eq!(frame[name], frame["data"][name], "{frame}");
    frame[name]
        .as_array()
        .unwrap_or_else(|| panic!("no {name}: {frame}"))
}

#[test]
fn the_items_of_an_order() {
    let server = Server::start();
    for path in ["/ws/orders/1/items/", "/ws/orders/1/items"] {
        let mut guest = Client::open(&server, path);
        let first = guest.next_is("items_list");
        assert!(first["seq"].is_u64());
        let answer = guest.ask(json!({"action": "get_items"}), "items_list");
        assert_eq!(list(&answer, "items").len(), 3, "{answer}");
        assert_eq!(list(&first, "items"), list(&answer, "items"));
        for item in list(&answer, "items") {
            has(
                item,
                &["id", "menu_item__name", "price", "quantity", "status"],
            );
            assert!(item["price"].is_string(), "money is exact: {item}");
        }
    }
}

#[test]
fn a_voided_item_counts_no_more_and_a_deleted_order_has_none() {
    let server = Server::start();
    let id = new_order(&server);
    let mut order = Client::open(&server, &format!("/ws/orders/{id}/"));
    let mut items = Client::open(&server, &format!("/ws/orders/{id}/items/"));
    order.next_is("order_status");
    items.next_is("items_list");
    server.shell(&format!(
        "UPDATE order_items SET status='voided' WHERE order_id={id};"
    ));
    order.expect("order_items_update");
    items.expect("items_updated");
    let now = order.ask(json!({"action": "get_status"}), "order_status");
    assert_eq!(now["data"]["items_count"], 0);

    server
        .rest(
            &server.token("admin"),
            &format!("DELETE /api/v1/orders/{id}"),
            Value::Null,
        )
        .ok();
    let gone = order.until(|f| f["data"]["deleted"] == true);
    let gone = gone.last().expect("the end");
    assert_eq!(
        (&gone["type"], &gone["data"]["id"]),
        (&json!("order_update"), &json!(id))
    );
    items.until(|f| f["type"] == "items_updated" && f["data"]["items"] == json!([]));
}

#[test]
fn a_table_is_occupied_and_released() {
    let server = Server::start();
    let table = free_table(&server);
    let mut guest = Client::open(&server, &format!("/ws/tables/{table}/"));
    let mut plain = Client::open(&server, &format!("/ws/tables/{table}"));
    let mut restaurant = Client::open(&server, "/ws/restaurants/2/");
    restaurant.sync();
    let union = [
        "id",
        "number",
        "capacity",
        "table_id",
        "table_number",
        "is_occupied",
        "is_active",
        "zone",
        "restaurant",
        "session",
    ];
    let first = guest.next_is("table_status");
    has(&first["data"], &union);
    assert_eq!(first["data"]["is_occupied"], false);
    assert!(first["data"]["session"].is_null());
    plain.next_is("table_status");

    guest.send(json!({"action": "occupy", "guests_count": 4}));
    for client in [&mut guest, &mut plain] {
        let status = client.expect("table_status");
        let update = client.expect("table_update");
        assert!(
            status["seq"].as_u64() < update["seq"].as_u64(),
            "two events, two numbers"
        );
        for frame in [&status, &update] {
            has(&frame["data"], &union);
            assert_eq!(frame["data"]["table_id"], table);
            assert_eq!(frame["data"]["is_occupied"], true);
            let session = &frame["data"]["session"];
            has(session, &["id", "session_code", "started_at"]);
            assert_eq!(session["guests_count"], 4);
        }
    }
    // the restaurant may hear first that there is such a table at all, which another program has just made
    let says = |frame: &Value, occupied: bool| {
        let data = &frame["data"];
        frame["type"] == "table_update"
            && data["table_id"] == table
            && data["is_occupied"] == occupied
    };
    restaurant.until(|frame| says(frame, true));

    // Somebody else opens it again: the same session.
    let joined = plain.command(json!({"action": "occupy"}));
    assert_eq!(joined["joined"], true, "{joined}");

    plain.send(json!({"action": "release"}));
    let status = guest.expect("table_status");
    assert_eq!(status["data"]["is_occupied"], false, "{status}");
    guest.expect("table_update");
    restaurant.until(|frame| says(frame, false));
    let answer = guest.ask(json!({"action": "get_status"}), "table_status");
    assert_eq!(answer["data"]["is_occupied"], false);
}

#[test]
fn the_demo_s_table_5_has_session_1() {
    let server = Server::start();
    let table = Client::open(&server, "/ws/tables/5/").next_is("table_status");
    assert_eq!(table["data"]["table_number"], "5");
    assert_eq!(table["data"]["zone"], "A");
    assert_eq!(table["data"]["session"]["session_code"], "ABC123");
    let session = Client::open(&server, "/ws/tables/sessions/1/").next_is("session_status");
    assert_eq!(session["data"]["session_code"], "ABC123");
}

#[test]
fn guests_are_counted_and_a_session_closes() {
    let server = Server::start();
    let table = free_table(&server);
    let mut at_table = Client::open(&server, &format!("/ws/tables/{table}/"));
    at_table.next_is("table_status");
    at_table.command(json!({"action": "occupy"}));
    let session = at_table.ask(json!({"action": "get_status"}), "table_status")["data"]["session"]
        ["id"]
        .as_i64()
        .expect("a session");
    let mut guest = Client::open(&server, &format!("/ws/tables/sessions/{session}/"));
    let mut plain = Client::open(&server, &format!("/ws/tables/sessions/{session}"));
    let first = guest.next_is("session_status");
    has(
        &first["data"],
        &[
            "id",
            "session_code",
            "guests_count",
            "started_at",
            "version",
        ],
    );
    plain.next_is("session_status");

    guest.send(json!({"action": "update_guests_count", "guests_count": 4}));
    assert_eq!(guest.expect("session_update")["data"]["guests_count"], 4);
    assert_eq!(plain.expect("session_update")["data"]["guests_count"], 4);
    at_table.until(|f| f["type"] == "table_update" && f["data"]["session"]["guests_count"] == 4);

    plain.send(json!({"action": "close_session"}));
    guest.expect("session_update");
    let free = at_table.until(|f| f["data"]["is_occupied"] == false);
    assert!(free.last().expect("the release")["data"]["session"].is_null());
}
