//! Who becomes a WebSocket (RFC 6455, section 4.2): the judgement of a request, whoever has read it.

use super::engine;
use super::errors::{handshake_limited, leaving, nothing_here, token_missing};
use super::new_connection::NewConnection;
use super::shared::Shared;
use super::table::TableEntry;
use super::upgrade::{self, Unfit};
use crate::app::App;
use crate::auth::Identity;
use crate::connection::RawHandshake;
use crate::consumer::rest::{Caller, json_error};
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
use warp::Reply;
use warp::reply::Response;

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
    /// Of each of the listener's routes.
    ways: Vec<Way>,
}

/// Where a route leads.
struct Way {
    /// Of a raw WebSocket.
    lane: Option<u16>,
    /// Of Engine.IO.
    endpoint: Option<Arc<Endpoint>>,
    stats: Arc<RouteStats>,
}

impl<A: App> Sockets<A> {
    pub fn new(shard: &Shard<A>, shared: &Arc<Shared<A>>, entry: &Arc<TableEntry>) -> Self {
        let here = &entry.listener;
        let way = |(index, route): (usize, &Route)| Way {
            lane: match route.protocol {
                Protocol::WebSocket => shared.lanes.lane(&route.consumer, None),
                Protocol::EngineIo | Protocol::SocketIo => None,
            },
            endpoint: engine::endpoint(shared, shard, entry, index),
            stats: shared.stats.route(&here.name, route.pattern.as_str()),
        };
        Sockets {
            shared: shared.clone(),
            counts: shard.counts.clone(),
            entry: entry.clone(),
            ways: here.routes.iter().enumerate().map(way).collect(),
        }
    }

    /// What a route of Engine.IO leads to.
    pub fn endpoint(&self, index: usize) -> Option<Arc<Endpoint>> {
        self.ways[index].endpoint.clone()
    }

    pub fn stats(&self, index: usize) -> &Arc<RouteStats> {
        &self.ways[index].stats
    }

    /// The route of Engine.IO at a path.
    pub fn engine_route(&self, path: &str) -> Option<&Route> {
        let (index, _) = self.entry.listener.find(path)?;
        let route = &self.entry.listener.routes[index];
        (route.protocol != Protocol::WebSocket).then_some(route)
    }

    /// Who asks. `None`: a token is required and has not come.
    pub fn identify(
        &self,
        route: &Route,
        caller: &Caller,
        token: Option<&str>,
    ) -> Option<Result<Identity<A::Claims>, ClientError>> {
        identify(&self.shared, &route.policy, caller, token)
    }

    /// Answers a request for a WebSocket route; `None`: the path is none. `can_upgrade`: the connection's HTTP lets it become something else.
    pub fn handshake(
        &self,
        method: &Method,
        path: &str,
        caller: &Caller,
        can_upgrade: bool,
    ) -> Option<Result<Accepted<A>, Response>> {
        let (index, params) = self.entry.listener.find(path)?;
        Some(self.judge(index, params, method, path, caller, can_upgrade))
    }

    #[expect(clippy::result_large_err, reason = "made once and moved on")]
    fn judge(
        &self,
        index: usize,
        params: Params,
        method: &Method,
        path: &str,
        caller: &Caller,
        can_upgrade: bool,
    ) -> Result<Accepted<A>, Response> {
        let route = &self.entry.listener.routes[index];
        let (shared, counts) = (&*self.shared, &*self.counts);
        let Caller { headers, query, .. } = caller;
        let wish = upgrade::wish(method, headers).map_err(|unfit| unfit.response())?;
        if shared.drain.draining.load(Relaxed) {
            return Err(json_error(&leaving()));
        }
        let policy = &route.policy;
        let tls = self.entry.listener.tls.is_some();
        let host = wish.origin.and_then(|_| routing::host(headers));
        if !policy.origins.allows(wish.origin, host, tls) {
            return Err(Unfit::Origin.response());
        }
        if !can_upgrade {
            let why = "a WebSocket handshake needs HTTP/1.1\n";
            return Err(warp::reply::with_status(why, StatusCode::BAD_REQUEST).into_response());
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
            wish.protocols.as_deref(),
            query,
        );
        let Way {
            lane,
            endpoint,
            stats,
        } = &self.ways[index];
        let identity = match route.protocol {
            Protocol::WebSocket => identify(shared, policy, caller, found.token.as_deref()),
            // there is no frame that could bring it
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
        let extension = wish.compression.zip(policy.compress_from);
        let compression = match &extension {
            Some((agreed, from)) => Compression::agreed(agreed, *from),
            None => Compression::NONE,
        };
        let policy = self.entry.policies[index].clone();
        let connection = match (session, *lane) {
            (Some((request, sid)), _) => NewConnection::Engine(Box::new(EngineHandshake {
                request,
                sid,
                identity,
                policy,
                user,
                route: stats.clone(),
                compression,
            })),
            (None, Some(lane)) => NewConnection::Raw(RawHandshake {
                lane,
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
            key: HeaderValue::try_from(websocket::accept_key(wish.key)).expect("is base64"),
            protocol: found.protocol.and_then(|p| HeaderValue::from_str(p).ok()),
            extension: extension.and_then(|(e, _)| HeaderValue::try_from(e.answer).ok()),
        })
    }
}

/// Who asks. `None`: a token is required and has not come.
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

/// The number a client comes back with. One that is none cannot be resumed, and the client must hear that.
fn since(query: &str) -> Option<u64> {
    let (_, value) =
        crate::routing::pattern::query_pairs(query).find(|(name, _)| name == "since")?;
    Some(value.parse().unwrap_or(u64::MAX))
}
