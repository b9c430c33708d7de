//! What a listener answers: the handshake (RFC 6455, section 4.2), health, and the REST services.

use super::table::{Listening, Shared};
use super::upgrade::{self, Unfit};
use super::{metrics, refusal};
use crate::auth::{self, Identity};
use crate::limits::UserPlace;
use crate::pattern::Params;
use crate::rest::{Api, Caller, Peer, json_error};
use crate::routing::{Auth, Policy};
use crate::shard::Shard;
use crate::socket::Compression;
use crate::stats::{RouteStats, ShardStats};
use crate::websocket;
use crate::{App, ClientError, Kind};
use ::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use warp::filters::BoxedFilter;
use warp::reply::Response;
use warp::{Filter, Reply};

/// What the warp filter found out about an upgrade. Rides in the response's extensions to the shard that accepted the socket.
pub(super) struct Upgrade<A: App> {
    pub on: OnUpgrade,
    pub lane: u16,
    pub params: Params,
    pub query: String,
    pub identity: Option<Result<Identity<A::Claims>, ClientError>>,
    pub since: Option<u64>,
    pub policy: Arc<Policy>,
    pub user: Option<Arc<UserPlace>>,
    pub route: Arc<RouteStats>,
    pub compression: Compression,
}

// `derive` would ask for `A: Clone`
impl<A: App> Clone for Upgrade<A> {
    fn clone(&self) -> Self {
        Upgrade {
            on: self.on.clone(),
            lane: self.lane,
            params: self.params.clone(),
            query: self.query.clone(),
            identity: self.identity.clone(),
            since: self.since,
            policy: self.policy.clone(),
            user: self.user.clone(),
            route: self.route.clone(),
            compression: self.compression,
        }
    }
}

/// The filter of one listener on one shard.
pub(super) fn routes<A: App>(
    shard: &Shard<A>,
    shared: &Arc<Shared<A>>,
    listening: &Arc<Listening>,
) -> BoxedFilter<(Response,)> {
    let sockets = {
        let (shared, listening) = (shared.clone(), listening.clone());
        let counts = shard.counts.clone();
        warp::method()
            .and(warp::path::full())
            .and(warp::query::raw().or(warp::any().map(String::new)).unify())
            .and(warp::header::headers_cloned())
            .and(warp::ext::get::<Peer>())
            .and(warp::ext::optional::<OnUpgrade>())
            .and_then(
                move |method: Method,
                      path: warp::path::FullPath,
                      query: String,
                      headers: HeaderMap,
                      Peer(peer): Peer,
                      on: Option<OnUpgrade>| {
                    let answer = handshake(
                        &shared,
                        &counts,
                        &listening,
                        &method,
                        path.as_str(),
                        Caller {
                            headers,
                            query,
                            peer: Some(peer),
                        },
                        on,
                    );
                    std::future::ready(answer.ok_or_else(warp::reject::not_found))
                },
            )
    };
    let health = {
        let (ready, farewell) = (shard.store.clone(), shared.farewell.clone());
        let live = warp::path!("healthz")
            .and(warp::get())
            .map(|| warp::reply::json(&Health { status: "ok" }).into_response());
        let ready = warp::path!("readyz").and(warp::get()).and_then(move || {
            let store = ready.clone();
            let draining = farewell.draining.load(Relaxed);
            async move {
                if draining {
                    return Ok(json_error(&leaving()));
                }
                let head = match store {
                    Some(store) => store.read(|db| db.head()).await.map(|_| ()),
                    None => Ok(()),
                };
                Ok::<_, warp::Rejection>(match head {
                    Ok(()) => warp::reply::json(&Health { status: "ready" }).into_response(),
                    Err(error) => json_error(&error.into_client()),
                })
            }
        });
        live.or(ready).unify()
    };
    let metrics = metrics::route(shard, shared, listening.listener.metrics);
    let mut all: BoxedFilter<(Response,)> = sockets.or(health).unify().or(metrics).unify().boxed();
    let here = &listening.listener;
    for mount in &here.rest {
        if let Some(rest) = shared.rest.get(mount.name.as_str())
            && let Some(store) = &shard.store
        {
            let api = Api::new(
                store.clone(),
                shared.keys.clone(),
                Arc::new(here.policy.clone()),
                shard.id,
            );
            all = all.or(rest(api)).unify().boxed();
        }
    }
    all.recover(|rejection: warp::Rejection| async move {
        let error = if rejection.is_not_found() {
            ClientError::new(Kind::NotFound, "NOT_FOUND", "there is nothing at this path")
        } else if rejection.find::<warp::reject::MethodNotAllowed>().is_some() {
            method_not_allowed()
        } else if rejection.find::<warp::reject::PayloadTooLarge>().is_some() {
            ClientError::new(Kind::TooLarge, "TOO_LARGE", "the body is over the limit")
        } else {
            ClientError::new(Kind::Invalid, "INVALID_REQUEST", format!("{rejection:?}"))
        };
        Ok::<_, Infallible>(json_error(&error))
    })
    .unify()
    .boxed()
}

pub(super) fn method_not_allowed() -> ClientError {
    ClientError::new(
        Kind::MethodNotAllowed,
        "METHOD_NOT_ALLOWED",
        "this path does not take this method",
    )
}

fn leaving() -> ClientError {
    ClientError::new(
        Kind::Busy,
        "DRAINING",
        "the server stops: come back in a moment",
    )
}

#[derive(serde::Serialize)]
struct Health {
    status: &'static str,
}

/// Answers a request for a WebSocket route; `None`: the path is none.
fn handshake<A: App>(
    shared: &Shared<A>,
    counts: &ShardStats,
    listening: &Listening,
    method: &Method,
    path: &str,
    caller: Caller,
    on: Option<OnUpgrade>,
) -> Option<Response> {
    let here = &listening.listener;
    let (index, params) = here.find(path)?;
    let route = &here.routes[index];
    let Caller { headers, query, .. } = &caller;
    let refuse = |status: StatusCode, why: &str| {
        Some(warp::reply::with_status(why.to_owned(), status).into_response())
    };
    let wish = match upgrade::wish(method, headers) {
        Ok(wish) => wish,
        Err(unfit) => return Some(unfit.response()),
    };
    if shared.farewell.draining.load(Relaxed) {
        return Some(json_error(&leaving()));
    }
    let policy = &route.policy;
    if !policy.origins.allows(wish.origin) {
        return Some(Unfit::Origin.response());
    }
    let Some(on) = on else {
        return refuse(
            StatusCode::BAD_REQUEST,
            "a WebSocket handshake needs HTTP/1.1\n",
        );
    };

    let admission = &shared.stats.admission;
    // before the token: to verify one is what a handshake costs most
    if let Some(peer) = caller.peer
        && let Err(limited) = admission.handshake(peer.ip())
    {
        return Some(refusal::handshake(counts, &caller, limited));
    }
    let found = auth::token_of(
        headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok()),
        wish.protocols.as_deref(),
        query,
    );
    let identity = identify(shared, policy, &caller, found.token.as_deref());
    let subject = identity.as_ref().and_then(|i| i.as_ref().ok());
    let user = match subject.and_then(|i| i.subject.as_deref()) {
        Some(subject) => match admission.user(subject) {
            Ok(place) => Some(Arc::new(place)),
            Err(limited) => return Some(refusal::handshake(counts, &caller, limited)),
        },
        None => None,
    };
    let lane = *shared.lane_of.get(route.consumer.as_str())?;
    tracing::debug!(
        peer = ?caller.peer,
        path = %auth::redacted(&format!("{path}?{query}")),
        route = route.pattern.as_str(),
        "a connection"
    );
    let extension = wish.compression.zip(policy.compress_from);
    let upgrade = Upgrade::<A> {
        on,
        lane,
        params,
        identity,
        since: since(query),
        query: query.clone(),
        policy: listening.policies[index].clone(),
        user,
        route: shared.stats.route(&here.name, route.pattern.as_str()),
        compression: match &extension {
            Some((agreed, from)) => Compression::agreed(agreed, *from),
            None => Compression::NONE,
        },
    };
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let head = response.headers_mut();
    head.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    head.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    if let Ok(accept) = HeaderValue::from_str(&websocket::accept_key(wish.key)) {
        head.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    }
    if let Some(protocol) = found.protocol.and_then(|p| HeaderValue::from_str(p).ok()) {
        head.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    if let Some(answer) = extension.and_then(|(e, _)| HeaderValue::try_from(e.answer).ok()) {
        head.insert(header::SEC_WEBSOCKET_EXTENSIONS, answer);
    }
    response.extensions_mut().insert(upgrade);
    Some(response)
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
    let (_, value) = crate::pattern::query_pairs(query).find(|(name, _)| name == "since")?;
    Some(value.parse().unwrap_or(u64::MAX))
}
