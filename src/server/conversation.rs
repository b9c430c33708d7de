//! HTTP on one connection: hyper reads its requests until it becomes a WebSocket or ends.

use super::engine;
use super::errors::{malformed, nothing_here};
use super::http_io::{HttpIo, Report, is_stalled};
use super::http_timer::HttpTimer;
use super::listener::{Listener, ListenerConfig};
use super::node::{ConnectionGuard, Node};
use super::upgraded::upgraded;
use crate::app::App;
use crate::consumer::rest::answer::{Response, json_error};
use crate::consumer::rest::body::{Excess, RequestBody};
use crate::error::{ClientError, Kind};
use crate::limits::Limit;
use crate::limits::budget::Budget;
use crate::socketio::Fate;
use crate::trace;
use ::http::{HeaderValue, Method, Request, StatusCode, Version, header};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use std::cell::Cell;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use tokio::io::AsyncWriteExt;

/// How many bytes hyper may read ahead beyond a head.
const READ_AHEAD: usize = 8 << 10;

/// Answers the requests of one connection, until it becomes a WebSocket or ends. `known`: the answer to the first request, if it is made already.
///
/// Not cancel safe: dropping the future cuts the connection off.
pub(super) async fn converse<A: App>(
    node: Rc<Node<A>>,
    listener: Rc<Listener<A>>,
    io: HttpIo,
    known: Option<Response>,
    peer: SocketAddr,
    guard: ConnectionGuard<A>,
) {
    let known = Cell::new(known);
    let guard = Cell::new(Some(guard));
    let refused = Cell::new(None);
    let (receipt, report) = (Cell::new(None), io.report());
    let asked = Cell::new(0);
    let service = hyper::service::service_fn(|request: Request<Incoming>| {
        let (node, config, guard) = (&node, listener.config(), &guard);
        asked.set(asked.get() + 1);
        let malformed = report.refused(asked.get()).map(malformed);
        let known = known.take().or(malformed);
        let (refused, receipt, report) = (&refused, &receipt, &report);
        let answering = report.answering();
        give(receipt, Fate::Read); // who asks again has read the answer before
        async move {
            let on = request.extensions().get::<OnUpgrade>().cloned();
            let asking = (peer, report);
            let (answer, asked_for) = answer(node, &config, request, known, asking, guard).await;
            report.matters(asked_for.is_some());
            receipt.set(asked_for);
            let switches = answer.status() == StatusCode::SWITCHING_PROTOCOLS;
            refused.set(on.filter(|_| !switches));
            Ok::<_, Infallible>(answer.map(|body| answering.with(body)))
        }
    });
    let (head_timeout, head_bytes) = {
        let config = listener.config();
        (config.edge().head_timeout, config.edge().head_bytes)
    };
    let conversation = hyper::server::conn::http1::Builder::new()
        .timer(HttpTimer::new(&node.shared.clock))
        .header_read_timeout(head_timeout)
        .max_header_size(head_bytes)
        .max_buf_size(head_bytes + READ_AHEAD)
        .serve_connection(TokioIo::new(io), service)
        .with_upgrades();
    let mut conversation = pin!(conversation);
    let ended = tokio::select! {
        ended = conversation.as_mut() => ended,
        () = node.closing() => {
            conversation.as_mut().graceful_shutdown();
            conversation.await
        }
    };
    // an error in the next request says nothing about the answer before it
    let fate = match report.is_lost() {
        true => Fate::Lost,
        false => Fate::Read,
    };
    give(&receipt, fate);
    let counts = &node.shard.counts;
    match ended {
        Ok(()) => {
            if let Some(on) = refused.take() {
                shut_down(on).await;
            }
        }
        Err(e) if e.is_timeout() => counts.limited(Limit::HeadTimeout),
        Err(e) if e.is_parse_too_large() => counts.limited(Limit::HeadBytes),
        Err(e) if is_stalled(&e) => counts.limited(Limit::WriteTimeout),
        Err(_) => {}
    }
}

fn give<A: App>(receipt: &Cell<Option<engine::Receipt<A>>>, fate: Fate) {
    if let Some(receipt) = receipt.take() {
        receipt.give(fate);
    }
}

/// Shuts the socket down after a refused upgrade: hyper just lets go of it then.
async fn shut_down(on: OnUpgrade) {
    let Ok(upgraded) = on.await else { return };
    if let Ok(parts) = upgraded.downcast::<TokioIo<HttpIo>>() {
        let _ = parts.io.into_inner().shutdown().await;
    }
}

async fn answer<A: App>(
    node: &Rc<Node<A>>,
    config: &ListenerConfig<A>,
    request: Request<Incoming>,
    known: Option<Response>,
    (peer, report): (SocketAddr, &Arc<Report>),
    guard: &Cell<Option<ConnectionGuard<A>>>,
) -> (Response, Option<engine::Receipt<A>>) {
    let upgrades = request.headers().contains_key(header::UPGRADE);
    let polled = config.sockets.engine_route(request.uri().path());
    let polled = polled.filter(|_| !upgrades);
    let limit = match polled {
        Some(route) => route.policy.max_payload,
        None => config.entry.listener.policy.max_message_bytes,
    };
    let polled = polled.is_some();
    let mut request = request.map(|body| {
        let patience = config.edge().body_timeout;
        RequestBody::new(body, limit, patience, &node.shared.clock, Budget::default())
    });
    let verdict = request.body().verdict();
    let mut excess = None;
    let (mut upgrade, mut receipt) = (None, None);
    let hostless =
        request.version() >= Version::HTTP_11 && !request.headers().contains_key(header::HOST);
    let mut response = if let Some(known) = known {
        known
    } else if hostless {
        json_error(&ClientError::new(
            Kind::Invalid,
            "HOST_MISSING",
            "a request of HTTP/1.1 needs a Host header",
        ))
    } else if request.body().announces_too_much() {
        excess = Some(Excess::Bytes);
        Response::default()
    } else if polled {
        let answered = engine(node, config, request, peer, report).await;
        receipt = answered.receipt;
        answered.response
    } else {
        let listener = &config.entry.listener;
        let handshake = upgrades && listener.find(request.uri().path()).is_some();
        if request.method() == Method::HEAD && !handshake {
            // answered as GET; hyper knows that it was HEAD, and leaves out the content
            *request.method_mut() = Method::GET;
        }
        let (response, accepted) = config.http.answer(request, peer).await;
        upgrade = accepted;
        response
    };
    excess = excess.or_else(|| verdict.excess());
    if let Some(excess) = excess {
        node.shard.counts.limited(match excess {
            Excess::Bytes => Limit::MessageBytes,
            Excess::Time => Limit::BodyTimeout,
        });
        response = refused(excess, limit);
        (upgrade, receipt) = (None, None);
    }
    if let Some(upgrade) = upgrade {
        if let Some(guard) = guard.take() {
            let grace = config.edge().head_timeout;
            let id = guard.id;
            let upgraded = upgraded(node.clone(), upgrade, guard, grace);
            tokio::task::spawn_local(trace::within(id, upgraded));
        }
    } else if upgrades || hostless || excess.is_some() || node.is_draining() {
        // frames may follow a refused upgrade: nothing more is read
        response
            .headers_mut()
            .append(header::CONNECTION, HeaderValue::from_static("close"));
    }
    (response, receipt)
}

/// Answers a request of long polling.
async fn engine<A: App>(
    node: &Rc<Node<A>>,
    config: &ListenerConfig<A>,
    request: Request<RequestBody>,
    peer: SocketAddr,
    report: &Arc<Report>,
) -> engine::Answer<A> {
    let (head, body) = request.into_parts();
    let asked = engine::Asked {
        method: &head.method,
        path: head.uri.path(),
        query: head.uri.query().unwrap_or(""),
        headers: &head.headers,
        peer,
        report,
    };
    let body = async { body.bytes().await.ok() };
    let answered = engine::answer(node, &config.sockets, asked, body).await;
    answered.unwrap_or_else(|| json_error(&nothing_here()).into())
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
