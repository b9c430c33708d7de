//! What a Socket.IO application relies on, at the wire.

#[path = "absence.rs"]
mod absence;
#[path = "answers.rs"]
mod answers;
#[path = "numbers.rs"]
mod numbers;
#[path = "../support/patience.rs"]
mod patience;
#[path = "payloads.rs"]
mod payloads;
#[path = "polling.rs"]
mod polling;
#[allow(dead_code)]
#[path = "../support/socket_io.rs"]
mod socket_io;
#[path = "talking.rs"]
mod talking;
#[path = "upgrading.rs"]
mod upgrading;

use maitred::{Keys, Started};
use patience::{PATIENCE, patient};
use serde_json::{Value, json};
use socket_io::SocketIo;
use std::net::SocketAddr;
use std::time::Instant;

const SECRET: &str = "a secret of these tests, and of nobody else";

/// The routes of the example, with these limits among those that a busy machine keeps, and namespaces beside them.
fn routes(own: &str, more: &str) -> String {
    let routes = super::ROUTES.replace("BIND", "127.0.0.1:0");
    format!("[defaults]\n{}{routes}{more}", patient(own))
}

/// A server on a database of its own.
struct House {
    started: Option<Started>,
    place: tempfile::TempDir,
    shards: usize,
    routes: String,
}

impl House {
    fn open() -> Self {
        House::of(2)
    }

    /// On so many shards.
    fn of(shards: usize) -> Self {
        House::with(shards, "")
    }

    /// The same with limits of its own.
    fn with(shards: usize, own: &str) -> Self {
        House::serving(shards, routes(own, ""))
    }

    fn serving(shards: usize, routes: String) -> Self {
        let place = tempfile::tempdir().expect("a directory");
        let mut house = House {
            started: None,
            place,
            shards,
            routes,
        };
        house.serve();
        house
    }

    fn database(&self) -> String {
        let path = self.place.path().join("rooms.db");
        path.to_str().expect("text").to_owned()
    }

    fn serve(&mut self) {
        let server = super::server(&self.database(), &self.routes, Some(SECRET));
        let server = server.expect("a configuration").shards(self.shards);
        self.started = Some(server.start().expect("a server"));
    }

    fn stop(&mut self) {
        self.started.take().expect("a server").stop();
    }

    fn address(&self) -> SocketAddr {
        self.started.as_ref().expect("a server").addresses()[0].1
    }

    fn client(&self) -> SocketIo {
        SocketIo::open(self.address())
    }

    /// A client that is let into the root namespace, and what it was told.
    #[track_caller]
    fn guest(&self, auth: Value) -> (SocketIo, Value) {
        let mut client = self.client();
        let welcome = client.connect("/", auth).expect("let in");
        (client, welcome)
    }

    /// Another program writes a note.
    fn note(&self, room: &str, text: &str) {
        let c = rusqlite::Connection::open(self.database()).expect("open");
        c.busy_timeout(PATIENCE).expect("patience");
        c.execute("INSERT INTO note(room, text) VALUES(?1, ?2)", [room, text])
            .expect("insert");
    }

    /// A client writes a note, and knows that everybody was told.
    fn said(&self, room: &str, text: &str) {
        let (mut client, _) = self.guest(Value::Null);
        client.ask("/", "say", &[json!({"room": room, "text": text})]);
    }

    /// Waits until a question has the answer 1.
    #[track_caller]
    fn becomes(&self, question: &str) {
        let c = rusqlite::Connection::open(self.database()).expect("open");
        c.busy_timeout(PATIENCE).expect("patience");
        let late = Instant::now() + PATIENCE;
        while !c
            .query_row(question, [], |r| r.get::<_, bool>(0))
            .expect(question)
        {
            assert!(Instant::now() < late, "never: {question}");
            std::thread::yield_now();
        }
    }

    fn sql(&self, sql: &str) {
        let c = rusqlite::Connection::open(self.database()).expect("open");
        c.busy_timeout(PATIENCE).expect("patience");
        c.execute_batch(sql).expect(sql);
    }
}

fn token(subject: &str, more: Value) -> String {
    let keys = Keys::hs256(SECRET.as_bytes()).expect("keys");
    let mut claims = json!({"sub": subject, "exp": 4_102_444_800_u64});
    for (key, value) in more.as_object().into_iter().flatten() {
        claims[key] = value.clone();
    }
    keys.mint(&claims).expect("a token")
}

/// The next note's text.
#[track_caller]
fn hears(client: &mut SocketIo, text: &str) -> u64 {
    let told = client.next("/");
    assert_eq!(told.name, "note", "{told:?}");
    assert_eq!(told.data()["text"], text);
    told.offset.expect("a durable event has an offset")
}
