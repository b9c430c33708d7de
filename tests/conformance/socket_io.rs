//! Engine.IO 4 and Socket.IO 5 over a WebSocket: what the public protocol suites ask, and what they leave out.

use super::raw::{FIN, PING, Raw, TEXT, masked};
use super::socket_io::SocketIo;
use super::{PATIENCE, PONG, address};
use serde_json::{Value, json};

/// With a heartbeat that a loaded machine keeps up with.
fn open() -> SocketIo {
    SocketIo::dial(address(), "/conformance/socket.io/", &[])
}

/// As the official suites have it.
fn hasty() -> SocketIo {
    SocketIo::open(address())
}

/// A client of the root namespace that has heard its welcome.
fn inside() -> SocketIo {
    let mut client = open();
    client.connect("/", Value::Null).expect("let in");
    assert_eq!(client.next("/").name, "auth");
    client
}

#[test]
fn a_session_says_how_it_wants_to_be_kept() {
    let said = hasty().handshake;
    assert_eq!(said["pingInterval"], 300);
    assert_eq!(said["pingTimeout"], 200);
    assert_eq!(said["maxPayload"], 1_000_000);
    assert_eq!(said["upgrades"], json!([]));
    let other = open().handshake;
    assert_ne!(said["sid"], other["sid"]);
    assert!(said["sid"].as_str().expect("text").len() > 20, "{said}");
}

#[test]
fn namespaces_share_a_connection() {
    let mut client = open();
    let root = client
        .connect("/", json!({"token": "123"}))
        .expect("let in");
    let custom = client.connect("/custom", Value::Null).expect("let in");
    assert_ne!(root["sid"], custom["sid"]);
    assert_eq!(client.next("/").data(), &json!({"token": "123"}));
    assert_eq!(client.next("/custom").data(), &json!({}));
    client.emit("/custom", "message", &[json!(1)]);
    client.emit("/", "message", &[json!(2)]);
    assert_eq!(client.next("/").data(), &json!(2));
    assert_eq!(client.next("/custom").data(), &json!(1));
    let refused = client.connect("/random", Value::Null);
    assert_eq!(refused, Err(json!({"message": "Invalid namespace"})));

    client.disconnect("/custom");
    client.emit("/", "message", &[json!("still here")]);
    assert_eq!(client.next("/").data(), &json!("still here"));
    client
        .connect("/custom", Value::Null)
        .expect("let in again");
    client.disconnect("/");
    client.emit("/custom", "message", &[json!(3)]);
    assert_eq!(client.until("/custom", "message-back").data(), &json!(3));
}

#[test]
fn arguments_come_back_as_they_were() {
    let mut client = inside();
    let all = [
        json!(1),
        json!("2"),
        json!({"3": [true, null]}),
        json!("ä\n\u{1f980}"),
    ];
    client.emit("/", "message", &all);
    assert_eq!(client.next("/").arguments, all);
    client.emit("/", "message", &[]);
    assert!(client.next("/").arguments.is_empty());
    assert_eq!(client.ask("/", "message-with-ack", &all), all);
    assert!(client.ask("/", "message-with-ack", &[]).is_empty());
}

#[test]
fn attachments_belong_to_their_packet() {
    let mut client = inside();
    let two = r#"{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}"#;
    client.say(&format!(r#"452-["message",{two}]"#));
    client.say_binary(&[1, 2, 3]);
    client.say_binary(&[]);
    let told = client.next("/");
    assert_eq!(told.name, "message-back");
    assert_eq!(told.attachments, [&[1_u8, 2, 3][..], &[]]);
    // the framework compresses what is large, attachments too
    client.say(r#"451-["message",{"a":{"_placeholder":true,"num":0}}]"#);
    client.say_binary(&[7; 5000]);
    assert_eq!(client.next("/").attachments[0].len(), 5000);
}

#[test]
fn what_is_asked_too_early_is_answered_when_the_namespace_is_open() {
    let mut client = open();
    client.say(r#"40{"token":"1"}"#);
    client.say(r#"42["message","at once"]"#);
    assert_eq!(client.until("/", "message-back").data(), &json!("at once"));
}

#[test]
fn what_is_no_packet_ends_the_connection() {
    for wrong in [
        "abc",
        "",
        "4abc",
        "42{}",
        r#"42abc["message"]"#,
        r#"42["disconnect"]"#,
        r#"451-["message",{"_placeholder":true,"num":1}]"#,
        r#"42/custom,["message"]"#,
        r#"42/random,["message"]"#,
        "40",
        "2",
        "2probe",
        r#"4599-["message"]"#,
    ] {
        let mut client = inside();
        client.say(wrong);
        client.closed();
    }
    let mut client = inside();
    client.say_binary(b"of nothing");
    client.closed();
    let mut client = inside();
    client.say(r#"451-["message",{"_placeholder":true,"num":0}]"#);
    client.say(r#"42["message",1]"#);
    client.closed();
}

#[test]
fn an_event_that_nobody_knows_is_told() {
    let mut client = inside();
    client.emit("/", "massage", &[]);
    let told = client.next("/");
    assert_eq!(told.name, "error");
    assert_eq!(told.data()["code"], "UNKNOWN_ACTION");
    let text = told.data()["error"].as_str().expect("text");
    assert!(text.contains("did you mean message?"), "{text}");
    let answer = client.ask("/", "massage", &[]);
    assert_eq!(answer[0]["code"], "UNKNOWN_ACTION");
    assert_eq!(client.ask("/", "message-with-ack", &[json!(1)]), [json!(1)]);
}

#[test]
fn a_client_that_asks_for_nothing_is_let_go() {
    // nobody asks whether it is there so soon: it is the missing namespace that ends it
    let mut client = SocketIo::dial(address(), "/conformance/nothing/", &[]);
    assert_eq!(client.closed(), Some(1008));
}

#[test]
fn a_silent_client_is_gone() {
    // without namespaces, because a slow machine might not ask for one in time
    let mut client = SocketIo::dial(address(), "/engine.io/", &[]);
    client.mute();
    assert_eq!(client.closed(), Some(1001));
}

/// Where nobody is asked three times a second whether it is there: a megabyte takes its time on a busy machine.
#[test]
fn a_message_over_the_limit_ends_the_connection() {
    let mut client = SocketIo::dial(address(), "/conformance/socket.io/", &[]);
    let group = json!({"group": "large messages"});
    client.connect("/group", group).expect("let in");
    let text = "a".repeat(1_000_000 - r#"42/group,["message",""]"#.len());
    client.emit("/group", "message", &[json!(text)]);
    assert_eq!(
        client.next("/group").data().as_str().map(str::len),
        Some(text.len())
    );
    client.emit("/group", "message", &[json!(format!("{text}a"))]);
    assert_eq!(client.closed(), Some(1009));
}

#[test]
fn raw_engine_io_is_passed_on() {
    let mut client = SocketIo::dial(address(), "/conformance/engine.io/", &[]);
    client.say("4hello");
    assert_eq!(client.raw(), b"4hello");
    client.say_binary(&[1, 2, 3, 4]);
    assert_eq!(client.raw(), [1, 2, 3, 4]);
    client.say("1");
    client.closed();
}

#[test]
fn who_ends_its_side_of_a_session_is_obeyed_and_answered() {
    let mut client = inside();
    for id in 0..50 {
        client.say(&format!(r#"42{id}["message-with-ack",{id}]"#));
    }
    client.half_close();
    for id in 0..50 {
        assert_eq!(client.acked("/", id), [json!(id)]);
    }
}

/// Clients emit and leave in one breath.
#[test]
fn what_was_said_before_a_client_left_is_obeyed() {
    let group = json!({"group": "those who stay"});
    let mut stays = open();
    stays.connect("/group", group.clone()).expect("let in");
    for way in ["41/group,", "1", "", "close"] {
        let mut leaves = open();
        leaves.connect("/group", group.clone()).expect("let in");
        for n in 0..20 {
            leaves.emit("/group", "message", &[json!(n)]);
        }
        match way {
            "" => leaves.half_close(),
            "close" => leaves.close(),
            packet => leaves.say(packet),
        }
        for n in 0..20 {
            assert_eq!(stays.next("/group").data(), &json!(n), "{way:?}");
        }
    }
}

#[test]
fn who_comes_and_leaves_without_end_is_told_so() {
    let path = "/conformance/socket.io/?EIO=4&transport=websocket";
    let mut client = Raw::open(address(), path);
    let pair = ["40", "41"].map(|packet| masked(FIN | TEXT, packet.as_bytes()));
    client.bytes(&pair.concat().repeat(100));
    client.frame(FIN | PING, b"all of it");
    let refusal = br#"44{"message":"too many namespaces are being left"}"#;
    let mut refused = 0;
    loop {
        let (first, packet) = client.read().expect("a packet");
        refused += usize::from(packet == refusal);
        if first == FIN | PONG {
            break;
        }
    }
    assert!(refused > 0);
    // and is let in when that is done
    let late = std::time::Instant::now() + PATIENCE;
    loop {
        assert!(std::time::Instant::now() < late, "never let in again");
        client.frame(FIN | TEXT, b"40");
        let answer = loop {
            let (_, packet) = client.read().expect("a packet");
            if packet.starts_with(b"40{") || packet.starts_with(b"44") {
                break packet;
            }
        };
        if answer.starts_with(b"40{") {
            return;
        }
    }
}

#[test]
fn an_auth_that_is_too_large_to_be_kept_is_refused() {
    let mut client = open();
    let large = json!({"token": "x".repeat(20_000)});
    let refused = client.connect("/", large);
    assert_eq!(refused, Err(json!({"message": "auth is too large"})));
    client.connect("/", json!({"token": "x"})).expect("let in");
}
