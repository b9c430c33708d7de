//! What web pages and caches see of the edge: whose pages may ask, HEAD beside GET, what a 405 says, and what nobody may keep.

use super::tls::{certify, dial};
use super::{HANDSHAKE, Wire, place, routing, said, server};
use crate::support::Server;
use std::io::{Read, Write};

/// Beside the endpoints of every such file: long polling, and the same over TLS.
const MORE: &str = r#"
[[listener]]
name = "delivery"
bind = "127.0.0.1:0"
[[listener.route]]
path = "/socket.io/"
[[listener.route.namespace]]
name = "/orders"
consumer = "delivery.orders"
[[listener]]
name = "secure"
bind = "127.0.0.1:0"
tls = { certificate = "chain.pem", key = "key.pem" }
[[listener.route]]
path = "/ws/orders/<id:order_id>/"
consumer = "dining.order"
"#;

/// The first line of an answer to a handshake of a page.
fn knock(server: &Server, host: &str, origin: &str) -> String {
    let mut wire = Wire::to(server.address);
    let head = HANDSHAKE.replace(
        "Host: a\r\n",
        &format!("Host: {host}\r\nOrigin: {origin}\r\n"),
    );
    wire.send(&format!("GET /ws/orders/1/ HTTP/1.1\r\n{head}\r\n"));
    wire.answer()
}

#[test]
fn a_page_of_the_servers_own_is_let_in() {
    let place = place(&routing("", "", MORE));
    let certificate = certify(&place);
    let mut server = Server::on(place, &["--shards", "1"]).in_earnest();
    let (delivery, secure) = (server.listening("delivery"), server.listening("secure"));
    let own = ("shop.example:9000", "http://shop.example:9000");
    for (host, origin, status) in [
        (own.0, own.1, "101"),
        ("127.0.0.1:9000", "http://127.0.0.1:9000", "101"),
        ("shop.example", "http://shop.example", "101"),
        // a proxy ends TLS, and passes `Host` on
        ("shop.example", "https://shop.example", "101"),
        ("shop.example:9000", "http://shop.example:9001", "403"),
        ("shop.example", "http://evil.example", "403"),
        ("shop.example", "null", "403"),
    ] {
        let answer = knock(&server, host, origin);
        assert_eq!(&answer[9..12], status, "{origin} at {host}: {answer}");
        if status == "403" {
            assert!(answer.contains("`origins`"), "what to change: {answer}");
        }
    }
    // Long polling, and REST.
    for (origin, refused) in [(own.1, false), ("http://evil.example", true)] {
        let asked = |line: &str| {
            format!(
                "GET {line} HTTP/1.1\r\nHost: {}\r\nOrigin: {origin}\r\nConnection: close\r\n\r\n",
                own.0
            )
        };
        let mut wire = Wire::to(delivery);
        wire.send(&asked("/socket.io/?EIO=4&transport=polling"));
        let polled = wire.rest();
        assert_eq!(polled.contains("Forbidden"), refused, "{polled}");
        let answer = said(&server, &asked("/api/v1/orders/999999"));
        assert_eq!(answer.contains("FORBIDDEN_ORIGIN"), refused, "{answer}");
        for told in [polled, answer] {
            assert_eq!(told.contains("`origins`"), refused, "{told}");
        }
    }
    // What came over TLS was not asked by a page that did not.
    for (scheme, status) in [("https", "101"), ("http", "403")] {
        let mut stream = dial(secure, &certificate).expect("TLS");
        let head = HANDSHAKE.replace(
            "Host: a\r\n",
            &format!("Host: shop.example\r\nOrigin: {scheme}://shop.example\r\n"),
        );
        write!(stream, "GET /ws/orders/1/ HTTP/1.1\r\n{head}\r\n").expect("sent");
        let mut line = [0; 12];
        stream.read_exact(&mut line).expect("an answer");
        assert_eq!(&line[9..], status.as_bytes(), "{scheme}");
    }
}

#[test]
fn an_empty_list_of_origins_shuts_own_pages_out() {
    let server = server("origins = []").in_earnest();
    let answer = knock(&server, "shop.example", "http://shop.example");
    assert_eq!(&answer[9..12], "403", "{answer}");
    let place = place(&routing(
        "origins = [\"https://elsewhere.example\"]",
        "",
        "",
    ));
    let server = Server::on(place, &["--shards", "1"]).in_earnest();
    for origin in ["http://shop.example", "https://elsewhere.example"] {
        let answer = knock(&server, "shop.example", origin);
        assert_eq!(&answer[9..12], "101", "{origin}: {answer}");
    }
}

/// The status, the headers in small letters, and the content.
fn asked(server: &Server, line: &str) -> (String, String, String) {
    let body = "Content-Length: 0\r\n";
    let answer = said(
        server,
        &format!("{line} HTTP/1.1\r\nHost: a\r\n{body}Connection: close\r\n\r\n"),
    );
    let (head, content) = answer.split_once("\r\n\r\n").expect("a head");
    (
        head[9..12].to_owned(),
        head.to_ascii_lowercase(),
        content.to_owned(),
    )
}

#[test]
fn head_is_answered_wherever_get_is_and_every_405_says_what_is() {
    let place = place(&routing("", "metrics = \"all\"", ""));
    let server = Server::on(place, &["--shards", "1"]);
    let length = |head: &str| {
        let found = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        found.map(str::to_owned)
    };
    for path in [
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/orders/1",
        "/api/v1/nothing",
        "/ws/orders/1/",
    ] {
        let (status, head, content) = asked(&server, &format!("GET {path}"));
        let (as_head, fields, nothing) = asked(&server, &format!("HEAD {path}"));
        assert_eq!(as_head, status, "{path}: {fields}");
        assert!(
            !content.is_empty() && nothing.is_empty(),
            "{path}: {nothing}"
        );
        // the numbers of two scrapes differ
        if path != "/metrics" {
            assert_eq!(length(&fields), length(&head), "{path}");
        }
    }
    // a client that would rather speak HTTP/2 (`curl --http2 -I`) asks for no WebSocket
    let offer = "Connection: Upgrade, close\r\nUpgrade: h2c\r\n";
    let answer = said(
        &server,
        &format!("HEAD /healthz HTTP/1.1\r\nHost: a\r\n{offer}\r\n"),
    );
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for (line, allowed) in [
        ("POST /healthz", "get, head"),
        ("DELETE /readyz", "get, head"),
        ("PUT /metrics", "get, head"),
        ("POST /ws/orders/1/", "get, head"),
        ("PUT /api/v1/orders", "get, post, head"),
        ("HEAD /api/v1/tables/5/occupy", "post"),
    ] {
        let (status, head, _) = asked(&server, line);
        assert_eq!(status, "405", "{line}: {head}");
        assert!(
            head.contains(&format!("allow: {allowed}\r\n"))
                || head.ends_with(&format!("allow: {allowed}")),
            "{line}: {head}"
        );
    }
}

#[test]
fn how_the_server_is_at_this_moment_is_not_kept() {
    let server = server("");
    for line in [
        "GET /healthz",
        "GET /readyz",
        "GET /nothing",
        "POST /healthz",
        "GET /ws/orders/1/",
    ] {
        let (_, head, _) = asked(&server, line);
        assert!(head.contains("cache-control: no-store"), "{line}: {head}");
    }
}
