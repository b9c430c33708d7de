//! The task of a namespace: its consumer lets the client in, handles the messages in the mailbox, and is told the end.

use super::command::Reaction;
use super::namespace::Namespace;
use super::session::{Running, Session};
use crate::app::App;
use crate::auth::Identity;
use crate::connection::authentication::{count_user, note_expiry, verify};
use crate::connection::{act_on_requests, error_message};
use crate::consumer::context::{Context, Leaving};
use crate::consumer::disconnect::Disconnect;
use crate::consumer::entry::{Consumers, OpenConsumer};
use crate::error::{ClientError, Error, Kind};
use crate::limits::budget::Budget;
use crate::metrics::OpenRole;
use crate::protocol::close::Ending;
use crate::protocol::message::Reply;
use crate::protocol::sid::unguessable;
use crate::protocol::socket_io;
use crate::protocol::websocket::{self, Opcode};
use crate::routing::pattern::Params;
use crate::routing::{Auth, Protocol};
use futures::FutureExt;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::task::Poll;

impl<A: App> Namespace<A> {
    /// Serves the namespace until it ends. What is rare is boxed, to keep the task small.
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
    ///
    /// # Errors
    /// How the namespace ends instead.
    async fn begin(
        self: &Rc<Self>,
        session: &Rc<Session<A>>,
        identity: Option<Box<Identity<A::Claims>>>,
    ) -> Result<Box<Begun<A>>, Box<Ending>> {
        let shard = &session.shard;
        if session.request.endpoint.protocol == Protocol::SocketIo {
            self.socket.defer();
        }
        let identity = match identity {
            Some(identity) => Ok(*identity),
            None => self.admit(session),
        };
        let identity = identity.and_then(|identity| {
            count_user(shard, &self.socket, &identity)?;
            Ok(identity)
        });
        let identity = identity.map_err(|error| Box::new(Ending::refused(error)))?;
        note_expiry(&self.socket, &identity);
        let counted = self.route.stats.role(A::role(&identity));
        let (shard, socket, format) = (shard.clone(), self.socket.clone(), self.route.format);
        let mut ctx = Context::new(shard, socket, format, identity, None);
        if let Err(error) = ctx.receive_back(self.client.clone()).await {
            return Err(Box::new(Ending::refused(error.into_client())));
        }
        let (params, query) = (&session.request.params, &session.request.handshake.query);
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

    /// Ends a namespace whose client was let in.
    async fn part(self: &Rc<Self>, session: &Rc<Session<A>>, begun: Box<Begun<A>>, ending: Ending) {
        let leaving = begun.disconnect(&ending).await;
        self.end(session, ending);
        leaving.forget().await;
    }

    /// The identity of the client: by the token that came with CONNECT, or else by the one of the request that opened the session.
    fn admit(&self, session: &Session<A>) -> Result<Identity<A::Claims>, ClientError> {
        let auth = self.route.policy.auth;
        let own = self.client.token();
        let token = own.as_deref().or(session.request.token.as_deref());
        match token.filter(|_| auth != Auth::None) {
            Some(token) => verify::<A>(session.keys.as_deref(), token),
            None if session.request.may_be_anonymous(auth) => Ok(Identity::anonymous()),
            None => Err(ClientError::new(
                Kind::Unauthenticated,
                "TOKEN_MISSING",
                "a token is needed: auth: { token }",
            )),
        }
    }

    /// Handles messages and timers until the namespace ends, and returns how it ends.
    async fn listen(&self, session: &Session<A>, begun: &mut Begun<A>) -> Ending {
        let Begun { ctx, consumer, .. } = begun;
        // timers and messages take turns: neither can keep the other from being handled
        let mut timed = false;
        let mut budget = Budget::default();
        loop {
            // a client that never stops sending must leave turns to the others of this shard
            let turn = budget.turn().await;
            if self.socket.is_asked()
                && let Some(ending) = Box::pin(act_on_requests(ctx)).await
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
                false => self.mailbox.take(turn),
            };
            if elapsed.is_none() && mail.is_none() {
                let work = poll_fn(|cx| match self.mailbox.is_empty() {
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
                (Some(elapsed), _) => Reaction::elapsed(elapsed, &mut **consumer, ctx),
                (None, Some(mail)) => self.take(session, ctx, &mut **consumer, mail),
                (None, None) => continue,
            } {
                Reaction::Run(id, running) => {
                    match AssertUnwindSafe(running).catch_unwind().await {
                        Ok(answer) => (id, answer),
                        Err(_) => {
                            let consumer = session.shard.formats[self.route.format as usize]
                                .renderer
                                .name;
                            tracing::error!(consumer, "a handler panicked");
                            return Ending::internal();
                        }
                    }
                }
                Reaction::Answered(answered) => *answered,
                Reaction::End(ending) => return *ending,
            };
            if !self.socket.subscription.is_holding() && !ctx.is_unkept() {
                self.tell(ctx, id, answer);
            } else if let Err(error) = Box::pin(self.tell_joined(ctx, id, answer)).await {
                let ending = self.socket.take_ending();
                return ending.unwrap_or_else(|| Ending::refused(error.into_client()));
            }
            self.mailbox.done();
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
        match self.socket.subscription.is_holding() {
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
                    let ack = ack.unwrap_or_default();
                    let ack = match self.socket.subscription.as_of() {
                        Some(as_of) => ack.done_as_of(as_of),
                        None => ack,
                    };
                    self.answer(&ctx.shard, id, &ack);
                }
            }
            Err(error) => self.tell_mistake(&ctx.shard, &error.into_client(), id),
        }
    }

    /// Tells the client that the namespace ends: by packets of Socket.IO, or by the end of the session.
    fn end(self: &Rc<Self>, session: &Rc<Session<A>>, ending: Ending) {
        let (shard, name) = (&session.shard, &self.route.name);
        session
            .namespaces
            .borrow_mut()
            .retain(|n| !Rc::ptr_eq(n, self));
        self.client.gone();
        let before_it_began = self.socket.undefer().is_some();
        let say = |packet: String| {
            let frame = websocket::encode(Opcode::Text, packet.as_bytes());
            shard.send(&self.socket, frame);
        };
        let is_socket_io = session.request.endpoint.protocol == Protocol::SocketIo;
        match &ending.error {
            _ if ending.code == 0 => {}
            // a client that gets CONNECT_ERROR does not come back by itself, and one that met a busy server should
            Some(error) if is_socket_io && error.kind != Kind::Busy => {
                tracing::info!(code = %error.code, namespace = %name, "a client is refused");
                let renderer = &shard.formats[self.route.format as usize].renderer;
                let render = renderer.render_error;
                let refuses_inside = Consumers::of(shard)[renderer.name].refuses_inside;
                let error = error.in_short();
                if before_it_began && refuses_inside {
                    say(socket_io::connect(name, &unguessable(), None));
                }
                if before_it_began && !refuses_inside {
                    let data = render(&error).into_arguments();
                    let data = data.first().map(|data| data.get());
                    // the vocabulary's message becomes `Error.message` at the client
                    let said = data.and_then(|data| serde_json::from_str::<ErrorData>(data).ok());
                    let message = said.map_or(error.text.clone(), |said| said.message.into());
                    say(socket_io::connect_error(name, &message, data));
                } else {
                    self.say(shard, &error_message(render, &error, None));
                    say(socket_io::disconnect(name));
                }
            }
            None if is_socket_io && ending.code == 1000 => say(socket_io::disconnect(name)),
            _ => session.wire.end(ending),
        }
        self.socket.set_closing();
        self.mailbox.close();
    }
}

/// A namespace whose client was let in.
struct Begun<A: App> {
    ctx: Context<A>,
    consumer: Box<dyn OpenConsumer<A>>,
    /// Counts the namespace for the role of its client.
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
            tracing::error!(consumer = ctx.format().renderer.name, "disconnect panicked");
        }
        ctx.leaving()
    }
}

/// Has the consumer let the client in.
///
/// # Errors
/// How the namespace ends instead.
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
            tracing::error!(consumer = ctx.format().renderer.name, "connect panicked");
            Err(Ending::internal())
        }
    }
}

/// The data of an error: the part that CONNECT_ERROR has a place for.
#[derive(serde::Deserialize)]
struct ErrorData {
    message: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consumer::announcer::fixture::Cafe;

    fn size<A, B, C, F>(_: fn(A, B, C) -> F) -> usize {
        size_of::<F>()
    }

    /// tokio keeps a task in steps of 128 bytes, of which what is around this takes 176.
    #[test]
    fn an_idle_namespaces_task_is_small() {
        let task = size(Namespace::<Cafe>::run);
        assert!(task + 176 <= 640, "{task} bytes");
    }
}
