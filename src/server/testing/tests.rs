//! What an author of endpoints is promised, seen by a client in this process: timers, reasons, refusals.

use super::{Client, InProcess};
use crate::app::{App, Signal};
use crate::consumer::context::Context;
use crate::consumer::context::timers::{TIMERS, TimerId};
use crate::consumer::disconnect::Disconnect;
use crate::consumer::endpoint::Consumer;
use crate::consumer::routes::{Namespaces, Routes, consumer};
use crate::consumer::timed::Timed;
use crate::error::{Error, Kind};
use crate::limits::clock::Clock;
use crate::protocol::frame::Frame;
use crate::protocol::message::{Message, Reply};
use crate::routing::{Auth, PolicySettings};
use crate::server::Server;
use crate::store::{Change, Reader, Watched};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

struct Kitchen;

impl App for Kitchen {
    type Claims = ();
    type Group = String;
    type Event = String;
    const WATCHED: &'static [Watched] = &[];

    fn announce(_: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        Ok(Vec::new())
    }
}

/// Rings when it is told to, and tells the watchers how its connection ended.
struct Egg {
    set: Vec<TimerId>,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Ask {
    /// Rings after so many seconds, by this name.
    Set {
        seconds: u64,
        name: String,
    },
    /// Takes back the timer that was set so many before the last one.
    Cancel {
        back: usize,
    },
    /// Rings at once, and then again and again.
    Ceaseless,
    Hello,
}

enum Ring {
    Once(String),
    Again,
}

impl Consumer for Egg {
    const NAME: &'static str = "egg";
    type App = Kitchen;
    type Params = IgnoredAny;
    type Command = Ask;

    async fn connect(_: IgnoredAny, ctx: &mut Context<Kitchen>) -> Result<Self, Error> {
        let first = ctx.after::<Self>(SECOND, Ring::Once("opened".into()))?;
        Ok(Egg { set: vec![first] })
    }

    async fn receive(&mut self, ask: Ask, ctx: &mut Context<Kitchen>) -> Result<Reply, Error> {
        let done = match ask {
            Ask::Set { seconds, name } => {
                let delay = Duration::from_secs(seconds);
                self.set.push(ctx.after::<Self>(delay, Ring::Once(name))?);
                true
            }
            Ask::Cancel { back } => ctx.cancel(self.set[self.set.len() - 1 - back]),
            Ask::Ceaseless => ctx.after::<Self>(Duration::ZERO, Ring::Again).is_ok(),
            Ask::Hello => true,
        };
        Ok(Reply::message(Message::new("done", &done)))
    }

    fn render(_: &String, _: &String) -> Option<Message> {
        None
    }

    async fn disconnect(self, why: Disconnect, ctx: &mut Context<Kitchen>) {
        let set = ctx.after::<Self>(Duration::ZERO, Ring::Once("too late".into()));
        set.expect("it may be set, and never comes");
        let Disconnect { by, code, text } = why;
        ctx.publish("gone".into(), format!("{by:?} {code:?} {text}"));
    }
}

impl Timed for Egg {
    type Timer = Ring;

    async fn elapsed(&mut self, ring: Ring, ctx: &mut Context<Kitchen>) -> Result<Reply, Error> {
        match ring {
            Ring::Once(name) if name == "broken" => {
                Err(Error::client(Kind::Conflict, "BROKEN", "it broke"))
            }
            Ring::Once(name) => Ok(Reply::message(Message::new("ring", &name))),
            Ring::Again => {
                ctx.after::<Self>(Duration::ZERO, Ring::Again)?;
                Ok(Reply::done())
            }
        }
    }
}

/// Hears how others ended.
struct Watcher;

impl Consumer for Watcher {
    const NAME: &'static str = "watcher";
    type App = Kitchen;
    type Params = IgnoredAny;
    type Command = Ask;

    async fn connect(_: IgnoredAny, ctx: &mut Context<Kitchen>) -> Result<Self, Error> {
        ctx.join("gone".into());
        ctx.send(&Message::new("here", &()));
        Ok(Watcher)
    }

    async fn receive(&mut self, _: Ask, _: &mut Context<Kitchen>) -> Result<Reply, Error> {
        Ok(Reply::done())
    }

    fn render(how: &String, _: &String) -> Option<Message> {
        Some(Message::new("gone", how))
    }
}

fn served() -> (InProcess, Clock) {
    let clock = Clock::held();
    let namespaces = Namespaces::new().at("/", consumer::<Egg>());
    let routes = Routes::new()
        .policy(PolicySettings::new().auth(Auth::None))
        .listen("127.0.0.1:1")
        .route("/egg/", consumer::<Egg>())
        .route("/watcher/", consumer::<Watcher>())
        .socket_io("/socket.io/", namespaces)
        .listen("127.0.0.1:2")
        .named("closed")
        .policy(PolicySettings::new().auth(Auth::Required))
        .route("/egg/", consumer::<Egg>());
    let server = Server::from_routes(routes).expect("routes");
    let server = server.shards(2).clock(clock.clone());
    (InProcess::start(server).expect("a server"), clock)
}

fn set(client: &mut Client, seconds: u64, name: &str) {
    client.say(&json!({"action": "set", "seconds": seconds, "name": name}));
    assert_eq!(client.hears()["data"], true);
}

fn rings(client: &mut Client) -> String {
    let told = client.hears();
    assert_eq!(told["type"], "ring", "{told}");
    told["data"].as_str().expect("a name").to_owned()
}

#[test]
fn timers_come_in_the_order_of_their_time_and_not_before_it() {
    let (server, clock) = served();
    let mut egg = server.connect("/egg/");
    for (seconds, name) in [(3, "third"), (2, "second"), (3, "fourth")] {
        set(&mut egg, seconds, name);
    }
    egg.hears_nothing();
    clock.advance(SECOND);
    assert_eq!(rings(&mut egg), "opened");
    egg.hears_nothing();
    clock.advance(9 * SECOND);
    for name in ["second", "third", "fourth"] {
        assert_eq!(rings(&mut egg), name);
    }
    egg.hears_nothing();
    set(&mut egg, 1, "broken");
    clock.advance(SECOND);
    assert_eq!(egg.hears()["code"], "BROKEN", "told as of a command");
}

#[test]
fn a_timer_that_was_taken_back_does_not_come() {
    let (server, clock) = served();
    let mut egg = server.connect("/egg/");
    set(&mut egg, 1, "taken back");
    set(&mut egg, 2, "left");
    for (cancel, was_there) in [(1, true), (1, false)] {
        egg.say(&json!({"action": "cancel", "back": cancel}));
        assert_eq!(egg.hears()["data"], was_there);
    }
    clock.advance(3 * SECOND);
    assert_eq!(rings(&mut egg), "opened");
    assert_eq!(rings(&mut egg), "left");
    egg.say(&json!({"action": "cancel", "back": 0}));
    assert_eq!(egg.hears()["data"], false, "it came");
}

#[test]
fn a_connection_has_so_many_timers_and_no_more() {
    let (server, _) = served();
    let mut egg = server.connect("/egg/");
    for _ in 1..TIMERS {
        set(&mut egg, 9, "one of many");
    }
    egg.say(&json!({"action": "set", "seconds": 9, "name": "one too many"}));
    assert_eq!(egg.hears()["code"], "TOO_MANY_TIMERS");
}

#[test]
fn a_timer_that_is_always_due_does_not_keep_frames_from_being_handled() {
    let (server, _) = served();
    let mut egg = server.connect("/egg/");
    for action in ["ceaseless", "hello", "hello"] {
        egg.say(&json!({"action": action}));
        assert_eq!(egg.hears()["data"], true);
    }
    egg.close();
}

#[test]
fn a_namespace_of_socket_io_has_timers_too() {
    let (server, clock) = served();
    let mut egg = server.connect("/socket.io/?EIO=4&transport=websocket");
    egg.hears_frame(); // the session
    egg.say_text("40");
    egg.hears_frame(); // the namespace
    egg.say_text(r#"42["set",{"seconds":2,"name":"second"}]"#);
    egg.hears_frame();
    clock.advance(2 * SECOND);
    let frames = [(); 2].map(|()| egg.hears_frame());
    let expected = [r#"42["ring","opened"]"#, r#"42["ring","second"]"#];
    assert_eq!(frames, expected.map(|text| Frame::Text(text.to_owned())));
}

#[test]
fn a_consumer_is_told_why_its_connection_ended() {
    let (server, _) = served();
    let mut watcher = server.connect("/watcher/");
    assert_eq!(watcher.hears()["type"], "here");
    let mut gone = |expected: &str| {
        let told = watcher.hears();
        assert_eq!(told["data"], expected);
    };

    server.connect("/egg/").close_with(4000, "boiled");
    gone("Client Some(4000) boiled");
    drop(server.connect("/egg/"));
    gone("Network None ");
    let mut rude = server.connect("/egg/");
    rude.say_text(&"x".repeat(65 << 10));
    assert_eq!(rude.hears_close().0, 1009);
    gone("Server Some(1009) message larger than 65536 bytes");

    let open = || {
        let mut egg = server.connect("/socket.io/?EIO=4&transport=websocket");
        egg.hears_frame();
        egg.say_text("40");
        egg.hears_frame();
        egg
    };
    let mut leaves = open();
    leaves.say_text("41");
    gone("Client None ");
    leaves.close();
    open().close_with(3333, "bye");
    gone("Client Some(3333) bye");
    drop(open());
    gone("Network None ");
}

#[test]
fn who_is_refused_is_answered_over_http() {
    let (server, _) = served();
    let refused = |request: super::Request<'_>| request.connect().map(drop).expect_err("refused");
    let missing = refused(server.at("/nothing/"));
    assert_eq!(
        (missing.status, missing.header("cache-control")),
        (404, Some("no-store"))
    );
    assert_eq!(missing.json::<Value>()["code"], "NOT_FOUND");
    let foreign = server.at("/egg/").header("Origin", "http://elsewhere");
    assert_eq!(refused(foreign).status, 403);
    assert_eq!(server.at("/healthz").get().json::<Value>()["status"], "ok");
    // the token may still come as the first frame, and does not
    let mut nobody = server
        .at("/egg/")
        .listener("closed")
        .connect()
        .expect("a socket");
    nobody.say(&json!({"action": "hello"}));
    assert_eq!(nobody.hears()["code"], "TOKEN_MISSING");
    assert_eq!(nobody.hears_close().0, 4401);
}

#[test]
fn a_server_whose_clock_is_held_stops_while_clients_are_there() {
    let (server, _) = served();
    let mut eggs = [(); 3].map(|()| server.connect("/egg/"));
    for egg in &mut eggs {
        egg.hears_nothing();
    }
    server.stop();
    for mut egg in eggs {
        assert_eq!(egg.hears_close().0, 1012);
    }
}
