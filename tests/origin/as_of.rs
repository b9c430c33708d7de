//! Acknowledgements say as of which event a command was done, and a `pong` how far a connection has been told.

use crate::support::http::request;
use crate::support::socket_io::SocketIo;
use crate::support::{Client, Server};
use serde_json::{Value, json};

/// The number in the header of a write's answer.
fn as_of(server: &Server, token: &str, key: &str, line: &str, body: Value) -> (u64, Value) {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", &*bearer), ("Idempotency-Key", key)];
    let answer = request(server.address, line, &headers, body);
    let number = answer.header("as-of").and_then(|text| text.parse().ok());
    (number.expect("As-Of"), answer.ok())
}

fn head(server: &Server) -> u64 {
    let head = server.place.number("SELECT max(seq) FROM event_log");
    u64::try_from(head).expect("a number")
}

#[test]
fn a_raw_acknowledgement_is_as_of_its_own_events_and_says_so_again() {
    let server = Server::start();
    let manager = server.token("manager");
    let mut table = Client::open_as(&server, "/ws/tables/7/", &manager);
    table.next_is("table_status");
    let occupy = json!({"action": "occupy", "guests_count": 2, "id": "tap"});
    table.send(occupy.clone());
    table.next_is("table_status");
    table.next_is("table_update");
    let ack = table.next_is("ack")["data"].clone();
    let first = ack["as_of"].as_u64().expect("as_of");
    assert!(first >= table.seq, "{ack}");
    assert_eq!(first, head(&server));
    // others go on, and the repetition says what the first one said
    let order =
        json!({"restaurant_id": 2, "table_id": 7, "items": [{"menu_item_id": 1, "quantity": 1}]});
    server.rest(&manager, "POST /api/v1/orders", order).ok();
    assert!(head(&server) > first);
    table.send(occupy);
    let again = table.next_is("ack")["data"].clone();
    assert_eq!(again["as_of"], first, "{again}");
    // what reads, and what is refused, has done nothing
    table.send(json!({"action": "get_status", "id": "look"}));
    table.next_is("table_status");
    assert_eq!(table.next_is("ack")["data"].get("as_of"), None);
    table.send(json!({"action": "ping", "id": "ping"}));
    table.next_is("pong");
    assert_eq!(table.next_is("ack")["data"].get("as_of"), None);
}

#[test]
fn a_write_over_http_is_as_of_its_own_events_also_after_a_crash() {
    let mut server = Server::start();
    let manager = server.token("manager");
    let body =
        json!({"restaurant_id": 2, "table_id": 5, "items": [{"menu_item_id": 1, "quantity": 2}]});
    let (first, order) = as_of(
        &server,
        &manager,
        "k-1",
        "POST /api/v1/orders",
        body.clone(),
    );
    assert_eq!(first, head(&server));
    let path = format!("PATCH /api/v1/orders/{}", order["id"]);
    let (second, _) = as_of(
        &server,
        &manager,
        "k-2",
        &path,
        json!({"status": "confirmed"}),
    );
    assert!(second > first);
    let (again, same) = as_of(
        &server,
        &manager,
        "k-1",
        "POST /api/v1/orders",
        body.clone(),
    );
    assert_eq!((again, &same["id"]), (first, &order["id"]));
    server.kill();
    server.restart();
    let (again, same) = as_of(&server, &manager, "k-1", "POST /api/v1/orders", body);
    assert_eq!((again, &same["id"]), (first, &order["id"]));
    // nothing was changed: as of what there is
    let (idle, _) = as_of(
        &server,
        &manager,
        "k-3",
        &path,
        json!({"status": "confirmed"}),
    );
    assert!(idle >= second && idle <= head(&server));
    let read = server.rest(&manager, "GET /api/v1/orders/1", Value::Null);
    assert_eq!((read.status, read.header("as-of")), (200, None));
    let refused = server.rest(&manager, &path, json!({"status": "nonsense"}));
    assert_eq!((refused.status, refused.header("as-of")), (422, None));
}

#[test]
fn every_service_says_it() {
    let mut server = Server::start();
    let manager = server.token("manager");
    let admin = server.token("admin");
    let args = ["--role", "manager", "--id", "32", "--restaurant", "789"];
    let nok = crate::support::token::mint_with(&server.place, &args);
    let (kitchen, timing) = (server.listening("kitchen"), server.listening("timing"));
    for (address, token, line, body) in [
        (
            kitchen,
            &manager,
            "PATCH /api/v1/orders/order-123",
            json!({"status": "preparing"}),
        ),
        (
            timing,
            &admin,
            "PUT /api/admin/orders/1/status",
            json!({"status": "ready"}),
        ),
        (
            server.address,
            &nok,
            "PATCH /api/delivery/orders/6",
            json!({"driverId": 901}),
        ),
    ] {
        let bearer = format!("Bearer {token}");
        let answer = request(address, line, &[("Authorization", &bearer)], body);
        let number: u64 = answer
            .header("as-of")
            .and_then(|n| n.parse().ok())
            .expect(line);
        assert_eq!(number, head(&server), "{line}");
        answer.ok();
    }
}

#[test]
fn a_page_elsewhere_may_read_the_number() {
    let server = Server::start();
    let bearer = format!("Bearer {}", server.token("manager"));
    let headers = [
        ("Authorization", &*bearer),
        ("Origin", "http://localhost:5173"),
    ];
    let body = json!({"status": "ready"});
    let answer = request(server.address, "PATCH /api/v1/orders/1", &headers, body);
    let readable = answer
        .header("access-control-expose-headers")
        .expect("named");
    assert!(readable.contains("as-of"), "{readable}");
}

#[test]
fn a_callback_of_socket_io_says_it() {
    let server = Server::start();
    let cook = server.token("kitchen");
    let mut kitchen = SocketIo::dial(server.address, "/kitchen/socket.io/", &[]);
    kitchen
        .connect("/", json!({"token": cook, "batch": true}))
        .expect("let in");
    let joined = kitchen.ask("/", "join:restaurant", &[json!("2")]);
    assert_eq!(joined[0].get("as_of"), None, "nothing was written");
    let update = json!({"orderId": "order-123", "status": "preparing"});
    let done = kitchen.ask("/", "order:update_status", &[update]);
    let number = done[0]["as_of"].as_u64().expect("as_of");
    assert_eq!(number, head(&server));
    // a batch of a tenth of a second is not waited for: what was heard comes before the answer
    let pong = kitchen.ask("/", "ping", &[]);
    assert!(pong[0]["as_of"].as_u64() >= Some(number), "{pong:?}");
    assert!(pong[0]["serverTime"].is_i64());
    let heard = kitchen.take_heard("/");
    let batched = heard
        .iter()
        .filter(|told| told.name == "orders:batch_update");
    let offsets: Vec<_> = batched.filter_map(|told| told.offset).collect();
    assert!(offsets.iter().any(|offset| *offset <= number), "{heard:?}");

    let token = ["--role", "driver", "--id", "901"];
    let token = crate::support::token::mint_with(&server.place, &token);
    let mut driver = SocketIo::dial(server.address, "/driver/socket.io/", &[]);
    driver
        .connect("/orders", json!({"token": token}))
        .expect("let in");
    let taken = driver.ask("/orders", "accept-order", &[json!({"orderId": 6})]);
    let number = taken[0]["as_of"].as_u64().expect("as_of");
    assert_eq!(number, head(&server));
    let pong = driver.ask("/orders", "ping", &[]);
    assert!(pong[0]["as_of"].as_u64() >= Some(number), "{pong:?}");
}

/// What a page does that has written by REST: it asks its socket, and knows at the answer that it has heard everything.
#[test]
fn a_pong_comes_after_all_that_it_claims() {
    let server = Server::with(&["--shards", "4"]);
    let manager = server.token("manager");
    let mut others: Vec<Client> = Vec::new();
    // connections land on any of the shards, and the write on one of them
    for _ in 0..8 {
        let mut client = Client::open_as(&server, "/ws/orders/1/", &manager);
        client.next_is("order_status");
        others.push(client);
    }
    for (n, status) in ["ready", "delivered", "completed"].into_iter().enumerate() {
        let key = format!("k-{n}");
        let body = json!({"status": status});
        let (number, _) = as_of(&server, &manager, &key, "PATCH /api/v1/orders/1", body);
        for client in &mut others {
            let mut heard = Vec::new();
            loop {
                client.send(json!({"action": "ping"}));
                let told = loop {
                    let frame = client.next();
                    match frame["type"] == "pong" {
                        true => break frame["data"]["as_of"].as_u64().expect("as_of"),
                        false => heard.push(frame),
                    }
                };
                if told >= number {
                    break;
                }
            }
            let statuses: Vec<_> = heard
                .iter()
                .map(|frame| &frame["data"]["canonical_status"])
                .collect();
            assert!(statuses.contains(&&json!(status)), "{status}: {heard:#?}");
        }
    }
}
