//! Long polling.

use super::*;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

/// One request on a connection of its own: status, headers, body.
pub(super) fn request(
    at: SocketAddr,
    line: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> (u16, String, String) {
    let mut stream = send(at, line, headers, body);
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|s| s.parse().ok());
    (
        status.expect("a status"),
        head.to_ascii_lowercase(),
        body.to_owned(),
    )
}

pub(super) fn send(at: SocketAddr, line: &str, headers: &[(&str, &str)], body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(at).expect("connect");
    stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    let mut text = format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if line.starts_with("POST") {
        text.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    stream
        .write_all(format!("{text}\r\n{body}").as_bytes())
        .expect("send");
    stream
}

const PATH: &str = "/socket.io/?EIO=4&transport=polling";

/// A session that polls.
pub(super) struct Polling {
    pub at: SocketAddr,
    pub sid: String,
}

impl Polling {
    pub fn open(at: SocketAddr) -> Self {
        let (status, _, body) = request(at, &format!("GET {PATH}"), &[], "");
        assert_eq!(status, 200, "{body}");
        let said: Value =
            serde_json::from_str(body.strip_prefix('0').expect("an open packet")).expect("JSON");
        assert_eq!(said["upgrades"], json!(["websocket"]));
        let sid = said["sid"].as_str().expect("text").to_owned();
        Polling { at, sid }
    }

    pub fn line(&self, method: &str) -> String {
        format!("{method} {PATH}&sid={}", self.sid)
    }

    #[track_caller]
    pub fn post(&self, body: &str) {
        let (status, _, said) = request(self.at, &self.line("POST"), &[], body);
        assert_eq!((status, &*said), (200, "ok"));
    }

    /// Its session is over.
    #[track_caller]
    fn is_gone(&self) {
        let (status, ..) = request(self.at, &self.line("POST"), &[], "3");
        assert_eq!(status, 400);
    }

    /// The packets of the next answer that are no pings; several polls if need be.
    #[track_caller]
    pub fn poll(&self) -> Vec<String> {
        loop {
            let (status, _, body) = request(self.at, &self.line("GET"), &[], "");
            assert_eq!(status, 200, "{body}");
            let packets = body.split('\x1e').filter(|p| *p != "2");
            let packets: Vec<String> = packets.map(str::to_owned).collect();
            if body.split('\x1e').any(|p| p == "2") {
                self.post("3");
            }
            if !packets.is_empty() {
                return packets;
            }
        }
    }

    /// Polls until so many packets have come.
    #[track_caller]
    fn polls(&self, count: usize) -> Vec<String> {
        let mut all = Vec::new();
        while all.len() < count {
            all.extend(self.poll());
        }
        all
    }
}

#[test]
fn a_client_that_polls_hears_and_says_the_same() {
    let house = House::open();
    // connections spread over the shards: a session is found from each
    let clients: Vec<_> = (0..6).map(|_| Polling::open(house.address())).collect();
    for client in &clients {
        client.post(r#"40{"rooms":["kitchen"]}"#);
        assert!(client.poll()[0].starts_with(r#"40{"sid":""#));
        client.post("420[\"rooms\"]\x1e421[\"chatter\",1]");
        assert_eq!(
            client.polls(3),
            [r#"430[["kitchen"]]"#, r#"42["chatter",1]"#, "431[1]"]
        );
    }
    house.note("kitchen", "one");
    for client in &clients {
        let told = client.poll();
        assert!(
            told[0].starts_with(r#"42["note",{"id":1,"room":"kitchen","text":"one"},""#),
            "{told:?}"
        );
    }
    clients[0].post("451-[\"photo\",{\"_placeholder\":true,\"num\":0}]\x1ebAP8=");
    assert_eq!(
        clients[0].polls(2),
        [r#"451-["photo",{"_placeholder":true,"num":0}]"#, "bAP8="]
    );
}

/// On one shard, which hears of the end before it hears of the note.
#[test]
fn a_poll_that_is_given_up_loses_nothing() {
    let house = House::of(1);
    let client = Polling::open(house.address());
    client.post(r#"40{"rooms":["kitchen"]}"#);
    client.poll();
    for n in 0..5 {
        // it waits, and its client goes away
        let waiting = send(client.at, &client.line("GET"), &[], "");
        waiting.shutdown(Shutdown::Both).expect("shutdown");
        house.note("kitchen", &n.to_string());
        let told = client.poll();
        assert!(told[0].contains(&format!(r#""text":"{n}""#)), "{told:?}");
    }
}

/// The next poll arrives first, and the end of the connection of the one before it only then.
#[test]
fn a_poll_that_overtakes_the_end_of_another_takes_its_place() {
    let house = House::open();
    let client = Polling::open(house.address());
    client.post(r#"40{"rooms":["kitchen"]}"#);
    client.poll();
    for n in 0..5 {
        let mut waiting = send(client.at, &client.line("GET"), &[], "");
        let mut next = send(client.at, &client.line("GET"), &[], "");
        waiting.shutdown(Shutdown::Write).expect("shutdown");
        // it is answered, because its client may be there still: with nothing
        let mut nothing = String::new();
        waiting.read_to_string(&mut nothing).expect("the end");
        assert!(nothing.ends_with("\r\n\r\n6"), "{nothing:?}");
        house.note("kitchen", &n.to_string());
        let mut answer = String::new();
        next.read_to_string(&mut answer).expect("an answer");
        assert!(answer.contains(&format!(r#""text":"{n}""#)), "{answer:?}");
    }
}

/// Two polls wait, and the later one is given up: the earlier one goes on to wait. Two that are both meant are a mistake.
#[test]
fn a_poll_that_is_given_up_while_another_waits_costs_no_session() {
    // one shard: what is sent first is heard first
    let house = House::with(1, "ping_timeout = \"6s\"");
    let client = Polling::open(house.address());
    client.post(r#"40{"rooms":["kitchen"]}"#);
    client.poll();
    let mut waiting = send(client.at, &client.line("GET"), &[], "");
    drop(send(client.at, &client.line("GET"), &[], ""));

    // by when this one hears of its mistake, the other would have
    let mistaken = Polling::open(house.address());
    let _first = send(mistaken.at, &mistaken.line("GET"), &[], "");
    let (status, ..) = request(mistaken.at, &mistaken.line("GET"), &[], "");
    assert_eq!(status, 400);
    mistaken.is_gone();

    house.note("kitchen", "still here");
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).expect("an answer");
    assert!(answer.contains(r#""text":"still here""#), "{answer:?}");
}

#[test]
fn a_poll_whose_client_ends_its_side_is_answered_with_a_noop() {
    let house = House::open();
    let client = Polling::open(house.address());
    client.post(r#"40{"rooms":["kitchen"]}"#);
    client.poll();
    for n in 0..5 {
        let mut waiting = send(client.at, &client.line("GET"), &[], "");
        waiting.shutdown(Shutdown::Write).expect("shutdown");
        let mut answer = String::new();
        waiting.read_to_string(&mut answer).expect("the end");
        assert!(answer.ends_with("\r\n\r\n6"), "{answer:?}");
        // nothing is lost by it
        house.note("kitchen", &n.to_string());
        let told = client.poll();
        assert!(told[0].contains(&format!(r#""text":"{n}""#)), "{told:?}");
    }
}

#[test]
fn what_was_said_before_a_client_that_polls_left_is_obeyed() {
    let house = House::open();
    let (mut watch, _) = house.guest(json!({"rooms": ["kitchen"]}));
    for goodbye in ["41", "1"] {
        let client = Polling::open(house.address());
        client.post("40{}");
        client.poll();
        let say = format!(r#"42["say",{{"room":"kitchen","text":"{goodbye}"}}]"#);
        client.post(&format!("{say}\x1e{goodbye}"));
        hears(&mut watch, goodbye);
    }
}

/// A client sends both at once, by two connections, so either may arrive first.
#[test]
fn a_poll_that_crosses_its_clients_close_gets_its_noop() {
    let house = House::open();
    let polled = |client: &Polling| {
        let (status, _, body) = request(client.at, &client.line("GET"), &[], "");
        (status, body)
    };
    // connections spread over the shards
    for _ in 0..6 {
        let client = Polling::open(house.address());
        client.post("1");
        assert_eq!(
            polled(&client),
            (200, "6".to_owned()),
            "the close overtakes"
        );
        assert_eq!(polled(&client).0, 400, "it was told");

        let client = Polling::open(house.address());
        let mut first = send(client.at, &client.line("GET"), &[], "");
        client.post("1");
        let mut answer = String::new();
        first.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n6"), "{answer}");
        assert_eq!(polled(&client).0, 400, "it was told");
    }
}

/// A poll of which the first bytes were read, by a client whose system takes little ahead of it.
#[track_caller]
pub(super) fn begun(client: &Polling, fields: &str) -> TcpStream {
    let socket =
        socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
    socket.set_recv_buffer_size(4096).expect("a small buffer");
    socket.connect(&client.at.into()).expect("connect");
    let mut stream = TcpStream::from(socket);
    let head = format!("{} HTTP/1.1\r\nHost: a\r\n{fields}\r\n", client.line("GET"));
    stream.write_all(head.as_bytes()).expect("send");
    let mut some = [0; 1000];
    stream.read_exact(&mut some).expect("the answer begins");
    stream
}

/// The answer is with our system whole, and the client's has not acknowledged it when the client ends the connection. On one shard, which hears of the end before
/// it hears of the next poll.
#[test]
fn an_answer_that_is_left_in_order_comes_again() {
    let house = House::of(1);
    let (mut watch, _) = house.guest(json!({"rooms": ["kitchen"]}));
    let text = "a".repeat(15_000);
    for fields in ["", "Connection: close\r\n"] {
        let client = Polling::open(house.address());
        client.post(r#"40{"rooms":["kitchen"]}"#);
        client.poll();
        house.note("kitchen", &text);
        hears(&mut watch, &text);
        let left = begun(&client, fields);
        left.shutdown(Shutdown::Write).expect("the end");
        let told = client.poll();
        assert_eq!(told.len(), 1, "{fields:?}");
        assert!(told[0].contains(&text), "{}", &told[0][..60]);
        // and is not told to who has read it
        house.note("kitchen", "next");
        hears(&mut watch, "next");
        let told = client.poll();
        assert_eq!(told.len(), 1, "{fields:?}");
        assert!(told[0].contains("next"), "{}", &told[0][..60]);
    }
}

/// The answer is larger than any socket's buffer, and its reader reads nothing of it. On one shard, which hears of the end before it hears of the next poll.
#[test]
fn an_answer_that_is_cut_off_comes_again() {
    let house = House::of(1);
    let client = Polling::open(house.address());
    client.post(r#"40{"rooms":["kitchen"]}"#);
    client.poll();
    let (mut watch, _) = house.guest(json!({"rooms": ["kitchen"]}));
    let text = "a".repeat(60_000);
    for _ in 0..16 {
        house.note("kitchen", &text);
        hears(&mut watch, &text);
    }
    drop(begun(&client, ""));
    let told = client.polls(16);
    assert_eq!(told.len(), 16);
    for (n, packet) in told.iter().enumerate() {
        assert!(
            packet.starts_with(&format!(r#"42["note",{{"id":{},"#, n + 1)),
            "{}",
            &packet[..60]
        );
    }
}

#[test]
fn what_is_no_request_of_a_session_is_refused() {
    let house = House::open();
    let at = house.address();
    let refused = |line: &str, body: &str| {
        let (status, _, body) = request(at, line, &[], body);
        let body: Value = serde_json::from_str(&body).expect("JSON");
        (status, body["code"].as_i64())
    };
    assert_eq!(refused("GET /socket.io/?EIO=4", ""), (400, Some(0)));
    assert_eq!(
        refused("GET /socket.io/?EIO=4&transport=x", ""),
        (400, Some(0))
    );
    assert_eq!(
        refused("GET /socket.io/?EIO=3&transport=polling", ""),
        (400, Some(5))
    );
    assert_eq!(
        refused("GET /socket.io/?EIO=4&transport=websocket", ""),
        (400, Some(3))
    );
    assert_eq!(refused(&format!("POST {PATH}"), "40"), (400, Some(2)));
    assert_eq!(refused(&format!("GET {PATH}&sid=abc"), ""), (400, Some(1)));
    let unknown = format!("GET {PATH}&sid=AAAAAAAAAAAAAAAAAAAA0");
    assert_eq!(refused(&unknown, ""), (400, Some(1)));
    let elsewhere = format!("GET {PATH}&sid=AAAAAAAAAAAAAAAAAAAAff");
    assert_eq!(refused(&elsewhere, ""), (400, Some(1)));
    let client = Polling::open(at);
    assert_eq!(refused(&client.line("PUT"), ""), (400, Some(2)));
    assert_eq!(refused(&client.line("POST"), "no packet"), (400, Some(3)));
    assert_eq!(
        refused(&client.line("GET"), ""),
        (400, Some(1)),
        "and ended"
    );
    let client = Polling::open(at);
    let (status, ..) = request(at, &client.line("POST"), &[], &"4".repeat(1_000_001));
    assert_eq!(status, 413);
}

#[test]
fn pages_of_other_sites_are_told_what_they_may() {
    let house = House::open();
    let at = house.address();
    let page = [("Origin", "http://page.example")];
    let (status, head, _) = request(at, &format!("GET {PATH}"), &page, "");
    assert_eq!(status, 200);
    assert!(
        head.contains("access-control-allow-origin: http://page.example"),
        "{head}"
    );
    assert!(
        head.contains("access-control-allow-credentials: true"),
        "{head}"
    );
    assert!(head.contains("vary: origin"), "{head}");
    let asks = [
        page[0],
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", "x-a"),
    ];
    let (status, head, _) = request(at, &format!("OPTIONS {PATH}"), &asks, "");
    assert_eq!(status, 204);
    assert!(head.contains("access-control-allow-headers: x-a"), "{head}");
    let (status, head, _) = request(
        at,
        &format!("GET {PATH}"),
        &[("Origin", "http://evil.example")],
        "",
    );
    assert_eq!(status, 403);
    assert!(!head.contains("access-control-allow-origin"), "{head}");
}
