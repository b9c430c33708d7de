//! Requests of Engine.IO: who begins a session, who polls one, and what web pages are told about it.

use super::delivery::{Delivery, Receipt};
use super::endpoint::handshake_request;
use super::gzip;
use super::query::{Refused, Wish};
use crate::app::App;
use crate::consumer::rest::{Caller, json_error};
use crate::hub::shard::{Inbox, Shard, ToShard};
use crate::hub::socket::Compression;
use crate::protocol::sid::Sid;
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
use warp::Reply;
use warp::reply::Response;

/// How long a browser need not ask again what it may ask.
const PREFLIGHT_SECONDS: &str = "600";

/// A request of a route of Engine.IO that is no handshake of a WebSocket.
pub(in crate::server) struct Asked<'r> {
    pub method: &'r Method,
    pub path: &'r str,
    pub query: &'r str,
    pub headers: &'r HeaderMap,
    pub peer: SocketAddr,
    /// Of the connection that it came by.
    pub report: &'r Arc<Report>,
}

impl Asked<'_> {
    /// How an answer is given that says these.
    fn delivery(&self, route: &Route) -> Delivery {
        let compress_from = route.policy.compress_from;
        Delivery {
            report: self.report.clone(),
            gzip_from: compress_from.filter(|_| gzip::is_accepted(self.headers)),
        }
    }
}

/// Answers such a request. `body` is read when it is needed, and says itself what is wrong with it.
pub(in crate::server) async fn answer<A: App>(
    node: &Rc<Node<A>>,
    sockets: &Arc<Sockets<A>>,
    asked: Asked<'_>,
    body: impl Future<Output = Option<Bytes>>,
) -> Option<Response> {
    let (index, params) = sockets.entry.listener.find(asked.path)?;
    let route = &sockets.entry.listener.routes[index];
    let endpoint = sockets.endpoint(index)?;
    let origin = asked.headers.get(header::ORIGIN);
    let tls = sockets.entry.listener.tls.is_some();
    if !route.policy.origins.allow(asked.headers, tls) {
        return Some(Refused::Origin.response());
    }
    let mut response = match *asked.method {
        Method::OPTIONS => preflight(asked.headers),
        _ => {
            let answered = polled(
                node,
                sockets,
                (index, route),
                (endpoint, params),
                asked,
                body,
            );
            answered.await.unwrap_or_else(Refused::response)
        }
    };
    let head = response.headers_mut();
    if let Some(origin) = origin {
        head.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        let yes = HeaderValue::from_static("true");
        // a page that any site may be is nobody whose cookies count
        if !route.policy.origins.is_any() {
            head.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
        }
    }
    head.insert(
        header::VARY,
        HeaderValue::from_static("Origin, Accept-Encoding"),
    );
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Some(response)
}

fn preflight(headers: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
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
) -> Result<Response, Refused> {
    let wish = Wish::of(asked.query)?;
    if !wish.polls {
        return Err(Refused::Request);
    }
    let Some(sid) = wish.sid else {
        if *asked.method != Method::GET {
            return Err(Refused::Method);
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
    let home = home.ok_or(Refused::Session)?;
    match *asked.method {
        Method::GET => {
            let (answer, mut answered) = oneshot::channel();
            let wanted = sid.clone();
            let connection = trace::connection_id().unwrap_or(0);
            let call = move |shard: &Rc<Shard<A>>| match found(shard, &wanted) {
                Some(session) => session.poll(connection, answer),
                None => Sessions::of(shard).poll_late(&wanted, shard.now_ms(), answer),
            };
            tell(&home, call).await.ok_or(Refused::Session)?;
            let answer = tokio::select! {
                biased;
                // whoever says nothing more may have gone, and will poll by another connection: that one gets what there is
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
            let (number, frames) = answer.ok_or(Refused::Session)?;
            let receipt = Receipt { home, sid, number };
            Ok(asked.delivery(route).of(frames, receipt))
        }
        Method::POST => {
            // what is wrong with it is told by whoever reads it
            let Some(body) = body.await else {
                return Err(Refused::Request);
            };
            let (done, taken) = oneshot::channel();
            let call = move |shard: &Rc<Shard<A>>| match found(shard, &sid) {
                Some(session) => session.post(Posted { body, done }),
                None => drop(done.send(Taken::NoSession)),
            };
            tell(&home, call).await.ok_or(Refused::Session)?;
            match taken.await {
                Ok(Taken::Yes) => {}
                Ok(Taken::NoSession) => return Err(Refused::Session),
                Err(_) => return Err(Refused::Request),
            }
            let html = HeaderValue::from_static("text/html");
            Ok(typed("ok".into_response(), html))
        }
        _ => Err(Refused::Method),
    }
}

pub(super) fn found<A: App>(shard: &Shard<A>, sid: &Sid) -> Option<Rc<Session<A>>> {
    Sessions::of(shard).get(sid)
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
) -> Result<Response, Refused> {
    let (shard, stats) = (&node.shard, &node.shared.stats);
    if node.is_draining() {
        return Ok(json_error(&leaving()));
    }
    let Some(peer) = caller.peer else {
        return Err(Refused::Request);
    };
    let limited = |limited| Ok(handshake_limited(&shard.counts, caller, limited));
    if let Err(refused) = stats.quota.handshake(peer.ip()) {
        return limited(refused);
    }
    // a session is a connection, whether one is open at the moment or not
    let place = match stats.quota.connection(peer.ip()) {
        Ok(place) => place,
        Err(refused) => return limited(refused),
    };
    let request = handshake_request(endpoint, caller, params)?;
    let identity = match route.protocol {
        Protocol::SocketIo | Protocol::WebSocket => None,
        Protocol::EngineIo => match sockets.identify(route, caller, request.token.as_deref()) {
            Some(Ok(identity)) => Some(identity),
            Some(Err(error)) => return Ok(json_error(&error)),
            None => return Ok(json_error(&token_missing())),
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
        drop((open, presence, place));
    };
    tokio::task::spawn_local(trace::within(id, served));
    let answer = answered.await.ok().flatten();
    let (number, frames) = answer.ok_or(Refused::Session)?;
    let home = shard.peers().get(shard.id).cloned();
    let home = home.ok_or(Refused::Session)?;
    Ok(how.of(frames, Receipt { home, sid, number }))
}

pub(super) fn typed(mut response: Response, content: HeaderValue) -> Response {
    response.headers_mut().insert(header::CONTENT_TYPE, content);
    response
}

/// The whole body; `None`: it was too much, too slow, or cut off.
pub(in crate::server) async fn whole<B>(body: B) -> Option<Bytes>
where
    B: http_body::Body<Data = Bytes>,
{
    let mut body = std::pin::pin!(body);
    let mut all = Vec::new();
    while let Some(frame) = std::future::poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        if let Ok(data) = frame.ok()?.into_data() {
            all.extend_from_slice(&data);
        }
    }
    Some(all.into())
}
