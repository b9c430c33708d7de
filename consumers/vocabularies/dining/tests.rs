//! The dining room at the wire: a server with the demo restaurant, and plain clients.

#[allow(dead_code)] // others use the rest of it
#[path = "../../../tests/support/patience.rs"]
mod patience;

use crate::{SCHEMA, demo, registry};
use maitred::{Command, Keys, Server, Started, StoreConfig};
use serde_json::{Value, json};
use std::net::{SocketAddr, TcpStream};
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
    runtime: tokio::runtime::Runtime,
    _dir: tempfile::TempDir,
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
        let routing = registry.routing("routing.toml", ROUTING).expect("routing");
        let server = Server::new(routing, registry)
            .shards(2)
            .store(StoreConfig::new(dir.path().join("house.db")), SCHEMA)
            .keys(Keys::hs256(SECRET).expect("a key"))
            .start()
            .expect("a server");
        let store = server.store().expect("a store").clone();
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let runtime = runtime.expect("a runtime");
        runtime
            .block_on(store.write(Command::new(), demo::seed))
            .expect("the demo");
        House {
            at: server.addresses()[0].1,
            server: Some(server),
            keys: Keys::hs256(SECRET).expect("a key"),
            runtime,
            _dir: dir,
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
        stream
            .set_read_timeout(Some(patience::PATIENCE))
            .expect("a deadline");
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

    /// Somebody who asks neither a consumer nor the domain.
    fn sql(&self, statements: &'static [&'static str]) {
        let store = self.server.as_ref().and_then(Started::store).cloned();
        let store = store.expect("a store");
        let run = store.write(Command::new(), move |tx| {
            for statement in statements {
                tx.execute(statement, &[])?;
            }
            Ok(())
        });
        self.runtime.block_on(run).expect("rows");
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
        // The change feed is flat.
        let within = if name == "change" {
            &frame
        } else {
            &frame["data"]
        };
        for (key, value) in data.as_object().expect("an object") {
            assert_eq!(&within[key], value, "{key} in {frame}");
        }
        frame
    }

    fn says(&mut self, frame: Value) {
        self.0.send(Frame::text(frame.to_string())).expect("send");
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
    house.sql(&["UPDATE users SET is_active = 0 WHERE id = 10"]);
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
    house.sql(&[
        "INSERT INTO orders(id, restaurant_id) VALUES (5000, 2)",
        "INSERT INTO order_items(order_id, name) VALUES (5000, 'Soup'), (5000, 'Rice')",
    ]);
    let mut seen = Vec::new();
    for _ in 0..4 {
        let frame = all.hears("change", json!({"restaurant_id": 2, "op": "insert"}));
        seen.push(frame["entity"].as_str().expect("text").to_owned());
    }
    seen.sort();
    assert_eq!(seen, ["notification", "order", "order_item", "order_item"]);
    orders.hears(
        "change",
        json!({"entity": "order", "id": 5000, "status": "pending"}),
    );
    house.sql(&["UPDATE orders SET status = 'confirmed' WHERE id = 5000"]);
    let update = orders.hears(
        "change",
        json!({"op": "update", "version": 2, "status": "confirmed"}),
    );
    assert_eq!(update["changed"], json!(["status", "confirmed_at"]));
    all.next();
    house.sql(&[
        "DELETE FROM orders WHERE id = 5000",
        "UPDATE orders SET note = 'x' WHERE restaurant_id = 3",
    ]);
    let mut seen: Vec<_> = (0..4)
        .map(|_| all.hears("change", json!({"op": "delete", "restaurant_id": 2})))
        .map(|frame| frame["entity"].as_str().expect("text").to_owned())
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
