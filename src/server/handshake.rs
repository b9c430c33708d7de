//! Accepts or refuses the handshake of a WebSocket (RFC 6455, section 4.2), whether hyper has read it or we have.

use super::engine;
use super::errors::{handshake_limited, leaving, nothing_here, token_missing};
use super::new_connection::NewConnection;
use super::shared::Shared;
use super::table::TableEntry;
use super::upgrade_request::{Unfit, UpgradeRequest};
use crate::app::App;
use crate::auth::Identity;
use crate::connection::RawHandshake;
use crate::consumer::rest::Caller;
use crate::consumer::rest::answer::{Response, json_error, text};
use crate::error::{ClientError, Kind};
use crate::hub::shard::Shard;
use crate::hub::socket::Compression;
use crate::metrics::{RouteStats, ShardStats};
use crate::protocol::websocket;
use crate::routing::pattern::Params;
use crate::routing::{Auth, Policy, Protocol, Route};
use crate::socketio::{Endpoint, EngineHandshake};
use crate::{auth, routing};
use ::http::{HeaderValue, Method, StatusCode, header};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// An accepted handshake, and the values of the answer's fields.
pub(super) struct Accepted<A: App> {
    pub connection: NewConnection<A>,
    /// `Sec-WebSocket-Accept`.
    pub key: HeaderValue,
    /// `Sec-WebSocket-Protocol`.
    pub protocol: Option<HeaderValue>,
    /// `Sec-WebSocket-Extensions`.
    pub extension: Option<HeaderValue>,
}

/// The WebSocket routes of one listener on one shard.
pub(super) struct Sockets<A: App> {
    shared: Arc<Shared<A>>,
    counts: Arc<ShardStats>,
    pub(super) entry: Arc<TableEntry>,
    /// Where each of the listener's routes leads.
    targets: Vec<Target>,
}

/// Where a route leads.
struct Target {
    /// The format of a raw WebSocket.
    format: Option<u16>,
    /// The endpoint of Engine.IO.
    endpoint: Option<Arc<Endpoint>>,
    stats: Arc<RouteStats>,
}

impl<A: App> Sockets<A> {
    pub fn new(shard: &Shard<A>, shared: &Arc<Shared<A>>, entry: &Arc<TableEntry>) -> Self {
        let here = &entry.listener;
        let target = |(index, route): (usize, &Route)| Target {
            format: match route.protocol {
                Protocol::WebSocket => shared.formats.number_of(&route.consumer, None),
                Protocol::EngineIo | Protocol::SocketIo => None,
            },
            endpoint: engine::endpoint(shared, shard, entry, index),
            stats: shared.stats.route(&here.name, route.pattern.as_str()),
        };
        Sockets {
            shared: shared.clone(),
            counts: shard.counts.clone(),
            entry: entry.clone(),
            targets: here.routes.iter().enumerate().map(target).collect(),
        }
    }

    /// What a route of Engine.IO leads to.
    pub fn endpoint(&self, index: usize) -> Option<Arc<Endpoint>> {
        self.targets[index].endpoint.clone()
    }

    pub fn stats(&self, index: usize) -> &Arc<RouteStats> {
        &self.targets[index].stats
    }

    /// The route of Engine.IO at a path.
    pub fn engine_route(&self, path: &str) -> Option<&Route> {
        let (index, _) = self.entry.listener.find(path)?;
        let route = &self.entry.listener.routes[index];
        (route.protocol != Protocol::WebSocket).then_some(route)
    }

    /// Who sent a request. `None`: a token is required and has not come.
    pub fn identify(
        &self,
        route: &Route,
        caller: &Caller,
        token: Option<&str>,
    ) -> Option<Result<Identity<A::Claims>, ClientError>> {
        identify(&self.shared, &route.policy, caller, token)
    }

    /// The route at a path, and its parameters.
    pub fn find(&self, path: &str) -> Option<(usize, Params)> {
        self.entry.listener.find(path)
    }

    /// Answers a request for a route that was [found](Self::find). `can_upgrade`: the connection's HTTP lets it become something else.
    #[expect(clippy::result_large_err, reason = "made once and moved on")]
    pub fn judge(
        &self,
        (index, params): (usize, Params),
        method: &Method,
        path: &str,
        caller: &Caller,
        can_upgrade: bool,
    ) -> Result<Accepted<A>, Response> {
        let route = &self.entry.listener.routes[index];
        let (shared, counts) = (&*self.shared, &*self.counts);
        let Caller { headers, query, .. } = caller;
        let request = UpgradeRequest::of(method, headers).map_err(|unfit| unfit.response())?;
        if shared.drain.draining.load(Relaxed) {
            return Err(json_error(&leaving()));
        }
        let policy = &route.policy;
        let tls = self.entry.listener.tls.is_some();
        let host = request.origin.and_then(|_| routing::host(headers));
        if !policy.origins.allows(request.origin, host, tls) {
            return Err(Unfit::Origin.response());
        }
        if !can_upgrade {
            let why = "a WebSocket handshake needs HTTP/1.1\n";
            return Err(text(StatusCode::BAD_REQUEST, why));
        }

        let quota = &shared.stats.quota;
        // before the token: to verify one is what a handshake costs most
        if let Some(peer) = caller.peer
            && let Err(limited) = quota.handshake(peer.ip())
        {
            return Err(handshake_limited(counts, caller, limited));
        }
        let authorization = headers.get(header::AUTHORIZATION);
        let found = auth::token_of(
            authorization.and_then(|value| value.to_str().ok()),
            request.protocols.as_deref(),
            query,
        );
        let Target {
            format,
            endpoint,
            stats,
        } = &self.targets[index];
        let identity = match route.protocol {
            Protocol::WebSocket => identify(shared, policy, caller, found.token.as_deref()),
            // no frame of this protocol could bring the token
            Protocol::EngineIo => identify(shared, policy, caller, found.token.as_deref())
                .or_else(|| Some(Err(token_missing()))),
            // each namespace asks for itself
            Protocol::SocketIo => None,
        };
        let session = match endpoint {
            Some(endpoint) => {
                let session = engine::session(endpoint.clone(), caller, params.clone());
                Some(session.map_err(|refused| refused.response())?)
            }
            None => None,
        };
        let subject = identity.as_ref().and_then(|i| i.as_ref().ok());
        let user = match subject.and_then(|i| i.subject.as_deref()) {
            Some(subject) => match quota.user(subject) {
                Ok(slot) => Some(Arc::new(slot)),
                Err(limited) => return Err(handshake_limited(counts, caller, limited)),
            },
            None => None,
        };
        let extension = request.compression.zip(policy.compress_from);
        let compression = match &extension {
            Some((agreed, from)) => Compression::agreed(agreed, *from),
            None => Compression::NONE,
        };
        let policy = self.entry.policies[index].clone();
        let connection = match (session, *format) {
            (Some((request, sid)), _) => NewConnection::Engine(Box::new(EngineHandshake {
                request,
                sid,
                identity,
                policy,
                user,
                route: stats.clone(),
                compression,
            })),
            (None, Some(format)) => NewConnection::Raw(RawHandshake {
                format,
                params,
                since: since(query),
                query: query.clone(),
                identity,
                policy,
                user,
                route: stats.clone(),
                compression,
            }),
            (None, None) => return Err(json_error(&nothing_here())),
        };
        tracing::debug!(
            peer = ?caller.peer,
            path = %auth::redacted(&format!("{path}?{query}")),
            route = route.pattern.as_str(),
            "a connection"
        );
        Ok(Accepted {
            connection,
            key: HeaderValue::try_from(websocket::accept_key(request.key)).expect("is base64"),
            protocol: found.protocol.and_then(|p| HeaderValue::from_str(p).ok()),
            extension: extension.and_then(|(e, _)| HeaderValue::try_from(e.answer).ok()),
        })
    }
}

/// Who sent a request. `None`: a token is required and has not come.
fn identify<A: App>(
    shared: &Shared<A>,
    policy: &Policy,
    caller: &Caller,
    token: Option<&str>,
) -> Option<Result<Identity<A::Claims>, ClientError>> {
    let Some(token) = token.filter(|_| policy.auth != Auth::None) else {
        return caller
            .may_be_anonymous(policy.auth)
            .then(|| Ok(Identity::anonymous()));
    };
    Some(match &shared.keys {
        Some(keys) => keys.verify(token),
        None => Err(ClientError::new(
            Kind::Unauthenticated,
            "TOKEN_INVALID",
            "this server knows no tokens",
        )),
    })
}

/// The number that a client resumes from (`?since=`). One that is malformed is beyond every number: it cannot be resumed from, and the client is told so.
fn since(query: &str) -> Option<u64> {
    let (_, value) =
        crate::routing::pattern::query_pairs(query).find(|(name, _)| name == "since")?;
    Some(value.parse().unwrap_or(u64::MAX))
}
