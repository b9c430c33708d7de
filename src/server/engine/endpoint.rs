//! What a route of Engine.IO leads to, and what is kept of the request that opens a session there.

use super::query::{EngineRefusal, Query};
use crate::app::App;
use crate::auth;
use crate::consumer::context::Handshake;
use crate::consumer::rest::Caller;
use crate::hub::shard::Shard;
use crate::protocol::dialect::Dialect;
use crate::protocol::sid::Sid;
use crate::routing::pattern::Params;
use crate::routing::{Namespace, Policy, Protocol};
use crate::server::shared::Shared;
use crate::server::table::TableEntry;
use crate::socketio::{Endpoint, HandshakeRequest, NamespaceRoute, breaks_on_offsets};
use ::http::header;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The longest token that is kept for namespaces that are asked for later. Those with a hundred roles in them have less.
const TOKEN_BYTES: usize = 8 << 10;
/// What a route of Engine.IO leads to; `None`: it is none.
pub(in crate::server) fn endpoint<A: App>(
    shared: &Shared<A>,
    shard: &Shard<A>,
    entry: &TableEntry,
    index: usize,
) -> Option<Arc<Endpoint>> {
    let route = &entry.listener.routes[index];
    let format = |consumer: &str, dialect| shared.formats.number_of(consumer, Some(dialect));
    let stats = shared
        .stats
        .route(&entry.listener.name, route.pattern.as_str());
    let namespaces = match route.protocol {
        Protocol::WebSocket => return None,
        Protocol::EngineIo => vec![NamespaceRoute {
            name: "".into(),
            format: format(&route.consumer, Dialect::EngineIo)?,
            unnumbered: format(&route.consumer, Dialect::EngineIo)?,
            policy: entry.policies[index].clone(),
            stats,
        }],
        Protocol::SocketIo => {
            let all = route.namespaces.iter().zip(&entry.namespaces[index]);
            let namespace = |(namespace, policy): (&Namespace, &Arc<Policy>)| {
                let name: Arc<str> = namespace.name.as_str().into();
                let dialect = |offsets| Dialect::SocketIo {
                    namespace: name.clone(),
                    offsets,
                };
                let has_numbers = shard.store.is_some();
                Some(NamespaceRoute {
                    format: format(&namespace.consumer, dialect(has_numbers))?,
                    unnumbered: format(&namespace.consumer, dialect(false))?,
                    name,
                    policy: policy.clone(),
                    stats: stats.clone(),
                })
            };
            all.filter_map(namespace).collect()
        }
    };
    let protocol = route.protocol;
    let wanted = namespaces
        .iter()
        .map(|n| shared.formats[n.format as usize].renderer.name)
        .flat_map(|name| shared.consumers[name].headers);
    let wanted: BTreeSet<&str> = wanted.copied().collect();
    Some(Arc::new(Endpoint {
        protocol,
        headers: wanted.into_iter().collect(),
        namespaces,
    }))
}

/// What a WebSocket of such a route begins, or the session that it is to be the new transport of.
pub(in crate::server) fn session(
    endpoint: Arc<Endpoint>,
    caller: &Caller,
    params: Params,
) -> Result<(HandshakeRequest, Option<Sid>), EngineRefusal> {
    let asked = Query::of(&caller.query)?;
    if asked.polls {
        return Err(EngineRefusal::Request);
    }
    Ok((handshake_request(endpoint, caller, params)?, asked.sid))
}

/// What is kept of a request that opens a session; it may be too much.
pub(super) fn handshake_request(
    endpoint: Arc<Endpoint>,
    caller: &Caller,
    params: Params,
) -> Result<HandshakeRequest, EngineRefusal> {
    let text = |name| caller.headers.get(name).and_then(|v| v.to_str().ok());
    let (authorization, protocols) = (
        text(header::AUTHORIZATION),
        text(header::SEC_WEBSOCKET_PROTOCOL),
    );
    let found = auth::token_of(authorization, protocols, &caller.query);
    let token = found.token.filter(|_| endpoint.asks_for_tokens());
    if token
        .as_ref()
        .is_some_and(|token| token.len() > TOKEN_BYTES)
    {
        return Err(EngineRefusal::Request);
    }
    let handshake = Handshake::new(&caller.headers, &endpoint.headers, &caller.query);
    Ok(HandshakeRequest {
        endpoint,
        handshake: Arc::new(handshake.ok_or(EngineRefusal::Request)?),
        params,
        token: token.as_deref().map(Into::into),
        local: caller.may_be_anonymous(crate::routing::Auth::Loopback),
        breaks_on_offsets: breaks_on_offsets(&caller.headers, &caller.query),
    })
}
