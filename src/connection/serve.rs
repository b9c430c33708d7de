//! The task of a connection: it waits for the token, lets the client in, reads frames in a loop, and closes.

use super::close_handshake::close;
use super::control::{act_on_requests, run_control};
use super::frame::ConnectionFrame;
use super::handling::Handling;
use super::pending::PendingConnection;
use super::rates;
use super::reader::MessageReader;
use super::responder::Responder;
use crate::app::App;
use crate::auth::Keys;
use crate::consumer::context::{Context, Elapsed};
use crate::consumer::disconnect::Disconnect;
use crate::consumer::entry::OpenConsumer;
use crate::error::Error;
use crate::hub::shard::Registered;
use crate::limits::budget::{Budget, Turn};
use crate::metrics::OpenRole;
use crate::protocol::close::Ending;
use crate::protocol::dialect::{Control, Inbound};
use crate::protocol::message::Reply;
use crate::protocol::websocket::{self, Incoming, Opcode};
use futures::FutureExt;
use std::future::poll_fn;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::Poll;

/// What the loop does next.
enum Next<'a> {
    /// The consumer handles something.
    Run(Handling<'a>),
    /// The connection has something to do itself. Boxed: it is rare, and large.
    Frame(Box<ConnectionFrame>),
    /// Wait until something complete has come, or a timer has elapsed.
    Nothing,
}

impl<'a> Next<'a> {
    /// Has the consumer handle an elapsed timer.
    fn elapsed<A: App>(
        elapsed: Elapsed<A>,
        consumer: &'a mut Box<dyn OpenConsumer<A>>,
        ctx: &'a mut Context<A>,
    ) -> Self {
        match elapsed(consumer.consumer(), ctx) {
            Some(running) => Next::Run(Handling { id: None, running }),
            None => Next::Nothing,
        }
    }
}

/// The id of a command, and its answer.
type Answered = (Option<String>, Result<Reply, Error>);

/// A connection that was let in.
struct OpenConnection<A: App> {
    ctx: Context<A>,
    reader: MessageReader,
    keys: Option<Arc<Keys>>,
    registered: Option<Registered<A>>,
    /// Counts the connection for the role of its client.
    counted: OpenRole,
}

impl<A: App> OpenConnection<A> {
    fn begin(pending: &mut PendingConnection<A>) -> Option<Self> {
        let ctx = pending.enter()?;
        Some(OpenConnection {
            counted: pending.route.role(A::role(ctx.identity())),
            ctx,
            reader: std::mem::take(&mut pending.reader),
            keys: pending.keys.take(),
            registered: pending.registered.take(),
        })
    }
}

/// Serves a connection until it ends, and closes it in order.
///
/// There is one such task for each client, and a task is for all its life as large as the most that it holds at once. So what few connections need is boxed, and
/// what is needed only at first stays in `pending`. This is no `async fn`, because that would hold its argument twice.
#[allow(clippy::manual_async_fn)]
pub(crate) fn run<A: App>(mut pending: Box<PendingConnection<A>>) -> impl Future<Output = ()> {
    async move {
        if pending.identity.is_none() {
            Box::pin(pending.wait_for_token()).await;
        }
        if let Err(ending) = pending.judge() {
            return Box::pin(pending.refuse(*ending)).await;
        }
        // a statement of its own: what is matched on beside an `await` is kept in the task
        let Some(mut live) = OpenConnection::begin(&mut pending) else {
            return; // never: it was judged, so it has an identity
        };
        let mut consumer = match pending.open(&mut live.ctx).await {
            Ok(consumer) => consumer,
            Err(ending) => return Box::pin(part(live, *ending)).await,
        };
        drop(pending);
        let ending = serve(&mut live, &mut consumer).await;
        Box::pin(end(live, consumer, ending)).await;
    }
}

/// Ends a connection that was let in.
async fn end<A: App>(
    mut live: OpenConnection<A>,
    consumer: Box<dyn OpenConsumer<A>>,
    ending: Ending,
) {
    let ctx = &mut live.ctx;
    ctx.leave_all();
    if AssertUnwindSafe(consumer.disconnect(Disconnect::of(&ending), ctx))
        .catch_unwind()
        .await
        .is_err()
    {
        tracing::error!(consumer = ctx.format().renderer.name, "disconnect panicked");
    }
    part(live, ending).await;
}

/// Gives up what a connection has, and closes.
async fn part<A: App>(live: OpenConnection<A>, ending: Ending) {
    let OpenConnection {
        mut ctx,
        reader,
        registered,
        counted,
        ..
    } = live;
    let leaving = ctx.leaving();
    let (shard, socket, format) = (ctx.shard.clone(), ctx.socket.clone(), ctx.format);
    drop(ctx);
    close(&shard, &socket, format, ending, reader).await;
    drop((registered, counted));
    leaving.forget().await;
}

/// Reads and answers frames until the connection ends, and returns how it ends.
async fn serve<A: App>(
    live: &mut OpenConnection<A>,
    consumer: &mut Box<dyn OpenConsumer<A>>,
) -> Ending {
    let responder = Responder::of(&live.ctx);
    let mut budget = Budget::default();
    // boxed: few commands join groups
    let mut joined: Option<Box<Answered>> = None;
    // timers and frames take turns: neither can keep the other from being handled
    let mut timed = false;
    loop {
        // a client that never stops sending must leave turns to the others of this shard
        let turn = budget.turn().await;
        if responder.socket.is_asked()
            && let Some(ending) = Box::pin(act_on_requests(&mut live.ctx)).await
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
            Some(elapsed) => Next::elapsed(elapsed, consumer, &mut live.ctx),
            None => read(&responder, &mut live.ctx, consumer, &mut live.reader, turn),
        } {
            Next::Run(ref mut handled) => {
                let (id, answer) = handled.await;
                let Ok(answer) = answer else {
                    let name = responder.format().renderer.name;
                    tracing::error!(consumer = name, "a handler panicked");
                    return Ending::internal();
                };
                match responder.socket.subscription.is_holding() {
                    false => responder.answer(id.as_deref(), answer),
                    true => joined = Some(Box::new((id, answer))),
                }
                (false, None)
            }
            Next::Frame(frame) => (false, Some(frame)),
            Next::Nothing => (true, None),
        };
        if idle {
            let ctx = &mut live.ctx;
            let work = poll_fn(|cx| match ctx.poll_elapsed(cx) {
                Poll::Ready(()) => Poll::Ready(Ok(())),
                Poll::Pending => responder.socket.poll_work(cx),
            });
            if work.await.is_err() {
                return Ending::gone();
            }
            continue;
        }
        if let Some(joined) = joined.take()
            && let Err(error) = Box::pin(answer_joined(&responder, &mut live.ctx, joined)).await
        {
            let ending = responder.socket.take_ending();
            return ending.unwrap_or_else(|| Ending::refused(error.into_client()));
        }
        if let Some(frame) = frame {
            match *frame {
                ConnectionFrame::Control(id, control) => {
                    let keys = live.keys.as_deref();
                    Box::pin(obey(&responder, &mut live.ctx, keys, id, control)).await;
                }
                ConnectionFrame::Refused(id, error) => {
                    responder.answer(id.as_deref(), Err(error.into()))
                }
                ConnectionFrame::Ping(payload) => {
                    responder.send(websocket::encode(Opcode::Pong, &payload));
                }
                ConnectionFrame::Pong => {}
                ConnectionFrame::Close(ending) => return ending,
            }
        }
    }
}

/// Answers a command that has joined groups, and starts their streams.
///
/// # Errors
/// The connection ends.
async fn answer_joined<A: App>(
    responder: &Responder<A>,
    ctx: &mut Context<A>,
    joined: Box<Answered>,
) -> Result<(), Error> {
    let (id, answer) = *joined;
    ctx.note_joins().await?;
    responder.answer(id.as_deref(), answer);
    ctx.settle_joins().await
}

/// Reads the next message, and has the consumer begin with it.
fn read<'a, A: App>(
    responder: &Responder<A>,
    ctx: &'a mut Context<A>,
    consumer: &'a mut Box<dyn OpenConsumer<A>>,
    reader: &mut MessageReader,
    turn: Turn<'_>,
) -> Next<'a> {
    let Responder { shard, socket, .. } = responder;
    let now = shard.now_ms();
    let frame = |frame| Next::Frame(Box::new(frame));
    let read = reader.next(socket, now, turn, |incoming| {
        let metered = rates::frame(shard, socket, &incoming, now);
        let len = incoming.len();
        match incoming {
            Incoming::Data(payload) => match responder.format().dialect.decode(payload) {
                Ok(Inbound::Command { id, action, body }) => {
                    let metered = metered.and_then(|()| {
                        let len = body.len();
                        rates::action(socket, action.as_deref(), len, now)
                    });
                    if let Err(too_fast) = metered {
                        return frame(rates::refuse(shard, id, too_fast));
                    }
                    ctx.begin(id.as_deref(), body);
                    match consumer.receive(body, ctx) {
                        Ok(running) => Next::Run(Handling { id, running }),
                        Err(error) => frame(ConnectionFrame::Refused(id, error)),
                    }
                }
                Ok(Inbound::Control { id, control }) => {
                    let metered = metered.and_then(|()| rates::control(socket, &control, len, now));
                    frame(match metered {
                        Ok(()) => ConnectionFrame::Control(id, control),
                        Err(too_fast) => rates::refuse(shard, id, too_fast),
                    })
                }
                Err(refusal) => frame(match metered {
                    Ok(()) => ConnectionFrame::Refused(refusal.id, refusal.error),
                    Err(too_fast) => rates::refuse(shard, refusal.id, too_fast),
                }),
            },
            other => frame(match metered {
                Ok(()) => ConnectionFrame::without_data(other),
                Err(too_fast) => rates::refuse(shard, None, too_fast),
            }),
        }
    });
    match read {
        Ok(Some(step)) => step,
        Ok(None) => Next::Nothing,
        Err(ending) => Next::Frame(Box::new(ConnectionFrame::Close(ending))),
    }
}

/// Runs a request to the framework, and answers it.
async fn obey<A: App>(
    responder: &Responder<A>,
    ctx: &mut Context<A>,
    keys: Option<&Keys>,
    id: Option<String>,
    control: Control,
) {
    let answer = run_control(ctx, keys, control).await;
    responder.answer(id.as_deref(), answer);
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
