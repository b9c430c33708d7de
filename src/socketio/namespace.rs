//! One namespace of a session: a consumer, its mailbox, and the task that reads it.

use super::command::Step;
use super::endpoint::Entrance;
use super::packets::Running;
use super::session::Session;
use crate::app::App;
use crate::auth::Identity;
use crate::connection::authentication::{note_expiry, place_of_user, verify};
use crate::connection::{attend, told};
use crate::consumer::context::{Client, Context, Leaving};
use crate::consumer::disconnect::Disconnect;
use crate::consumer::entry::{Consumers, OpenConsumer};
use crate::error::{ClientError, Error, Kind};
use crate::hub::shard::Shard;
use crate::hub::socket::{Compression, Socket};
use crate::metrics::OpenRole;
use crate::protocol::arguments::Arguments;
use crate::protocol::close::Ending;
use crate::protocol::frame::Frame;
use crate::protocol::message::{Message, Reply};
use crate::protocol::sid::unguessable;
use crate::protocol::socket_io;
use crate::protocol::websocket::{self, Opcode};
use crate::routing::pattern::Params;
use crate::routing::{Auth, Protocol};
use bytes::Bytes;
use futures::FutureExt;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::task::Poll;
use tokio::sync::Notify;

/// Messages that wait while a command is handled; with more the session does not read on, so they wait in the network.
const MAILBOX: usize = 64;

/// What a client says to a consumer.
pub(super) enum Mail {
    /// A Socket.IO packet that was found to be an event.
    Event {
        text: String,
        attachments: Vec<Bytes>,
    },
    /// Where there are no events.
    Frame(Frame),
    /// Nothing more comes: the client has left.
    Leave,
}

pub(super) struct Namespace<A: App> {
    pub entrance: Entrance,
    pub socket: Rc<Socket<A>>,
    pub client: Rc<Client>,
    mailbox: RefCell<VecDeque<Mail>>,
    /// A message was taken out and is not answered yet.
    handling: Cell<bool>,
    /// There is room in the mailbox, or a message was answered.
    roomy: Notify,
}

/// A message that found no room in its mailbox, if it did not.
pub(super) type Left<A> = Option<Box<Undelivered<A>>>;

pub(super) struct Undelivered<A: App> {
    namespace: Rc<Namespace<A>>,
    mail: Mail,
}

impl<A: App> Undelivered<A> {
    /// Waits until there is room in the mailbox.
    pub async fn put(self) {
        let Undelivered { namespace, mail } = self;
        while namespace.is_full() {
            namespace.roomy.notified().await; // single thread: nothing can change between the test and the wait
        }
        namespace.deliver(mail);
    }
}

impl<A: App> Namespace<A> {
    pub fn new(wire: &Rc<Socket<A>>, entrance: Entrance, client: Client) -> Self {
        Namespace {
            socket: Rc::new(Socket::beside(wire, entrance.policy.clone())),
            entrance,
            client: Rc::new(client),
            mailbox: RefCell::default(),
            handling: Cell::new(false),
            roomy: Notify::new(),
        }
    }

    /// Into the mailbox; what finds no room there is given back.
    pub fn take_in(self: Rc<Self>, mail: Mail) -> Left<A> {
        if self.is_full() {
            return Some(Box::new(Undelivered {
                namespace: self,
                mail,
            }));
        }
        self.deliver(mail);
        None
    }

    fn is_full(&self) -> bool {
        self.mailbox.borrow().len() >= MAILBOX && !self.socket.is_leaving()
    }

    fn deliver(&self, mail: Mail) {
        self.mailbox.borrow_mut().push_back(mail);
        self.socket.wake();
    }

    /// Waits until everything that came is answered, or the namespace ends.
    pub async fn handled(&self) {
        let waits = || self.handling.get() || !self.mailbox.borrow().is_empty();
        while waits() && !self.socket.is_leaving() {
            self.roomy.notified().await; // single thread: nothing can change between the test and the wait
        }
    }

    /// The client leaves, after what it said before: clients emit and leave in one breath. Nobody is waited for any more.
    pub fn depart(self: Rc<Self>) -> Left<A> {
        self.client.gone();
        self.take_in(Mail::Leave)
    }

    /// The client's connection has ended so: nothing is said to it any more.
    pub fn leave(&self, connection: &Ending) {
        self.client.gone();
        self.socket.end(Ending::following(connection));
        self.roomy.notify_waiters();
    }

    pub fn compress(&self, compression: Compression) {
        self.socket.compression.set(compression);
    }

    pub fn say(&self, shard: &Shard<A>, message: &Message) {
        let lane = &shard.lanes[self.entrance.lane as usize];
        shard.send(&self.socket, lane.frame(message, Default::default()));
    }

    /// A mistake: as the answer where one was asked for, otherwise in the vocabulary's own event.
    pub fn tell_mistake(&self, shard: &Shard<A>, error: &ClientError, id: Option<u64>) {
        let render = shard.lanes[self.entrance.lane as usize]
            .renderer
            .render_error;
        match id {
            None => self.say(shard, &told(render, error, None)),
            Some(id) => {
                let error = render(&error.in_short());
                self.answer(shard, id, &error.into_arguments());
            }
        }
    }

    fn answer(&self, shard: &Shard<A>, id: u64, answer: &Arguments) {
        let values = answer.values.iter().map(|v| v.get());
        let attachments = &answer.attachments;
        let text = socket_io::ack(&self.entrance.name, id, values, attachments.len());
        let frame = websocket::encode_all(Opcode::Text, text.as_bytes(), attachments);
        shard.send(&self.socket, frame);
    }

    /// Serves it until it ends. As for a session's task, what is rare is boxed.
    pub async fn run(
        self: Rc<Self>,
        running: Running<A>,
        identity: Option<Box<Identity<A::Claims>>>,
    ) {
        let session = &running.0;
        let registered = session.shard.register(&self.socket);
        match Box::pin(self.begin(session, identity)).await {
            Ok(mut begun) => {
                let ending = self.listen(session, &mut begun).await;
                Box::pin(self.part(session, begun, ending)).await;
            }
            Err(ending) => self.end(session, *ending),
        }
        drop(registered);
    }

    /// Lets the client in.
    async fn begin(
        self: &Rc<Self>,
        session: &Rc<Session<A>>,
        identity: Option<Box<Identity<A::Claims>>>,
    ) -> Result<Box<Begun<A>>, Box<Ending>> {
        let shard = &session.shard;
        if session.visit.door.protocol == Protocol::SocketIo {
            self.socket.defer();
        }
        let identity = match identity {
            Some(identity) => Ok(*identity),
            None => self.admit(session),
        };
        let identity = identity.and_then(|identity| {
            place_of_user(shard, &self.socket, &identity)?;
            Ok(identity)
        });
        let identity = identity.map_err(|error| Box::new(Ending::refused(error)))?;
        note_expiry(&self.socket, &identity);
        let counted = self.entrance.stats.role(A::role(&identity));
        let (shard, socket, lane) = (shard.clone(), self.socket.clone(), self.entrance.lane);
        let mut ctx = Context::new(shard, socket, lane, identity, None);
        if let Err(error) = ctx.receive_back(self.client.clone()).await {
            return Err(Box::new(Ending::refused(error.into_client())));
        }
        let (params, query) = (&session.visit.params, &session.visit.handshake.query);
        let consumer = open(params, query, &mut ctx).await?;
        let mut begun = Box::new(Begun {
            ctx,
            consumer,
            _counted: counted,
        });
        let ctx = &mut begun.ctx;
        let let_in = async {
            ctx.greet(None).await?;
            ctx.note_joins().await
        };
        if let Err(error) = let_in.await {
            let ending = self.socket.take_ending();
            let ending = ending.unwrap_or_else(|| Ending::refused(error.into_client()));
            begun.disconnect(&ending).await.forget().await;
            return Err(Box::new(ending));
        }
        Ok(begun)
    }

    /// Ends what had begun.
    async fn part(self: &Rc<Self>, session: &Rc<Session<A>>, begun: Box<Begun<A>>, ending: Ending) {
        let leaving = begun.disconnect(&ending).await;
        self.end(session, ending);
        leaving.forget().await;
    }

    /// Who it is: by the token of its own, or else the one that came when the session was opened.
    fn admit(&self, session: &Session<A>) -> Result<Identity<A::Claims>, ClientError> {
        let auth = self.entrance.policy.auth;
        let own = self.client.token();
        let token = own.as_deref().or(session.visit.token.as_deref());
        match token.filter(|_| auth != Auth::None) {
            Some(token) => verify::<A>(session.keys.as_deref(), token),
            None if session.visit.may_be_anonymous(auth) => Ok(Identity::anonymous()),
            None => Err(ClientError::new(
                Kind::Unauthenticated,
                "TOKEN_MISSING",
                "a token is needed: auth: { token }",
            )),
        }
    }

    /// Until the namespace's end.
    async fn listen(&self, session: &Session<A>, begun: &mut Begun<A>) -> Ending {
        let Begun { ctx, consumer, .. } = begun;
        // timers and messages take turns: neither can keep the other from being handled
        let mut timed = false;
        loop {
            if self.socket.is_asked()
                && let Some(ending) = Box::pin(attend(ctx)).await
            {
                return ending;
            }
            let elapsed = match timed {
                true => None,
                false => ctx.take_elapsed(),
            };
            timed = elapsed.is_some();
            let mail = match timed {
                true => None,
                false => self.mailbox.borrow_mut().pop_front(),
            };
            if elapsed.is_none() && mail.is_none() {
                let work = poll_fn(|cx| match self.mailbox.borrow().is_empty() {
                    false => Poll::Ready(Ok(())),
                    true => match ctx.poll_elapsed(cx) {
                        Poll::Ready(()) => Poll::Ready(Ok(())),
                        Poll::Pending => self.socket.poll_work(cx),
                    },
                });
                if work.await.is_err() {
                    return Ending::gone();
                }
                continue;
            }
            // the consumer is borrowed until its future is done
            let (id, answer) = match match (elapsed, mail) {
                (Some(elapsed), _) => Step::elapsed(elapsed, &mut **consumer, ctx),
                (None, Some(mail)) => {
                    self.handling.set(true);
                    self.roomy.notify_waiters();
                    self.take(session, ctx, &mut **consumer, mail)
                }
                (None, None) => continue,
            } {
                Step::Run(id, running) => match AssertUnwindSafe(running).catch_unwind().await {
                    Ok(answer) => (id, answer),
                    Err(_) => {
                        let consumer = session.shard.lanes[self.entrance.lane as usize]
                            .renderer
                            .name;
                        tracing::error!(consumer, "a handler panicked");
                        return Ending::internal();
                    }
                },
                Step::Answered(answered) => *answered,
                Step::End(ending) => return *ending,
            };
            if !self.socket.is_holding() && !ctx.is_unkept() {
                self.tell(ctx, id, answer);
            } else if let Err(error) = Box::pin(self.tell_joined(ctx, id, answer)).await {
                let ending = self.socket.take_ending();
                return ending.unwrap_or_else(|| Ending::refused(error.into_client()));
            }
            self.handling.set(false);
            self.roomy.notify_waiters();
            tokio::task::consume_budget().await;
        }
    }

    /// Answers a command that has joined or left groups.
    async fn tell_joined(
        &self,
        ctx: &mut Context<A>,
        id: Option<u64>,
        answer: Result<Reply, Error>,
    ) -> Result<(), Error> {
        ctx.note_joins().await?;
        self.tell(ctx, id, answer);
        match self.socket.is_holding() {
            true => ctx.settle_joins().await,
            false => Ok(()),
        }
    }

    fn tell(&self, ctx: &Context<A>, id: Option<u64>, answer: Result<Reply, Error>) {
        match answer {
            Ok(Reply { message, ack }) => {
                if let Some(message) = message {
                    ctx.send(&message);
                }
                if let Some(id) = id {
                    self.answer(&ctx.shard, id, &ack.unwrap_or_default());
                }
            }
            Err(error) => self.tell_mistake(&ctx.shard, &error.into_client(), id),
        }
    }

    /// The last words, in the words of the namespace, or of the session.
    fn end(self: &Rc<Self>, session: &Rc<Session<A>>, ending: Ending) {
        let (shard, name) = (&session.shard, &self.entrance.name);
        session
            .namespaces
            .borrow_mut()
            .retain(|n| !Rc::ptr_eq(n, self));
        self.client.gone();
        let refused_at_the_door = self.socket.undefer().is_some();
        let say = |packet: String| {
            let frame = websocket::encode(Opcode::Text, packet.as_bytes());
            shard.send(&self.socket, frame);
        };
        let is_socket_io = session.visit.door.protocol == Protocol::SocketIo;
        match &ending.error {
            _ if ending.code == 0 => {}
            // a client that is refused does not come back by itself: this one should
            Some(error) if is_socket_io && error.kind != Kind::Busy => {
                tracing::info!(code = %error.code, namespace = %name, "a client is refused");
                let renderer = &shard.lanes[self.entrance.lane as usize].renderer;
                let render = renderer.render_error;
                let refuses_inside = Consumers::of(shard)[renderer.name].refuses_inside;
                let error = error.in_short();
                if refused_at_the_door && refuses_inside {
                    say(socket_io::connect(name, &unguessable(), None));
                }
                if refused_at_the_door && !refuses_inside {
                    let data = render(&error).into_arguments();
                    let data = data.first().map(|data| data.get());
                    // what a vocabulary calls the message is what `Error.message` says
                    let said = data.and_then(|data| serde_json::from_str::<Said>(data).ok());
                    let message = said.map_or(error.text.clone(), |said| said.message.into());
                    say(socket_io::connect_error(name, &message, data));
                } else {
                    self.say(shard, &told(render, &error, None));
                    say(socket_io::disconnect(name));
                }
            }
            None if is_socket_io && ending.code == 1000 => say(socket_io::disconnect(name)),
            _ => session.wire.end(ending),
        }
        self.socket.set_closing();
        self.roomy.notify_waiters();
    }
}

/// A namespace whose client was let in.
struct Begun<A: App> {
    ctx: Context<A>,
    consumer: Box<dyn OpenConsumer<A>>,
    /// Counted as what its bearer is.
    _counted: OpenRole,
}

impl<A: App> Begun<A> {
    async fn disconnect(self: Box<Self>, ending: &Ending) -> Leaving {
        let Begun {
            mut ctx,
            consumer,
            _counted,
        } = *self;
        ctx.leave_all();
        let why = Disconnect::of(ending);
        let last = AssertUnwindSafe(consumer.disconnect(why, &mut ctx)).catch_unwind();
        if last.await.is_err() {
            tracing::error!(consumer = ctx.lane().renderer.name, "disconnect panicked");
        }
        ctx.leaving()
    }
}

/// Has the consumer begin.
async fn open<A: App>(
    params: &Params,
    query: &str,
    ctx: &mut Context<A>,
) -> Result<Box<dyn OpenConsumer<A>>, Ending> {
    ctx.addressed(params);
    let connect = ctx.entry().connect;
    let opened = async { connect(params, query, ctx)?.await };
    match AssertUnwindSafe(opened).catch_unwind().await {
        Ok(Ok(consumer)) => Ok(consumer),
        Ok(Err(error)) => {
            let ending = ctx.socket.take_ending();
            Err(ending.unwrap_or_else(|| Ending::refused(error.into_client())))
        }
        Err(_) => {
            tracing::error!(consumer = ctx.lane().renderer.name, "connect panicked");
            Err(Ending::internal())
        }
    }
}

/// An error's object, as far as the protocol has a place for it.
#[derive(serde::Deserialize)]
struct Said {
    message: String,
}
