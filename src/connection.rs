//! One connection from the upgrade to the close: THE loop.

use crate::admission::{authenticated, expiring, note_expiry, verify, wait_for_token, wall_ms};
use crate::auth::{Identity, Keys};
use crate::close::Ending;
use crate::context::Context;
use crate::dialect::{Control, Inbound};
use crate::pattern::Params;
use crate::reader::MessageReader;
use crate::registry::Session;
use crate::routing::Policy;
use crate::shard::Shard;
use crate::socket::{CLOSE_TIMEOUT, Socket};
use crate::websocket::{self, Incoming, Opcode};
use crate::{App, Arguments, ClientError, Error, Kind, Message, Reply};
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use serde::Serialize;
use std::io;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;
use tokio::net::TcpStream;

/// A connection that the HTTP side let in.
pub(crate) struct Opening<A: App> {
    pub stream: TcpStream,
    /// What came with the handshake and belongs to the WebSocket.
    pub early: Vec<u8>,
    pub lane: u16,
    pub params: Params,
    pub query: String,
    /// `None`: a token is required and has not come yet; the first frame must bring it.
    pub identity: Option<Result<Identity<A::Claims>, ClientError>>,
    pub since: Option<u64>,
    pub policy: Arc<Policy>,
    pub keys: Option<Arc<Keys>>,
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
        stream,
        early,
        lane,
        params,
        query,
        identity,
        since,
        policy,
        keys,
    } = opening;
    let socket = Rc::new(Socket::new(stream, policy, shard.clock()));
    let registered = shard.register(&socket);
    let mut reader = MessageReader::new(early);
    let identity = match identity {
        Some(identity) => identity,
        None => wait_for_token(&shard, &socket, lane, keys.as_deref(), &mut reader).await,
    };
    let mut ctx = match identity {
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
        let lane = ctx.lane;
        // matched at once: a variable would keep the consumer borrowed
        let frame = match reader.next(&socket, shard.clock(), |incoming| match incoming {
            Incoming::Data(payload) => match shard.lanes[lane as usize].dialect.decode(payload) {
                Ok(Inbound::Command { id, body }) => {
                    ctx.begin(id.as_deref(), body);
                    match session.receive(body, ctx) {
                        Ok(running) => Step::Run(id, running),
                        Err(error) => Step::Frame(Frame::Refused(id, error)),
                    }
                }
                Ok(Inbound::Control { id, control }) => Step::Frame(Frame::Control(id, control)),
                Err(error) => Step::Frame(Frame::Refused(None, error)),
            },
            other => Step::Frame(unaddressed(other)),
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
                ctx.send(&ctx.lane().dialect.ack(id, ack.as_ref().and_then(Arguments::first)));
            }
        }
        Err(error) => {
            let told = (ctx.lane().entry.render_error)(&error.into_client());
            ctx.send(&match id {
                Some(id) => told.beside("id", &id),
                None => told,
            });
        }
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

/// Says why, closes in order, and waits a little for the client to take it.
async fn finish<A: App>(
    shard: &Rc<Shard<A>>,
    socket: &Rc<Socket<A>>,
    lane: u16,
    ending: Ending,
    mut reader: MessageReader,
) {
    if ending.code == 0 {
        socket.abort();
        return;
    }
    if !socket.is_closing() {
        let lane = &shard.lanes[lane as usize];
        if let Some(error) = &ending.error {
            shard.send(
                socket,
                lane.frame(&(lane.entry.render_error)(error), Default::default()),
            );
        }
        let close = match ending.code {
            NO_CODE => websocket::encode(Opcode::Close, &[]),
            code => websocket::encode_close(code, &ending.reason),
        };
        shard.send(socket, close);
        shard.flush();
        socket.set_closing();
    }
    farewell(shard, socket, &mut reader).await;
}

/// Waits a little for the client to take what is left, and its answer to our close frame.
pub(crate) async fn farewell<A: App>(
    shard: &Rc<Shard<A>>,
    socket: &Rc<Socket<A>>,
    reader: &mut MessageReader,
) {
    let farewell = async {
        socket.emptied().await;
        // half closed: what the client still sends is read, so that its system does not answer with a reset that would overtake our last frames
        let Some(stream) = socket.stream() else {
            return;
        };
        let _ = shut_write(stream);
        while !socket.is_dead() {
            match reader.next(socket, shard.clock(), |incoming| {
                matches!(incoming, Incoming::Close(_))
            }) {
                Ok(Some(true)) | Err(_) => break,
                Ok(Some(false)) => {}
                Ok(None) => {
                    if std::future::poll_fn(|cx| stream.poll_read_ready(cx))
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

/// Sends the end of our side of the stream.
fn shut_write(stream: &TcpStream) -> io::Result<()> {
    socket2::SockRef::from(stream).shutdown(std::net::Shutdown::Write)
}
