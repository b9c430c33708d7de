//! `max_payload`, as the handshake promises it: what a client may say at once, over either transport.

use super::polling::{Polling, request};
use super::*;

const MOST: usize = 1_000_000;

/// An event that nobody knows, so many bytes long: its answer is short.
fn noise(bytes: usize) -> String {
    let around = r#"420["noise",""]"#.len();
    format!(r#"420["noise","{}"]"#, "x".repeat(bytes - around))
}

#[test]
fn a_message_is_as_large_as_was_promised() {
    let house = House::open();
    let (mut client, _) = house.guest(Value::Null);
    client.say(&noise(MOST));
    assert_eq!(client.acked("/", 0)[0]["code"], "UNKNOWN_ACTION");
    client.say(&noise(MOST + 1));
    assert_eq!(client.closed(), Some(1009));
}

#[test]
fn a_post_is_as_large_as_was_promised() {
    let house = House::open();
    let client = Polling::open(house.address());
    client.post("40");
    client.poll();
    client.post(&noise(MOST));
    let answer = client.poll();
    assert!(answer[0].contains("UNKNOWN_ACTION"), "{answer:?}");
    let (status, ..) = request(client.at, &client.line("POST"), &[], &noise(MOST + 1));
    assert_eq!(status, 413);
}
