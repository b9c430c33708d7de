//! One connection from the upgrade to the close: THE loop.

use crate::admission::{
    authenticated, expiring, note_expiry, place_of_user, verify, wait_for_token, wall_ms,
};
use crate::auth::{Identity, Keys};
use crate::close::Ending;
use crate::context::Context;
use crate::dialect::{Control, Inbound};
use crate::limits::UserPlace;
use crate::pattern::Params;
use crate::reader::MessageReader;
use crate::registry::Session;
use crate::routing::{Delivery, Policy};
use crate::shard::Shard;
use crate::socket::{CLOSE_TIMEOUT, Compression, Socket};
use crate::stream::Stream;
use crate::websocket::{self, Incoming, Opcode};
use crate::{App, ClientError, Error, Kind, Message, Reply, metering};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use serde::Serialize;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

/// A connection that the HTTP side let in.
pub(crate) struct Opening<A: App> {
    /// Its number: see [`connection_id`](crate::connection_id).
    pub id: u64,
    pub stream: Stream,
    /// What came with the handshake and belongs to the WebSocket.
    pub early: Vec<u8>,
    pub lane: u16,
    pub params: Params,
    pub query: String,
    /// `None`: a token is required and has not come yet; the first frame must bring it.
    pub identity: Option<Result<Identity<A::Claims>, ClientError>>,
    pub since: Option<u64>,
    pub policy: Arc<Policy>,
    pub compression: Compression,
    pub keys: Option<Arc<Keys>>,
    /// Its place among the connections of its user, where the token came with the handshake.
    pub user: Option<Arc<UserPlace>>,
}

/// What was read.
enum Step<'a> {
    /// A command that is being handled.
    Run(Option<String>, LocalBoxFuture<'a, Result<Reply, Error>>),
    Frame(Frame),
}

/// What was read, where nothing is borrowed from the consumer.
pub(crate) enum Frame {
    /// A command's outcome; `Err`: its handler panicked.
    Handled(Option<String>, Result<Result<Reply, Error>, ()>),
    Control(Option<String>, Control),
    Refused(Option<String>, ClientError),
    Ping(Vec<u8>),
    Pong,
    Close(Ending),
    /// Nothing complete yet.
    Nothing,
}

/// Serves a connection until it ends, and closes it in order.
pub(crate) async fn run<A: App>(shard: Rc<Shard<A>>, opening: Opening<A>) {
    let Opening {
        id,
        stream,
        early,
        lane,
        params,
        query,
        identity,
        since,
        policy,
        compression,
        keys,
        user,
    } = opening;
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
    let mut ctx = match placed {
        Ok(identity) => {
            note_expiry(&socket, &identity);
            Context::new(shard.clone(), socket.clone(), lane, identity, since)
        }
        Err(error) => {
            finish(&shard, &socket, lane, Ending::refused(error), reader).await;
            return;
        }
    };
    let ending = match Box::pin(open(&params, &query, &mut ctx)).await {
        Ok(mut session) => {
            drop((params, query));
            let ending = serve(&mut ctx, &mut session, keys.as_deref(), &mut reader).await;
            ctx.leave_all();
            if AssertUnwindSafe(session.disconnect(&mut ctx))
                .catch_unwind()
                .await
                .is_err()
            {
                tracing::error!(consumer = ctx.lane().entry.name, "disconnect panicked");
            }
            ending
        }
        Err(ending) => {
            ctx.leave_all();
            ending
        }
    };
    drop(ctx);
    Box::pin(finish(&shard, &socket, lane, ending, reader)).await;
    drop(registered);
}

async fn open<A: App>(
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

async fn serve<A: App>(
    ctx: &mut Context<A>,
    session: &mut Box<dyn Session<A>>,
    keys: Option<&Keys>,
    reader: &mut MessageReader,
) -> Ending {
    let socket = ctx.socket.clone();
    let shard = ctx.shard.clone();
    loop {
        if let Some(ending) = socket.take_ending() {
            return ending;
        }
        if socket.take_recheck()
            && let Err(error) = ctx.judge().await
        {
            return socket
                .take_ending()
                .unwrap_or_else(|| Ending::refused(error.into_client()));
        }
        if socket.take_expiring() {
            ctx.send(&expiring(socket.expires_at_ms.get()));
        }
        if let Some(count) = socket.take_dropped() {
            ctx.send(&dropped(count, socket.policy.delivery));
        }
        let lane = ctx.lane;
        let now = shard.clock();
        // matched at once: a variable would keep the consumer borrowed
        let frame = match reader.next(&socket, now, |incoming| {
            let metered = metering::frame(&shard, &socket, &incoming, now);
            match incoming {
                Incoming::Data(payload) => match shard.lanes[lane as usize].dialect.decode(payload)
                {
                    Ok(Inbound::Command { id, action, body }) => {
                        let metered = metered.and_then(|()| {
                            let len = body.bytes().len();
                            metering::action(&socket, action.as_deref(), len, now)
                        });
                        if let Err(too_fast) = metered {
                            return Step::Frame(metering::refuse(&shard, id, too_fast));
                        }
                        ctx.begin(id.as_deref(), body);
                        match session.receive(body, ctx) {
                            Ok(running) => Step::Run(id, running),
                            Err(error) => Step::Frame(Frame::Refused(id, error)),
                        }
                    }
                    Ok(Inbound::Control { id, control }) => Step::Frame(match metered {
                        Ok(()) => Frame::Control(id, control),
                        Err(too_fast) => metering::refuse(&shard, id, too_fast),
                    }),
                    Err(refusal) => Step::Frame(match metered {
                        Ok(()) => Frame::Refused(refusal.id, refusal.error),
                        Err(too_fast) => metering::refuse(&shard, refusal.id, too_fast),
                    }),
                },
                other => Step::Frame(match metered {
                    Ok(()) => unaddressed(other),
                    Err(too_fast) => metering::refuse(&shard, None, too_fast),
                }),
            }
        }) {
            Ok(Some(Step::Run(id, running))) => Frame::Handled(
                id,
                AssertUnwindSafe(running).catch_unwind().await.map_err(drop),
            ),
            Ok(Some(Step::Frame(frame))) => frame,
            Ok(None) => Frame::Nothing,
            Err(ending) => return ending,
        };
        let (id, answer) = match frame {
            Frame::Handled(id, Ok(answer)) => (id, answer),
            Frame::Handled(_, Err(())) => {
                tracing::error!(consumer = ctx.lane().entry.name, "receive panicked");
                return Ending::internal();
            }
            Frame::Control(id, control) => (id, Box::pin(steer(ctx, keys, control)).await),
            Frame::Refused(id, error) => (id, Err(error.into())),
            Frame::Ping(payload) => {
                shard.send(&socket, websocket::encode(Opcode::Pong, &payload));
                continue;
            }
            Frame::Pong => continue,
            Frame::Close(ending) => return ending,
            Frame::Nothing => {
                if std::future::poll_fn(|cx| socket.poll_work(cx))
                    .await
                    .is_err()
                {
                    return Ending::gone();
                }
                continue;
            }
        };
        answer_with(ctx, id.as_deref(), answer);
        // a client that never stops sending must not keep the others of this shard waiting
        tokio::task::consume_budget().await;
    }
}

/// Stands for "closed without a code" (RFC 6455, section 7.4.1); never on the wire.
const NO_CODE: u16 = 1005;

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

fn answer_with<A: App>(ctx: &Context<A>, id: Option<&str>, answer: Result<Reply, Error>) {
    match answer {
        Ok(Reply { message, ack }) => {
            if let Some(message) = message {
                ctx.send(&message);
            }
            if let Some(id) = id {
                ctx.send(&ctx.lane().dialect.ack(id, ack.as_deref()));
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
async fn steer<A: App>(
    ctx: &mut Context<A>,
    keys: Option<&Keys>,
    control: Control,
) -> Result<Reply, Error> {
    match control {
        Control::Ping => {
            #[derive(Serialize)]
            #[serde(rename_all = "camelCase")]
            struct Pong {
                server_time: i64,
            }
            Ok(Reply::message(Message::new(
                "pong",
                &Pong {
                    server_time: wall_ms(),
                },
            )))
        }
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
fn dropped(count: u32, delivery: Delivery) -> Message {
    #[derive(Serialize)]
    struct Dropped {
        count: u32,
        delivery: &'static str,
    }
    let delivery = delivery.name();
    Message::new("dropped", &Dropped { count, delivery })
}

/// Says why, closes in order, and waits a little for the client to take it.
async fn finish<A: App>(
    shard: &Rc<Shard<A>>,
    socket: &Rc<Socket<A>>,
    lane: u16,
    ending: Ending,
    mut reader: MessageReader,
) {
    shard.stats.closed(ending.code);
    if ending.code == 0 {
        socket.abort();
        return;
    }
    if !socket.is_closing() {
        let lane = &shard.lanes[lane as usize];
        if let Some(error) = &ending.error {
            tracing::info!(code = %error.code, close = ending.code, "a client is refused");
            // the number by which this connection is found in the log
            let told = told(lane.entry.render_error, error, None).beside("connection", &socket.id);
            shard.send(socket, lane.frame(&told, Default::default()));
        }
        let close = match ending.code {
            NO_CODE => websocket::encode(Opcode::Close, &[]),
            code => websocket::encode_close(code, &ending.reason),
        };
        shard.send(socket, close);
        shard.flush();
        socket.set_closing();
    }
    let farewell = async {
        socket.emptied().await;
        // half closed: what the client still sends is read, so that its system does not answer with a reset that would overtake our last frames
        socket.stream.finish();
        while !socket.is_dead() {
            match reader.next(socket, shard.clock(), |incoming| {
                matches!(incoming, Incoming::Close(_))
            }) {
                Ok(Some(true)) | Err(_) => break,
                Ok(Some(false)) => {}
                Ok(None) => {
                    if std::future::poll_fn(|cx| socket.stream.poll_read_ready(cx))
                        .await
                        .is_err()
                    {
                        break;
                    }
                }
            }
        }
    };
    let _ = tokio::time::timeout(CLOSE_TIMEOUT, farewell).await;
    socket.abort();
}
