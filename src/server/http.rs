//! What a listener answers: handshakes, health, and the REST services.

use super::errors::{READ, leaving, method_not_allowed, nothing_here};
use super::handshake::{Accepted, Sockets};
use super::metrics;
use super::shared::Shared;
use super::table::TableEntry;
use super::upgraded::Upgrade;
use crate::app::App;
use crate::consumer::rest::{Api, Caller, Peer, json_error, not_stored};
use crate::error::{ClientError, Kind};
use crate::hub::shard::Shard;
use ::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use warp::filters::BoxedFilter;
use warp::reply::Response;
use warp::{Filter, Reply};

/// The filter of one listener on one shard.
pub(super) fn routes<A: App>(
    shard: &Shard<A>,
    shared: &Arc<Shared<A>>,
    entry: &Arc<TableEntry>,
    sockets: &Arc<Sockets<A>>,
) -> BoxedFilter<(Response,)> {
    let sockets = {
        let sockets = sockets.clone();
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
                    let caller = Caller {
                        headers,
                        query,
                        peer: Some(peer),
                    };
                    let answer = sockets
                        .handshake(&method, path.as_str(), &caller, on.is_some())
                        .map(|judged| match (judged, on) {
                            (Ok(accepted), Some(on)) => switching(accepted, on),
                            (Ok(_), None) => json_error(&nothing_here()),
                            (Err(refused), _) => refused,
                        });
                    std::future::ready(answer.ok_or_else(warp::reject::not_found))
                },
            )
    };
    let health = {
        let (ready, drain) = (shard.store.clone(), shared.drain.clone());
        let live = warp::path!("healthz").and(warp::method());
        let live = live.map(|method: Method| match method {
            Method::GET => health("ok"),
            _ => method_not_allowed(READ),
        });
        let ready_at = warp::path!("readyz").and(warp::method());
        let ready = ready_at.and_then(move |method: Method| {
            let store = ready.clone();
            let draining = drain.draining.load(Relaxed);
            async move {
                if method != Method::GET {
                    return Ok(method_not_allowed(READ));
                }
                if draining {
                    return Ok(json_error(&leaving()));
                }
                let head = match store {
                    Some(store) => match store.health().ready() {
                        Ok(()) => store.read(|db| db.head()).await.map(|_| ()),
                        unready => unready,
                    },
                    None => Ok(()),
                };
                Ok::<_, warp::Rejection>(match head {
                    Ok(()) => health("ready"),
                    Err(error) => json_error(&error.into_client()),
                })
            }
        });
        live.or(ready).unify()
    };
    let metrics = metrics::route(shard, shared, entry.listener.metrics);
    let mut all: BoxedFilter<(Response,)> = sockets.or(health).unify().or(metrics).unify().boxed();
    let here = &entry.listener;
    for mount in &here.rest {
        if let Some(rest) = shared.rest.get(mount.name.as_str())
            && let Some(store) = &shard.store
        {
            let api = Api::new(
                store.clone(),
                shared.keys.clone(),
                Arc::new(here.policy.clone()),
                shared.stats.clone(),
                entry.rest_places.clone(),
                shard.id,
                here.tls.is_some(),
            );
            all = all.or(rest(api)).unify().boxed();
        }
    }
    all.recover(|rejection: warp::Rejection| async move {
        let error = if rejection.is_not_found() {
            nothing_here()
        } else if rejection.find::<warp::reject::MethodNotAllowed>().is_some() {
            // an application's filter, which does not say what it takes instead
            let text = "this path does not take this method";
            ClientError::new(Kind::MethodNotAllowed, "METHOD_NOT_ALLOWED", text)
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

/// How the server is at this moment.
fn health(status: &'static str) -> Response {
    #[derive(serde::Serialize)]
    struct Health {
        status: &'static str,
    }
    not_stored(warp::reply::json(&Health { status }).into_response())
}

/// The answer that ends HTTP on a connection.
fn switching<A: App>(accepted: Accepted<A>, on: OnUpgrade) -> Response {
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    let head = response.headers_mut();
    head.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    head.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    head.insert(header::SEC_WEBSOCKET_ACCEPT, accepted.key);
    if let Some(protocol) = accepted.protocol {
        head.insert(header::SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    if let Some(extension) = accepted.extension {
        head.insert(header::SEC_WEBSOCKET_EXTENSIONS, extension);
    }
    let connection = accepted.connection;
    response.extensions_mut().insert(Upgrade { on, connection });
    response
}
