//! Who is at the other end: true and false tokens, every way that they travel, what they allow and when they end.

use crate::dining::new_order;
use crate::support::{Client, Place, Server, token};
use serde_json::{Value, json};

#[test]
fn false_tokens_are_refused_wherever_they_travel() {
    let server = Server::start();
    let good = token::claims(3600);
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
        ("expired", token::signed(&token::claims(-120))),
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
fn a_good_token_may_travel_by_header_query_subprotocol_and_first_frame() {
    let server = Server::start();
    let id = new_order(&server);
    let path = format!("/ws/orders/{id}/");
    let token = server.token("manager");
    let query = format!("{path}?token={token}");
    let mut clients = vec![
        Client::open_as(&server, &path, &token),
        Client::open(&server, &query),
    ];
    for client in &mut clients {
        client.next_is("order_status");
        client.command(json!({"action": "update_status", "status": "confirmed"}));
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
    let stranger = token::mint_with(
        &server.place,
        &[
            "--role",
            "manager",
            "--id",
            "1",
            "--restaurant",
            "789",
            "--ttl",
            "1h",
        ],
    );
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
fn an_open_socket_ends_with_its_token() {
    let server = Server::start();
    let token = token::signed(&token::claims(3));
    let mut manager = Client::open_as(&server, "/ws/orders/1/", &token);
    manager.next_is("order_status");
    // A warning comes first (its name is the server's), then the end.
    let (close, _) = manager.closed();
    assert_eq!(close, Some(4401));
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
