//! A server that no address leads to.

use super::arrivals::Arrival;
use super::client::Client;
use super::end::{End, block_on, in_time};
use super::request::Request;
use crate::app::App;
use crate::error::Error;
use crate::hub::stream::pair;
use crate::limits::clock::Clock;
use crate::server::builder::Server;
use crate::server::started::Started;
use crate::server::worker::Order;
use crate::store::Store;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

/// Bytes that may be on their way in each direction: as many as a small socket buffer of Linux holds.
const ON_THE_WAY: usize = 64 << 10;

/// While a server stops whose clock is held: how far the clock is moved at a time, and how long the server has after each time.
const STEP: Duration = Duration::from_millis(100);
const STEP_PATIENCE: Duration = Duration::from_millis(20);

/// A server in this process that no address leads to: its clients come by [`connect`](Self::connect). From there on everything is as it is for strangers: the
/// handshake, the token, limits, frames, the store and its durability. There is no TLS.
///
/// ```
/// use maitred::testing::InProcess;
/// use maitred::{Auth, PolicySettings, Routes, Server, consumer};
/// use serde_json::json;
/// # use maitred::{App, Change, Consumer, Context, Error, Message, Reader, Reply, Signal, Watched};
/// # use serde::Deserialize;
/// # struct Tables;
/// # impl App for Tables {
/// #     type Claims = (); type Group = i64; type Event = ();
/// #     const WATCHED: &'static [Watched] = &[];
/// #     fn announce(_: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> { Ok(vec![]) }
/// # }
/// # struct Table(i64);
/// # #[derive(Deserialize)] struct Params { id: i64 }
/// # #[derive(Deserialize)] #[serde(tag = "action", rename_all = "snake_case")] enum Ask { Bill }
/// # impl Consumer for Table {
/// #     const NAME: &'static str = "table";
/// #     type App = Tables; type Params = Params; type Command = Ask;
/// #     async fn connect(params: Params, _: &mut Context<Tables>) -> Result<Self, Error> { Ok(Table(params.id)) }
/// #     async fn receive(&mut self, _: Ask, _: &mut Context<Tables>) -> Result<Reply, Error> {
/// #         Ok(Reply::message(Message::new("bill", &self.0)))
/// #     }
/// #     fn render(_: &(), _: &i64) -> Option<Message> { None }
/// # }
///
/// let table = consumer::<Table>().policy(PolicySettings::new().auth(Auth::Optional));
/// let routes = Routes::new().listen("127.0.0.1:9900").route("/ws/tables/<int:id>/", table);
/// let server = InProcess::start(Server::from_routes(routes)?)?;
///
/// let mut guest = server.connect("/ws/tables/7/");
/// guest.say(&json!({"action": "bill", "id": "one"}));
/// assert_eq!(guest.hears(), json!({"type": "bill", "data": 7}));
/// assert_eq!(guest.hears(), json!({"type": "ack", "data": {"id": "one", "ok": true}}));
/// guest.hears_nothing();
/// guest.close();
///
/// let forged = server.at("/ws/tables/7/").token("forged").connect();
/// let mut forged = forged.expect("it is told inside");
/// assert_eq!(forged.hears()["code"], "TOKEN_INVALID");
/// assert_eq!(forged.hears_close().0, 4401);
/// # Ok::<(), Error>(())
/// ```
///
/// A [held clock](crate::Clock::held) of the [server](crate::Server::clock) makes the test decide what time it is, for timers, limits and timeouts alike: whoever
/// moves it by more than the route's `idle_timeout` ends the connections that said nothing.
///
/// Its methods block, and are for a test's thread; none sleeps. Whoever waits for half a minute in vain panics, so a test that cannot go on fails. To be dropped is
/// to be [stopped](Self::stop).
pub struct InProcess {
    started: Option<Started>,
    /// The listeners' names.
    pub(super) names: Vec<String>,
    /// Clients so far: the next shard is the next client's.
    clients: AtomicUsize,
    clock: Clock,
}

impl InProcess {
    /// Starts a server, and binds none of its addresses.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start<A: App>(server: Server<A>) -> Result<Self, Error> {
        let (server, names, clock) = server.without_addresses();
        Ok(InProcess {
            started: Some(server.start()?),
            names,
            clients: AtomicUsize::new(0),
            clock,
        })
    }

    /// Opens a WebSocket at a path of the first listener, without a token.
    ///
    /// # Panics
    /// When the server refuses it: [`at`](Self::at) with [`connect`](Request::connect) returns the refusal.
    #[track_caller]
    pub fn connect(&self, path: &str) -> Client {
        match self.at(path).connect() {
            Ok(client) => client,
            Err(answer) => panic!("{path} is refused: {} {}", answer.status, answer.text()),
        }
    }

    /// Begins a request for a path, with its query: `/ws/tables/7/?lang=en`.
    pub fn at(&self, path: &str) -> Request<'_> {
        Request::new(self, path)
    }

    /// The rows: for what a test does beside the clients, and for an application's own jobs.
    ///
    /// # Panics
    /// When the server has no store.
    #[track_caller]
    pub fn store(&self) -> &Store {
        let store = self.started().store();
        store.expect("a server with a store")
    }

    /// Waits on this thread for what a test asks of the [store](Self::store). A future that needs a runtime of tokio is to be run in one of the test's own.
    ///
    /// # Panics
    /// After half a minute.
    #[track_caller]
    pub fn wait<F: Future>(&self, future: F) -> F::Output {
        block_on(future)
    }

    /// Closes every connection with 1012, finishes what was asked of the store, and returns when all of the server has ended. A held clock is moved for that, by a
    /// second or two.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(started) = self.started.take() else {
            return;
        };
        if self.clock.is_held() {
            // nobody else moves it now, and clients that are still there have until a time that would not come
            started.hurry();
            while in_time(started.drained(), STEP_PATIENCE).is_none() {
                self.clock.advance(STEP);
            }
        }
        started.stop();
    }

    fn started(&self) -> &Started {
        let started = self.started.as_ref();
        started.expect("it runs until `stop`")
    }

    /// Another client comes to a listener.
    pub(super) fn arrive(&self, listener: usize, peer: SocketAddr) -> End {
        let (stream, client) = pair(ON_THE_WAY);
        let shards = &self.started().orders;
        let shard = self.clients.fetch_add(1, Relaxed) % shards.len();
        let arrival = Arrival {
            listener,
            stream,
            peer,
        };
        // a shard that has ended drops the stream, and its client is told the end
        let _ = block_on(shards[shard].send(Order::Meet(arrival)));
        End(client)
    }
}

impl Drop for InProcess {
    fn drop(&mut self) {
        self.end();
    }
}
