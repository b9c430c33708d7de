//! A connection that the HTTP side let in.

use crate::auth::{Identity, Keys};
use crate::limits::UserPlace;
use crate::pattern::Params;
use crate::routing::Policy;
use crate::session::Visit;
use crate::sid::Sid;
use crate::socket::Compression;
use crate::stats::RouteStats;
use crate::stream::Stream;
use crate::{App, ClientError};
use std::sync::Arc;

/// What a connection begins with.
pub(crate) struct Opening<A: App> {
    /// Its number: see [`connection_id`](crate::connection_id).
    pub id: u64,
    pub stream: Stream,
    /// What came with the handshake and belongs to the WebSocket.
    pub early: Vec<u8>,
    pub keys: Option<Arc<Keys>>,
    pub agreed: Agreed<A>,
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
    pub user: Option<Arc<UserPlace>>,
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
