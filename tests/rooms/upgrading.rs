//! The way from long polling to a WebSocket.

use super::polling::{Polling, request};
use super::*;

#[test]
fn an_upgrade_loses_nothing() {
    let house = House::open();
    let (mut watch, _) = house.guest(json!({"rooms": ["kitchen"]}));
    let mut told = 0;
    for _ in 0..8 {
        let client = Polling::open(house.address());
        client.post(r#"40{"rooms":["kitchen"]}"#);
        client.poll();
        let path = format!("/socket.io/?sid={}", client.sid);
        let mut upgraded = SocketIo::probe(house.address(), &path);
        upgraded.say("2probe");
        assert_eq!(upgraded.raw(), b"3probe");
        let note = |told: &mut i32| {
            *told += 1;
            house.note("kitchen", &told.to_string());
        };
        note(&mut told);
        hears(&mut watch, &told.to_string());
        upgraded.say("5");
        upgraded.say(r#"42["rooms"]"#);
        note(&mut told);
        hears(&mut watch, &told.to_string());
        hears(&mut upgraded, &(told - 1).to_string());
        hears(&mut upgraded, &told.to_string());
        assert_eq!(upgraded.ask("/", "rooms", &[]), [json!(["kitchen"])]);
        let (status, ..) = request(house.address(), &client.line("GET"), &[], "");
        assert_eq!(status, 400, "it is a WebSocket now");
    }
}

/// The client says both at once, without having heard anything: a poll that it sends after that is one too many.
#[test]
fn a_poll_after_the_upgrade_is_refused_however_close_it_comes() {
    let house = House::open();
    for _ in 0..20 {
        let client = Polling::open(house.address());
        let path = format!("/socket.io/?sid={}", client.sid);
        let mut upgraded = SocketIo::probe(house.address(), &path);
        upgraded.say("2probe");
        upgraded.say("5");
        let (status, _, body) = request(client.at, &client.line("GET"), &[], "");
        assert_eq!(status, 400, "{body}");
        assert_eq!(upgraded.raw(), b"3probe");
        upgraded.connect("/", Value::Null).expect("let in");
    }
}

#[test]
fn of_two_upgrades_the_first_is_one() {
    let house = House::open();
    for _ in 0..6 {
        let client = Polling::open(house.address());
        let path = format!("/socket.io/?sid={}", client.sid);
        let mut first = SocketIo::probe(house.address(), &path);
        let mut second = SocketIo::probe(house.address(), &path);
        second.closed();
        first.say("2probe");
        assert_eq!(first.raw(), b"3probe");
    }
}

#[test]
fn an_upgrade_of_a_session_that_ends_ends_too() {
    let house = House::open();
    for said in [&["2probe"][..], &[]] {
        let client = Polling::open(house.address());
        let path = format!("/socket.io/?sid={}", client.sid);
        let mut upgrading = SocketIo::probe(house.address(), &path);
        for packet in said {
            upgrading.say(packet);
            assert_eq!(upgrading.raw(), b"3probe");
        }
        client.post("1");
        upgrading.closed();
    }
}
