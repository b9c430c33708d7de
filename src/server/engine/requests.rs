//! Requests of Engine.IO over HTTP: beginning a session, polling, posting, and CORS.

use super::delivery::{Answer, Delivery};
use super::endpoint::handshake_request;
use super::gzip;
use super::query::{EngineRefusal, Query};
use super::receipt::{Receipt, found};
use crate::app::App;
use crate::consumer::rest::Caller;
use crate::consumer::rest::answer::{Response, empty, json_error, text};
use crate::hub::shard::{Inbox, Shard, ToShard};
use crate::hub::socket::Compression;
use crate::routing::pattern::Params;
use crate::routing::{Protocol, Route};
use crate::server::errors::{handshake_limited, leaving, token_missing};
use crate::server::handshake::Sockets;
use crate::server::http_io::Report;
use crate::server::node::Node;
use crate::socketio::{Endpoint, Fate, NewSession, Posted, Session, Sessions, Taken, noop};
use crate::trace;
use ::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use bytes::Bytes;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::oneshot;

/// How long a browser may keep the answer to a preflight, in seconds.
const PREFLIGHT_SECONDS: &str = "600";

/// A request to a route of Engine.IO that is no WebSocket handshake.
pub(in crate::server) struct Asked<'r> {
    pub method: &'r Method,
    pub path: &'r str,
    pub query: &'r str,
    pub headers: &'r HeaderMap,
    pub peer: SocketAddr,
    /// The report of the connection that it came on.
    pub report: &'r Arc<Report>,
}

impl Asked<'_> {
    /// How the answer is sent.
    fn delivery(&self, route: &Route) -> Delivery {
        let compress_from = route.policy.compress_from;
        Delivery {
            report: self.report.clone(),
            gzip_from: compress_from.filter(|_| gzip::is_accepted(self.headers)),
        }
    }
}

/// Answers a request to a route of Engine.IO; `None`: there is no such route at the path. `body` is polled when it is needed; `None` of it: it was refused.
///
/// Dropping the future gives a poll up: its session hears so, and the next poll gets what this one would have.
pub(in crate::server) async fn answer<A: App>(
    node: &Rc<Node<A>>,
    sockets: &Arc<Sockets<A>>,
    asked: Asked<'_>,
    body: impl Future<Output = Option<Bytes>>,
) -> Option<Answer<A>> {
    let (index, params) = sockets.entry.listener.find(asked.path)?;
    let route = &sockets.entry.listener.routes[index];
    let endpoint = sockets.endpoint(index)?;
    let origin = asked.headers.get(header::ORIGIN);
    let tls = sockets.entry.listener.tls.is_some();
    if !route.policy.origins.allow(asked.headers, tls) {
        return Some(EngineRefusal::Origin.response().into());
    }
    let mut answer = match *asked.method {
        Method::OPTIONS => preflight(asked.headers).into(),
        _ => {
            let answered = polled(
                node,
                sockets,
                (index, route),
                (endpoint, params),
                asked,
                body,
            );
            answered
                .await
                .unwrap_or_else(|refused| refused.response().into())
        }
    };
    let head = answer.response.headers_mut();
    if let Some(origin) = origin {
        head.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        let yes = HeaderValue::from_static("true");
        // where any page may ask, none may send cookies
        if !route.policy.origins.is_any() {
            head.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
    }
    head.insert(
        header::VARY,
        HeaderValue::from_static("Origin, Accept-Encoding"),
    );
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Some(answer)
}

fn preflight(headers: &HeaderMap) -> Response {
    let mut response = empty(StatusCode::NO_CONTENT);
    let head = response.headers_mut();
    let methods = HeaderValue::from_static("GET,POST");
    head.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    let seconds = HeaderValue::from_static(PREFLIGHT_SECONDS);
    head.insert(header::ACCESS_CONTROL_MAX_AGE, seconds);
    if let Some(wanted) = headers.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        head.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, wanted.clone());
    }
    response
}

async fn polled<A: App>(
    node: &Rc<Node<A>>,
    sockets: &Arc<Sockets<A>>,
    (index, route): (usize, &Route),
    (endpoint, params): (Arc<Endpoint>, Params),
    asked: Asked<'_>,
    body: impl Future<Output = Option<Bytes>>,
) -> Result<Answer<A>, EngineRefusal> {
    let query = Query::of(asked.query)?;
    if !query.polls {
        return Err(EngineRefusal::Request);
    }
    let Some(sid) = query.sid else {
        if *asked.method != Method::GET {
            return Err(EngineRefusal::Method);
        }
        let caller = Caller {
            headers: asked.headers.clone(),
            query: asked.query.to_owned(),
            peer: Some(asked.peer),
        };
        let how = asked.delivery(route);
        return begin(
            node,
            sockets,
            (index, route),
            (endpoint, params),
            &caller,
            how,
        )
        .await;
    };
    let home = node.shard.peers().get(sid.shard()).cloned();
    let home = home.ok_or(EngineRefusal::Session)?;
    match *asked.method {
        Method::GET => {
            let (answer, mut answered) = oneshot::channel();
            let wanted = sid.clone();
            let connection = trace::connection_id().unwrap_or(0);
            let call = move |shard: &Rc<Shard<A>>| match found(shard, &wanted) {
                Some(session) => session.poll(connection, answer),
                None => Sessions::of(shard).poll_late(&wanted, shard.now_ms(), answer),
            };
            tell(&home, call).await.ok_or(EngineRefusal::Session)?;
            let answer = tokio::select! {
                biased;
                // a client that has ended its side may have gone, and polls on another connection: that one gets the packets
                () = asked.report.half_closed() => {
                    answered.close();
                    if let Ok(Some((number, _))) = answered.try_recv() {
                        let (home, sid) = (home.clone(), sid.clone());
                        Receipt { home, sid, number }.give(Fate::Unsent);
                    }
                    Some((0, vec![noop()]))
                }
                answer = &mut answered => answer.ok().flatten(),
            };
            let (number, frames) = answer.ok_or(EngineRefusal::Session)?;
            let receipt = Receipt { home, sid, number };
            Ok(asked.delivery(route).of(frames, receipt))
        }
        Method::POST => {
            // the reader of the body answers what is wrong with it
            let Some(body) = body.await else {
                return Err(EngineRefusal::Request);
            };
            let (done, taken) = oneshot::channel();
            let call = move |shard: &Rc<Shard<A>>| match found(shard, &sid) {
                Some(session) => session.post(Posted { body, done }),
                None => drop(done.send(Taken::NoSession)),
            };
            tell(&home, call).await.ok_or(EngineRefusal::Session)?;
            match taken.await {
                Ok(Taken::Yes) => {}
                Ok(Taken::NoSession) => return Err(EngineRefusal::Session),
                Err(_) => return Err(EngineRefusal::Request),
            }
            let html = HeaderValue::from_static("text/html");
            let mut response = text(StatusCode::OK, "ok");
            response.headers_mut().insert(header::CONTENT_TYPE, html);
            Ok(response.into())
        }
        _ => Err(EngineRefusal::Method),
    }
}

async fn tell<A: App>(
    home: &Inbox<A>,
    call: impl FnOnce(&Rc<Shard<A>>) + Send + 'static,
) -> Option<()> {
    home.send(ToShard::Call(Box::new(call))).await.ok()
}

/// A session that polls, here.
async fn begin<A: App>(
    node: &Rc<Node<A>>,
    sockets: &Arc<Sockets<A>>,
    (index, route): (usize, &Route),
    (endpoint, params): (Arc<Endpoint>, Params),
    caller: &Caller,
    how: Delivery,
) -> Result<Answer<A>, EngineRefusal> {
    let (shard, stats) = (&node.shard, &node.shared.stats);
    if node.is_draining() {
        return Ok(json_error(&leaving()).into());
    }
    let Some(peer) = caller.peer else {
        return Err(EngineRefusal::Request);
    };
    let limited = |limited| Ok(handshake_limited(&shard.counts, caller, limited).into());
    if let Err(refused) = stats.quota.handshake(peer.ip()) {
        return limited(refused);
    }
    // a session counts as a connection, also while none is open
    let slot = match stats.quota.connection(peer.ip()) {
        Ok(slot) => slot,
        Err(refused) => return limited(refused),
    };
    let request = handshake_request(endpoint, caller, params)?;
    let identity = match route.protocol {
        Protocol::SocketIo | Protocol::WebSocket => None,
        Protocol::EngineIo => match sockets.identify(route, caller, request.token.as_deref()) {
            Some(Ok(identity)) => Some(identity),
            Some(Err(error)) => return Ok(json_error(&error).into()),
            None => return Ok(json_error(&token_missing()).into()),
        },
    };
    let id = stats.next_connection();
    let new = NewSession {
        id,
        request,
        policy: sockets.entry.policies[index].clone(),
        keys: node.shared.keys.clone(),
        socket: None,
        compression: Compression::NONE,
        identity,
    };
    let session = Session::open(shard, new);
    let (open, presence) = (sockets.stats(index).open(), node.arrive());
    let sid = session.sid.clone();
    let (answer, answered) = oneshot::channel();
    session.poll(trace::connection_id().unwrap_or(0), answer);
    let served = async move {
        session.run().await;
        drop((open, presence, slot));
    };
    tokio::task::spawn_local(trace::within(id, served));
    let answer = answered.await.ok().flatten();
    let (number, frames) = answer.ok_or(EngineRefusal::Session)?;
    let home = shard.peers().get(shard.id).cloned();
    let home = home.ok_or(EngineRefusal::Session)?;
    Ok(how.of(frames, Receipt { home, sid, number }))
}
