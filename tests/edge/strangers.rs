//! What somebody may take who is no client yet: time, and bytes.

use super::{HANDSHAKE, Wire, place, routing, said, server, statuses};
use crate::support::Client;
use std::io::Write;

#[test]
fn who_says_nothing_is_let_go() {
    let server = server("first_byte_timeout = \"50ms\"");
    assert_eq!(Wire::to(server.address).rest(), "");
}

#[test]
fn a_head_must_end_in_time_however_busily_it_goes_on() {
    let server = server("head_timeout = \"200ms\"");
    assert_eq!(said(&server, "GET /healthz HTTP/1.1\r\nHost: a\r\n"), "");
    let mut wire = Wire::to(server.address);
    wire.send("GET /healthz HTTP/1.1\r\nHost: a\r\nX: ");
    let answer = wire.rest_of_dripping("x").unwrap_or_default();
    assert_eq!(answer, "");
}

#[test]
fn between_two_requests_as_for_a_head() {
    let server = server("head_timeout = \"200ms\"");
    let mut wire = Wire::to(server.address);
    // in one piece: the second is in time, however busy the machine is
    wire.send(&"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".repeat(2));
    assert!(wire.answer().starts_with("HTTP/1.1 200"));
    assert!(wire.answer().starts_with("HTTP/1.1 200"));
    assert_eq!(wire.rest(), "");
}

#[test]
fn a_body_must_end_in_time_however_busily_it_goes_on() {
    let server = server("body_timeout = \"200ms\"");
    let head = format!(
        "POST /api/v1/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{{",
        server.token("manager")
    );
    let answer = said(&server, &head);
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("BODY_TIMEOUT"), "{answer}");
    let mut wire = Wire::to(server.address);
    wire.send(&head);
    let answer = wire.rest_of_dripping(" ").expect("an answer, not a reset");
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[test]
fn a_head_is_16_kib_at_most() {
    let server = server("");
    let head = |n: usize| {
        let long = "x".repeat(n);
        format!("GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: {long}\r\n\r\n")
    };
    let answer = said(&server, &head(15_900));
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for n in [17_000, 100_000] {
        let answer = said(&server, &head(n));
        assert!(answer.starts_with("HTTP/1.1 431"), "{n}: {answer}");
    }
    // in many lines, or in the first one
    let answer = said(&server, &head(10).replace("X:", &"X: y\r\n".repeat(4000)));
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let answer = said(&server, &head(10).replace("healthz", &"z".repeat(17_000)));
    assert!(
        ["HTTP/1.1 414", "HTTP/1.1 431"].contains(&&answer[..12.min(answer.len())]),
        "{answer}"
    );
}

#[test]
fn a_listener_may_allow_less() {
    let place = place(&routing("", "head_bytes = \"1KiB\"", ""));
    let server = crate::support::Server::on(place, &[]);
    let long = "x".repeat(1500);
    let text = format!("GET /healthz HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n");
    let answer = said(&server, &text);
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let mut client = Client::open(&server, "/ws/orders/1/");
    client.next_is("order_status");
}

#[test]
fn a_body_is_as_long_as_a_message_at_most() {
    let server = server("");
    let head = format!(
        "POST /api/v1/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\n",
        server.token("manager")
    );
    let body = " ".repeat(300_000);
    for text in [
        format!("{head}Content-Length: 300000\r\n\r\n{body}"),
        format!("{head}Transfer-Encoding: chunked\r\n\r\n493e0\r\n{body}\r\n0\r\n\r\n"),
    ] {
        let answer = said(&server, &text);
        assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
        assert!(answer.contains("TOO_LARGE"), "{answer}");
    }
}

/// Closing on somebody who is still sending makes the systems on both sides throw the answer away.
#[test]
fn an_answer_reaches_who_is_still_sending() {
    let server = server("");
    let head = "POST /api/v1/orders HTTP/1.1\r\nHost: a\r\n";
    for (text, status) in [
        (format!("{head}Content-Length: 300000\r\n\r\n"), "413"),
        (format!("{head}X: {}", "x".repeat(30_000)), "431"),
        (format!("{head}X : y\r\n"), "400"),
        (
            format!("GET /ws/orders/1/ HTTP/1.1\r\n{HANDSHAKE}Origin: http://b\r\n\r\n"),
            "403",
        ),
    ] {
        let mut wire = Wire::to(server.address);
        wire.send(&text);
        // At once, without waiting for the answer first: the server reads on for two seconds, and this thread may stand still for as long.
        for _ in 0..100 {
            let sent = wire.0.write_all(&[b'x'; 1000]);
            sent.unwrap_or_else(|e| panic!("{status}: {e}"));
        }
        let answer = wire.answer();
        assert_eq!(answer.get(9..12), Some(status), "{answer}");
        assert_eq!(wire.rest(), "");
    }
}

/// Many a tool ends its side when it has asked.
#[test]
fn who_ends_its_side_after_a_request_is_answered_whole() {
    let server = server("");
    let token = server.token("manager");
    for (text, expected) in [
        (
            "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
            &["200"][..],
        ),
        // of more than a socket's buffer, for who reads late
        (
            format!(
                "GET /api/v1/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n\r\n"
            )
            .repeat(100),
            &["200"; 100],
        ),
        (
            format!(
                "POST /api/v1/orders HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\nContent-Length: 1\r\n\r\n{{"
            ),
            &["400"],
        ),
        (
            format!("GET /ws/orders/1/ HTTP/1.1\r\n{HANDSHAKE}Origin: http://b\r\n\r\n"),
            &["403"],
        ),
        ("GET /a HTTP/1.0\r\n\r\n".to_owned(), &["404"]),
    ] {
        let mut wire = Wire::to(server.address);
        wire.send(&text);
        wire.half_close();
        let answer = wire.rest();
        assert_eq!(statuses(&answer), expected, "{text}");
    }
    // half a request is none
    let mut wire = Wire::to(server.address);
    wire.send("POST /api/v1/orders HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{");
    wire.half_close();
    wire.rest();
}

#[test]
fn mistakes_in_the_file_say_where_and_what_was_meant() {
    for (line, why) in [
        (
            "fist_byte_timeout = \"1s\"",
            "unknown key \"fist_byte_timeout\": did you mean \"first_byte_timeout\"?",
        ),
        (
            "head_timeout = 5",
            "expected a duration with its unit, like \"25s\", found an integer",
        ),
        ("body_timeout = \"1ms\"", "50ms"),
        ("head_bytes = \"1MiB\"", "256KiB"),
        ("tls_handshakes = 0", "65536"),
    ] {
        let place = place(&routing(line, "", ""));
        let output = place.maitred(&["check"]).output().expect("maitred runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{line}: {text}");
        assert!(text.contains("routing.toml:3:"), "{line}: {text}");
        assert!(text.contains(why), "{line}: {text}");
    }
    let in_a_route = routing("", "", "head_timeout = \"5s\"");
    let output = place(&in_a_route).maitred(&["check"]).output();
    let text = String::from_utf8_lossy(&output.expect("maitred runs").stderr).into_owned();
    assert!(
        text.contains("head_timeout is the listener's: it counts before the route is known"),
        "{text}"
    );
}
