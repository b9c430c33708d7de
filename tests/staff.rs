//! The dining room's document for waiters and for the whole restaurant, and the rules that protect a table: who is told what, and what happens once.

use crate::dining::{entity, free_table, has, list, new_order};
use crate::support::{Client, Server, http};
use serde_json::{Value, json};

#[test]
fn a_new_order_is_told_to_the_restaurant_and_to_its_waiter() {
    let server = Server::start();
    let mut restaurant = Client::open(&server, "/ws/restaurants/2/");
    let mut staff = Client::open(&server, "/ws/restaurants/2/notifications/");
    let mut waiter = Client::open(&server, "/ws/waiters/10/");
    let mut plain = [
        Client::open(&server, "/ws/restaurants/2"),
        Client::open(&server, "/ws/restaurants/2/notifications"),
        Client::open(&server, "/ws/waiters/10"),
    ];
    for client in [&mut restaurant, &mut staff, &mut waiter] {
        assert_eq!(
            client.sync(),
            Vec::<Value>::new(),
            "no first frame is documented here"
        );
    }
    for client in &mut plain {
        client.sync();
    }
    let id = new_order(&server);
    let [r, n, w] = &mut plain;
    for client in [&mut restaurant, r] {
        let told = client.expect("new_order");
        has(
            &told["data"],
            &["table_number", "items_count", "total_amount"],
        );
        assert_eq!(told["data"]["order_id"], id);
        assert_eq!(told["data"]["total_amount"], "160.00");
    }
    for client in [&mut staff, &mut waiter, n, w] {
        let told = client.expect("order_notification");
        assert_eq!(told["data"]["order_id"], id);
        assert_eq!(told["data"]["table_number"], "5");
        has(
            &told["data"],
            &["items_count", "message", "notification_id"],
        );
        assert!(told["data"]["notification_id"].is_string());
    }
}

#[test]
fn ready_and_paid_are_told_to_the_restaurant_and_to_its_waiter() {
    let server = Server::start();
    let id = new_order(&server);
    let mut restaurant = Client::open(&server, "/ws/restaurants/2/");
    let mut staff = Client::open(&server, "/ws/restaurants/2/notifications/");
    let mut waiter = Client::open(&server, "/ws/waiters/10/");
    for client in [&mut restaurant, &mut staff, &mut waiter] {
        client.sync();
    }
    let token = server.token("manager");
    let mut manager = Client::open_as(&server, &format!("/ws/orders/{id}/"), &token);
    manager.command(json!({"action": "update_status", "status": "confirmed"}));
    manager.command(json!({"action": "update_status", "status": "ready"}));
    assert_eq!(restaurant.expect("order_ready")["data"]["order_id"], id);
    for client in [&mut staff, &mut waiter] {
        let told = client.expect("order_notification");
        assert_eq!(told["data"]["order_id"], id, "{told}");
    }
    let pay = format!("POST /api/v1/orders/{id}/payments");
    server.rest(&token, &pay, json!({"amount": "60.00"})).ok();
    for client in [&mut staff, &mut waiter] {
        let told = client.expect("payment_notification");
        has(
            &told["data"],
            &["payment_id", "table_number", "notification_id"],
        );
        assert_eq!(told["data"]["order_id"], id);
        assert_eq!(told["data"]["amount"], "60.00");
    }
    server.rest(&token, &pay, json!({"amount": "100.00"})).ok();
    // The first payment completed nothing, or this would not be the first one heard.
    let told = restaurant.expect("payment_completed");
    assert_eq!(told["data"]["order_id"], id);
    let code = server
        .rest(&token, &pay, json!({"amount": "0.01"}))
        .refused(409);
    assert!(!code.is_empty());
}

#[test]
fn tasks_alerts_and_broadcasts() {
    let server = Server::start();
    let token = server.token("manager");
    let mut restaurant = Client::open(&server, "/ws/restaurants/2/");
    let mut staff = Client::open(&server, "/ws/restaurants/2/notifications/");
    let mut waiter = Client::open(&server, "/ws/waiters/10/");
    for client in [&mut restaurant, &mut staff, &mut waiter] {
        client.sync();
    }
    let task = server
        .rest(
            &token,
            "POST /api/v1/waiters/10/tasks",
            json!({"title": "Lay table 7"}),
        )
        .ok();
    let task = entity(&task)["id"].as_i64();
    for client in [&mut staff, &mut waiter] {
        let told = client.expect("task_notification");
        assert_eq!(told["data"]["task_id"].as_i64(), task, "{told}");
        has(
            &told["data"],
            &["kind", "message", "priority", "notification_id"],
        );
    }
    let tasks = waiter.ask(json!({"action": "get_tasks"}), "tasks_list");
    assert!(
        list(&tasks, "tasks")
            .iter()
            .any(|t| t["title"] == "Lay table 7"),
        "{tasks}"
    );

    let alert = json!({"message": "Table 9 is waiting", "waiter_id": 10});
    server
        .rest(&token, "POST /api/v1/restaurants/2/alerts", alert)
        .ok();
    for client in [&mut staff, &mut waiter] {
        let told = client.expect("alert");
        assert_eq!(told["data"]["message"], "Table 9 is waiting");
        assert_eq!(
            told["message"], "Table 9 is waiting",
            "the original puts it at the top"
        );
        assert_eq!(told["priority"], told["data"]["priority"]);
        has(&told["data"], &["priority", "notification_id"]);
    }

    let broadcast = json!({"message": "Kitchen closes at ten"});
    server
        .rest(&token, "POST /api/v1/restaurants/2/broadcast", broadcast)
        .ok();
    let told = restaurant.expect("broadcast");
    assert_eq!(told["data"]["message"], "Kitchen closes at ten");
    restaurant.ask(json!({"action": "get_status"}), "restaurant_status");
}

#[test]
fn the_first_acknowledgement_wins_and_the_second_is_told_by_whom() {
    let server = Server::start();
    let mut mine = Client::open_as(&server, "/ws/waiters/10/", &server.token("waiter"));
    mine.sync();
    new_order(&server);
    let told = mine.expect("order_notification");
    let id = told["data"]["notification_id"]
        .as_str()
        .expect("a string")
        .to_owned();
    let first = mine.command(json!({"action": "acknowledge", "notification_id": id}));
    assert_ne!(first["already"], true, "{first}");
    let mut other = Client::open_as(&server, "/ws/waiters/10/", &server.token("manager"));
    // An integer names it as well.
    let id: i64 = id.parse().expect("a number in a string");
    let second = other.command(json!({"action": "acknowledge", "notification_id": id}));
    assert_eq!(second["already"], true, "{second}");
    let name = server
        .place
        .foreign()
        .query_row("SELECT name FROM users WHERE id=10", [], |r| {
            r.get::<_, String>(0)
        })
        .expect("waiter 10");
    assert_eq!(second["by"], name, "{second}");
}

#[test]
fn a_table_with_unpaid_orders_is_released_by_a_manager_with_a_reason_only() {
    let server = Server::start();
    let table = free_table(&server);
    let path = format!("/ws/tables/{table}/");
    let mut guest = Client::open(&server, &path);
    guest.command(json!({"action": "occupy"}));
    let token = server.token("manager");
    let order = json!({"restaurant_id": 2, "table_id": table,
                       "items": [{"menu_item_id": 2, "quantity": 1}]});
    server.rest(&token, "POST /api/v1/orders", order).ok();
    assert_eq!(guest.refused(r#"{"action":"release"}"#), "UNPAID_ORDERS");
    // What a guest may not force, and what a manager must explain.
    let forced = r#"{"action":"release","force":true,"reason":"guests left"}"#;
    guest.refused(forced);
    let mut manager = Client::open_as(&server, &path, &token);
    manager.next_is("table_status");
    manager.refused(r#"{"action":"release","force":true}"#);
    manager.command(json!({"action": "release", "force": true, "reason": "guests left"}));
    guest.until(|f| f["data"]["is_occupied"] == false);
    assert_eq!(
        server
            .place
            .number("SELECT count(*) FROM audit WHERE reason='guests left'"),
        1
    );
}

#[test]
fn a_command_with_an_id_happens_once() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let mut manager = Client::open_as(&server, &path, &server.token("manager"));
    manager.next_is("order_status");
    let frame = json!({"action": "update_status", "status": "confirmed", "id": "press-1"});
    for _ in 0..2 {
        manager.send(frame.clone());
        let ack = manager
            .until(|f| f["type"] == "ack")
            .pop()
            .expect("an answer");
        assert_eq!(
            (&ack["data"]["id"], &ack["data"]["ok"]),
            (&json!("press-1"), &json!(true))
        );
    }
    // The same id for another command is a mistake, not a command.
    assert!(
        !manager
            .refused(r#"{"action":"update_status","status":"ready","id":"press-1"}"#)
            .is_empty()
    );
    let token = server.token("manager");
    let bearer = format!("Bearer {token}");
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Idempotency-Key", "press-2"),
    ];
    let body = json!({"restaurant_id": 2, "items": [{"menu_item_id": 1, "quantity": 1}]});
    let send = || {
        let answer = crate::support::http::request(
            server.address,
            "POST /api/v1/orders",
            &headers,
            body.clone(),
        );
        entity(&answer.ok())["id"].as_i64()
    };
    assert_eq!(send(), send(), "one order, told twice");
}

#[test]
fn a_visit_goes_along_when_its_order_moves_to_a_free_table() {
    let mut server = Server::start();
    let kitchen = server.listening("kitchen");
    let token = server.token("manager");
    let tables = [free_table(&server), free_table(&server)];
    let [mut here, mut there] =
        tables.map(|id| Client::open_as(&server, &format!("/ws/tables/{id}/"), &token));
    let seated = here.command(json!({"action": "occupy", "guests_count": 3}));
    let place = || {
        let body = json!({"restaurant_id": 2, "table_id": tables[0], "items": [{"menu_item_id": 1, "quantity": 2}]});
        entity(&server.rest(&token, "POST /api/v1/orders", body).ok()).clone()
    };
    let (order, other) = (place(), place());
    assert_eq!(order["session_id"], seated["session_id"]);

    let patch = format!("PATCH /api/v1/orders/{}", order["id"]);
    let moved = server
        .rest(&token, &patch, json!({"table_id": tables[1]}))
        .ok();
    let moved = entity(&moved);
    assert_eq!(
        (&moved["table_id"], &moved["session_id"]),
        (&json!(tables[1]), &seated["session_id"])
    );
    here.until(|f| f["type"] == "table_status" && f["data"]["is_occupied"] == false);
    let told = there.until(|f| f["type"] == "table_status" && f["data"]["is_occupied"] == true);
    let session = &told.last().expect("an event")["data"]["session"];
    assert_eq!(session["guests_count"], 3, "{session}");
    let read = format!("GET /api/v1/orders/{}", other["id"]);
    let other = server.rest(&token, &read, Value::Null).ok();
    assert_eq!(entity(&other)["table_id"], json!(tables[1]), "all of them");

    // The next party owes nothing of it.
    here.command(json!({"action": "occupy"}));
    here.command(json!({"action": "release"}));
    // Back again, in the kitchen's words.
    let number = |id: i64| {
        let sql = format!("SELECT number FROM tables WHERE id = {id}");
        let db = server.place.foreign();
        db.query_row(&sql, [], |row| row.get::<_, String>(0))
            .expect("a number")
    };
    let bearer = format!("Bearer {token}");
    let back = json!({"tableNumber": number(tables[0])});
    http::request(kitchen, &patch, &[("Authorization", &bearer)], back).ok();
    there.until(|f| f["type"] == "table_status" && f["data"]["is_occupied"] == false);
    let owes = here.refused(r#"{"action":"release"}"#);
    assert_eq!(owes, "UNPAID_ORDERS");
}
