//! What becomes of the answers to polls: how much is in one, how it is encoded, and when it comes again.

use super::polling::{Polling, begun, request, send};
use super::*;
use std::io::Read;
use std::net::TcpStream;
use std::time::Duration;

/// A session in the kitchen that has heard its welcome.
fn in_the_kitchen(house: &House) -> Polling {
    let client = Polling::open(house.address());
    client.post(r#"40{"rooms":["kitchen"]}"#);
    assert!(client.poll()[0].starts_with(r#"40{"sid":""#));
    client
}

/// An answer as it came: its head in small letters, and its body.
fn read_whole(stream: &mut TcpStream) -> (String, Vec<u8>) {
    let mut all = Vec::new();
    loop {
        let mut some = [0; 4096];
        let n = stream.read(&mut some).expect("the answer");
        assert!(n > 0, "cut off: {:?}", String::from_utf8_lossy(&all));
        all.extend_from_slice(&some[..n]);
        let Some(at) = all.windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&all[..at]).to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).expect("a length");
        let length: usize = length.lines().next().and_then(|l| l.parse().ok()).unwrap();
        if all.len() == at + 4 + length {
            return (head, all[at + 4..].to_vec());
        }
    }
}

/// As HAProxy leaves the connection of an answer that it has passed on. Its system acknowledges what it has read before it resets.
fn reset(stream: TcpStream) {
    let stream = socket2::Socket::from(stream);
    stream.set_tcp_quickack(true).expect("acknowledged");
    stream.set_linger(Some(Duration::ZERO)).expect("no linger");
}

#[test]
fn a_proxy_that_has_read_an_answer_and_resets_is_told_nothing_twice() {
    let house = House::of(1);
    let client = in_the_kitchen(&house);
    let keep = format!("{} HTTP/1.1\r\nHost: a\r\n\r\n", client.line("GET"));
    for n in 0..8 {
        let text = format!("note {n}");
        let mut stream = match n % 2 {
            // who asks for it to end, as a proxy does whose client will not ask again
            0 => send(client.at, &client.line("GET"), &[], ""),
            _ => {
                let mut stream = TcpStream::connect(client.at).expect("connect");
                std::io::Write::write_all(&mut stream, keep.as_bytes()).expect("send");
                stream
            }
        };
        house.note("kitchen", &text);
        let (_, body) = read_whole(&mut stream);
        let body = String::from_utf8(body).expect("text");
        let told: Vec<&str> = body.split('\x1e').filter(|p| *p != "2").collect();
        assert_eq!(told.len(), 1, "{body}");
        assert!(told[0].contains(&format!(r#""text":"{text}""#)), "{body}");
        reset(stream);
    }
}

/// It is with the client's system neither time: its session is at an end, and from that the client comes back with what it has seen.
#[test]
fn no_answer_is_repeated_more_than_once() {
    let house = House::of(1);
    let (mut watch, _) = house.guest(json!({"rooms": ["kitchen"]}));
    let client = in_the_kitchen(&house);
    let text = "a".repeat(15_000);
    house.note("kitchen", &text);
    hears(&mut watch, &text);
    drop(begun(&client, ""));
    drop(begun(&client, ""));
    let (status, _, body) = request(client.at, &client.line("GET"), &[], "");
    assert_eq!((status, code(&body)), (400, Some(1)), "{body}");
}

fn code(body: &str) -> Option<i64> {
    serde_json::from_str::<Value>(body).ok()?["code"].as_i64()
}

#[test]
fn an_answer_has_at_most_sixteen_packets() {
    let house = House::open();
    let client = in_the_kitchen(&house);
    let all: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    client.post(&format!("421[\"chatter\",{}]", all.join(",")));
    let mut told = Vec::new();
    while told.len() < 101 {
        let answer = client.poll();
        assert!(answer.len() <= 16, "{}", answer.len());
        told.extend(answer);
    }
    let mut expected: Vec<String> = all.iter().map(|n| format!("42[\"chatter\",{n}]")).collect();
    expected.push("431[100]".to_owned());
    assert_eq!(told, expected);
}

#[test]
fn a_resume_over_long_polling_ends() {
    let house = House::open();
    let (mut watch, _) = house.guest(json!({"rooms": ["kitchen"]}));
    house.note("kitchen", "first");
    let seen = hears(&mut watch, "first");
    house.sql(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2500)
         INSERT INTO note(room, text) SELECT 'kitchen', i FROM n",
    );
    for n in 1..=2500 {
        hears(&mut watch, &n.to_string());
    }
    let client = Polling::open(house.address());
    client.post(&format!(r#"40{{"rooms":["kitchen"],"since":{seen}}}"#));
    let mut told = Vec::new();
    while told.len() < 2501 {
        let answer = client.poll();
        assert!(answer.len() <= 16, "{}", answer.len());
        told.extend(answer);
    }
    assert!(told[0].starts_with("40{"), "{}", told[0]);
    for (n, packet) in told.iter().enumerate().skip(1) {
        assert!(
            packet.contains(&format!(r#""text":"{n}""#)),
            "{n}: {packet}"
        );
    }
    house.note("kitchen", "live");
    assert!(client.poll()[0].contains("live"));
}

#[test]
fn a_large_answer_is_compressed_for_who_inflates_it() {
    let house = House::open();
    let large = "It is ready. ".repeat(500);
    for (accepts, text, compressed) in [
        ("gzip, deflate", &*large, true),
        ("br, *;q=0.5", &large, true),
        ("gzip;q=0", &large, false),
        ("identity, gzip;q=0.5", &large, false),
        ("deflate, br", &large, false),
        ("gzip", "It is ready.", false),
    ] {
        let client = in_the_kitchen(&house);
        house.note("kitchen", text);
        let headers = [("Accept-Encoding", accepts)];
        let (head, body) = read_whole(&mut send(client.at, &client.line("GET"), &headers, ""));
        assert!(head.contains("vary: origin, accept-encoding"), "{head}");
        let is_gzip = head.contains("content-encoding: gzip");
        assert_eq!(is_gzip, compressed, "{accepts}");
        let mut told = String::new();
        if compressed {
            assert!(body.len() < text.len() / 4, "{} bytes", body.len());
            let mut inflated = flate2::read::GzDecoder::new(&body[..]);
            inflated.read_to_string(&mut told).expect("gzip");
        } else {
            told = String::from_utf8(body).expect("text");
        }
        assert!(told.contains(text), "{accepts}: {told}");
    }
    let client = in_the_kitchen(&house);
    house.note("kitchen", &large);
    let (head, _) = read_whole(&mut send(client.at, &client.line("GET"), &[], ""));
    assert!(!head.contains("content-encoding"), "{head}");
}

/// A CLOSE packet would be a farewell for python-socketio and rust_socketio, from which they do not come back.
#[test]
fn a_poll_that_the_server_ends_is_answered_so_that_everybody_comes_back() {
    let mut house = House::of(1);
    let idle = in_the_kitchen(&house);
    let mut poll = send(idle.at, &idle.line("GET"), &[], "");
    // it waits: the shard takes requests in the order in which it hears of them
    let (status, ..) = request(idle.at, &idle.line("POST"), &[], "3");
    assert_eq!(status, 200);
    house.stop();
    let mut answer = String::new();
    poll.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    assert!(head.starts_with("HTTP/1.1 400"), "{answer}");
    assert_eq!(code(body), Some(1), "{answer}");

    house.serve();
    let (status, _, body) = request(house.address(), &idle.line("GET"), &[], "");
    assert_eq!((status, code(&body)), (400, Some(1)), "{body}");
}

/// As the official suite has it. Who makes such a mistake need not come back with it.
#[test]
fn who_polls_twice_at_once_is_told_a_close() {
    let house = House::with(1, "ping_timeout = \"2s\"");
    let client = in_the_kitchen(&house);
    let mut first = send(client.at, &client.line("GET"), &[], "");
    client.post("3"); // it waits
    let (status, _, body) = request(client.at, &client.line("GET"), &[], "");
    assert_eq!((status, code(&body)), (400, Some(1)), "{body}");
    let mut answer = String::new();
    first.read_to_string(&mut answer).expect("an answer");
    assert!(answer.ends_with("\r\n\r\n1"), "{answer}");
}

/// More waits for it than may: also this is no farewell.
#[test]
fn a_client_that_polls_too_seldom_comes_back_with_its_number() {
    let house = House::of(1);
    let (mut watch, _) = house.guest(json!({"rooms": ["kitchen"]}));
    let client = Polling::open(house.address());
    client.post(r#"40{"rooms":["kitchen"]}"#);
    let welcome = client.poll();
    let welcome: Value = serde_json::from_str(&welcome[0][2..]).expect("JSON");
    house.note("kitchen", "seen");
    let seen = hears(&mut watch, "seen");
    assert!(client.poll()[0].contains("seen"));
    let text = "a".repeat(60_000);
    for _ in 0..20 {
        house.note("kitchen", &text);
        hears(&mut watch, &text);
    }
    let (status, _, body) = request(client.at, &client.line("GET"), &[], "");
    assert_eq!((status, code(&body)), (400, Some(1)), "{body}");

    let mut back = house.client();
    let auth = json!({"pid": welcome["pid"], "offset": seen.to_string()});
    let again = back.connect("/", auth).expect("let in");
    assert_eq!(again["pid"], welcome["pid"], "recovered");
    for _ in 0..20 {
        hears(&mut back, &text);
    }
}

#[test]
fn a_post_to_no_session_is_told_so_as_a_poll_is() {
    let house = House::open();
    let at = house.address();
    let path = "/socket.io/?EIO=4&transport=polling";
    for sid in [
        "abc",
        "AAAAAAAAAAAAAAAAAAAA0",
        "AAAAAAAAAAAAAAAAAAAA1",
        "AAAAAAAAAAAAAAAAAAAAff",
    ] {
        for method in ["GET", "POST"] {
            let line = format!("{method} {path}&sid={sid}");
            let (status, _, body) = request(at, &line, &[], "3");
            assert_eq!((status, code(&body)), (400, Some(1)), "{line}: {body}");
        }
    }
    let client = Polling::open(at);
    client.post("1");
    let (status, _, body) = request(at, &client.line("POST"), &[], "3");
    assert_eq!(
        (status, code(&body)),
        (400, Some(1)),
        "it has ended: {body}"
    );
}
