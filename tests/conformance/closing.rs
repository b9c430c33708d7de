//! Section 7: how a conversation ends.

use super::*;

fn close(code: u16, reason: &[u8]) -> Vec<u8> {
    [&code.to_be_bytes(), reason].concat()
}

#[test]
fn a_close_is_answered_with_its_code() {
    let codes = (1000..=1003).chain(1007..=1014);
    for code in codes.chain([3000, 3999, 4000, 4999]) {
        for reason in ["", "ok", &"r".repeat(123)] {
            let mut client = echo();
            client.frame(FIN | CLOSE, &close(code, reason.as_bytes()));
            closed(&mut client, code);
        }
    }
    let mut client = echo();
    client.frame(FIN | CLOSE, b"");
    hears(&mut client, FIN | CLOSE, b"");
    assert!(client.is_at_end());
}

#[test]
fn codes_that_must_not_be_sent_are_refused() {
    let reserved = [1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999];
    for code in [0, 1, 999]
        .into_iter()
        .chain(reserved)
        .chain([5000, 65_535])
    {
        for reason in ["", "?"] {
            let mut client = echo();
            client.frame(FIN | CLOSE, &close(code, reason.as_bytes()));
            closed(&mut client, 1002);
        }
    }
}

#[test]
fn a_close_frame_is_sound() {
    for (payload, code) in [
        (vec![0x03], 1002),
        (close(1000, &[b'r'; 124]), 1002),
        (close(1000, b"\xce\xba\xed\xa0\x80"), 1007),
        (close(1000, b"\xe2\x82"), 1007),
    ] {
        let mut client = echo();
        client.frame(FIN | CLOSE, &payload);
        closed(&mut client, code);
    }
}

#[test]
fn nothing_is_answered_after_a_close() {
    for after in [
        masked(FIN | CLOSE, &close(1001, b"again")),
        masked(FIN | PING, b"too late"),
        masked(FIN | TEXT, b"too late"),
        masked(FIN | CONTINUATION, b"too late"),
        b"\xff\xff\xff\xff".to_vec(),
        masked(FIN | BINARY, &[0; 300_000]),
    ] {
        let mut client = echo();
        client.bytes(&[masked(FIN | CLOSE, &close(1000, b"")), after].concat());
        closed(&mut client, 1000);
    }
}

#[test]
fn what_was_said_before_the_close_is_answered() {
    let mut client = echo();
    let large = vec![b'*'; 256 << 10];
    client.frame(FIN | TEXT, &large);
    client.frame(FIN | CLOSE, &close(1000, b""));
    hears(&mut client, FIN | TEXT, &large);
    closed(&mut client, 1000);

    let mut client = echo();
    client.frame(TEXT, b"never finished");
    client.frame(FIN | CLOSE, &close(1000, b""));
    closed(&mut client, 1000);
}

#[test]
fn a_client_that_keeps_sending_still_hears_why() {
    // what it sends after its mistake must be read, or its system answers our last frame with a reset
    let mut client = echo();
    let more = masked(FIN | BINARY, &[0; 500_000]);
    client.bytes(&[masked(FIN | 0x3, b""), more].concat());
    closed(&mut client, 1002);
}

/// Nobody need answer who ends its side without a close frame (section 7.1.5), but what it said was obeyed.
#[test]
fn who_ends_its_side_is_obeyed_and_answered() {
    for size in [5, 8 << 20] {
        let large = vec![b'*'; size];
        let mut client = echo();
        client.frame(FIN | BINARY, &large);
        client.frame(FIN | TEXT, b"last");
        client.half_close();
        hears(&mut client, FIN | BINARY, &large);
        hears(&mut client, FIN | TEXT, b"last");
        assert!(client.is_at_end(), "no close frame answers none");
    }
}
