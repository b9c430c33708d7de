//! A connection whose handshake was accepted, until its consumer has let it in.

use super::authentication::{count_user, note_expiry, wait_for_token};
use super::close_handshake::close;
use super::reader::MessageReader;
use crate::app::App;
use crate::auth::{Identity, Keys};
use crate::consumer::context::Context;
use crate::consumer::entry::OpenConsumer;
use crate::error::ClientError;
use crate::hub::shard::{Registered, Shard};
use crate::hub::socket::{Compression, Socket};
use crate::hub::stream::Stream;
use crate::limits::UserSlot;
use crate::metrics::RouteStats;
use crate::protocol::close::Ending;
use crate::routing::Policy;
use crate::routing::pattern::Params;
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

/// What a connection needs only until it is let in.
pub(crate) struct PendingConnection<A: App> {
    pub(super) shard: Rc<Shard<A>>,
    pub(super) socket: Rc<Socket<A>>,
    /// Taken by the connection when it is let in, as are `reader` and `keys`.
    pub(super) registered: Option<Registered<A>>,
    pub(super) reader: MessageReader,
    pub(super) keys: Option<Arc<Keys>>,
    pub(super) route: Arc<RouteStats>,
    format: u16,
    params: Params,
    query: String,
    /// See [`RawHandshake::identity`].
    pub(super) identity: Option<Result<Identity<A::Claims>, ClientError>>,
    since: Option<u64>,
}

/// What is known of a raw WebSocket when its handshake is accepted.
pub(crate) struct RawHandshake<A: App> {
    pub format: u16,
    /// The parameters in the path.
    pub params: Params,
    /// The query, without its question mark.
    pub query: String,
    /// `None`: a token is required and has not come yet; the first frame must bring it.
    pub identity: Option<Result<Identity<A::Claims>, ClientError>>,
    /// The number that the client comes back with.
    pub since: Option<u64>,
    pub policy: Arc<Policy>,
    /// Counts the connection for its user, where the token came with the handshake.
    pub user: Option<Arc<UserSlot>>,
    pub route: Arc<RouteStats>,
    pub compression: Compression,
}

impl<A: App> PendingConnection<A> {
    /// `id`: the connection's number, see [`connection_id`](crate::connection_id). `early`: what came with the handshake and belongs to the WebSocket.
    pub fn new(
        shard: &Rc<Shard<A>>,
        id: u64,
        stream: Stream,
        early: &[u8],
        keys: Option<Arc<Keys>>,
        handshake: RawHandshake<A>,
    ) -> Self {
        let (counts, now) = (shard.counts.clone(), shard.now_ms());
        let RawHandshake {
            policy,
            compression,
            ..
        } = handshake;
        let socket = Rc::new(Socket::new(id, stream, policy, compression, counts, now));
        if let Some(user) = handshake.user {
            let _ = socket.user.set(user);
        }
        PendingConnection {
            shard: shard.clone(),
            registered: Some(shard.register(&socket)),
            socket,
            reader: MessageReader::new(early),
            keys,
            route: handshake.route,
            format: handshake.format,
            params: handshake.params,
            query: handshake.query,
            identity: handshake.identity,
            since: handshake.since,
        }
    }

    /// Waits for the first frame, which is to bring the token.
    pub(super) async fn wait_for_token(&mut self) {
        let PendingConnection { shard, socket, .. } = self;
        let keys = self.keys.as_deref();
        let identity = wait_for_token(shard, socket, self.format, keys, &mut self.reader).await;
        self.identity = Some(identity);
    }

    /// Whether the connection may be let in, once its identity is known.
    ///
    /// # Errors
    /// How it ends instead.
    pub(super) fn judge(&self) -> Result<(), Box<Ending>> {
        let counted = match &self.identity {
            Some(Ok(identity)) => count_user(&self.shard, &self.socket, identity),
            Some(Err(error)) => Err(error.clone()),
            None => return Err(Box::new(Ending::internal())), // nobody waited for the token
        };
        counted.map_err(|error| Box::new(Ending::refused(error)))
    }

    /// Makes the context. `None`: the connection was not [judged](Self::judge), or it was entered before.
    pub(super) fn enter(&mut self) -> Option<Context<A>> {
        let identity = self.identity.take()?.ok()?;
        note_expiry(&self.socket, &identity);
        let (shard, socket) = (self.shard.clone(), self.socket.clone());
        Some(Context::new(
            shard,
            socket,
            self.format,
            identity,
            self.since,
        ))
    }

    /// Has the consumer let it in.
    ///
    /// # Errors
    /// How the connection ends instead. Boxed: endings are rare, and large.
    pub(super) async fn open(
        &self,
        ctx: &mut Context<A>,
    ) -> Result<Box<dyn OpenConsumer<A>>, Box<Ending>> {
        ctx.addressed(&self.params);
        let connect = ctx.entry().connect;
        let opened = async { connect(&self.params, &self.query, ctx)?.await };
        let ending = match AssertUnwindSafe(opened).catch_unwind().await {
            Ok(Ok(consumer)) => return Ok(consumer),
            Ok(Err(error)) => ctx
                .socket
                .take_ending()
                .unwrap_or_else(|| Ending::refused(error.into_client())),
            Err(_) => {
                tracing::error!(consumer = ctx.format().renderer.name, "connect panicked");
                Ending::internal()
            }
        };
        Err(Box::new(ending))
    }

    /// Tells the client why it is not let in, and closes.
    pub(super) async fn refuse(self: Box<Self>, ending: Ending) {
        let PendingConnection {
            shard,
            socket,
            registered,
            reader,
            format,
            ..
        } = *self;
        close(&shard, &socket, format, ending, reader).await;
        drop(registered);
    }
}
