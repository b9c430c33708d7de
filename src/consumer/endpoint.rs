//! One endpoint's behaviour.

use crate::app::App;
use crate::consumer::context::Context;
use crate::consumer::disconnect::Disconnect;
use crate::error::{ClientError, Error};
use crate::protocol::frame::FromFrame;
use crate::protocol::message::{Message, Reply};
use serde::de::DeserializeOwned;

/// What one kind of endpoint does, named by `routing.toml`.
///
/// One value lives per connection. Its futures run on the shard that owns the connection and never leave it, so they need not be `Send`. Frames of one
/// connection are handled one after the other. A panic closes this connection and no other.
///
/// ```
/// use maitred::{Consumer, Context, Error, Message, Reply, params};
/// # use maitred::{App, Change, Reader, Signal, Watched};
/// use serde::Deserialize;
/// # struct Counters;
/// # #[derive(serde::Serialize, serde::Deserialize)] struct Count { id: i64, n: i64 }
/// # impl App for Counters {
/// #     type Claims = (); type Group = i64; type Event = Count;
/// #     const WATCHED: &'static [Watched] = &[];
/// #     fn announce(_: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> { Ok(vec![]) }
/// # }
///
/// /// Somebody who watches one counter.
/// struct Counter(i64);
///
/// #[derive(Deserialize)]
/// struct Params {
///     id: i64, // path = "/ws/counters/<int:id>/"
/// }
///
/// #[derive(Deserialize)]
/// #[serde(tag = "action", rename_all = "snake_case")]
/// enum Command {
///     Add { n: i64 },
/// }
///
/// impl Consumer for Counter {
///     const NAME: &'static str = "counter";
///     type App = Counters;
///     type Params = Params;
///     type Command = Command;
///
///     async fn connect(Params { id }: Params, ctx: &mut Context<Counters>) -> Result<Self, Error> {
///         ctx.join(id);
///         ctx.snapshot(move |db| Ok(Message::new("count", &db.get::<Count>("counter", id)?))).await?;
///         Ok(Counter(id))
///     }
///
///     async fn receive(&mut self, Command::Add { n }: Command, ctx: &mut Context<Counters>) -> Result<Reply, Error> {
///         let id = self.0;
///         ctx.write(move |tx| tx.execute("UPDATE counter SET n = n + ?2 WHERE id = ?1", params![id, n])).await?;
///         Ok(Reply::done()) // the change itself tells everybody, this client too
///     }
///
///     fn render(count: &Count, _: &i64) -> Option<Message> {
///         Some(Message::new("count", count))
///     }
/// }
///
/// let told = Counter::render(&Count { id: 1, n: 2 }, &1).expect("everybody hears of it");
/// assert_eq!((told.name(), told.data()), (Some("count"), r#"{"id":1,"n":2}"#));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no consumer, so no route can lead to it",
    label = "not a `Consumer`",
    note = "implement `maitred::Consumer` for it: what one kind of endpoint does, from `connect` to `disconnect`"
)]
#[allow(async_fn_in_trait)] // futures never leave their shard: no `Send` bound is wanted
pub trait Consumer: Sized + 'static {
    /// How a Socket.IO client is refused, for its token or by [`connect`](Self::connect). `false`: with a CONNECT_ERROR. `true`, for vocabularies
    /// whose clients listen for an event instead: it is connected, told what [`render_error`](Self::render_error) says, and disconnected.
    const REFUSES_INSIDE: bool = false;
    /// Headers of the request that opens a Socket.IO connection that [`SocketIoClient::header`](crate::SocketIoClient::header) can find, their names in small letters. Other headers are not
    /// kept: an open connection would have to keep all of a stranger's request.
    const HEADERS: &'static [&'static str] = &[];
    /// The name in `routing.toml`: `dining.order`.
    const NAME: &'static str;
    /// The application it belongs to.
    type App: App;
    /// The `<name>` parts of the path, and the query's parameters (without `since` and `token`: a type that asks for one of them is refused at the start, unless
    /// the path has it).
    type Params: DeserializeOwned;
    /// What a client may ask: any type that serde can read from JSON. It comes from a stranger: let the types be narrow. Or [`Frame`](crate::Frame), for
    /// endpoints whose messages are no JSON: text and binary as they came.
    ///
    /// Some names of a raw frame are the framework's. A member `id` names the command, so that it is acknowledged and its repetition is known; frames whose
    /// `action` is `ping`, `resume` or `authenticate` reach no consumer. A type that has one of them for itself is refused where a raw route leads to it
    /// ([`Registry::routing`](crate::Registry::routing), [`Server::start`](crate::Server::start)): call it `order_id`. Untagged enums and types that take any
    /// member cannot be looked at. With Socket.IO these names are free, but for an event `authenticate` whose first argument is a token.
    type Command: FromFrame;

    /// A connection was accepted. Sets the guard, joins groups, and sends what a client must know first. Events of a joined group are held
    /// until this returns; then come the missed events or the snapshot, then new events.
    ///
    /// # Errors
    /// [`Error::Client`] refuses the connection: told in this vocabulary, then closed with the code of its kind.
    async fn connect(params: Self::Params, ctx: &mut Context<Self::App>) -> Result<Self, Error>;

    /// A frame arrived.
    ///
    /// # Errors
    /// [`Error::Client`] is told to the client and the connection stays open; other errors are logged and told as "internal error".
    async fn receive(
        &mut self,
        command: Self::Command,
        ctx: &mut Context<Self::App>,
    ) -> Result<Reply, Error>;

    /// How an event looks to this kind of endpoint, or `None` if it is not told. No `self`, on purpose: it runs once per event for all connections of
    /// this kind, and all of them share the frame.
    fn render(
        event: &<Self::App as App>::Event,
        group: &<Self::App as App>::Group,
    ) -> Option<Message>;

    /// Which entity the rendered event shows, for routes with `delivery = "latest"`: of the frames that wait for a slow client only the newest of each entity
    /// is kept. Messages of different names, and rows of different kinds, need different numbers. `None`: the frame is never superseded. Like
    /// [`render`](Self::render) it runs once for all connections of this kind.
    fn entity(
        _event: &<Self::App as App>::Event,
        _group: &<Self::App as App>::Group,
    ) -> Option<u64> {
        None
    }

    /// How several rendered events are told in one message, to connections that asked for batches with [`Context::batch`]. `None`: this vocabulary has no such
    /// message, and nobody is told a batch. Like [`render`](Self::render) it runs once for all connections that heard the same events.
    fn render_batch(_messages: &[&Message]) -> Option<Message> {
        None
    }

    /// How a mistake is told in this vocabulary: as [`Message::error`], unless it has a shape of its own.
    fn render_error(error: &ClientError) -> Message {
        Message::error(error)
    }

    /// The connection is over, and `why`; its groups are left already, and no timer of it comes any more. Called at most once for each connection
    /// whose [`connect`](Self::connect) succeeded, after the last command was handled; not where the client left before it had what `connect` promised it, and not
    /// when a drain runs out of time. What is said to the client here may not reach it.
    async fn disconnect(self, _why: Disconnect, _ctx: &mut Context<Self::App>) {}
}
