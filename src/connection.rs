//! One connection from the upgrade to the close: THE loop.

mod farewell;
mod opening;

pub(crate) use opening::{Agreed, Boarding, Opening};

use crate::admission::{
    authenticated, expiring, note_expiry, place_of_user, verify, wait_for_token, wall_ms,
};
use crate::auth::Keys;
use crate::close::Ending;
use crate::context::Context;
use crate::dialect::{Control, Inbound};
use crate::notice::{Dropped, Pong};
use crate::pattern::Params;
use crate::reader::MessageReader;
use crate::registry::Session;
use crate::routing::Delivery;
use crate::session;
use crate::shard::{Registered, Shard};
use crate::socket::Socket;
use crate::stats::OpenRole;
use crate::websocket::{self, Incoming, Opcode};
use crate::{App, Arguments, ClientError, Error, Kind, Message, Reply, metering};
use farewell::NO_CODE;
pub(crate) use farewell::finish;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{self, Poll};

/// What was read.
enum Step<'a> {
    /// A command that is being handled.
    Run(Handled<'a>),
    /// Boxed: it is rare, and large.
    Frame(Box<Frame>),
    /// Nothing complete has come.
    Nothing,
}

/// A command that is being handled, and its id. `Err`: its handler panicked.
struct Handled<'a> {
    id: Option<String>,
    running: LocalBoxFuture<'a, Result<Reply, Error>>,
}

impl Future for Handled<'_> {
    type Output = (Option<String>, std::thread::Result<Result<Reply, Error>>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> Poll<Self::Output> {
        let running = self.running.as_mut();
        match catch_unwind(AssertUnwindSafe(|| running.poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(answer)) => Poll::Ready((self.id.take(), Ok(answer))),
            Err(panic) => Poll::Ready((self.id.take(), Err(panic))),
        }
    }
}

/// What was read, where nothing is borrowed from the consumer.
pub(crate) enum Frame {
    Control(Option<String>, Control),
    Refused(Option<String>, ClientError),
    Ping(Vec<u8>),
    Pong,
    Close(Ending),
}

/// A connection that was let in.
struct Live<A: App> {
    ctx: Context<A>,
    session: Box<dyn Session<A>>,
    reader: MessageReader,
    keys: Option<Arc<Keys>>,
    registered: Registered<A>,
    /// Counted as what its bearer is.
    counted: OpenRole,
}

/// Serves a connection until it ends, and closes it in order.
pub(crate) async fn run<A: App>(shard: Rc<Shard<A>>, mut opening: Box<Opening<A>>) {
    if let Some(boarding) = opening.agreed.boarding.take() {
        Box::pin(session::board(shard, opening, *boarding)).await;
        return;
    }
    let Some(mut live) = begin(shard, opening).await else {
        return;
    };
    let ending = serve(&mut live).await;
    Box::pin(end(live, ending)).await;
}

/// Lets a connection in, or ends it.
async fn begin<A: App>(shard: Rc<Shard<A>>, opening: Box<Opening<A>>) -> Option<Live<A>> {
    let Opening {
        id,
        stream,
        early,
        keys,
        agreed,
    } = *opening;
    let Agreed {
        lane,
        params,
        query,
        identity,
        since,
        policy,
        user,
        route,
        compression,
        boarding: _,
    } = agreed;
    let counts = shard.counts.clone();
    let now = shard.clock();
    let socket = Rc::new(Socket::new(id, stream, policy, compression, counts, now));
    *socket.user.borrow_mut() = user;
    let registered = shard.register(&socket);
    let mut reader = MessageReader::new(early);
    let identity = match identity {
        Some(identity) => identity,
        None => wait_for_token(&shard, &socket, lane, keys.as_deref(), &mut reader).await,
    };
    let placed = identity.and_then(|identity| {
        place_of_user(&shard, &socket, &identity)?;
        Ok(identity)
    });
    let counted;
    let mut ctx = match placed {
        Ok(identity) => {
            note_expiry(&socket, &identity);
            counted = route.role(A::role(&identity));
            Context::new(shard.clone(), socket.clone(), lane, identity, since)
        }
        Err(error) => {
            finish(&shard, &socket, lane, Ending::refused(error), reader).await;
            return None;
        }
    };
    match open(&params, &query, &mut ctx).await {
        Ok(session) => Some(Live {
            ctx,
            session,
            reader,
            keys,
            registered,
            counted,
        }),
        Err(ending) => {
            drop(ctx);
            finish(&shard, &socket, lane, ending, reader).await;
            None
        }
    }
}

/// Ends a connection that was let in.
async fn end<A: App>(live: Live<A>, ending: Ending) {
    let Live {
        mut ctx,
        session,
        reader,
        registered,
        counted,
        ..
    } = live;
    ctx.leave_all();
    if AssertUnwindSafe(session.disconnect(&mut ctx))
        .catch_unwind()
        .await
        .is_err()
    {
        tracing::error!(consumer = ctx.lane().entry.name, "disconnect panicked");
    }
    let (shard, socket, lane) = (ctx.shard.clone(), ctx.socket.clone(), ctx.lane);
    drop(ctx);
    finish(&shard, &socket, lane, ending, reader).await;
    drop((registered, counted));
}

/// Has the consumer begin.
pub(crate) async fn open<A: App>(
    params: &Params,
    query: &str,
    ctx: &mut Context<A>,
) -> Result<Box<dyn Session<A>>, Ending> {
    let connect = ctx.lane().entry.connect;
    let opened = async {
        let session = connect(params, query, ctx)?.await?;
        ctx.settle().await?;
        Ok::<_, Error>(session)
    };
    match AssertUnwindSafe(opened).catch_unwind().await {
        Ok(Ok(session)) => Ok(session),
        Ok(Err(error)) => Err(ctx
            .socket
            .take_ending()
            .unwrap_or_else(|| Ending::refused(error.into_client()))),
        Err(_) => {
            tracing::error!(consumer = ctx.lane().entry.name, "connect panicked");
            Err(Ending::internal())
        }
    }
}

/// Until the connection's end.
async fn serve<A: App>(live: &mut Live<A>) -> Ending {
    let Live {
        ctx,
        session,
        reader,
        keys,
        ..
    } = live;
    loop {
        if ctx.socket.is_asked()
            && let Some(ending) = Box::pin(attend(ctx)).await
        {
            return ending;
        }
        // the consumer is borrowed until its future is done
        let read = match read(ctx, session, reader) {
            Step::Run(handled) => Ok(handled.await),
            Step::Frame(frame) => Err(Some(frame)),
            Step::Nothing => Err(None),
        };
        let (id, answer) = match read {
            Ok((id, Ok(answer))) => (id, answer),
            Ok((_, Err(_))) => {
                tracing::error!(consumer = ctx.lane().entry.name, "receive panicked");
                return Ending::internal();
            }
            Err(Some(frame)) => match *frame {
                Frame::Control(id, control) => {
                    (id, Box::pin(steer(ctx, keys.as_deref(), control)).await)
                }
                Frame::Refused(id, error) => (id, Err(error.into())),
                Frame::Ping(payload) => {
                    let pong = websocket::encode(Opcode::Pong, &payload);
                    ctx.shard.send(&ctx.socket, pong);
                    continue;
                }
                Frame::Pong => continue,
                Frame::Close(ending) => return ending,
            },
            Err(None) => {
                if poll_fn(|cx| ctx.socket.poll_work(cx)).await.is_err() {
                    return Ending::gone();
                }
                continue;
            }
        };
        if !ctx.socket.is_holding() {
            answer_with(ctx, id.as_deref(), answer);
        } else if let Err(error) = Box::pin(answer_joined(ctx, id.as_deref(), answer)).await {
            let ending = ctx.socket.take_ending();
            return ending.unwrap_or_else(|| Ending::refused(error.into_client()));
        }
        // a client that never stops sending must not keep the others of this shard waiting
        tokio::task::consume_budget().await;
    }
}

/// Does what others have asked of this connection. `Some`: it ends.
pub(crate) async fn attend<A: App>(ctx: &mut Context<A>) -> Option<Ending> {
    let ending = ctx.socket.take_ending();
    if ending.is_some() {
        return ending;
    }
    if ctx.socket.take_recheck()
        && let Err(error) = ctx.judge().await
    {
        let ending = ctx.socket.take_ending();
        return Some(ending.unwrap_or_else(|| Ending::refused(error.into_client())));
    }
    if ctx.socket.take_expiring() {
        ctx.send(&expiring(ctx.socket.expires_at_ms.get()));
    }
    if let Some(count) = ctx.socket.take_dropped() {
        ctx.send(&dropped(count, ctx.socket.policy.delivery));
    }
    None
}

/// Reads the next message, and has the consumer begin with it.
fn read<'a, A: App>(
    ctx: &'a mut Context<A>,
    session: &'a mut Box<dyn Session<A>>,
    reader: &mut MessageReader,
) -> Step<'a> {
    let (socket, shard, lane) = (ctx.socket.clone(), ctx.shard.clone(), ctx.lane);
    let now = shard.clock();
    let frame = |frame| Step::Frame(Box::new(frame));
    let read = reader.next(&socket, now, |incoming| {
        let metered = metering::frame(&shard, &socket, &incoming, now);
        match incoming {
            Incoming::Data(payload) => match shard.lanes[lane as usize].dialect.decode(payload) {
                Ok(Inbound::Command { id, action, body }) => {
                    let metered = metered.and_then(|()| {
                        let len = body.len();
                        metering::action(&socket, action.as_deref(), len, now)
                    });
                    if let Err(too_fast) = metered {
                        return frame(metering::refuse(&shard, id, too_fast));
                    }
                    ctx.begin(id.as_deref(), body);
                    match session.receive(body, ctx) {
                        Ok(running) => Step::Run(Handled { id, running }),
                        Err(error) => frame(Frame::Refused(id, error)),
                    }
                }
                Ok(Inbound::Control { id, control }) => frame(match metered {
                    Ok(()) => Frame::Control(id, control),
                    Err(too_fast) => metering::refuse(&shard, id, too_fast),
                }),
                Err(refusal) => frame(match metered {
                    Ok(()) => Frame::Refused(refusal.id, refusal.error),
                    Err(too_fast) => metering::refuse(&shard, refusal.id, too_fast),
                }),
            },
            other => frame(match metered {
                Ok(()) => unaddressed(other),
                Err(too_fast) => metering::refuse(&shard, None, too_fast),
            }),
        }
    });
    match read {
        Ok(Some(step)) => step,
        Ok(None) => Step::Nothing,
        Err(ending) => Step::Frame(Box::new(Frame::Close(ending))),
    }
}

/// What is no data message.
pub(crate) fn unaddressed(incoming: Incoming<'_>) -> Frame {
    match incoming {
        Incoming::Ping(payload) => Frame::Ping(payload.to_vec()),
        Incoming::Close(Some((code, _))) => Frame::Close(Ending {
            code,
            reason: "".into(),
            error: None,
        }),
        Incoming::Close(None) => Frame::Close(Ending::new(NO_CODE, "")),
        Incoming::Pong(_) | Incoming::Data(_) => Frame::Pong,
    }
}

/// Answers a command that has joined groups.
async fn answer_joined<A: App>(
    ctx: &mut Context<A>,
    id: Option<&str>,
    answer: Result<Reply, Error>,
) -> Result<(), Error> {
    ctx.note_joins().await?;
    answer_with(ctx, id, answer);
    ctx.settle_joins().await
}

fn answer_with<A: App>(ctx: &Context<A>, id: Option<&str>, answer: Result<Reply, Error>) {
    match answer {
        Ok(Reply { message, ack }) => {
            if let Some(message) = message {
                ctx.send(&message);
            }
            if let Some(id) = id {
                let members = ack.as_ref().and_then(Arguments::first);
                ctx.send(&ctx.lane().dialect.ack(id, members));
            }
        }
        Err(error) => {
            let error = error.into_client();
            ctx.send(&told(ctx.lane().entry.render_error, &error, id));
        }
    }
}

/// A mistake in the consumer's vocabulary, with the id of the command that made it.
pub(crate) fn told(
    render: fn(&ClientError) -> Message,
    error: &ClientError,
    id: Option<&str>,
) -> Message {
    let message = render(&error.in_short());
    match id {
        Some(id) => message.beside("id", &id),
        None => message,
    }
}

/// What every connection understands.
pub(crate) async fn steer<A: App>(
    ctx: &mut Context<A>,
    keys: Option<&Keys>,
    control: Control,
) -> Result<Reply, Error> {
    match control {
        Control::Ping => Ok(Reply::message(Message::new(
            "pong",
            &Pong {
                server_time: wall_ms(),
            },
        ))),
        Control::Resume(since) => ctx.resume_in_band(since).await.map(|()| Reply::done()),
        Control::Authenticate(token) => {
            let identity = verify::<A>(keys, &token)?;
            place_of_user(&ctx.shard, &ctx.socket, &identity)?;
            if ctx.identity().subject.is_some() && ctx.identity().subject != identity.subject {
                return Err(Error::client(
                    Kind::Forbidden,
                    "SUBJECT_CHANGED",
                    "a refresh is for the same subject: open another connection",
                ));
            }
            note_expiry(&ctx.socket, &identity);
            let told = authenticated(&identity);
            ctx.refresh(identity).await?;
            Ok(Reply::message(told))
        }
    }
}

/// What a client missed by its own choice of route, told when it keeps up again. What it missed is in the history.
pub(crate) fn dropped(count: u32, delivery: Delivery) -> Message {
    let delivery = delivery.name();
    Message::new("dropped", &Dropped { count, delivery })
}
