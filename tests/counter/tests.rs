//! The example does what it says, at the wire.

#[allow(dead_code)] // others use the rest of it
#[path = "../support/patience.rs"]
mod patience;

use super::*;
use patience::PATIENCE;
use serde_json::{Value, json};
use std::net::TcpStream;
use tungstenite::{Message as Frame, WebSocket};

fn start(database: &str) -> Started {
    let server = server(database, "127.0.0.1:0").expect("a configuration");
    server.start().expect("a server")
}

fn client(server: &Started, query: &str) -> WebSocket<TcpStream> {
    let at = server.addresses()[0].1;
    let stream = TcpStream::connect(at).expect("connect");
    stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    tungstenite::client(format!("ws://{at}/ws/counters/1/{query}"), stream)
        .expect("handshake")
        .0
}

fn next(socket: &mut WebSocket<TcpStream>) -> Value {
    serde_json::from_str(socket.read().expect("a frame").to_text().expect("text")).expect("JSON")
}

/// A consumer whose commands have members that raw frames keep to themselves.
struct Greedy;

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
#[allow(dead_code)] // only its shape is looked at
enum Wants {
    Ping,
    Move { id: i64 },
}

#[derive(Deserialize)]
struct Asked {
    #[allow(dead_code)]
    token: Option<String>,
}

impl Consumer for Greedy {
    const NAME: &'static str = "greedy";
    type App = Counters;
    type Params = Asked;
    type Command = Wants;

    async fn connect(_: Asked, _: &mut Context<Counters>) -> Result<Self, Error> {
        Ok(Greedy)
    }

    async fn receive(&mut self, _: Wants, _: &mut Context<Counters>) -> Result<Reply, Error> {
        Ok(Reply::done())
    }

    fn render(_: &Count, _: &i64) -> Option<Message> {
        None
    }
}

#[test]
fn a_consumer_that_would_never_be_shown_what_it_asks_for_is_refused_at_the_start() {
    let refused = Server::single::<Greedy>("127.0.0.1:0", "/ws/").map(|_| ());
    let said = refused.expect_err("a mistake").to_string();
    for lost in [
        r#"the action "ping""#,
        r#"the member "id" of "move""#,
        r#"the query's "token""#,
    ] {
        assert!(said.contains(lost), "{said}");
    }
    let said = Server::single::<Greedy>("127.0.0.1:0", "/ws/<token>/").map(|_| ());
    let said = said.expect_err("a mistake").to_string();
    assert!(!said.contains("query"), "the path has it: {said}");
    // with Socket.IO the id is beside the event
    let file = "[[listener]]\nname = 'a'\nbind = '127.0.0.1:0'\n[[listener.route]]\npath = '/io/<token>/'\n
        [[listener.route.namespace]]\nname = '/'\nconsumer = 'greedy'\nauth = 'none'";
    let registry = Registry::new().with::<Greedy>();
    registry.routing("a file", file).expect("no mistake");
}

#[test]
fn everybody_sees_every_change_whoever_made_it() {
    let dir = tempfile::tempdir().expect("a directory");
    let database = dir.path().join("counter.db");
    let database = database.to_str().expect("text");
    let server = start(database);
    let (mut a, mut b) = (client(&server, ""), client(&server, ""));
    for socket in [&mut a, &mut b] {
        assert_eq!(next(socket)["data"], json!({"id": 1, "n": 0}));
    }

    a.send(Frame::text(r#"{"action":"add","n":2,"id":"first"}"#))
        .expect("send");
    let told = next(&mut a);
    assert_eq!(told["data"], json!({"id": 1, "n": 2}));
    assert_eq!(
        next(&mut a),
        json!({"type": "ack", "data": {"id": "first", "ok": true}})
    );
    let first = next(&mut b);
    assert_eq!(first, told, "both hear the same");
    let seq = first["seq"].as_u64().expect("a number");

    // another program
    let other = rusqlite::Connection::open(database).expect("open");
    other
        .execute_batch("BEGIN; UPDATE counter SET n = 99; ROLLBACK; UPDATE counter SET n = 5;")
        .expect("update");
    for socket in [&mut a, &mut b] {
        assert_eq!(
            next(socket)["data"]["n"],
            5,
            "after a commit, not after a rollback"
        );
    }

    // the same command again gets the same answer, and nothing happens
    a.send(Frame::text(r#"{"action":"add","n":2,"id":"first"}"#))
        .expect("send");
    assert_eq!(next(&mut a)["type"], "ack");

    // back after the first change: exactly what was missed
    let mut back = client(&server, &format!("?since={seq}"));
    assert_eq!(next(&mut back)["data"]["n"], 5);

    // from another history
    let mut lost = client(&server, "?since=12345");
    let reset = next(&mut lost);
    assert_eq!(
        (&reset["reset"], &reset["data"]["n"]),
        (&json!(true), &json!(5))
    );

    a.send(Frame::text(r#"{"action":"fly"}"#)).expect("send");
    assert_eq!(next(&mut a)["code"], "UNKNOWN_ACTION");
    drop((a, b, back, lost));
    server.stop();

    // and after a restart
    let server = start(database);
    let mut back = client(&server, &format!("?since={seq}"));
    assert_eq!(next(&mut back)["data"]["n"], 5);
    drop(back);
    server.stop();
}
