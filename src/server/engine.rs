//! Requests of Engine.IO: who begins a session, who polls one, and what web pages are told about it.

mod delivery;
mod gzip;
mod wish;

pub(super) use delivery::Receipt;

use super::carrier::Report;
use super::handshake::Sockets;
use super::table::{Listening, Shared};
use super::worker::Worker;
use crate::app::App;
use crate::connection::Boarding;
use crate::consumer::context::Handshake;
use crate::consumer::rest::{Caller, json_error};
use crate::hub::publication::{Inbox, ToShard};
use crate::hub::shard::Shard;
use crate::hub::socket::Compression;
use crate::protocol::dialect::Dialect;
use crate::protocol::sid::Sid;
use crate::routing::pattern::Params;
use crate::routing::{Namespace, Policy, Protocol, Route};
use crate::socketio::{
    Beginning, Door, Entrance, Fate, Posted, Session, Taken, Visit, noop, poll_late, stumbles,
};
use crate::{auth, trace};
use ::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use bytes::Bytes;
use delivery::Delivery;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::oneshot;
use warp::Reply;
use warp::reply::Response;
use wish::{Refused, Wish};

/// The longest token that is kept for namespaces that are asked for later. Those with a hundred roles in them have less.
const TOKEN_BYTES: usize = 8 << 10;
/// How long a browser need not ask again what it may ask.
const PREFLIGHT_SECONDS: &str = "600";

/// What a route of Engine.IO leads to; `None`: it is none.
pub(super) fn door<A: App>(
    shared: &Shared<A>,
    shard: &Shard<A>,
    listening: &Listening,
    index: usize,
) -> Option<Arc<Door>> {
    let route = &listening.listener.routes[index];
    let lane = |consumer: &str, dialect| shared.lanes.lane(consumer, Some(dialect));
    let stats = shared
        .stats
        .route(&listening.listener.name, route.pattern.as_str());
    let entrances = match route.protocol {
        Protocol::WebSocket => return None,
        Protocol::EngineIo => vec![Entrance {
            name: "".into(),
            lane: lane(&route.consumer, Dialect::EngineIo)?,
            unnumbered: lane(&route.consumer, Dialect::EngineIo)?,
            policy: listening.policies[index].clone(),
            stats,
        }],
        Protocol::SocketIo => {
            let all = route.namespaces.iter().zip(&listening.namespaces[index]);
            let entrance = |(namespace, policy): (&Namespace, &Arc<Policy>)| {
                let name: Arc<str> = namespace.name.as_str().into();
                let dialect = |offsets| Dialect::SocketIo {
                    namespace: name.clone(),
                    offsets,
                };
                let has_numbers = shard.store.is_some();
                Some(Entrance {
                    lane: lane(&namespace.consumer, dialect(has_numbers))?,
                    unnumbered: lane(&namespace.consumer, dialect(false))?,
                    name,
                    policy: policy.clone(),
                    stats: stats.clone(),
                })
            };
            all.filter_map(entrance).collect()
        }
    };
    let protocol = route.protocol;
    let wanted = entrances
        .iter()
        .flat_map(|e| shared.lanes[e.lane as usize].entry.headers);
    let wanted: BTreeSet<&str> = wanted.copied().collect();
    Some(Arc::new(Door {
        protocol,
        headers: wanted.into_iter().collect(),
        entrances,
    }))
}

/// What a WebSocket of such a route begins or takes over.
pub(super) fn boarding(
    door: Arc<Door>,
    caller: &Caller,
    params: Params,
) -> Result<Boarding, Refused> {
    let wish = Wish::of(&caller.query)?;
    if wish.polls {
        return Err(Refused::Request);
    }
    Ok(Boarding {
        visit: visit(door, caller, params)?,
        sid: wish.sid,
    })
}

/// What is kept of a request that opens a session; it may be too much.
fn visit(door: Arc<Door>, caller: &Caller, params: Params) -> Result<Visit, Refused> {
    let text = |name| caller.headers.get(name).and_then(|v| v.to_str().ok());
    let (authorization, protocols) = (
        text(header::AUTHORIZATION),
        text(header::SEC_WEBSOCKET_PROTOCOL),
    );
    let found = auth::token_of(authorization, protocols, &caller.query);
    let token = found.token.filter(|_| door.asks_for_tokens());
    if token
        .as_ref()
        .is_some_and(|token| token.len() > TOKEN_BYTES)
    {
        return Err(Refused::Request);
    }
    let handshake = Handshake::new(&caller.headers, &door.headers, &caller.query);
    Ok(Visit {
        door,
        handshake: Arc::new(handshake.ok_or(Refused::Request)?),
        params,
        token: token.as_deref().map(Into::into),
        local: caller.may_be_anonymous(crate::routing::Auth::Loopback),
        stumbles: stumbles(&caller.headers, &caller.query),
    })
}

/// A request of a route of Engine.IO that is no handshake of a WebSocket.
pub(super) struct Asked<'r> {
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
pub(super) async fn answer<A: App>(
    worker: &Rc<Worker<A>>,
    sockets: &Arc<Sockets<A>>,
    asked: Asked<'_>,
    body: impl Future<Output = Option<Bytes>>,
) -> Option<Response> {
    let (index, params) = sockets.listening.listener.find(asked.path)?;
    let route = &sockets.listening.listener.routes[index];
    let door = sockets.door(index)?;
    let origin = asked.headers.get(header::ORIGIN);
    let tls = sockets.listening.listener.tls.is_some();
    if !route.policy.origins.allow(asked.headers, tls) {
        return Some(Refused::Origin.response());
    }
    let mut response = match *asked.method {
        Method::OPTIONS => preflight(asked.headers),
        _ => {
            let answered = polled(worker, sockets, (index, route), (door, params), asked, body);
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
    worker: &Rc<Worker<A>>,
    sockets: &Arc<Sockets<A>>,
    (index, route): (usize, &Route),
    (door, params): (Arc<Door>, Params),
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
            worker,
            sockets,
            (index, route),
            (door, params),
            &caller,
            how,
        )
        .await;
    };
    let home = worker.shard.peers().get(sid.shard()).cloned();
    let home = home.ok_or(Refused::Session)?;
    match *asked.method {
        Method::GET => {
            let (answer, mut answered) = oneshot::channel();
            let wanted = sid.clone();
            let connection = trace::connection_id().unwrap_or(0);
            let call = move |shard: &Rc<Shard<A>>| match found(shard, &wanted) {
                Some(session) => session.poll(connection, answer),
                None => poll_late(shard, &wanted, answer),
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

fn found<A: App>(shard: &Shard<A>, sid: &Sid) -> Option<Rc<Session<A>>> {
    shard.sessions.borrow().get(sid).cloned()
}

async fn tell<A: App>(
    home: &Inbox<A>,
    call: impl FnOnce(&Rc<Shard<A>>) + Send + 'static,
) -> Option<()> {
    home.send(ToShard::Call(Box::new(call))).await.ok()
}

/// A session that polls, here.
async fn begin<A: App>(
    worker: &Rc<Worker<A>>,
    sockets: &Arc<Sockets<A>>,
    (index, route): (usize, &Route),
    (door, params): (Arc<Door>, Params),
    caller: &Caller,
    how: Delivery,
) -> Result<Response, Refused> {
    let (shard, stats) = (&worker.shard, &worker.shared.stats);
    if worker.is_draining() {
        return Ok(json_error(&super::handshake::leaving()));
    }
    let Some(peer) = caller.peer else {
        return Err(Refused::Request);
    };
    let limited = |limited| Ok(super::refusal::handshake(&shard.counts, caller, limited));
    if let Err(refused) = stats.admission.handshake(peer.ip()) {
        return limited(refused);
    }
    // a session is a connection, whether one is open at the moment or not
    let place = match stats.admission.admit(peer.ip()) {
        Ok(place) => place,
        Err(refused) => return limited(refused),
    };
    let visit = visit(door, caller, params)?;
    let identity = match route.protocol {
        Protocol::SocketIo | Protocol::WebSocket => None,
        Protocol::EngineIo => match sockets.identify(route, caller, visit.token.as_deref()) {
            Some(Ok(identity)) => Some(identity),
            Some(Err(error)) => return Ok(json_error(&error)),
            None => return Ok(json_error(&super::handshake::token_missing())),
        },
    };
    let id = stats.next_connection();
    let beginning = Beginning {
        id,
        visit,
        policy: sockets.listening.policies[index].clone(),
        keys: worker.shared.keys.clone(),
        socket: None,
        compression: Compression::NONE,
        identity,
    };
    let session = Session::open(shard, beginning);
    let (open, presence) = (sockets.stats(index).open(), worker.arrive());
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

fn typed(mut response: Response, content: HeaderValue) -> Response {
    response.headers_mut().insert(header::CONTENT_TYPE, content);
    response
}

/// The whole body; `None`: it was too much, too slow, or cut off.
pub(super) async fn whole<B>(body: B) -> Option<Bytes>
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
