//! What a route of Engine.IO leads to, and who stands before it.

use crate::consumer::context::Handshake;
use crate::metrics::RouteStats;
use crate::routing::pattern::Params;
use crate::routing::{Auth, Policy, Protocol};
use std::sync::Arc;

/// What a route of Engine.IO leads to.
pub(crate) struct Door {
    pub protocol: Protocol,
    /// Of Socket.IO its namespaces; otherwise one, without a name.
    pub entrances: Vec<Entrance>,
    /// Headers that their consumers look at.
    pub headers: Vec<&'static str>,
}

impl Door {
    /// Whether anybody behind it looks at a token.
    pub fn asks_for_tokens(&self) -> bool {
        self.entrances.iter().any(|e| e.policy.auth != Auth::None)
    }
}

/// A namespace that there is.
#[derive(Clone)]
pub(crate) struct Entrance {
    pub name: Arc<str>,
    /// The lane of clients that are told numbers.
    pub lane: u16,
    /// That of those who are not.
    pub unnumbered: u16,
    pub policy: Arc<Policy>,
    /// Its route's.
    pub stats: Arc<RouteStats>,
}

/// What the request said that opens a session.
#[derive(Clone)]
pub(crate) struct Visit {
    pub door: Arc<Door>,
    pub handshake: Arc<Handshake>,
    /// Of the path.
    pub params: Params,
    /// The token that came with the request: for namespaces that are asked for without one.
    pub token: Option<Arc<str>>,
    /// It comes from this machine, and through no proxy.
    pub local: bool,
    /// It is known that its handlers have no place for a number.
    pub stumbles: bool,
}

impl Visit {
    /// Whether a policy lets this client in without a token.
    pub fn may_be_anonymous(&self, auth: Auth) -> bool {
        match auth {
            Auth::Required => false,
            Auth::Optional | Auth::None => true,
            Auth::Loopback => self.local,
        }
    }
}
