//! One connection from the upgrade to the close: THE loop.

use super::close_handshake::finish;
use super::pending::Opening;
use super::rates;
use crate::app::App;
use crate::auth::Keys;
use crate::connection::authentication::{
    authenticated, expiring, note_expiry, place_of_user, verify, wall_ms,
};
use crate::connection::reader::MessageReader;
use crate::consumer::context::{Context, Elapsed};
use crate::consumer::disconnect::Disconnect;
use crate::consumer::entry::OpenConsumer;
use crate::error::{ClientError, Error, Kind};
use crate::hub::lane::Lane;
use crate::hub::shard::{Registered, Shard};
use crate::hub::socket::Socket;
use crate::limits::budget::{Budget, Turn};
use crate::metrics::OpenRole;
use crate::protocol::arguments::Arguments;
use crate::protocol::close::{Ending, NO_CODE};
use crate::protocol::dialect::{Control, Envelope, Inbound};
use crate::protocol::message::{Message, Reply};
use crate::protocol::notice::{Dropped, Pong};
use crate::protocol::websocket::{self, Incoming, Opcode};
use crate::routing::Delivery;
use bytes::Bytes;
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

impl<'a> Step<'a> {
    /// The consumer begins with what its timer was set for.
    fn elapsed<A: App>(
        elapsed: Elapsed<A>,
        session: &'a mut Box<dyn OpenConsumer<A>>,
        ctx: &'a mut Context<A>,
    ) -> Self {
        match elapsed(session.consumer(), ctx) {
            Some(running) => Step::Run(Handled { id: None, running }),
            None => Step::Nothing,
        }
    }
}

/// A command, or an elapsed timer, that is being handled, and the command's id. `Err`: its handler panicked.
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

/// What a command came to, and its id.
type Answered = (Option<String>, Result<Reply, Error>);

/// What was read, where nothing is borrowed from the consumer.
pub(crate) enum Frame {
    Control(Option<String>, Control),
    Refused(Option<String>, ClientError),
    Ping(Vec<u8>),
    Pong,
    Close(Ending),
}

/// How a connection's client is told something while its consumer has the context.
struct Voice<A: App> {
    shard: Rc<Shard<A>>,
    socket: Rc<Socket<A>>,
    lane: u16,
}

impl<A: App> Voice<A> {
    fn of(ctx: &Context<A>) -> Self {
        Voice {
            shard: ctx.shard.clone(),
            socket: ctx.socket.clone(),
            lane: ctx.lane,
        }
    }

    fn lane(&self) -> &Lane<A> {
        &self.shard.lanes[self.lane as usize]
    }

    fn send(&self, frame: Bytes) {
        self.shard.send(&self.socket, frame);
    }

    fn say(&self, message: &Message) {
        self.send(self.lane().frame(message, Envelope::default()));
    }

    fn answer(&self, id: Option<&str>, answer: Result<Reply, Error>) {
        match answer {
            Ok(Reply { message, ack }) => {
                if let Some(message) = message {
                    self.say(&message);
                }
                if let Some(id) = id {
                    let members = ack.as_ref().and_then(Arguments::first);
                    self.say(&self.lane().dialect.ack(id, members));
                }
            }
            Err(error) => {
                let error = error.into_client();
                self.say(&told(self.lane().renderer.render_error, &error, id));
            }
        }
    }
}

/// A connection that was let in.
struct Live<A: App> {
    ctx: Context<A>,
    reader: MessageReader,
    keys: Option<Arc<Keys>>,
    registered: Option<Registered<A>>,
    /// Counted as what its bearer is.
    counted: OpenRole,
}

impl<A: App> Live<A> {
    fn begin(opening: &mut Opening<A>) -> Option<Self> {
        let ctx = opening.enter()?;
        Some(Live {
            counted: opening.route.role(A::role(ctx.identity())),
            ctx,
            reader: std::mem::take(&mut opening.reader),
            keys: opening.keys.take(),
            registered: opening.registered.take(),
        })
    }
}

/// Serves a connection until it ends, and closes it in order.
///
/// A task is for all its life as large as the most that it ever holds at once, and there is one for each client: what few connections need is boxed, and what
/// all need only at first stays in `opening`. An `async fn` would keep what it is called with twice, where it was given and where it is used.
#[allow(clippy::manual_async_fn)]
pub(crate) fn run<A: App>(mut opening: Box<Opening<A>>) -> impl Future<Output = ()> {
    async move {
        if opening.identity.is_none() {
            Box::pin(opening.wait_for_token()).await;
        }
        if let Err(ending) = opening.judge() {
            return Box::pin(opening.refuse(*ending)).await;
        }
        // Apart from that: what is matched on beside an `await` is kept in the task.
        let Some(mut live) = Live::begin(&mut opening) else {
            return; // never: it was judged, so it has an identity
        };
        let mut session = match opening.open(&mut live.ctx).await {
            Ok(session) => session,
            Err(ending) => return Box::pin(part(live, *ending)).await,
        };
        drop(opening);
        let ending = serve(&mut live, &mut session).await;
        Box::pin(end(live, session, ending)).await;
    }
}

/// Ends a connection that was let in.
async fn end<A: App>(mut live: Live<A>, session: Box<dyn OpenConsumer<A>>, ending: Ending) {
    let ctx = &mut live.ctx;
    ctx.leave_all();
    if AssertUnwindSafe(session.disconnect(Disconnect::of(&ending), ctx))
        .catch_unwind()
        .await
        .is_err()
    {
        tracing::error!(consumer = ctx.lane().renderer.name, "disconnect panicked");
    }
    part(live, ending).await;
}

/// Gives up what a connection has, and says goodbye.
async fn part<A: App>(live: Live<A>, ending: Ending) {
    let Live {
        mut ctx,
        reader,
        registered,
        counted,
        ..
    } = live;
    let leaving = ctx.leaving();
    let (shard, socket, lane) = (ctx.shard.clone(), ctx.socket.clone(), ctx.lane);
    drop(ctx);
    finish(&shard, &socket, lane, ending, reader).await;
    drop((registered, counted));
    leaving.forget().await;
}

/// Until the connection's end.
async fn serve<A: App>(live: &mut Live<A>, session: &mut Box<dyn OpenConsumer<A>>) -> Ending {
    let voice = Voice::of(&live.ctx);
    let mut budget = Budget::default();
    // boxed: few commands join groups
    let mut joined: Option<Box<Answered>> = None;
    // timers and frames take turns: neither can keep the other from being handled
    let mut timed = false;
    loop {
        // a client that never stops sending must not keep the others of this shard waiting
        let turn = budget.turn().await;
        if voice.socket.is_asked()
            && let Some(ending) = Box::pin(attend(&mut live.ctx)).await
        {
            return ending;
        }
        let elapsed = match timed {
            true => None,
            false => live.ctx.take_elapsed(),
        };
        timed = elapsed.is_some();
        // the consumer is borrowed until its future is done
        let (idle, frame) = match match elapsed {
            Some(elapsed) => Step::elapsed(elapsed, session, &mut live.ctx),
            None => read(&voice, &mut live.ctx, session, &mut live.reader, turn),
        } {
            Step::Run(ref mut handled) => {
                let (id, answer) = handled.await;
                let Ok(answer) = answer else {
                    let consumer = voice.lane().renderer.name;
                    tracing::error!(consumer, "a handler panicked");
                    return Ending::internal();
                };
                match voice.socket.is_holding() {
                    false => voice.answer(id.as_deref(), answer),
                    true => joined = Some(Box::new((id, answer))),
                }
                (false, None)
            }
            Step::Frame(frame) => (false, Some(frame)),
            Step::Nothing => (true, None),
        };
        if idle {
            let ctx = &mut live.ctx;
            let work = poll_fn(|cx| match ctx.poll_elapsed(cx) {
                Poll::Ready(()) => Poll::Ready(Ok(())),
                Poll::Pending => voice.socket.poll_work(cx),
            });
            if work.await.is_err() {
                return Ending::gone();
            }
            continue;
        }
        if let Some(joined) = joined.take()
            && let Err(error) = Box::pin(answer_joined(&voice, &mut live.ctx, joined)).await
        {
            let ending = voice.socket.take_ending();
            return ending.unwrap_or_else(|| Ending::refused(error.into_client()));
        }
        if let Some(frame) = frame {
            match *frame {
                Frame::Control(id, control) => {
                    let keys = live.keys.as_deref();
                    Box::pin(obey(&voice, &mut live.ctx, keys, id, control)).await;
                }
                Frame::Refused(id, error) => voice.answer(id.as_deref(), Err(error.into())),
                Frame::Ping(payload) => {
                    voice.send(websocket::encode(Opcode::Pong, &payload));
                }
                Frame::Pong => {}
                Frame::Close(ending) => return ending,
            }
        }
    }
}

/// Answers a command that has joined groups.
async fn answer_joined<A: App>(
    voice: &Voice<A>,
    ctx: &mut Context<A>,
    joined: Box<Answered>,
) -> Result<(), Error> {
    let (id, answer) = *joined;
    ctx.note_joins().await?;
    voice.answer(id.as_deref(), answer);
    ctx.settle_joins().await
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
    voice: &Voice<A>,
    ctx: &'a mut Context<A>,
    session: &'a mut Box<dyn OpenConsumer<A>>,
    reader: &mut MessageReader,
    turn: Turn<'_>,
) -> Step<'a> {
    let Voice { shard, socket, .. } = voice;
    let now = shard.now_ms();
    let frame = |frame| Step::Frame(Box::new(frame));
    let read = reader.next(socket, now, turn, |incoming| {
        let metered = rates::frame(shard, socket, &incoming, now);
        let len = incoming.len();
        match incoming {
            Incoming::Data(payload) => match voice.lane().dialect.decode(payload) {
                Ok(Inbound::Command { id, action, body }) => {
                    let metered = metered.and_then(|()| {
                        let len = body.len();
                        rates::action(socket, action.as_deref(), len, now)
                    });
                    if let Err(too_fast) = metered {
                        return frame(rates::refuse(shard, id, too_fast));
                    }
                    ctx.begin(id.as_deref(), body);
                    match session.receive(body, ctx) {
                        Ok(running) => Step::Run(Handled { id, running }),
                        Err(error) => frame(Frame::Refused(id, error)),
                    }
                }
                Ok(Inbound::Control { id, control }) => {
                    let metered = metered.and_then(|()| rates::control(socket, &control, len, now));
                    frame(match metered {
                        Ok(()) => Frame::Control(id, control),
                        Err(too_fast) => rates::refuse(shard, id, too_fast),
                    })
                }
                Err(refusal) => frame(match metered {
                    Ok(()) => Frame::Refused(refusal.id, refusal.error),
                    Err(too_fast) => rates::refuse(shard, refusal.id, too_fast),
                }),
            },
            other => frame(match metered {
                Ok(()) => unaddressed(other),
                Err(too_fast) => rates::refuse(shard, None, too_fast),
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
        Incoming::Close(close) => {
            let (code, text) = close.unwrap_or((NO_CODE, ""));
            Frame::Close(Ending::by_client_saying(code, text))
        }
        Incoming::Pong(_) | Incoming::Data(_) => Frame::Pong,
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

/// Does what every connection understands, and answers.
async fn obey<A: App>(
    voice: &Voice<A>,
    ctx: &mut Context<A>,
    keys: Option<&Keys>,
    id: Option<String>,
    control: Control,
) {
    let answer = steer(ctx, keys, control).await;
    voice.answer(id.as_deref(), answer);
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consumer::announcer::fixture::Cafe;

    fn size<A, F>(_: fn(A) -> F) -> usize {
        size_of::<F>()
    }

    /// tokio keeps a task in steps of 128 bytes, of which what is around this takes 176.
    #[test]
    fn an_idle_connections_task_is_small() {
        let task = size(run::<Cafe>);
        assert!(task + 176 <= 640, "{task} bytes");
    }
}
