//! A connection over a stream inside the process, by a clock that the test holds.

use super::*;
use crate::app::{App, Signal};
use crate::auth::Identity;
use crate::consumer::context::Context;
use crate::consumer::endpoint::Consumer;
use crate::consumer::entry::{Consumers, Entry};
use crate::error::Error;
use crate::hub::broker::local::Local;
use crate::hub::extensions::Extensions;
use crate::hub::format::Formats;
use crate::hub::shard::{Setup, Shard};
use crate::hub::socket::{CLOSE_TIMEOUT, Compression};
use crate::hub::stream::{Memory, Stream, pair};
use crate::limits::clock::Clock;
use crate::limits::{Limits, Quota};
use crate::metrics::Stats;
use crate::patience::PATIENCE;
use crate::protocol::message::{Message, Reply};
use crate::routing::Policy;
use crate::routing::pattern::Params;
use crate::store::{Change, Reader, Watched};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::{JoinHandle, LocalSet, spawn_local};

struct Kiosk;

impl App for Kiosk {
    type Claims = ();
    type Group = u64;
    type Event = u64;
    const WATCHED: &'static [Watched] = &[];

    fn announce(_: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        Ok(Vec::new())
    }
}

/// Sends back what it is asked to say.
struct Echo;

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
enum Command {
    Say { word: String },
    Leave,
}

impl Consumer for Echo {
    const NAME: &'static str = "echo";
    type App = Kiosk;
    type Params = BTreeMap<String, String>;
    type Command = Command;

    async fn connect(_: Self::Params, _: &mut Context<Kiosk>) -> Result<Self, Error> {
        Ok(Echo)
    }

    async fn receive(
        &mut self,
        command: Command,
        ctx: &mut Context<Kiosk>,
    ) -> Result<Reply, Error> {
        match command {
            Command::Say { word } => return Ok(Reply::message(Message::new("said", &word))),
            Command::Leave => ctx.disconnect(),
        }
        Ok(Reply::done())
    }

    fn render(_: &u64, _: &u64) -> Option<Message> {
        None
    }
}

/// The client's end, and the connection's task.
struct Client {
    end: Memory,
    task: JoinHandle<()>,
}

impl Client {
    /// Opens a connection. `identity`: `None` where the first frame is to bring a token.
    fn open(clock: &Clock, identity: Option<Identity<()>>) -> Self {
        let quota = Arc::new(Quota::new(Limits::default(), clock.clone()));
        let consumers = Consumers::new(BTreeMap::from([(Echo::NAME, Entry::of::<Echo>())]));
        let stats = Arc::new(Stats::new(1, quota, usize::MAX, clock));
        let shard = Rc::new(Shard::new(Setup {
            id: 0,
            formats: Arc::new(Formats::new(consumers.renderers(), clock.clone())),
            store: None,
            broker: Local::new([], clock.clone()),
            stats: stats.clone(),
            clock: clock.clone(),
            extensions: Extensions::default().with(consumers),
        }));
        spawn_local(shard.clone().flush_ticks());
        let (server, end) = pair(64 << 10);
        let handshake = RawHandshake {
            format: shard.formats.number_of(Echo::NAME, None).expect("a format"),
            params: Params::default(),
            query: String::new(),
            identity: identity.map(Ok),
            since: None,
            policy: Arc::new(Policy::default()),
            user: None,
            route: stats.route("kiosk", "/"),
            compression: Compression::NONE,
        };
        let pending =
            PendingConnection::new(&shard, 1, Stream::Memory(server), &[], None, handshake);
        let task = spawn_local(run(Box::new(pending)));
        Client { end, task }
    }

    /// Sends a frame: short, and masked with zeros.
    async fn send(&mut self, opcode: u8, payload: &[u8]) {
        let length = u8::try_from(payload.len()).expect("short") | 0x80;
        let frame = [&[0x80 | opcode, length, 0, 0, 0, 0], payload].concat();
        self.end.write_all(&frame).await.expect("written");
    }

    async fn say(&mut self, text: &str) {
        self.send(1, text.as_bytes()).await;
    }

    /// The next frame: its opcode and its payload. `None`: the stream has ended.
    async fn hears(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut head = [0; 2];
        self.end.read_exact(&mut head).await.ok()?;
        let length = match head[1] {
            126 => self.end.read_u16().await.expect("a length").into(),
            short => usize::from(short),
        };
        let mut payload = vec![0; length];
        self.end.read_exact(&mut payload).await.expect("a payload");
        Some((head[0] & 0xF, payload))
    }

    async fn hears_text(&mut self) -> String {
        let (opcode, payload) = self.hears().await.expect("a frame");
        assert_eq!(opcode, 1, "{payload:?}");
        String::from_utf8(payload).expect("text")
    }

    /// The code of the close frame that comes next.
    async fn hears_close(&mut self) -> u16 {
        let (opcode, payload) = self.hears().await.expect("a frame");
        assert_eq!(opcode, 8, "{payload:?}");
        u16::from_be_bytes([payload[0], payload[1]])
    }

    /// Lets everybody run who can, and says whether the task has ended.
    async fn is_over(&self) -> bool {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        self.task.is_finished()
    }
}

/// Runs a test on a thread of a shard.
fn on_a_shard(test: impl Future<Output = ()>) {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().expect("a runtime");
    let done = async { tokio::time::timeout(PATIENCE, test).await };
    let done = LocalSet::new().block_on(&runtime, done);
    done.expect("it waits for ever");
}

#[test]
fn a_connection_needs_no_port() {
    on_a_shard(async {
        let mut client = Client::open(&Clock::held(), Some(Identity::anonymous()));
        client.say(r#"{"action":"say","word":"hello"}"#).await;
        assert_eq!(
            client.hears_text().await,
            r#"{"type":"said","data":"hello"}"#
        );
        client.send(8, &1000_u16.to_be_bytes()).await;
        assert_eq!(client.hears_close().await, 1000);
        assert_eq!(client.hears().await, None);
        client.end.shutdown().await.expect("finished");
        client.task.await.expect("it ends in order");
    });
}

#[test]
fn who_brings_no_token_in_time_is_refused_by_the_clock() {
    on_a_shard(async {
        let clock = Clock::held();
        let mut client = Client::open(&clock, None);
        let patience = Policy::default().auth_timeout;
        assert!(!client.is_over().await, "it waits for a token");
        clock.advance(patience - Duration::from_millis(1));
        assert!(!client.is_over().await);
        clock.advance(Duration::from_millis(1));
        assert!(client.hears_text().await.contains("TOKEN_TIMEOUT"));
        assert_eq!(client.hears_close().await, 4408);
    });
}

#[test]
fn who_does_not_answer_a_close_is_cut_off_by_the_clock() {
    on_a_shard(async {
        let clock = Clock::held();
        let mut client = Client::open(&clock, Some(Identity::anonymous()));
        client.say(r#"{"action":"leave"}"#).await;
        assert_eq!(client.hears_close().await, 1000);
        assert!(!client.is_over().await, "the client may answer");
        clock.advance(CLOSE_TIMEOUT);
        client.task.await.expect("it ends in order");
    });
}
