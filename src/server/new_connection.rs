//! What an accepted handshake begins: a raw WebSocket, or one of Engine.IO.

use crate::app::App;
use crate::connection::RawHandshake;
use crate::error::ClientError;
use crate::metrics::RouteStats;
use crate::routing::Policy;
use crate::socketio::EngineHandshake;
use std::sync::Arc;

#[expect(
    clippy::large_enum_variant,
    reason = "the large one is the usual one: a box would cost each handshake"
)]
pub(super) enum NewConnection<A: App> {
    Raw(RawHandshake<A>),
    Engine(Box<EngineHandshake<A>>),
}

impl<A: App> NewConnection<A> {
    pub fn policy(&self) -> &Arc<Policy> {
        match self {
            NewConnection::Raw(raw) => &raw.policy,
            NewConnection::Engine(engine) => &engine.policy,
        }
    }

    pub fn route(&self) -> &Arc<RouteStats> {
        match self {
            NewConnection::Raw(raw) => &raw.route,
            NewConnection::Engine(engine) => &engine.route,
        }
    }

    /// Has the connection refused with this error, whoever its client is.
    pub fn refuse(&mut self, error: ClientError) {
        let identity = match self {
            NewConnection::Raw(raw) => &mut raw.identity,
            NewConnection::Engine(engine) => &mut engine.identity,
        };
        *identity = Some(Err(error));
    }
}
