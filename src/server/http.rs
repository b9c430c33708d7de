//! What a listener answers over HTTP: handshakes, health, metrics, and the REST interfaces that it mounts.

#[cfg(test)]
mod tests;

use super::errors::{READ, leaving, method_not_allowed, nothing_here};
use super::handshake::{Accepted, Sockets};
use super::metrics;
use super::shared::Shared;
use super::table::TableEntry;
use super::upgraded::Upgrade;
use crate::app::App;
use crate::consumer::rest::answer::{Response, empty, json, json_error, not_stored};
use crate::consumer::rest::body::RequestBody;
use crate::consumer::rest::{Api, Caller, Mounted, Peer};
use crate::hub::shard::{Inbox, Shard};
use crate::routing::Metrics;
use crate::store::Store;
use ::http::{HeaderValue, Method, Request, StatusCode, header};
use hyper::upgrade::OnUpgrade;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// What is served over HTTP by one listener on one shard.
pub(super) struct Http<A: App> {
    sockets: Arc<Sockets<A>>,
    shared: Arc<Shared<A>>,
    store: Option<Store>,
    inboxes: Arc<[Inbox<A>]>,
    mounted: Mounted,
}

/// An answer, and the WebSocket that begins with it.
pub(super) type Answered<A> = (Response, Option<Upgrade<A>>);

impl<A: App> Http<A> {
    pub fn new(
        shard: &Shard<A>,
        shared: &Arc<Shared<A>>,
        entry: &TableEntry,
        sockets: &Arc<Sockets<A>>,
    ) -> Self {
        let here = &entry.listener;
        let mounts = here.rest.iter();
        let interfaces = mounts.filter_map(|mount| shared.rest.get(mount.name.as_str()));
        let mounted = match &shard.store {
            Some(store) => Mounted::new(interfaces, || {
                Api::new(
                    store.clone(),
                    shared.keys.clone(),
                    Arc::new(here.policy.clone()),
                    shared.stats.clone(),
                    entry.rest_places.clone(),
                    shard.id,
                    here.tls.is_some(),
                )
            }),
            None => Mounted::default(),
        };
        Http {
            sockets: sockets.clone(),
            shared: shared.clone(),
            store: shard.store.clone(),
            inboxes: shard.peers().clone(),
            mounted,
        }
    }

    /// Answers a request that is no poll. Dropping the future drops what an interface was doing.
    pub async fn answer(&self, mut request: Request<RequestBody>, peer: SocketAddr) -> Answered<A> {
        let path = request.uri().path();
        if let Some(route) = self.sockets.find(path) {
            let on = request.extensions().get::<OnUpgrade>().cloned();
            let caller = caller(&request, peer);
            let (sockets, method) = (&self.sockets, request.method());
            let judged = sockets.judge(route, method, path, &caller, on.is_some());
            return match (judged, on) {
                (Ok(accepted), Some(on)) => switching(accepted, on),
                (Ok(_), None) => (json_error(&nothing_here()), None),
                (Err(refused), _) => (refused, None),
            };
        }
        let who = self.sockets.entry.listener.metrics;
        let response = match path.strip_suffix('/').unwrap_or(path) {
            "/healthz" => match *request.method() {
                Method::GET => health("ok"),
                _ => method_not_allowed(READ),
            },
            "/readyz" => match *request.method() {
                Method::GET => self.readiness().await,
                _ => method_not_allowed(READ),
            },
            "/metrics" if who != Metrics::Nobody => match *request.method() {
                Method::GET => {
                    let (shared, caller) = (&self.shared, caller(&request, peer));
                    metrics::answer(shared, self.store.as_ref(), &self.inboxes, who, &caller)
                }
                _ => method_not_allowed(READ),
            },
            _ => {
                request.extensions_mut().insert(Peer(peer));
                let answer = self.mounted.answer(request).await;
                answer.unwrap_or_else(|| json_error(&nothing_here()))
            }
        };
        (response, None)
    }

    /// Whether new clients are welcome.
    async fn readiness(&self) -> Response {
        if self.shared.drain.draining.load(Relaxed) {
            return json_error(&leaving());
        }
        let head = match &self.store {
            Some(store) => match store.health().ready() {
                Ok(()) => store.read(|db| db.head()).await.map(|_| ()),
                unready => unready,
            },
            None => Ok(()),
        };
        match head {
            Ok(()) => health("ready"),
            Err(error) => json_error(&error.into_client()),
        }
    }
}

fn caller<B>(request: &Request<B>, peer: SocketAddr) -> Caller {
    Caller {
        headers: request.headers().clone(),
        query: request.uri().query().unwrap_or("").to_owned(),
        peer: Some(peer),
    }
}

/// How the server is at this moment.
fn health(status: &'static str) -> Response {
    #[derive(serde::Serialize)]
    struct Health {
        status: &'static str,
    }
    not_stored(json(StatusCode::OK, &Health { status }))
}

/// The answer that ends HTTP on a connection.
fn switching<A: App>(accepted: Accepted<A>, on: OnUpgrade) -> Answered<A> {
    let mut response = empty(StatusCode::SWITCHING_PROTOCOLS);
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
    (response, Some(Upgrade { on, connection }))
}
