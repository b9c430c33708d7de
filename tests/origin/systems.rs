//! What other listeners have is on the screens' origin too, and is the same there.

use super::get;
use crate::support::http::request;
use crate::support::socket_io::SocketIo;
use crate::support::{Client, Server, http, token};
use serde_json::{Value, json};

#[test]
fn a_cook_and_a_driver_are_served_on_the_same_port() {
    let server = Server::start();
    let cook = server.token("kitchen");
    let mut kitchen = SocketIo::dial(server.address, "/kitchen/socket.io/", &[]);
    kitchen
        .connect("/", json!({"token": cook}))
        .expect("let in");
    let joined = kitchen.ask(
        "/",
        "join:restaurant",
        &[json!("11111111-1111-1111-1111-111111111111")],
    );
    assert_eq!(joined[0]["success"], true, "{joined:?}");
    let driver = ["--role", "driver", "--id", "901"];
    let driver = token::mint_with(&server.place, &driver);
    let mut offers = SocketIo::dial(server.address, "/driver/socket.io/", &[]);
    offers
        .connect("/orders", json!({"token": driver}))
        .expect("let in");
    offers.emit("/orders", "get-available-orders", &[json!({})]);
    assert_eq!(
        offers.until("/orders", "available-orders").data()["orders"][0]["id"],
        6
    );

    // one change, heard in both vocabularies and in the dining room's
    let mut order = Client::open_as(&server, "/ws/orders/1/", &server.token("manager"));
    order.next_is("order_status");
    let ready = json!({"status": "ready"});
    server
        .rest(&server.token("manager"), "PATCH /api/v1/orders/1", ready)
        .ok();
    assert_eq!(
        kitchen.until("/", "order:status_changed").data()["status"],
        "ready"
    );
    assert_eq!(order.next_is("order_status")["data"]["status"], "ready");
}

#[test]
fn who_has_no_token_is_let_in_nowhere() {
    let server = Server::start();
    let mut kitchen = SocketIo::dial(server.address, "/kitchen/socket.io/", &[]);
    kitchen
        .connect("/", json!({}))
        .expect_err("a token is needed");
    let earnest = server.in_earnest();
    let mut offers = SocketIo::dial(earnest.address, "/driver/socket.io/", &[]);
    // told inside, as the document has it
    offers
        .connect("/orders", json!({"token": "x"}))
        .expect("inside");
    assert_eq!(offers.next("/orders").name, "error");
    offers.is_disconnected("/orders");
    let mut dashboard = Client::dial(earnest.address, "/admin", &[]).expect("a WebSocket");
    dashboard.send(json!({"action": "ping"}));
    assert_eq!(dashboard.closed().0, Some(4401));
    for line in [
        "GET /api/delivery/orders",
        "GET /api/admin/orders",
        "GET /api/v1/orders",
    ] {
        assert_eq!(
            request(earnest.address, line, &[], Value::Null).status,
            401,
            "{line}"
        );
    }
}

#[test]
fn a_manager_has_the_dashboard_and_its_rest_there() {
    let server = Server::start();
    let credentials = json!({"email": "admin@example.com", "password": "admin12345"});
    let login = request(server.address, "POST /api/auth/login", &[], credentials).ok();
    let token = login["token"].as_str().expect("a token");
    let mut dashboard = Client::dial(server.address, &format!("/admin?token={token}"), &[]);
    let dashboard = dashboard.as_mut().expect("a WebSocket");
    dashboard.next_is("connection");
    let orders = server
        .rest(token, "GET /api/admin/orders", Value::Null)
        .ok();
    assert_eq!(orders["success"], true);
    let stats = server.rest(token, "GET /api/admin/websocket/stats", Value::Null);
    assert_eq!(stats.status, 200);
    let done = json!({"status": "ready"});
    server
        .rest(token, "PUT /api/admin/orders/123/status", done)
        .ok();
    let heard = dashboard.next_is("orderStatusUpdate");
    assert_eq!(heard["order"]["id"], 123);
}

#[test]
fn delivery_and_the_documents_are_there_and_the_dining_room_keeps_its_paths() {
    let server = Server::start();
    let customer = ["--role", "customer", "--id", "456"];
    let customer = token::mint_with(&server.place, &customer);
    let order = json!({"restaurantId": 789, "items": [{"menuItemId": 11, "quantity": 1}], "deliveryAddress": "Soi 11"});
    let placed = server.rest(&customer, "POST /api/delivery/orders", order);
    assert_eq!(placed.status, 201, "{placed:?}");
    let page = get(server.address, "GET /api-docs/", &[]);
    assert_eq!(page.status, 200);
    // the dining room's refusals, and not the dashboards'
    let nothing = http::request(server.address, "GET /api/v1/nothing", &[], Value::Null);
    assert_eq!(nothing.body["success"], Value::Null);
    assert_eq!(nothing.refused(404), "NOT_FOUND");
    let nothing = http::request(server.address, "GET /api/nothing", &[], Value::Null);
    assert_eq!(nothing.body["success"], false);
}
