//! The dining room at the wire: a server with the demo restaurant, and plain clients.

use crate::{SCHEMA, demo, registry};
use maitred::{Command, Keys, Known, Routing, Server, Started, StoreConfig};
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;
use tokio_tungstenite::tungstenite::{self, Message as Frame, WebSocket};

const SECRET: &[u8] = b"only for tests, and long enough for a key";

const ROUTING: &str = r#"
[[listener]]
name = "dining"
bind = "127.0.0.1:0"
auth = "optional"
rest = ["dining.api"]
route = [
  { path = "/ws/orders/<order_id>/", consumer = "dining.order" },
  { path = "/ws/orders/<order_id>/items/", consumer = "dining.order_items" },
  { path = "/ws/tables/<table_id>/", consumer = "dining.table" },
  { path = "/ws/tables/sessions/<session_id>/", consumer = "dining.session" },
  { path = "/ws/waiters/<waiter_id>/", consumer = "dining.waiter" },
  { path = "/ws/restaurants/<restaurant_id>/", consumer = "dining.restaurant" },
  { path = "/ws/restaurants/<restaurant_id>/notifications/", consumer = "dining.notifications" },
  { path = "/ws/changes/", consumer = "changes" },
]
"#;

struct House {
    server: Option<Started>,
    at: SocketAddr,
    keys: Keys,
    dir: tempfile::TempDir,
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop();
        }
    }
}

impl House {
    fn open() -> House {
        let dir = tempfile::tempdir().expect("a directory");
        let registry = registry();
        let known = Known {
            consumers: &registry.consumers(),
            rest: &registry.interfaces(),
        };
        let routing = Routing::parse("routing.toml", ROUTING, &known).expect("routing");
        let server = Server::new(routing, registry)
            .shards(2)
            .store(StoreConfig::new(dir.path().join("house.db")), SCHEMA)
            .keys(Keys::hs256(SECRET).expect("a key"))
            .start()
            .expect("a server");
        let store = server.store().expect("a store").clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        runtime
            .block_on(store.write(Command::new(), demo::seed))
            .expect("the demo");
        House {
            at: server.addresses()[0].1,
            server: Some(server),
            keys: Keys::hs256(SECRET).expect("a key"),
            dir,
        }
    }

    fn token(&self, claims: Value) -> String {
        let mut all = json!({"sub": "somebody", "exp": 4_000_000_000_u64});
        for (name, value) in claims.as_object().expect("claims") {
            all[name] = value.clone();
        }
        self.keys.mint(&all).expect("a token")
    }

    /// A client; `""` for nobody in particular.
    fn client(&self, path: &str, token: &str) -> Client {
        let stream = TcpStream::connect(self.at).expect("connect");
        let timeout = Some(Duration::from_secs(5));
        stream.set_read_timeout(timeout).expect("a timeout");
        let token = match token {
            "" => String::new(),
            token => format!(
                "{}token={token}",
                if path.contains('?') { "&" } else { "?" }
            ),
        };
        let url = format!("ws://{}{path}{token}", self.at);
        Client(tungstenite::client(url, stream).expect("a handshake").0)
    }

    /// Another program.
    fn sql(&self, statements: &str) {
        let other = rusqlite::Connection::open(self.dir.path().join("house.db")).expect("open");
        other
            .busy_timeout(Duration::from_secs(5))
            .and_then(|()| other.execute_batch(statements))
            .expect(statements);
    }

    fn http(&self, method: &str, path: &str, token: &str, body: Value) -> (u16, Value) {
        self.keyed(method, path, token, body, None)
    }

    fn keyed(
        &self,
        method: &str,
        path: &str,
        token: &str,
        body: Value,
        key: Option<&str>,
    ) -> (u16, Value) {
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}/api/v1/{path}", self.at));
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .build()
            .new_agent();
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let request = request.body(body).expect("a request");
        let mut answer = agent.run(request).expect("an answer");
        let text = answer.body_mut().read_to_string().expect("text");
        let json = serde_json::from_str(&text).expect(&text);
        (answer.status().as_u16(), json)
    }
}

struct Client(WebSocket<TcpStream>);

impl Client {
    #[track_caller]
    fn next(&mut self) -> Value {
        loop {
            match self.0.read().expect("a frame") {
                Frame::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Frame::Close(close) => panic!("closed: {close:?}"),
                _ => {}
            }
        }
    }

    /// The next frame, which has this type and these members among its data.
    #[track_caller]
    fn hears(&mut self, name: &str, data: Value) -> Value {
        let frame = self.next();
        assert_eq!(frame["type"], name, "{frame}");
        for (key, value) in data.as_object().expect("an object") {
            assert_eq!(&frame["data"][key], value, "{key} in {frame}");
        }
        frame
    }

    fn says(&mut self, frame: Value) {
        self.0.send(Frame::text(frame.to_string())).expect("send");
    }

    /// Says something, and hears this error.
    #[track_caller]
    fn refused(&mut self, frame: Value, code: &str) -> Value {
        self.says(frame);
        let error = self.next();
        assert_eq!(error["code"], code, "{error}");
        assert!(error["error"].is_string(), "{error}");
        error
    }

    /// Nothing was on its way: the answer to a ping is next.
    #[track_caller]
    fn is_quiet(&mut self) {
        self.says(json!({"action": "ping"}));
        let frame = self.next();
        assert_eq!(frame["type"], "pong", "{frame}");
    }

    #[track_caller]
    fn closed(&mut self) -> u16 {
        loop {
            match self.0.read() {
                Ok(Frame::Close(Some(close))) => return close.code.into(),
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn an_order_is_followed_whoever_changes_it() {
    let house = House::open();
    let manager = house.token(json!({"role": "manager", "restaurant_id": 2}));
    let mut order = house.client("/ws/orders/1/", "");
    let mut items = house.client("/ws/orders/1/items", "");
    let mut boss = house.client("/ws/orders/1/", &manager);
    let first = order.hears(
        "order_status",
        json!({"id": 1, "total_amount": "250.00", "items_count": 3, "delivered_at": null}),
    );
    assert!(first["seq"].is_u64(), "{first}");
    let before = first["data"]["status"].clone();
    boss.next();
    let list = items.hears("items_list", json!({"order_id": 1, "items_count": 3}));
    assert_eq!(list["items"], list["data"]["items"]);
    assert!(list["items"][0]["menu_item__name"].is_string());

    order.says(json!({"action": "get_status"}));
    let answer = order.hears("order_status", json!({"id": 1, "status": before}));
    assert!(answer["seq"].is_null() && answer["data"]["as_of"].is_u64());
    items.says(json!({"action": "get_items"}));
    items.hears("items_list", json!({"order_id": 1}));

    order.refused(
        json!({"action": "update_status", "status": "ready"}),
        "UNAUTHENTICATED",
    );
    let unknown = order.refused(json!({"action": "dance"}), "UNKNOWN_ACTION");
    assert!(
        unknown["error"]
            .as_str()
            .expect("text")
            .contains("get_status")
    );
    let invalid = boss.refused(
        json!({"action": "update_status", "status": "burnt"}),
        "INVALID_STATUS",
    );
    assert_eq!(invalid["allowed"][0], "pending");

    for (status, name, shown) in [
        ("pending", "order_status", "pending"),
        ("confirmed", "order_status", "confirmed"),
        ("preparing", "order_update", "confirmed"),
    ] {
        house.sql(&format!(
            "UPDATE orders SET status = '{status}' WHERE id = 1"
        ));
        for socket in [&mut order, &mut boss] {
            socket.hears(name, json!({"status": shown, "canonical_status": status}));
        }
    }
    boss.says(json!({"action": "update_status", "status": "ready", "id": "b1"}));
    order.hears(
        "order_status",
        json!({"status": "ready", "status_display": "Ready"}),
    );
    house.sql("DELETE FROM notifications WHERE order_id = 1; DELETE FROM payments WHERE order_id = 1; DELETE FROM orders WHERE id = 1");
    let gone = loop {
        let frame = order.next();
        if frame["type"] == "order_update" && frame["data"]["deleted"] == true {
            break frame;
        }
    };
    assert_eq!(gone["data"]["id"], 1);
    loop {
        let frame = items.next();
        assert_eq!(frame["type"], "items_updated", "{frame}");
        if frame["items"] == json!([]) {
            break;
        }
    }
}

#[test]
fn tables_are_occupied_and_released() {
    let house = House::open();
    let mut free = house.client("/ws/tables/3/", "");
    free.hears(
        "table_status",
        json!({"id": 3, "table_number": "3", "is_occupied": false, "session": null}),
    );
    let mut restaurant = house.client("/ws/restaurants/2/", "");
    restaurant.says(json!({"action": "get_status"}));
    restaurant.hears("restaurant_status", json!({"restaurant_id": 2}));

    free.says(json!({"action": "occupy", "guests_count": 4, "id": 7}));
    let status = free.hears("table_status", json!({"is_occupied": true}));
    let update = free.hears("table_update", json!({"is_occupied": true, "zone": "A"}));
    let ack = free.hears("ack", json!({"id": "7", "ok": true, "joined": false}));
    assert!(status["seq"].as_u64() < update["seq"].as_u64());
    assert_eq!(update["data"]["session"]["guests_count"], 4);
    let told = restaurant.hears("table_update", json!({"table_id": 3, "is_occupied": true}));
    assert_eq!(told["seq"], update["seq"], "one event");
    free.says(json!({"action": "occupy", "id": 8}));
    free.hears("table_status", json!({"is_occupied": true}));
    free.hears(
        "ack",
        json!({"joined": true, "session_id": ack["data"]["session_id"]}),
    );
    free.refused(
        json!({"action": "occupy", "guests_count": 501}),
        "INVALID_VALUE",
    );

    let path = format!("/ws/tables/sessions/{}/", ack["data"]["session_id"]);
    let guest = house.token(json!({"session_id": ack["data"]["session_id"]}));
    let (mut session, mut phone) = (house.client(&path, ""), house.client(&path, &guest));
    session.hears(
        "session_status",
        json!({"guests_count": 4, "is_active": true}),
    );
    phone.next();
    session.says(json!({"action": "update_guests_count", "guests_count": 5}));
    session.hears("session_update", json!({"guests_count": 5}));
    phone.hears("session_update", json!({"guests_count": 5}));
    free.hears("table_update", json!({"is_occupied": true}));
    phone.refused(json!({"action": "close_session"}), "FORBIDDEN");
    session.says(json!({"action": "close_session"}));
    session.hears("session_update", json!({"is_active": false}));
    phone.hears("session_update", json!({"is_active": false}));
    phone.closed();
    free.hears("table_status", json!({"is_occupied": false}));
    free.hears(
        "table_update",
        json!({"is_occupied": false, "session": null}),
    );
    restaurant.hears("table_update", json!({"is_occupied": false}));
    free.says(json!({"action": "release", "id": 9}));
    free.hears("table_status", json!({"is_occupied": false}));
    free.hears("ack", json!({"already": true}));
    restaurant.is_quiet();

    let mut owing = house.client("/ws/tables/5/", "");
    owing.hears("table_status", json!({"is_occupied": true}));
    let unpaid = owing.refused(json!({"action": "release"}), "UNPAID_ORDERS");
    assert!(unpaid["orders"].is_array(), "{unpaid}");
    owing.refused(
        json!({"action": "release", "force": true, "reason": "late"}),
        "UNAUTHENTICATED",
    );
}

#[test]
fn those_who_serve_hear_what_they_must_know() {
    let house = House::open();
    let manager = house.token(json!({"role": "manager", "restaurant_id": 2}));
    let mia = house.token(json!({"role": "waiter", "waiter_id": 10, "restaurant_id": 2}));
    let mut inbox = house.client("/ws/waiters/10/", &mia);
    let mut noah = house.client("/ws/waiters/11/", "");
    let mut floor = house.client("/ws/restaurants/2/notifications/", "");
    let mut restaurant = house.client("/ws/restaurants/2/", "");
    for socket in [&mut inbox, &mut noah, &mut floor, &mut restaurant] {
        socket.is_quiet();
    }
    inbox.says(json!({"action": "get_tasks"}));
    let list = inbox.hears("tasks_list", json!({"waiter_id": 10}));
    assert_eq!(list["tasks"], list["data"]["tasks"]);

    let new = json!({"restaurant_id": 2, "table_id": 5, "waiter_id": 10, "items": [
        {"menu_item_id": 1, "quantity": 2}, {"menu_item_id": 2}]});
    let (status, order) = house.keyed("POST", "orders", &manager, new.clone(), Some("k1"));
    assert_eq!(
        (status, &order["total_amount"]),
        (201, &json!("195.50")),
        "{order}"
    );
    restaurant.hears(
        "new_order",
        json!({"order_id": order["id"], "table_number": "5", "items_count": 2}),
    );
    let told = inbox.hears(
        "order_notification",
        json!({"order_id": order["id"], "table_number": "5", "message": "New order for table 5"}),
    );
    assert!(told["data"]["notification_id"].is_string());
    floor.hears("order_notification", json!({"items_count": 2}));
    assert_eq!(
        house.keyed("POST", "orders", &manager, new, Some("k1")),
        (201, order.clone())
    );
    let other = json!({"restaurant_id": 2, "items": [{"menu_item_id": 1}]});
    let (status, error) = house.keyed("POST", "orders", &manager, other, Some("k1"));
    assert_eq!(
        (status, &error["code"]),
        (409, &json!("IDEMPOTENCY_CONFLICT"))
    );

    inbox.says(json!({"action": "acknowledge", "notification_id": told["data"]["notification_id"], "id": "a"}));
    inbox.hears("notification_acknowledged", json!({"by": "Mia"}));
    inbox.hears("ack", json!({"already": false, "by": "Mia"}));
    floor.hears("notification_acknowledged", json!({"by": "Mia"}));
    floor.says(json!({"action": "acknowledge", "notification_id": told["data"]["notification_id"].as_str().expect("text").parse::<i64>().expect("a number")}));
    let late = floor.hears("notification_acknowledged", json!({"by": "Mia"}));
    assert!(late["seq"].is_null(), "an answer: {late}");

    let path = |rest: &str| format!("orders/{}/{rest}", order["id"]);
    for ready in ["confirmed", "preparing", "ready"] {
        let (status, answer) = house.http(
            "PATCH",
            &format!("orders/{}", order["id"]),
            &manager,
            json!({"status": ready}),
        );
        assert_eq!(
            (status, &answer["status"]),
            (200, &json!(ready)),
            "{answer}"
        );
    }
    restaurant.hears(
        "order_ready",
        json!({"order_id": order["id"], "status": "ready"}),
    );
    for socket in [&mut inbox, &mut floor] {
        socket.hears("order_notification", json!({"event": "ready"}));
    }
    let (status, paid) = house.http("POST", &path("payments"), &mia, json!({"amount": "100.00"}));
    assert_eq!((status, &paid["balance"]), (201, &json!("95.50")), "{paid}");
    inbox.hears(
        "payment_notification",
        json!({"order_id": order["id"], "amount": "100.00"}),
    );
    floor.hears(
        "payment_notification",
        json!({"payment_id": paid["payment_id"]}),
    );
    let (status, error) = house.http("POST", &path("payments"), &mia, json!({"amount": 100}));
    assert_eq!(
        (status, &error["code"], &error["balance"]),
        (409, &json!("OVERPAYMENT"), &json!("95.50"))
    );
    restaurant.is_quiet();
    house.http(
        "POST",
        &path("payments"),
        &mia,
        json!({"amount": "remaining"}),
    );
    restaurant.hears(
        "payment_completed",
        json!({"order_id": order["id"], "total_amount": "195.50"}),
    );
    for socket in [&mut inbox, &mut floor] {
        socket.hears("payment_notification", json!({"amount": "95.50"}));
    }

    let task = json!({"title": "Water for table 5"});
    assert_eq!(
        house.http("POST", "waiters/10/tasks", &manager, task).0,
        201
    );
    inbox.hears(
        "task_notification",
        json!({"kind": "custom", "message": "Water for table 5"}),
    );
    floor.hears("task_notification", json!({}));
    let fire = json!({"message": "Fire drill"});
    assert_eq!(
        house.http("POST", "restaurants/2/alerts", &manager, fire).0,
        201
    );
    for socket in [&mut inbox, &mut noah, &mut floor] {
        let alert = socket.hears("alert", json!({"message": "Fire drill"}));
        assert_eq!(alert["message"], "Fire drill");
        assert_eq!(alert["priority"], alert["data"]["priority"]);
    }
    assert_eq!(
        house
            .http(
                "POST",
                "restaurants/2/broadcast",
                &manager,
                json!({"message": "Hi"})
            )
            .0,
        201
    );
    restaurant.hears("broadcast", json!({"message": "Hi"}));
    for socket in [&mut inbox, &mut noah, &mut floor, &mut restaurant] {
        socket.is_quiet();
    }
}

#[test]
fn everybody_stays_within_what_is_theirs() {
    let house = House::open();
    let token = |claims| house.token(claims);
    let elsewhere = token(json!({"role": "manager", "restaurant_id": 3}));
    let guest = token(json!({"session_id": 1, "table_id": 5}));
    let mia = token(json!({"role": "waiter", "waiter_id": 10, "restaurant_id": 2}));
    let nobody = token(json!({"role": "manager"}));
    let screen = token(json!({"role": "display", "restaurant_id": 2}));
    for (path, token, code) in [
        ("/ws/orders/999999/", "", 4404),
        ("/ws/orders/1/", &elsewhere, 4403),
        ("/ws/orders/1/", &nobody, 4403),
        ("/ws/orders/1/", &screen, 4403),
        ("/ws/tables/6/", &guest, 4404),
        ("/ws/tables/999/", &guest, 4404),
        ("/ws/waiters/10/", &guest, 4403),
        ("/ws/waiters/11/", &mia, 4403),
        ("/ws/changes/", "", 4401),
        ("/ws/changes/", &mia, 4403),
        ("/ws/changes/?restaurant_id=2", &elsewhere, 4403),
    ] {
        let mut client = house.client(path, token);
        assert!(client.next()["error"].is_string());
        assert_eq!(client.closed(), code, "{path}");
    }
    for path in [
        "/ws/orders/order-1/",
        "/ws/tables/5/",
        "/ws/tables/sessions/1/",
    ] {
        assert!(
            house.client(path, &guest).next()["data"]["id"].is_i64(),
            "{path}"
        );
    }

    // Judged on the rows as they are now.
    let mut inbox = house.client("/ws/waiters/10/", &mia);
    inbox.is_quiet();
    house.sql("UPDATE users SET is_active = 0 WHERE id = 10");
    assert!(inbox.next()["error"].is_string());
    assert_eq!(inbox.closed(), 4401);
}

#[test]
fn the_feed_tells_each_change_once() {
    let house = House::open();
    let manager = house.token(json!({"role": "manager", "restaurant_id": 2}));
    let mut all = house.client("/ws/changes/", &manager);
    let mut orders = house.client("/ws/changes/?entity=order", &manager);
    for feed in [&mut all, &mut orders] {
        feed.is_quiet();
    }
    house.sql(
        "INSERT INTO orders(id, restaurant_id) VALUES (5000, 2); INSERT INTO order_items(order_id, name) VALUES (5000, 'Soup'), (5000, 'Rice');",
    );
    let mut seen = Vec::new();
    for _ in 0..4 {
        let frame = all.hears("change", json!({"restaurant_id": 2, "op": "insert"}));
        seen.push(frame["data"]["entity"].as_str().expect("text").to_owned());
    }
    seen.sort();
    assert_eq!(seen, ["notification", "order", "order_item", "order_item"]);
    orders.hears(
        "change",
        json!({"entity": "order", "id": 5000, "status": "pending"}),
    );
    house.sql("UPDATE orders SET status = 'confirmed' WHERE id = 5000");
    let update = orders.hears(
        "change",
        json!({"op": "update", "version": 2, "status": "confirmed"}),
    );
    assert_eq!(update["data"]["changed"], json!(["status", "confirmed_at"]));
    all.next();
    house.sql(
        "DELETE FROM orders WHERE id = 5000; UPDATE orders SET note = 'x' WHERE restaurant_id = 3;",
    );
    let mut seen: Vec<_> = (0..4)
        .map(|_| all.hears("change", json!({"op": "delete", "restaurant_id": 2})))
        .map(|frame| frame["data"]["entity"].as_str().expect("text").to_owned())
        .collect();
    seen.sort();
    assert_eq!(seen, ["notification", "order", "order_item", "order_item"]);
    all.is_quiet();
}

#[test]
fn http_refuses_what_it_does_not_know() {
    let house = House::open();
    let manager = house.token(json!({"role": "manager", "restaurant_id": 2}));
    let kitchen = house.token(json!({"role": "kitchen", "restaurant_id": 2}));
    for (method, path, token, body, status, code) in [
        ("GET", "nothing", &*manager, json!(null), 404, "NOT_FOUND"),
        (
            "GET",
            "orders/999999",
            &manager,
            json!(null),
            404,
            "NOT_FOUND",
        ),
        (
            "DELETE",
            "tables/5",
            &manager,
            json!(null),
            405,
            "METHOD_NOT_ALLOWED",
        ),
        ("GET", "orders", "", json!(null), 401, "UNAUTHENTICATED"),
        (
            "GET",
            "orders?colour=red",
            &manager,
            json!(null),
            400,
            "INVALID_PARAMETER",
        ),
        (
            "GET",
            "orders?status=burnt",
            &manager,
            json!(null),
            422,
            "INVALID_STATUS",
        ),
        (
            "GET",
            "tables?restaurant_id=3",
            &manager,
            json!(null),
            403,
            "FORBIDDEN",
        ),
        (
            "POST",
            "orders",
            &manager,
            json!({"restaurant_id": 2, "items": [], "colour": "red"}),
            400,
            "INVALID_BODY",
        ),
        (
            "POST",
            "orders",
            &kitchen,
            json!({"restaurant_id": 2, "items": []}),
            403,
            "FORBIDDEN",
        ),
        (
            "PATCH",
            "orders/1",
            &manager,
            json!({}),
            422,
            "INVALID_VALUE",
        ),
        (
            "POST",
            "orders/1/payments",
            &manager,
            json!({"amount": "1.234"}),
            422,
            "INVALID_AMOUNT",
        ),
        (
            "DELETE",
            "orders/1",
            &kitchen,
            json!(null),
            403,
            "FORBIDDEN",
        ),
        ("GET", "orders/1/items", &kitchen, json!([1]), 200, ""),
    ] {
        let (got, answer) = house.http(method, path, token, body);
        assert_eq!(got, status, "{method} {path}: {answer}");
        assert_eq!(
            answer["code"].as_str().unwrap_or(""),
            code,
            "{method} {path}"
        );
    }
    for path in [
        "orders?limit=2",
        "tables",
        "sessions",
        "waiters",
        "tasks?live=true",
        "notifications?open=true",
        "menu",
    ] {
        let (status, list) = house.http("GET", path, &manager, json!(null));
        assert_eq!(status, 200, "{path}: {list}");
        assert!(
            list["items"].is_array() && list["total"].is_i64(),
            "{path}: {list}"
        );
    }
    let mut ids = Vec::new();
    let mut path = "orders?limit=2".to_owned();
    loop {
        let (_, page) = house.http("GET", &path, &manager, json!(null));
        ids.extend(
            page["items"]
                .as_array()
                .expect("items")
                .iter()
                .map(|order| order["id"].as_i64()),
        );
        match page["next"].as_i64() {
            Some(next) => path = format!("orders?limit=2&before={next}"),
            None => break assert_eq!(ids.len() as i64, page["total"].as_i64().expect("a number")),
        }
    }
    let (status, line) = house.http(
        "POST",
        "orders/1/items",
        &manager,
        json!({"name": "Cake", "price": "12.50", "quantity": 2}),
    );
    assert_eq!(status, 201, "{line}");
    let (status, order) = house.http(
        "PATCH",
        "orders/1",
        &manager,
        json!({"table_id": 3, "note": "quiet corner", "eta_at": "2030-01-01T00:00:00Z"}),
    );
    assert_eq!(
        (status, &order["table_number"], &order["eta_at"]),
        (200, &json!("3"), &json!("2030-01-01T00:00:00Z")),
        "{order}"
    );
}
