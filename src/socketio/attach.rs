//! A WebSocket of Engine.IO after its handshake: the beginning of a session, or the new transport of one that polls.

use super::endpoint::HandshakeRequest;
use super::session::{NewSession, Session};
use super::upgrade::probe;
use crate::app::App;
use crate::auth::{Identity, Keys};
use crate::connection::reader::MessageReader;
use crate::error::ClientError;
use crate::hub::shard::{Shard, ToShard};
use crate::hub::socket::Compression;
use crate::hub::stream::Stream;
use crate::limits::UserSlot;
use crate::metrics::RouteStats;
use crate::protocol::sid::Sid;
use crate::routing::Policy;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use std::rc::Rc;
use std::sync::Arc;

/// What is known of a WebSocket of Engine.IO when its handshake is accepted.
pub(crate) struct EngineHandshake<A: App> {
    pub request: HandshakeRequest,
    /// The session that asks to go on over this WebSocket. `None`: the WebSocket begins a session.
    pub sid: Option<Sid>,
    /// The identity of the client, where there are no namespaces. `None`: each namespace asks for itself.
    pub identity: Option<Result<Identity<A::Claims>, ClientError>>,
    pub policy: Arc<Policy>,
    /// Counts the connection for its user until it is attached. From then on its namespace counts itself.
    pub user: Option<Arc<UserSlot>>,
    pub route: Arc<RouteStats>,
    pub compression: Compression,
}

/// What a WebSocket is attached as.
pub(crate) enum Attached<A: App> {
    /// A session of its own. The caller's task runs it.
    Session(Rc<Session<A>>),
    /// A trial of a new transport. The caller's task runs it; it ends soon.
    Trying(LocalBoxFuture<'static, ()>),
    Refused,
}

/// Begins a session, or a trial of a new transport for one. Not async: what a session needs only at first takes no room in its task.
///
/// `id`: the connection's number. `early`: what came with the handshake and belongs to the WebSocket.
pub(crate) fn attach<A: App>(
    shard: &Rc<Shard<A>>,
    id: u64,
    stream: Stream,
    early: &[u8],
    keys: Option<Arc<Keys>>,
    handshake: EngineHandshake<A>,
) -> Attached<A> {
    let compression = handshake.compression;
    let _counted = handshake.user;
    let Some(sid) = handshake.sid else {
        let identity = match handshake.identity.transpose() {
            Ok(identity) => identity,
            Err(error) => {
                tracing::info!(code = %error.code, "a client is refused");
                return Attached::Refused; // there are no words of this protocol for it
            }
        };
        let new = NewSession {
            id,
            request: handshake.request,
            policy: handshake.policy,
            keys,
            socket: Some((stream, MessageReader::new(early))),
            compression,
            identity,
        };
        return Attached::Session(Session::open(shard, new));
    };
    let early = early.to_vec();
    if sid.shard() == shard.id {
        let probe = probe(shard.clone(), id, sid, stream, early, compression);
        return Attached::Trying(probe.boxed_local());
    }
    let Some(home) = shard.peers().get(sid.shard()).cloned() else {
        return Attached::Refused;
    };
    let Ok(detached) = stream.detach() else {
        return Attached::Refused;
    };
    let handed_on = async move {
        let call = move |shard: &Rc<Shard<A>>| {
            if let Ok(stream) = detached.attach() {
                let probe = probe(shard.clone(), id, sid, stream, early, compression);
                tokio::task::spawn_local(crate::trace::within(id, probe));
            }
        };
        let _ = home.send(ToShard::Call(Box::new(call))).await;
    };
    Attached::Trying(handed_on.boxed_local())
}
