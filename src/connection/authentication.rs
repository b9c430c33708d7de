//! Who is let in: a token that comes as the first frame, one that ends soon, one that replaces another.

use crate::app::App;
use crate::auth::{Identity, Keys};
use crate::connection::reader::MessageReader;
use crate::connection::{Frame, rates, unaddressed};
use crate::error::{ClientError, Kind};
use crate::hub::shard::Shard;
use crate::hub::socket::Socket;
use crate::limits::Limit;
use crate::limits::budget::Budget;
use crate::protocol::close::TOKEN_TIMEOUT;
use crate::protocol::dialect::{Control, Inbound};
use crate::protocol::message::Message;
use crate::protocol::notice::Expiry;
use crate::protocol::websocket::{self, Incoming, Opcode};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

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
pub(crate) async fn wait_for_token<A: App>(
    shard: &Rc<Shard<A>>,
    socket: &Rc<Socket<A>>,
    lane: u16,
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
                    Frame::Refused(None, missing("too much before a token"))
                }
                Incoming::Data(payload) => match shard.lanes[lane as usize].dialect.decode(payload)
                {
                    Ok(Inbound::Control { id, control }) => Frame::Control(id, control),
                    Ok(Inbound::Command { id, .. }) => Frame::Refused(id, missing(TOKEN_FIRST)),
                    Err(refusal) => Frame::Refused(refusal.id, refusal.error),
                },
                other => unaddressed(other),
            });
            match frame {
                Ok(Some(Frame::Control(_, Control::Authenticate(token)))) => {
                    return verify::<A>(keys, &token);
                }
                Ok(Some(Frame::Control(..))) => return Err(missing(TOKEN_FIRST)),
                Ok(Some(Frame::Refused(_, error))) => {
                    return Err(ClientError {
                        kind: Kind::Unauthenticated,
                        ..error
                    });
                }
                Ok(Some(Frame::Ping(payload))) => {
                    shard.send(socket, websocket::encode(Opcode::Pong, &payload))
                }
                Ok(Some(Frame::Pong)) => {}
                Ok(Some(Frame::Close(_))) | Err(_) => {
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
    match tokio::time::timeout(socket.policy.auth_timeout, first).await {
        Ok(Ok(identity)) => {
            let told = authenticated(&identity);
            shard.send(
                socket,
                shard.lanes[lane as usize].frame(&told, Default::default()),
            );
            Ok(identity)
        }
        Ok(Err(error)) => Err(error),
        Err(_) => {
            socket.limited(Limit::AuthTimeout);
            Err(ClientError::new(
                Kind::Unauthenticated,
                TOKEN_TIMEOUT,
                "no token came in time",
            ))
        }
    }
}

/// Takes a place among the connections of the token's subject, if this connection has none yet.
pub(crate) fn place_of_user<A: App>(
    shard: &Shard<A>,
    socket: &Socket<A>,
    identity: &Identity<A::Claims>,
) -> Result<(), ClientError> {
    let mut place = socket.user.borrow_mut();
    if let (None, Some(subject)) = (&*place, &identity.subject) {
        let found = shard.stats.quota.user(subject).map_err(|limited| {
            socket.limited(limited.limit);
            limited.error()
        })?;
        *place = Some(Arc::new(found));
    }
    Ok(())
}

pub(crate) fn note_expiry<A: App>(socket: &Socket<A>, identity: &Identity<A::Claims>) {
    socket
        .expires_at_ms
        .set(identity.expires_at.map_or(i64::MAX, ms));
    socket.expiry_told.set(false);
}

fn expiry(at_ms: Option<i64>) -> Expiry {
    Expiry {
        expires_at_ms: at_ms,
        seconds_left: at_ms.map(|at| (at - wall_ms()).max(0) / 1000),
    }
}

pub(crate) fn expiring(at_ms: i64) -> Message {
    Message::new("auth:expiring", &expiry(Some(at_ms)))
}

pub(crate) fn authenticated<C>(identity: &Identity<C>) -> Message {
    Message::new("authenticated", &expiry(identity.expires_at.map(ms)))
}

fn ms(at: SystemTime) -> i64 {
    at.duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

pub(crate) fn wall_ms() -> i64 {
    ms(SystemTime::now())
}
