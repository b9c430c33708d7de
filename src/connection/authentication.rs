//! Tokens of an open connection: one that comes as the first frame, one that ends soon, one that replaces another.

use super::frame::ConnectionFrame;
use super::rates;
use super::reader::MessageReader;
use crate::app::App;
use crate::auth::{Identity, Keys};
use crate::error::{ClientError, Kind};
use crate::hub::shard::Shard;
use crate::hub::socket::Socket;
use crate::limits::Limit;
use crate::limits::budget::Budget;
use crate::limits::clock::Clock;
use crate::protocol::close::TOKEN_TIMEOUT;
use crate::protocol::dialect::{Control, Inbound};
use crate::protocol::message::Message;
use crate::protocol::notice::Expiry;
use crate::protocol::websocket::{self, Incoming, Opcode};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Whose token this is.
///
/// # Errors
/// Of kind [`Kind::Unauthenticated`]: the token is not valid, or this server has no key.
pub(crate) fn verify<A: App>(
    keys: Option<&Keys>,
    token: &str,
) -> Result<Identity<A::Claims>, ClientError> {
    match keys {
        Some(keys) => keys.verify(token),
        None => Err(ClientError::new(
            Kind::Unauthenticated,
            "TOKEN_INVALID",
            "this server knows no tokens",
        )),
    }
}

const TOKEN_FIRST: &str = r#"send {"action":"authenticate","token":"..."} first"#;

/// Where a token is required and did not come with the handshake, the first frame brings it.
///
/// # Errors
/// Why the client is refused: the first frame is none with a token, the token is not valid, or none came within `auth_timeout`.
pub(crate) async fn wait_for_token<A: App>(
    shard: &Rc<Shard<A>>,
    socket: &Rc<Socket<A>>,
    format: u16,
    keys: Option<&Keys>,
    reader: &mut MessageReader,
) -> Result<Identity<A::Claims>, ClientError> {
    let missing =
        |text: &'static str| ClientError::new(Kind::Unauthenticated, "TOKEN_MISSING", text);
    let mut budget = Budget::default();
    let first = async {
        loop {
            if socket.take_ending().is_some() {
                return Err(missing("closed"));
            }
            let (now, turn) = (shard.now_ms(), budget.turn().await);
            let frame = reader.next(socket, now, turn, |incoming| match incoming {
                other if rates::frame(shard, socket, &other, now).is_err() => {
                    ConnectionFrame::Refused(None, missing("too much before a token"))
                }
                Incoming::Data(payload) => match shard.formats[format as usize]
                    .dialect
                    .decode(payload)
                {
                    Ok(Inbound::Control { id, control }) => ConnectionFrame::Control(id, control),
                    Ok(Inbound::Command { id, .. }) => {
                        ConnectionFrame::Refused(id, missing(TOKEN_FIRST))
                    }
                    Err(refusal) => ConnectionFrame::Refused(refusal.id, refusal.error),
                },
                other => ConnectionFrame::without_data(other),
            });
            match frame {
                Ok(Some(ConnectionFrame::Control(_, Control::Authenticate(token)))) => {
                    return verify::<A>(keys, &token);
                }
                Ok(Some(ConnectionFrame::Control(..))) => return Err(missing(TOKEN_FIRST)),
                Ok(Some(ConnectionFrame::Refused(_, error))) => {
                    return Err(ClientError {
                        kind: Kind::Unauthenticated,
                        ..error
                    });
                }
                Ok(Some(ConnectionFrame::Ping(payload))) => {
                    shard.send(socket, websocket::encode(Opcode::Pong, &payload))
                }
                Ok(Some(ConnectionFrame::Pong)) => {}
                Ok(Some(ConnectionFrame::Close(_))) | Err(_) => {
                    return Err(missing("closed before a token came"));
                }
                Ok(None) => {
                    if std::future::poll_fn(|cx| socket.poll_work(cx))
                        .await
                        .is_err()
                    {
                        return Err(missing("closed before a token came"));
                    }
                }
            }
        }
    };
    match shard.clock.timeout(socket.policy.auth_timeout, first).await {
        Some(Ok(identity)) => {
            let told = authenticated(&identity, wall_ms(&shard.clock));
            shard.send(
                socket,
                shard.formats[format as usize].frame(&told, Default::default()),
            );
            Ok(identity)
        }
        Some(Err(error)) => Err(error),
        None => {
            socket.limited(Limit::AuthTimeout);
            Err(ClientError::new(
                Kind::Unauthenticated,
                TOKEN_TIMEOUT,
                "no token came in time",
            ))
        }
    }
}

/// Counts this connection for the token's subject, unless it is counted for its user already.
///
/// # Errors
/// The user has as many connections as may be.
pub(crate) fn count_user<A: App>(
    shard: &Shard<A>,
    socket: &Socket<A>,
    identity: &Identity<A::Claims>,
) -> Result<(), ClientError> {
    if let (None, Some(subject)) = (socket.user.get(), &identity.subject) {
        let found = shard.stats.quota.user(subject).map_err(|limited| {
            socket.limited(limited.limit);
            limited.error()
        })?;
        let _ = socket.user.set(Arc::new(found));
    }
    Ok(())
}

/// Notes with the socket when the token ends. The shard's sweep compares it with the clock.
pub(crate) fn note_expiry<A: App>(socket: &Socket<A>, identity: &Identity<A::Claims>) {
    let ends = identity.expires_at.map_or(i64::MAX, unix_ms);
    socket.liveness.set_expiry(ends);
}

fn expiry(at_ms: Option<i64>, wall_ms: i64) -> Expiry {
    Expiry {
        expires_at_ms: at_ms,
        seconds_left: at_ms.map(|at| (at - wall_ms).max(0) / 1000),
    }
}

/// The warning that the token ends at `at_ms`. Both times in milliseconds since 1970.
pub(super) fn expiring(at_ms: i64, wall_ms: i64) -> Message {
    Message::new("auth:expiring", &expiry(Some(at_ms), wall_ms))
}

/// The answer to a token. `wall_ms`: now, in milliseconds since 1970.
pub(super) fn authenticated<C>(identity: &Identity<C>, wall_ms: i64) -> Message {
    let ends_at = identity.expires_at.map(unix_ms);
    Message::new("authenticated", &expiry(ends_at, wall_ms))
}

/// In milliseconds since 1970. What is earlier is 0.
fn unix_ms(at: SystemTime) -> i64 {
    at.duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

/// The time of day, in milliseconds since 1970.
pub(super) fn wall_ms(clock: &Clock) -> i64 {
    clock.wall_ms()
}
