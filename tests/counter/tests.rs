//! The example does what it says.

use super::*;
use maitred::testing::InProcess;
use serde_json::json;

const PATH: &str = "/ws/counters/1/";

fn start(database: &str) -> InProcess {
    let server = server(database, "127.0.0.1:9900").expect("a configuration");
    InProcess::start(server).expect("a server")
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
    let (mut a, mut b) = (server.connect(PATH), server.connect(PATH));
    for client in [&mut a, &mut b] {
        assert_eq!(client.hears()["data"], json!({"id": 1, "n": 0}));
    }

    let add = json!({"action": "add", "n": 2, "id": "first"});
    a.say(&add);
    let told = a.hears();
    assert_eq!(told["data"], json!({"id": 1, "n": 2}));
    let first = b.hears();
    assert_eq!(first, told, "both hear the same");
    let seq = first["seq"].as_u64().expect("a number");
    assert_eq!(
        a.hears(),
        json!({"type": "ack", "data": {"id": "first", "ok": true, "as_of": seq}})
    );

    // another program
    let other = rusqlite::Connection::open(database).expect("open");
    other
        .execute_batch("BEGIN; UPDATE counter SET n = 99; ROLLBACK; UPDATE counter SET n = 5;")
        .expect("update");
    for client in [&mut a, &mut b] {
        assert_eq!(
            client.hears()["data"]["n"],
            5,
            "after a commit, not after a rollback"
        );
    }

    // the same command again gets the same answer, and nothing happens
    a.say(&add);
    assert_eq!(a.hears()["type"], "ack");

    let back = |server: &InProcess, seq| server.at(PATH).since(seq).connect().expect("let in");
    // back after the first change: exactly what was missed
    let mut missed = back(&server, seq);
    assert_eq!(missed.hears()["data"]["n"], 5);
    missed.hears_nothing();

    // from another history
    let mut lost = back(&server, 12345);
    let reset = lost.hears();
    assert_eq!(
        (&reset["reset"], &reset["data"]["n"]),
        (&json!(true), &json!(5))
    );

    a.say(&json!({"action": "fly"}));
    assert_eq!(a.hears()["code"], "UNKNOWN_ACTION");
    drop((a, b, missed, lost));
    server.stop();

    // and after a restart
    let server = start(database);
    assert_eq!(back(&server, seq).hears()["data"]["n"], 5);
    server.stop();
}
