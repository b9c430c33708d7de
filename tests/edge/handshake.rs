//! A handshake that is none is refused in words (RFC 6455, section 4.2), and the connection is closed.

use super::{HANDSHAKE, Wire, said, server, statuses};

#[test]
fn what_a_handshake_needs() {
    let server = server("");
    let line = "GET /ws/orders/1/ HTTP/1.1";
    let without = |name: &str| {
        let kept = HANDSHAKE.lines().filter(|l| !l.starts_with(name));
        kept.map(|l| format!("{l}\r\n")).collect::<String>()
    };
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (line, head, status, words) in [
        (line, without("Host"), "400", "Host"),
        (
            line,
            without("Sec-WebSocket-Key"),
            "400",
            "Sec-WebSocket-Key",
        ),
        (
            line,
            HANDSHAKE.replace("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ="),
            "400",
            "Sec-WebSocket-Key",
        ),
        (
            line,
            format!("{HANDSHAKE}{key}"),
            "400",
            "Sec-WebSocket-Key",
        ),
        (line, without("Sec-WebSocket-Version"), "426", "version 13"),
        (line, HANDSHAKE.replace(": 13", ": 8"), "426", "version 13"),
        (line, without("Upgrade"), "426", "ws://"),
        (line, without("Connection"), "426", "ws://"),
        (line, HANDSHAKE.replace("websocket", "h2c"), "426", "ws://"),
        (
            line,
            format!("{HANDSHAKE}Content-Length: 1\r\n"),
            "400",
            "no body",
        ),
        (
            "GET /ws/orders/1/ HTTP/1.0",
            HANDSHAKE.to_owned(),
            "400",
            "HTTP/1.1",
        ),
        (
            "POST /ws/orders/1/ HTTP/1.1",
            HANDSHAKE.to_owned(),
            "405",
            "METHOD_NOT_ALLOWED",
        ),
        (
            "GET /ws/orders/ HTTP/1.1",
            HANDSHAKE.to_owned(),
            "404",
            "NOT_FOUND",
        ),
    ] {
        let closing = match head.contains("Upgrade:") {
            true => "",
            false => "Connection: close\r\n",
        };
        let answer = said(&server, &format!("{line}\r\n{head}{closing}\r\n"));
        let told = answer.lines().next().unwrap_or_default();
        assert_eq!(told.get(9..12), Some(status), "{line}\n{head}\n{answer}");
        assert!(answer.contains(words), "{line}\n{head}\n{answer}");
        if words == "version 13" {
            let lower = answer.to_ascii_lowercase();
            assert!(lower.contains("sec-websocket-version: 13"), "{answer}");
        }
    }
}

/// What a client sends behind a handshake that was refused is frames, perhaps, and never the next request.
#[test]
fn nothing_is_read_behind_a_refused_handshake() {
    let server = server("");
    let bad = HANDSHAKE.replace(": 13", ": 8");
    let smuggled = "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n";
    let answer = said(
        &server,
        &format!("GET /ws/orders/1/ HTTP/1.1\r\n{bad}\r\n{smuggled}"),
    );
    assert_eq!(statuses(&answer).len(), 1, "{answer}");
}

#[test]
fn names_are_compared_as_the_rfc_says() {
    let server = server("");
    let mut wire = Wire::to(server.address);
    wire.send(
        "GET /ws/orders/1/ HTTP/1.1\r\nHOST: a\r\nupgrade: WebSocket\r\nCONNECTION: keep-alive, UPGRADE\r\n\
         sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nSEC-WEBSOCKET-VERSION: 13\r\n\r\n",
    );
    let answer = wire.answer();
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    assert!(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{answer}");
}
