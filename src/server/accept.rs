//! From an accepted socket to a request, and from a request to a WebSocket connection.

use super::body::{Bounded, Excess};
use super::carrier::Carrier;
use super::framing::Framing;
use super::http::{Upgrade, routes};
use super::table::Listening;
use super::worker::{Presence, Worker};
use crate::connection::{self, Opening};
use crate::limits::Permit;
use crate::rest::{Peer, json_error};
use crate::routing::Edge;
use crate::{App, ClientError, Kind};
use ::http::{HeaderValue, Request, StatusCode, Version, header};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;
use warp::filters::BoxedFilter;
use warp::reply::Response;

/// After an accept that failed (no descriptor is left), before the next one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);
/// What hyper may read ahead beyond a head, in bytes.
const READ_AHEAD: usize = 8 << 10;

/// A listener as one shard serves it.
pub(super) struct Serving {
    listening: Arc<Listening>,
    routes: BoxedFilter<(Response,)>,
}

impl Serving {
    pub fn new<A: App>(worker: &Worker<A>, listening: Arc<Listening>) -> Self {
        Serving {
            routes: routes(&worker.shard, &worker.shared, &listening),
            listening,
        }
    }

    fn edge(&self) -> &Edge {
        &self.listening.listener.edge
    }
}

/// A bound address of a shard, whatever it serves at the moment.
pub(super) struct Slot {
    serving: RefCell<Rc<Serving>>,
    /// TLS handshakes in progress.
    handshakes: Cell<usize>,
}

impl Slot {
    pub fn new(serving: Rc<Serving>) -> Self {
        Slot {
            serving: RefCell::new(serving),
            handshakes: Cell::new(0),
        }
    }

    /// From the next request on.
    pub fn serve(&self, serving: Rc<Serving>) {
        *self.serving.borrow_mut() = serving;
    }

    fn serving(&self) -> Rc<Serving> {
        self.serving.borrow().clone()
    }

    fn handshake(&self, most: usize) -> Option<Handshake<'_>> {
        let now = self.handshakes.get();
        (now < most).then(|| {
            self.handshakes.set(now + 1);
            Handshake(&self.handshakes)
        })
    }
}

struct Handshake<'a>(&'a Cell<usize>);

impl Drop for Handshake<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// What a connection holds from its accept to its end.
struct Ticket<A: App> {
    _permit: Permit,
    _presence: Presence<A>,
}

pub(super) async fn accept<A: App>(worker: Rc<Worker<A>>, slot: Rc<Slot>, socket: TcpListener) {
    loop {
        let (stream, peer) = match socket.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "accept failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Some(permit) = worker.shared.connections.admit(peer.ip()) else {
            tracing::warn!(%peer, "too many connections");
            continue;
        };
        // frames leave when they are written: nothing is gained by waiting for more
        let _ = stream.set_nodelay(true);
        let ticket = Ticket {
            _permit: permit,
            _presence: worker.arrive(),
        };
        tokio::task::spawn_local(converse(worker.clone(), slot.clone(), stream, peer, ticket));
    }
}

/// Answers the requests of one connection, until it becomes a WebSocket or ends.
async fn converse<A: App>(
    worker: Rc<Worker<A>>,
    slot: Rc<Slot>,
    stream: TcpStream,
    peer: SocketAddr,
    ticket: Ticket<A>,
) {
    let carrier = tokio::select! {
        carrier = begin(&slot, stream, peer) => carrier,
        () = worker.closing() => return,
    };
    let Some(carrier) = carrier else { return };
    let ticket = Cell::new(Some(ticket));
    let service = hyper::service::service_fn(|request: Request<Incoming>| {
        let (worker, serving, ticket) = (&worker, slot.serving(), &ticket);
        async move { Ok::<_, Infallible>(answer(worker, &serving, request, peer, ticket).await) }
    });
    let (head_timeout, head_bytes) = {
        let serving = slot.serving();
        (serving.edge().head_timeout, serving.edge().head_bytes)
    };
    let conversation = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_timeout)
        .max_header_size(head_bytes)
        .max_buf_size(head_bytes + READ_AHEAD)
        .serve_connection(TokioIo::new(carrier), service)
        .with_upgrades();
    let mut conversation = pin!(conversation);
    tokio::select! {
        _ = conversation.as_mut() => return,
        () = worker.closing() => {}
    }
    conversation.as_mut().graceful_shutdown();
    let _ = conversation.await;
}

/// Waits for the client to speak, and agrees on keys where they are needed. `None`: it was too slow, or speaks something else.
async fn begin(slot: &Slot, stream: TcpStream, peer: SocketAddr) -> Option<Carrier> {
    let serving = slot.serving();
    let edge = serving.edge();
    let framing = Framing::new(2 * edge.head_bytes);
    let spoke = timeout(edge.first_byte_timeout, stream.readable()).await;
    spoke.ok()?.ok()?;
    // asked for now: a certificate that was replaced meanwhile is the new one
    let Some(config) = slot.serving().listening.listener.tls.clone() else {
        return Some(Carrier::plain(stream, framing));
    };
    let Some(_handshake) = slot.handshake(edge.tls_handshakes) else {
        tracing::warn!(%peer, "too many TLS handshakes at once");
        return None;
    };
    match timeout(edge.tls_timeout, TlsAcceptor::from(config).accept(stream)).await {
        Ok(Ok(stream)) => Some(Carrier::tls(stream, framing)),
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "no TLS");
            None
        }
        Err(_) => {
            tracing::debug!(%peer, "the TLS handshake took too long");
            None
        }
    }
}

async fn answer<A: App>(
    worker: &Rc<Worker<A>>,
    serving: &Serving,
    request: Request<Incoming>,
    peer: SocketAddr,
    ticket: &Cell<Option<Ticket<A>>>,
) -> Response {
    let upgrades = request.headers().contains_key(header::UPGRADE);
    let limit = serving.listening.listener.policy.max_message_bytes;
    let mut request = request.map(|body| Bounded::new(body, limit, serving.edge().body_timeout));
    let verdict = request.body().verdict();
    let mut excess = None;
    let hostless =
        request.version() >= Version::HTTP_11 && !request.headers().contains_key(header::HOST);
    let mut response = if hostless {
        json_error(&ClientError::new(
            Kind::Invalid,
            "HOST_MISSING",
            "a request of HTTP/1.1 needs a Host header",
        ))
    } else if request.body().announces_too_much() {
        excess = Some(Excess::Bytes);
        Response::default()
    } else {
        request.extensions_mut().insert(Peer(peer));
        let Ok(response) = warp::service(serving.routes.clone()).oneshot(request).await;
        response
    };
    excess = excess.or_else(|| verdict.excess());
    if let Some(excess) = excess {
        response = refused(excess, limit);
    }
    if let Some(upgrade) = response.extensions_mut().remove::<Upgrade<A>>() {
        if let Some(ticket) = ticket.take() {
            let grace = serving.edge().head_timeout;
            tokio::task::spawn_local(upgraded(worker.clone(), upgrade, ticket, grace));
        }
    } else if upgrades || hostless || excess.is_some() || worker.is_draining() {
        // what follows a refused upgrade may be frames already, and is read as nothing
        response
            .headers_mut()
            .append(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

fn refused(excess: Excess, limit: usize) -> Response {
    match excess {
        Excess::Bytes => json_error(&ClientError::new(
            Kind::TooLarge,
            "TOO_LARGE",
            format!("the body is over {limit} bytes"),
        )),
        Excess::Time => {
            let mut response = json_error(&ClientError::new(
                Kind::Invalid,
                "BODY_TIMEOUT",
                "the body took too long",
            ));
            *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
            response
        }
    }
}

/// Waits for hyper to let go of the socket, and begins the connection.
async fn upgraded<A: App>(
    worker: Rc<Worker<A>>,
    upgrade: Upgrade<A>,
    ticket: Ticket<A>,
    grace: Duration,
) {
    let Upgrade {
        on,
        lane,
        params,
        query,
        mut identity,
        since,
        policy,
        compression,
    } = upgrade;
    let Ok(upgraded) = on.await else { return };
    let Ok(parts) = upgraded.downcast::<TokioIo<Carrier>>() else {
        return;
    };
    // copied: even an empty slice of hyper's read buffer would keep its 8 KB for the life of the connection
    let early = parts.read_buf.to_vec();
    let carrier = parts.io.into_inner();
    drop(parts.read_buf);
    let Ok(Ok(stream)) = timeout(grace, carrier.into_stream()).await else {
        return;
    };
    if worker.is_gone(&policy) {
        let error = ClientError::new(Kind::NotFound, "NOT_FOUND", "this path is served no more");
        identity = Some(Err(error));
    }
    let opening = Opening {
        stream,
        early,
        lane,
        params,
        query,
        identity,
        since,
        policy,
        compression,
        keys: worker.shared.keys.clone(),
    };
    // a task of its own: this one, with all that the upgrade needed, ends here
    let shard = worker.shard.clone();
    tokio::task::spawn_local(async move {
        connection::run(shard, opening).await;
        drop(ticket);
    });
}
