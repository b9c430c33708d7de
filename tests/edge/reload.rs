//! The routing file is read again while everybody is there.

use super::{Wire, change, routing, said, until_refused, write};
use crate::support::{Client, http};
use serde_json::Value;
use std::net::TcpListener;

const EXTRA: &str = r#"
[[listener]]
name = "extra"
bind = "127.0.0.1:0"
[[listener.route]]
path = "/ws/waiters/<id:waiter_id>/"
consumer = "dining.waiter"
"#;

#[test]
fn a_new_listener_and_a_new_route_while_sockets_stay() {
    let mut server = super::server("");
    let mut before = Client::open(&server, "/ws/orders/1/");
    before.next_is("order_status");
    let address = server.address;
    let route = "[[listener.route]]\npath = \"/ws/restaurants/<id:restaurant_id>/\"\nconsumer = \"dining.restaurant\"\n";
    assert_eq!(
        Client::dial(address, "/ws/restaurants/2/", &[]).err(),
        Some(404)
    );
    write(&server.place, &routing("", "", &format!("{route}{EXTRA}")));
    server.signal("HUP");
    let extra = server.listening("extra");
    let mut waiter = Client::dial(extra, "/ws/waiters/10/", &[]).expect("the new listener");
    waiter.sync();
    let mut restaurant = Client::open(&server, "/ws/restaurants/2/");
    restaurant.sync();
    change(&server, 1, "after the reload");
    before.until(|f| f["seq"].is_u64());
    // and away with it again: its clients are told, nobody else is
    write(&server.place, &routing("", "", ""));
    server.signal("HUP");
    assert_eq!(waiter.closed(), (Some(4404), Some("NOT_FOUND".to_owned())));
    assert_eq!(
        restaurant.closed(),
        (Some(4404), Some("NOT_FOUND".to_owned()))
    );
    until_refused(extra);
    assert_eq!(
        Client::dial(address, "/ws/restaurants/2/", &[]).err(),
        Some(404)
    );
    change(&server, 1, "after the second");
    before.until(|f| f["seq"].is_u64());
}

#[test]
fn a_bad_file_changes_nothing_and_says_why() {
    let server = super::server("");
    let mut before = Client::open(&server, "/ws/orders/1/");
    before.next_is("order_status");
    let bad = routing("max_message_bytes = \"128B\"", "", EXTRA)
        .replace("dining.table\"", "dining.tabel\"")
        .replace(
            "[[listener.route]]\npath = \"/ws/w",
            "[[listener.rout]]\npath = \"/ws/w",
        );
    write(&server.place, &bad);
    server.signal("HUP");
    server.until_logged("nothing is changed");
    let log = server.log();
    for why in [
        r#"routing.toml:24:12: unknown consumer \"dining.tabel\": did you mean \"dining.table\"?"#,
        r#"unknown key \"rout\": did you mean \"route\"?"#,
    ] {
        assert!(log.contains(why), "{why}\n{log}");
    }
    assert!(!log.contains("\"reloaded\""), "{log}");
    change(&server, 1, "after it");
    before.until(|f| f["seq"].is_u64());
    // the limit of the bad file is not in force, and its wrong route is the old one
    let mut after = Client::open(&server, "/ws/tables/5/");
    after.next_is("table_status");
    after.send_text(&format!(
        r#"{{"action":"ping","more":"{}"}}"#,
        "x".repeat(500)
    ));
    after.expect("pong");
    // no TOML at all, and no file
    write(&server.place, "[[listener]\n");
    server.signal("HUP");
    server.until_logged("routing.toml:1:12");
    std::fs::remove_file(server.place.file("routing.toml")).expect("removed");
    server.signal("HUP");
    server.until_logged("cannot be read: nothing is changed");
    after.sync();
    before.sync();
}

#[test]
fn a_port_that_is_taken_changes_nothing() {
    let server = super::server("");
    let mut before = Client::open(&server, "/ws/orders/1/");
    before.next_is("order_status");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().map(|at| (at, taken)).expect("bound");
    let extra = EXTRA.replace("127.0.0.1:0", &taken.0.to_string());
    let only_tables = routing("", "", &extra).replace("/ws/orders/", "/ws/bestellungen/");
    write(&server.place, &only_tables);
    server.signal("HUP");
    server.until_logged("nothing is changed");
    assert!(
        server.log().contains(&taken.0.to_string()),
        "{}",
        server.log()
    );
    before.sync();
    Client::open(&server, "/ws/orders/1/").next_is("order_status");
}

#[test]
fn a_new_policy_is_for_those_who_come_after_it() {
    let server = super::server("");
    let mut before = Client::open(&server, "/ws/orders/1/");
    before.next_is("order_status");
    write(
        &server.place,
        &routing("max_message_bytes = \"128B\"", "head_bytes = \"1KiB\"", ""),
    );
    server.signal("HUP");
    server.until_logged("\"reloaded\"");
    let long = format!(r#"{{"action":"ping","more":"{}"}}"#, "x".repeat(500));
    before.send_text(&long);
    before.expect("pong");
    let mut after = Client::open(&server, "/ws/orders/1/");
    after.next_is("order_status");
    after.send_text(&long);
    assert_eq!(after.closed().0, Some(1009));
    let long = "x".repeat(1500);
    let answer = said(
        &server,
        &format!("GET /healthz HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n"),
    );
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
}

/// Requests of one connection are answered by the routing at their time.
#[test]
fn a_connection_between_two_requests_hears_the_new_routing() {
    let server = super::server("");
    let mut wire = Wire::to(server.address);
    let ask = "GET /ws/waiters/10/ HTTP/1.1\r\nHost: a\r\n\r\n";
    wire.send(ask);
    assert!(wire.answer().starts_with("HTTP/1.1 404"));
    let route = EXTRA.lines().skip(4).collect::<Vec<_>>().join("\n");
    write(&server.place, &routing("", "", &route));
    server.signal("HUP");
    server.until_logged("\"reloaded\"");
    wire.send(ask);
    assert!(wire.answer().starts_with("HTTP/1.1 426"));
}

#[test]
fn signals_in_a_row_are_all_survived() {
    let mut server = super::server("");
    let mut client = Client::open(&server, "/ws/orders/1/");
    client.next_is("order_status");
    for n in 0..10 {
        let more = if n % 2 == 0 { EXTRA } else { "" };
        write(&server.place, &routing("", "", more));
        server.signal("HUP");
        client.sync();
    }
    write(&server.place, &routing("", "", EXTRA));
    server.signal("HUP");
    let extra = server.listening("extra");
    change(&server, 1, "still here");
    client.until(|f| f["seq"].is_u64());
    // the one that was said first may have been closed again meanwhile: the server itself is asked
    let ready = http::request(server.address, "GET /readyz", &[], Value::Null);
    assert_eq!(ready.status, 200, "{extra}");
}
