//! Who becomes a WebSocket (RFC 6455, section 4.2): the judgement of a request, whoever has read it.

use super::engine;
use super::refusal;
use super::table::{Listening, Shared};
use super::upgrade::{self, Unfit};
use crate::app::App;
use crate::auth::Identity;
use crate::connection::Agreed;
use crate::consumer::rest::{Caller, json_error};
use crate::error::{ClientError, Kind};
use crate::hub::shard::Shard;
use crate::hub::socket::Compression;
use crate::metrics::{RouteStats, ShardStats};
use crate::protocol::websocket;
use crate::routing::pattern::Params;
use crate::routing::{Auth, Policy, Protocol, Route};
use crate::socketio::Door;
use crate::{auth, routing};
use ::http::{HeaderValue, Method, StatusCode, header};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use warp::Reply;
use warp::reply::Response;

/// An accepted handshake, and the values of the answer's fields.
pub(super) struct Accepted<A: App> {
    pub agreed: Agreed<A>,
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
    pub(super) listening: Arc<Listening>,
    /// Of each of the listener's routes.
    ways: Vec<Way>,
}

/// Where a route leads.
struct Way {
    /// Of a raw WebSocket.
    lane: Option<u16>,
    /// Of Engine.IO.
    door: Option<Arc<Door>>,
    stats: Arc<RouteStats>,
}

impl<A: App> Sockets<A> {
    pub fn new(shard: &Shard<A>, shared: &Arc<Shared<A>>, listening: &Arc<Listening>) -> Self {
        let here = &listening.listener;
        let way = |(index, route): (usize, &Route)| Way {
            lane: match route.protocol {
                Protocol::WebSocket => shared.lanes.lane(&route.consumer, None),
                Protocol::EngineIo | Protocol::SocketIo => None,
            },
            door: engine::door(shared, shard, listening, index),
            stats: shared.stats.route(&here.name, route.pattern.as_str()),
        };
        Sockets {
            shared: shared.clone(),
            counts: shard.counts.clone(),
            listening: listening.clone(),
            ways: here.routes.iter().enumerate().map(way).collect(),
        }
    }

    /// What a route of Engine.IO leads to.
    pub fn door(&self, index: usize) -> Option<Arc<Door>> {
        self.ways[index].door.clone()
    }

    pub fn stats(&self, index: usize) -> &Arc<RouteStats> {
        &self.ways[index].stats
    }

    /// The route of Engine.IO at a path.
    pub fn engine_route(&self, path: &str) -> Option<&Route> {
        let (index, _) = self.listening.listener.find(path)?;
        let route = &self.listening.listener.routes[index];
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
        let (index, params) = self.listening.listener.find(path)?;
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
        let route = &self.listening.listener.routes[index];
        let (shared, counts) = (&*self.shared, &*self.counts);
        let Caller { headers, query, .. } = caller;
        let wish = upgrade::wish(method, headers).map_err(|unfit| unfit.response())?;
        if shared.farewell.draining.load(Relaxed) {
            return Err(json_error(&leaving()));
        }
        let policy = &route.policy;
        let tls = self.listening.listener.tls.is_some();
        let host = wish.origin.and_then(|_| routing::host(headers));
        if !policy.origins.allows(wish.origin, host, tls) {
            return Err(Unfit::Origin.response());
        }
        if !can_upgrade {
            let why = "a WebSocket handshake needs HTTP/1.1\n";
            return Err(warp::reply::with_status(why, StatusCode::BAD_REQUEST).into_response());
        }

        let admission = &shared.stats.admission;
        // before the token: to verify one is what a handshake costs most
        if let Some(peer) = caller.peer
            && let Err(limited) = admission.handshake(peer.ip())
        {
            return Err(refusal::handshake(counts, caller, limited));
        }
        let authorization = headers.get(header::AUTHORIZATION);
        let found = auth::token_of(
            authorization.and_then(|value| value.to_str().ok()),
            wish.protocols.as_deref(),
            query,
        );
        let Way { lane, door, stats } = &self.ways[index];
        let identity = match route.protocol {
            Protocol::WebSocket => identify(shared, policy, caller, found.token.as_deref()),
            // there is no frame that could bring it
            Protocol::EngineIo => identify(shared, policy, caller, found.token.as_deref())
                .or_else(|| Some(Err(token_missing()))),
            // each namespace asks for itself
            Protocol::SocketIo => None,
        };
        let boarding = match door {
            Some(door) => {
                let boarding = engine::boarding(door.clone(), caller, params.clone());
                Some(Box::new(boarding.map_err(|refused| refused.response())?))
            }
            None => None,
        };
        let subject = identity.as_ref().and_then(|i| i.as_ref().ok());
        let user = match subject.and_then(|i| i.subject.as_deref()) {
            Some(subject) => match admission.user(subject) {
                Ok(place) => Some(Arc::new(place)),
                Err(limited) => return Err(refusal::handshake(counts, caller, limited)),
            },
            None => None,
        };
        let lane = match (lane, &boarding) {
            (Some(lane), _) => *lane,
            (None, Some(_)) => 0,
            (None, None) => return Err(json_error(&nothing_here())),
        };
        tracing::debug!(
            peer = ?caller.peer,
            path = %auth::redacted(&format!("{path}?{query}")),
            route = route.pattern.as_str(),
            "a connection"
        );
        let extension = wish.compression.zip(policy.compress_from);
        let agreed = Agreed {
            lane,
            params,
            identity,
            since: since(query),
            query: query.clone(),
            policy: self.listening.policies[index].clone(),
            user,
            route: stats.clone(),
            boarding,
            compression: match &extension {
                Some((agreed, from)) => Compression::agreed(agreed, *from),
                None => Compression::NONE,
            },
        };
        Ok(Accepted {
            agreed,
            key: HeaderValue::try_from(websocket::accept_key(wish.key)).expect("is base64"),
            protocol: found.protocol.and_then(|p| HeaderValue::from_str(p).ok()),
            extension: extension.and_then(|(e, _)| HeaderValue::try_from(e.answer).ok()),
        })
    }
}

pub(super) fn token_missing() -> ClientError {
    ClientError::new(
        Kind::Unauthenticated,
        "TOKEN_MISSING",
        "a token is needed: Authorization: Bearer ...",
    )
}

pub(super) fn nothing_here() -> ClientError {
    ClientError::new(Kind::NotFound, "NOT_FOUND", "there is nothing at this path")
}

/// 405, with the methods that the path takes (RFC 9110, section 15.5.6).
pub(super) fn method_not_allowed(allowed: &'static str) -> Response {
    let mut response = json_error(&ClientError::new(
        Kind::MethodNotAllowed,
        "METHOD_NOT_ALLOWED",
        format!("this path does not take this method, but {allowed}"),
    ));
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}

/// What is read: a HEAD is asked as a GET.
pub(super) const READ: &str = "GET, HEAD";

pub(super) fn leaving() -> ClientError {
    ClientError::new(
        Kind::Busy,
        "DRAINING",
        "the server stops: come back in a moment",
    )
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
