//! Section 4: what a client asks for before there are frames, and what it is told.

use super::*;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

/// The status, and the values of a header, of the answer to an upgrade with these header lines.
fn upgrade(lines: &[&str], header: &str) -> (u16, Vec<String>) {
    let mut stream = TcpStream::connect(address()).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    let usual = "GET /conformance/echo HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    let more: String = lines.iter().map(|line| format!("{line}\r\n")).collect();
    write!(stream, "{usual}{more}\r\n").expect("sent");
    let mut head = BufReader::new(stream)
        .lines()
        .map(|l| l.expect("an answer"));
    let status = head.next().expect("a status");
    let status = status.split(' ').nth(1).and_then(|s| s.parse().ok());
    let values = head.take_while(|line| !line.is_empty()).filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case(header)
            .then(|| value.trim().to_owned())
    });
    (status.expect("a status"), values.collect())
}

const VERSION: &str = "Sec-WebSocket-Version: 13";

#[test]
fn another_version_is_told_which_one_is_spoken() {
    for lines in [
        &["Sec-WebSocket-Version: 8"][..],
        &["Sec-WebSocket-Version: 14"],
        &["Sec-WebSocket-Version: 013"],
        &["Sec-WebSocket-Version: thirteen"],
        &[],
    ] {
        let told = upgrade(lines, "Sec-WebSocket-Version");
        assert_eq!(told, (426, vec!["13".to_owned()]), "{lines:?}");
    }
    assert_eq!(upgrade(&[VERSION], "Sec-WebSocket-Version"), (101, vec![]));
}

/// Some clients send a length with every request (RFC 9112, section 6.3).
#[test]
fn a_content_length_of_zero_is_no_body() {
    for (length, status) in [("0", 101), ("000", 101), ("1", 400)] {
        let length = format!("Content-Length: {length}");
        let (answer, _) = upgrade(&[VERSION, &length], "Connection");
        assert_eq!(answer, status, "{length}");
    }
    let twice = ["Content-Length: 0", "Content-Length: 0"];
    let (answer, _) = upgrade(&[VERSION, twice[0], twice[1]], "Connection");
    assert_eq!(answer, 400);
    let (answer, _) = upgrade(&[VERSION, "Transfer-Encoding: chunked"], "Connection");
    assert_eq!(answer, 400);
}

#[test]
fn extensions_may_stand_in_several_headers() {
    let header = "Sec-WebSocket-Extensions";
    let deflate = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=\"12\"";
    for other in [
        "Sec-WebSocket-Extensions: permessage-bzip2",
        "Sec-WebSocket-Extensions: permessage-deflate; window=\"a,b\", foo",
        "Sec-WebSocket-Extensions: ",
    ] {
        // a comma within quotes is no separator, but what is quoted must be a token
        let fails = other.contains('"');
        for lines in [[VERSION, other, deflate], [VERSION, deflate, other]] {
            let (status, answers) = upgrade(&lines, header);
            if fails {
                assert_eq!((status, answers), (400, vec![]), "{lines:?}");
                continue;
            }
            assert_eq!((status, answers.len()), (101, 1), "{lines:?}");
            assert!(
                answers[0].ends_with("; server_max_window_bits=12"),
                "{answers:?}"
            );
        }
    }
    assert_eq!(upgrade(&[VERSION], header), (101, vec![]));
}

#[test]
fn extensions_that_are_malformed_fail_the_handshake() {
    for value in [
        "permessage-deflate;",
        "permessage-deflate; server_max_window_bits=",
        "permessage-deflate; server_max_window_bits=\"10",
        "permessage deflate",
        "permessage-deflate, \u{e9}",
    ] {
        let line = format!("Sec-WebSocket-Extensions: {value}");
        let told = upgrade(&[VERSION, &line], "Sec-WebSocket-Extensions");
        assert_eq!(told, (400, vec![]), "{value}");
    }
}

#[test]
fn one_of_the_offered_subprotocols_is_answered() {
    let header = "Sec-WebSocket-Protocol";
    for (lines, answer) in [
        (&[VERSION][..], None),
        (&[VERSION, "Sec-WebSocket-Protocol: json"], Some("json")),
        (
            &[VERSION, "Sec-WebSocket-Protocol: json, soap"],
            Some("json"),
        ),
        // the one that we know
        (
            &[VERSION, "Sec-WebSocket-Protocol: json, bearer, abc"],
            Some("bearer"),
        ),
        // a token is not repeated, wherever it stands
        (
            &[VERSION, "Sec-WebSocket-Protocol: bearer.abc, json"],
            Some("json"),
        ),
        (
            &[
                VERSION,
                "Sec-WebSocket-Protocol: bearer.abc",
                "Sec-WebSocket-Protocol: json",
            ],
            Some("json"),
        ),
    ] {
        let (status, answers) = upgrade(lines, header);
        assert_eq!(status, 101, "{lines:?}");
        assert_eq!(answers, answer.into_iter().collect::<Vec<_>>(), "{lines:?}");
    }
}
