//! What a route of Engine.IO leads to, and the request that opens a session there.

use crate::consumer::context::Handshake;
use crate::metrics::RouteStats;
use crate::routing::pattern::Params;
use crate::routing::{Auth, Policy, Protocol};
use std::sync::Arc;

/// What a route of Engine.IO leads to.
pub(crate) struct Endpoint {
    pub protocol: Protocol,
    /// The namespaces of Socket.IO. Engine.IO alone has one without a name.
    pub namespaces: Vec<NamespaceRoute>,
    /// Names of the headers that consumers of the namespaces look at.
    pub headers: Vec<&'static str>,
}

impl Endpoint {
    /// Whether any of its namespaces looks at a token.
    pub fn asks_for_tokens(&self) -> bool {
        self.namespaces.iter().any(|n| n.policy.auth != Auth::None)
    }
}

/// A namespace that clients may ask for.
#[derive(Clone)]
pub(crate) struct NamespaceRoute {
    pub name: Arc<str>,
    /// The format of clients that are told numbers.
    pub format: u16,
    /// The format of clients that are told none.
    pub unnumbered: u16,
    pub policy: Arc<Policy>,
    /// The counters of the endpoint's route.
    pub stats: Arc<RouteStats>,
}

/// The request that opened a session.
#[derive(Clone)]
pub(crate) struct HandshakeRequest {
    pub endpoint: Arc<Endpoint>,
    /// Its headers and its query, as far as they are kept.
    pub handshake: Arc<Handshake>,
    /// The parameters in the path.
    pub params: Params,
    /// The token that came with the request. It counts for namespaces that are asked for without one.
    pub token: Option<Arc<str>>,
    /// The client is on this machine, and came through no proxy.
    pub local: bool,
    /// The client is of a library whose handlers break on one more argument: see [`breaks_on_offsets`](super::breaks_on_offsets).
    pub breaks_on_offsets: bool,
}

impl HandshakeRequest {
    /// Whether a policy lets this client in without a token.
    pub fn may_be_anonymous(&self, auth: Auth) -> bool {
        match auth {
            Auth::Required => false,
            Auth::Optional | Auth::None => true,
            Auth::Loopback => self.local,
        }
    }
}
