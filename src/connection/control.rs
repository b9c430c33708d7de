//! What every connection does, whatever its consumer: requests of its client, and requests that others leave with its socket.

use super::authentication::{authenticated, count_user, expiring, note_expiry, verify, wall_ms};
use crate::app::App;
use crate::auth::Keys;
use crate::consumer::context::Context;
use crate::error::{ClientError, Error, Kind};
use crate::protocol::close::Ending;
use crate::protocol::dialect::Control;
use crate::protocol::message::{Message, Reply};
use crate::protocol::notice::Dropped;
use crate::routing::Delivery;

/// Does what was left with the socket of this connection: to end, to ask the guard again, to warn of a token that ends, to tell of dropped events. `Some`: the
/// connection ends so.
pub(crate) async fn act_on_requests<A: App>(ctx: &mut Context<A>) -> Option<Ending> {
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
        let ends_at = ctx.socket.liveness.expires_at();
        ctx.send(&expiring(ends_at, wall_ms(&ctx.shard.clock)));
    }
    if let Some(count) = ctx.socket.take_dropped() {
        ctx.send(&dropped_message(count, ctx.socket.policy.delivery));
    }
    None
}

/// Does what a client asks of the framework, and returns the answer.
///
/// # Errors
/// The mistake that the client is told.
pub(crate) async fn run_control<A: App>(
    ctx: &mut Context<A>,
    keys: Option<&Keys>,
    control: Control,
) -> Result<Reply, Error> {
    ctx.socket.subscription.wrote(0);
    match control {
        Control::Ping => Ok(Reply::message(Message::new("pong", &ctx.pong()))),
        Control::Resume(since) => ctx.resume_in_band(since).await.map(|()| Reply::done()),
        Control::Authenticate(token) => {
            let identity = verify::<A>(keys, &token)?;
            count_user(&ctx.shard, &ctx.socket, &identity)?;
            if ctx.identity().subject.is_some() && ctx.identity().subject != identity.subject {
                return Err(Error::client(
                    Kind::Forbidden,
                    "SUBJECT_CHANGED",
                    "a refresh is for the same subject: open another connection",
                ));
            }
            note_expiry(&ctx.socket, &identity);
            let answer = authenticated(&identity, wall_ms(&ctx.shard.clock));
            ctx.refresh(identity).await?;
            Ok(Reply::message(answer))
        }
    }
}

/// A mistake in the consumer's vocabulary, with the id of the command that made it.
pub(crate) fn error_message(
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

/// How many events were dropped for a client that did not keep up, as its route's `delivery` says. They are in the history.
pub(crate) fn dropped_message(count: u32, delivery: Delivery) -> Message {
    let delivery = delivery.name();
    Message::new("dropped", &Dropped { count, delivery })
}
