//! Who sent a request.

use crate::routing::Auth;
use http::{HeaderMap, Request};
use std::net::SocketAddr;

/// The address at the other end, among the extensions of each request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub SocketAddr);

/// What a request says about who sent it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Caller {
    /// The request's headers.
    pub headers: HeaderMap,
    /// The query string, without its question mark.
    pub query: String,
    /// The address at the other end.
    pub peer: Option<SocketAddr>,
}

impl Caller {
    /// What this request says. The address is known of requests that the server hands to a [service](crate::Registry::service).
    pub fn of<B>(request: &Request<B>) -> Self {
        Caller {
            headers: request.headers().clone(),
            query: request.uri().query().unwrap_or("").to_owned(),
            peer: request.extensions().get::<Peer>().map(|peer| peer.0),
        }
    }

    /// Whether a policy lets this caller in without a token.
    pub(crate) fn may_be_anonymous(&self, auth: Auth) -> bool {
        match auth {
            Auth::Required => false,
            Auth::Optional | Auth::None => true,
            // a proxy on this machine would make every stranger look local
            Auth::Loopback => {
                let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip"]
                    .iter()
                    .any(|h| self.headers.contains_key(*h));
                !forwarded
                    && self
                        .peer
                        .is_some_and(|p| p.ip().to_canonical().is_loopback())
            }
        }
    }
}
