//! A connection that the HTTP side let in, until its consumer has it.

use super::close_handshake::finish;
use crate::app::App;
use crate::auth::{Identity, Keys};
use crate::connection::authentication::{note_expiry, place_of_user, wait_for_token};
use crate::connection::reader::MessageReader;
use crate::consumer::context::Context;
use crate::consumer::entry::OpenConsumer;
use crate::error::ClientError;
use crate::hub::shard::{Registered, Shard};
use crate::hub::socket::{Compression, Socket};
use crate::hub::stream::Stream;
use crate::limits::UserSlot;
use crate::metrics::RouteStats;
use crate::protocol::close::Ending;
use crate::protocol::sid::Sid;
use crate::routing::Policy;
use crate::routing::pattern::Params;
use crate::socketio::Visit;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

/// What a connection begins with.
pub(crate) struct Opening<A: App> {
    pub(super) shard: Rc<Shard<A>>,
    pub(super) socket: Rc<Socket<A>>,
    /// Until it is open; then the connection has it. So with the next two.
    pub(super) registered: Option<Registered<A>>,
    pub(super) reader: MessageReader,
    pub(super) keys: Option<Arc<Keys>>,
    pub(super) route: Arc<RouteStats>,
    lane: u16,
    params: Params,
    query: String,
    /// As in [`Agreed`].
    pub(super) identity: Option<Result<Identity<A::Claims>, ClientError>>,
    since: Option<u64>,
}

/// What its handshake says.
pub(crate) struct Agreed<A: App> {
    pub lane: u16,
    pub params: Params,
    pub query: String,
    /// `None`: a token is required and has not come yet; the first frame must bring it.
    pub identity: Option<Result<Identity<A::Claims>, ClientError>>,
    pub since: Option<u64>,
    pub policy: Arc<Policy>,
    /// Its place among the connections of its user, where the token came with the handshake.
    pub user: Option<Arc<UserSlot>>,
    pub route: Arc<RouteStats>,
    pub compression: Compression,
    /// Of Engine.IO: what it is instead of a connection of its own.
    pub boarding: Option<Box<Boarding>>,
}

/// A WebSocket that begins a session of Engine.IO, or takes one over that polls.
#[derive(Clone)]
pub(crate) struct Boarding {
    pub visit: Visit,
    pub sid: Option<Sid>,
}

// `derive` would ask for `A: Clone`
impl<A: App> Clone for Agreed<A> {
    fn clone(&self) -> Self {
        Agreed {
            lane: self.lane,
            params: self.params.clone(),
            query: self.query.clone(),
            identity: self.identity.clone(),
            since: self.since,
            policy: self.policy.clone(),
            user: self.user.clone(),
            route: self.route.clone(),
            compression: self.compression,
            boarding: self.boarding.clone(),
        }
    }
}

impl<A: App> Opening<A> {
    /// `id`: the connection's number, see [`connection_id`](crate::connection_id). `early`: what came with the handshake and belongs to the WebSocket.
    pub fn new(
        shard: &Rc<Shard<A>>,
        id: u64,
        stream: Stream,
        early: &[u8],
        keys: Option<Arc<Keys>>,
        agreed: Agreed<A>,
    ) -> Self {
        let (counts, now) = (shard.counts.clone(), shard.now_ms());
        let Agreed {
            policy,
            compression,
            ..
        } = agreed;
        let socket = Rc::new(Socket::new(id, stream, policy, compression, counts, now));
        *socket.user.borrow_mut() = agreed.user;
        Opening {
            shard: shard.clone(),
            registered: Some(shard.register(&socket)),
            socket,
            reader: MessageReader::new(early),
            keys,
            route: agreed.route,
            lane: agreed.lane,
            params: agreed.params,
            query: agreed.query,
            identity: agreed.identity,
            since: agreed.since,
        }
    }

    /// The token was not in the handshake.
    pub(super) async fn wait_for_token(&mut self) {
        let Opening { shard, socket, .. } = self;
        let keys = self.keys.as_deref();
        let identity = wait_for_token(shard, socket, self.lane, keys, &mut self.reader).await;
        self.identity = Some(identity);
    }

    /// Whether it may come in, now that it is known whose it is.
    pub(super) fn judge(&self) -> Result<(), Box<Ending>> {
        let placed = match &self.identity {
            Some(Ok(identity)) => place_of_user(&self.shard, &self.socket, identity),
            Some(Err(error)) => Err(error.clone()),
            None => return Err(Box::new(Ending::internal())), // nobody waited for the token
        };
        placed.map_err(|error| Box::new(Ending::refused(error)))
    }

    /// What the connection can reach, once: after it was [judged](Self::judge).
    pub(super) fn enter(&mut self) -> Option<Context<A>> {
        let identity = self.identity.take()?.ok()?;
        note_expiry(&self.socket, &identity);
        let (shard, socket) = (self.shard.clone(), self.socket.clone());
        Some(Context::new(shard, socket, self.lane, identity, self.since))
    }

    /// Has the consumer open it. Boxed endings: they are rare, and large.
    pub(super) async fn open(
        &self,
        ctx: &mut Context<A>,
    ) -> Result<Box<dyn OpenConsumer<A>>, Box<Ending>> {
        ctx.addressed(&self.params);
        let connect = ctx.entry().connect;
        let opened = async { connect(&self.params, &self.query, ctx)?.await };
        let ending = match AssertUnwindSafe(opened).catch_unwind().await {
            Ok(Ok(session)) => return Ok(session),
            Ok(Err(error)) => ctx
                .socket
                .take_ending()
                .unwrap_or_else(|| Ending::refused(error.into_client())),
            Err(_) => {
                tracing::error!(consumer = ctx.lane().renderer.name, "connect panicked");
                Ending::internal()
            }
        };
        Err(Box::new(ending))
    }

    /// Says why not, and goodbye.
    pub(super) async fn refuse(self: Box<Self>, ending: Ending) {
        let Opening {
            shard,
            socket,
            registered,
            reader,
            lane,
            ..
        } = *self;
        finish(&shard, &socket, lane, ending, reader).await;
        drop(registered);
    }
}
