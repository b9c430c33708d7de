//! Who is at the other end: true and false tokens, every way that they travel, what they allow and when they end.

use crate::dining::new_order;
use crate::support::{Client, Place, Server, token};
use serde_json::{Value, json};

#[test]
fn false_tokens_are_refused_wherever_they_travel() {
    let server = Server::start();
    let good = token::claims(&server.place, 3600);
    let mut other = good.clone();
    other["role"] = json!("admin");
    let spliced = {
        // The signature of one token under the claims of another.
        let (a, b) = (token::signed(&good), token::forged(&other));
        let claims = b.split('.').nth(1).expect("three parts").to_owned();
        let parts: Vec<&str> = a.split('.').collect();
        format!("{}.{claims}.{}", parts[0], parts[2])
    };
    let mut endless = good.clone();
    endless.as_object_mut().expect("an object").remove("exp");
    let bad = [
        (
            "expired",
            token::signed(&token::claims(&server.place, -120)),
        ),
        ("forged", token::forged(&good)),
        ("alg none", token::unsigned(&good)),
        ("another algorithm", token::other_algorithm(&good)),
        ("spliced", spliced),
        ("no end", token::signed(&endless)),
        ("no token at all", "x".to_owned()),
    ];
    for (what, bad) in &bad {
        let bearer = format!("Bearer {bad}");
        let ways = [
            (
                "header",
                Client::dial(
                    server.address,
                    "/ws/orders/1/",
                    &[("authorization", &bearer)],
                ),
            ),
            (
                "query",
                Client::dial(server.address, &format!("/ws/orders/1/?token={bad}"), &[]),
            ),
        ];
        for (way, client) in ways {
            let mut client =
                client.unwrap_or_else(|s| panic!("{what} by {way}: {s} before the upgrade"));
            let (close, code) = client.closed();
            assert_eq!(close, Some(4401), "{what} by {way}: {code:?}");
            assert!(code.is_some(), "{what} by {way}: told before it is closed");
        }
        let answer = server.rest(bad, "GET /api/v1/orders/1", Value::Null);
        assert!(!answer.refused(401).is_empty());
    }
    assert!(
        !server.log().contains(&bad[1].1),
        "a token never reaches the log"
    );
}

#[test]
fn a_good_token_may_travel_by_header_query_subprotocol_and_frame() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let token = server.token("manager");
    let protocol = [("sec-websocket-protocol", format!("bearer, {token}"))];
    let protocol = protocol
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let mut later = Client::open(&server, &path);
    later.next_is("order_status");
    let told = later.ask(
        json!({"action": "authenticate", "token": token}),
        "authenticated",
    );
    assert!(told["data"]["expires_at_ms"].is_i64(), "{told}");
    let clients = [
        ("header", Client::open_as(&server, &path, &token)),
        (
            "query",
            Client::open(&server, &format!("{path}?token={token}")),
        ),
        (
            "subprotocol",
            Client::dial(server.address, &path, &protocol).expect("the subprotocol is answered"),
        ),
        ("frame", later),
    ];
    for (way, mut client) in clients {
        let ack = client.command(json!({"action": "update_status", "status": "confirmed"}));
        assert_eq!(ack["ok"], true, "{way}");
    }
    assert!(
        !server.log().contains(&token),
        "a token never reaches the log"
    );
}

#[test]
fn who_may_do_what() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let set = r#"{"action":"update_status","status":"confirmed"}"#;
    let mut guest = Client::open(&server, &path);
    assert_eq!(guest.next_is("order_status")["data"]["status"], "pending");
    guest.refused(set);
    let mut waiter = Client::open_as(&server, &path, &server.token("waiter"));
    waiter.refused(set);
    // Another restaurant's manager: not even that the order exists.
    let sql = "INSERT INTO users(restaurant_id, role, name) VALUES (789, 'manager', 'Stranger') RETURNING id";
    let db = server.place.foreign();
    let id_789 = db
        .query_row(sql, [], |row| row.get::<_, i64>(0))
        .expect("a user");
    let id_789 = id_789.to_string();
    let args = [
        "--role",
        "manager",
        "--id",
        &id_789,
        "--restaurant",
        "789",
        "--ttl",
        "1h",
    ];
    let stranger = token::mint_with(&server.place, &args);
    for path in [
        path.as_str(),
        "/ws/restaurants/2/",
        "/ws/tables/5/",
        "/ws/waiters/10/",
    ] {
        let (close, _) = Client::open_as(&server, path, &stranger).closed();
        assert!(matches!(close, Some(4403 | 4404)), "{path}: {close:?}");
    }
    let get = format!("GET /api/v1/orders/{id}");
    let status = server.rest(&stranger, &get, Value::Null).status;
    assert!(matches!(status, 403 | 404), "{status}");
    // Nobody heard of it, nothing happened.
    assert_eq!(
        guest.ask(json!({"action": "get_status"}), "order_status")["data"]["status"],
        "pending"
    );
}

#[test]
fn an_open_socket_ends_with_its_token_unless_it_is_refreshed() {
    let server = Server::start();
    let new = server.token("manager");
    // Long enough for two handshakes and a refresh on a busy machine; the test takes as long.
    let token = token::signed(&token::claims(&server.place, 10));
    let mut ends = Client::open_as(&server, "/ws/orders/1/", &token);
    let mut stays = Client::open_as(&server, "/ws/orders/1/", &token);
    for client in [&mut ends, &mut stays] {
        client.next_is("order_status");
        client.next_is("auth:expiring");
    }
    stays.ask(
        json!({"action": "authenticate", "token": new}),
        "authenticated",
    );
    let (close, code) = ends.closed();
    assert_eq!(close, Some(4401));
    assert_eq!(code.as_deref(), Some("TOKEN_EXPIRED"));
    stays.command(json!({"action": "update_status", "status": "cancelled"}));
}

#[test]
fn without_demo_and_without_a_key_the_server_does_not_start() {
    let place = Place::new();
    let output = place
        .maitred(&["serve", "--database"])
        .arg(place.database())
        .arg("--routing")
        .arg(place.file("routing.toml"))
        .env_remove("MAITRED_JWT_SECRET")
        .output()
        .expect("maitred runs");
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("MAITRED_JWT_SECRET"),
        "it says how to make one: {said}"
    );
}

#[test]
fn a_guest_hears_nothing_of_what_was_before_their_visit() {
    let server = Server::start();
    let table = crate::dining::free_table(&server);
    let path = format!("/ws/tables/{table}/");
    let boss = server.token("manager");
    let mut staff = Client::open_as(&server, &path, &boss);
    let before = staff.next_is("table_status")["seq"]
        .as_u64()
        .expect("a number");
    staff.send(json!({"action": "occupy", "guests_count": 3}));
    staff.expect("table_update");
    staff.send(json!({"action": "release"}));
    staff.expect("table_update");
    let between = staff.seq;
    staff.send(json!({"action": "occupy", "guests_count": 2}));
    let begun = staff.expect("table_status");
    let updated = staff.expect("table_update");

    let visit = server.place.number(&format!(
        "SELECT id FROM table_sessions WHERE table_id = {table} AND closed_at IS NULL"
    ));
    let mut claims = token::claims(&server.place, 3600);
    claims["role"] = json!("customer");
    claims["sub"] = json!(format!("guest-of-{visit}"));
    claims["session_id"] = json!(visit);
    let guest = token::signed(&claims);
    // Whatever number they come with, staff hear everything, and guests what their own visit made.
    for since in [0, before, between] {
        let path = format!("{path}?since={since}");
        let mut back = Client::open_as(&server, &path, &guest);
        assert_eq!(back.next(), begun, "since={since}");
        assert_eq!(back.next(), updated, "since={since}");
        assert_eq!(back.sync(), Vec::<Value>::new());
        let mut staff = Client::open_as(&server, &path, &boss);
        let first = staff.next();
        assert_eq!(first == begun, since == between, "since={since}: {first}");
    }
}
