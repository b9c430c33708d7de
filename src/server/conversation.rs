//! The requests of one connection, which hyper reads, until it becomes a WebSocket or ends.

use super::accept::{Serving, Slot, Ticket, begin_socket};
use super::body::{Bounded, Excess};
use super::carrier::{Carrier, Report, is_stalled};
use super::engine;
use super::handshake::nothing_here;
use super::http::Upgrade;
use super::refusal;
use super::worker::Worker;
use crate::app::App;
use crate::consumer::rest::{Peer, json_error};
use crate::error::{ClientError, Kind};
use crate::limits::Limit;
use crate::socketio::Fate;
use crate::trace;
use ::http::{HeaderValue, Method, Request, StatusCode, Version, header};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::cell::Cell;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;
use tower::ServiceExt;
use warp::reply::Response;

/// What hyper may read ahead beyond a head, in bytes.
const READ_AHEAD: usize = 8 << 10;

/// Answers the requests of one connection, until it becomes a WebSocket or ends. `known`: the answer to the first.
pub(super) async fn converse<A: App>(
    worker: Rc<Worker<A>>,
    slot: Rc<Slot<A>>,
    carrier: Carrier,
    known: Option<Response>,
    peer: SocketAddr,
    ticket: Ticket<A>,
) {
    let known = Cell::new(known);
    let ticket = Cell::new(Some(ticket));
    let refused = Cell::new(None);
    let (receipt, report) = (Cell::new(None), carrier.report());
    let asked = Cell::new(0);
    let service = hyper::service::service_fn(|request: Request<Incoming>| {
        let (worker, serving, ticket) = (&worker, slot.serving(), &ticket);
        asked.set(asked.get() + 1);
        let malformed = report.refused(asked.get()).map(refusal::malformed);
        let known = known.take().or(malformed);
        let (refused, receipt, report) = (&refused, &receipt, &report);
        let answering = report.answering();
        give(receipt, Fate::Read); // who asks again has read the answer before
        async move {
            let on = request.extensions().get::<OnUpgrade>().cloned();
            let asking = (peer, report);
            let mut answer = answer(worker, &serving, request, known, asking, ticket).await;
            let asked_for = answer.extensions_mut().remove::<engine::Receipt<A>>();
            report.matters(asked_for.is_some());
            receipt.set(asked_for);
            let switches = answer.status() == StatusCode::SWITCHING_PROTOCOLS;
            refused.set(on.filter(|_| !switches));
            Ok::<_, Infallible>(answer.map(|body| answering.with(body)))
        }
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
    let ended = tokio::select! {
        ended = conversation.as_mut() => ended,
        () = worker.closing() => {
            conversation.as_mut().graceful_shutdown();
            conversation.await
        }
    };
    // what is wrong with the next request says nothing of the answer before
    let fate = match report.is_lost() {
        true => Fate::Lost,
        false => Fate::Read,
    };
    give(&receipt, fate);
    let counts = &worker.shard.counts;
    match ended {
        Ok(()) => {
            if let Some(on) = refused.take() {
                part(on).await;
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

/// After a request for another protocol hyper lets go of the socket, also where it was refused, and says no goodbye.
async fn part(on: OnUpgrade) {
    let Ok(upgraded) = on.await else { return };
    if let Ok(parts) = upgraded.downcast::<TokioIo<Carrier>>() {
        let _ = parts.io.into_inner().shutdown().await;
    }
}

async fn answer<A: App>(
    worker: &Rc<Worker<A>>,
    serving: &Serving<A>,
    request: Request<Incoming>,
    known: Option<Response>,
    (peer, report): (SocketAddr, &Arc<Report>),
    ticket: &Cell<Option<Ticket<A>>>,
) -> Response {
    let upgrades = request.headers().contains_key(header::UPGRADE);
    let polled = serving.sockets.engine_route(request.uri().path());
    let polled = polled.filter(|_| !upgrades);
    let limit = match polled {
        Some(route) => route.policy.max_payload,
        None => serving.listening.listener.policy.max_message_bytes,
    };
    let polled = polled.is_some();
    let mut request = request.map(|body| Bounded::new(body, limit, serving.edge().body_timeout));
    let verdict = request.body().verdict();
    let mut excess = None;
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
        engine(worker, serving, request, peer, report).await
    } else {
        request.extensions_mut().insert(Peer(peer));
        let listener = &serving.listening.listener;
        let handshake = upgrades && listener.find(request.uri().path()).is_some();
        if request.method() == Method::HEAD && !handshake {
            // answered as a GET, wherever there is one; hyper knows what was asked, and leaves out the content
            *request.method_mut() = Method::GET;
        }
        let Ok(response) = warp::service(serving.routes.clone()).oneshot(request).await;
        response
    };
    excess = excess.or_else(|| verdict.excess());
    if let Some(excess) = excess {
        worker.shard.counts.limited(match excess {
            Excess::Bytes => Limit::MessageBytes,
            Excess::Time => Limit::BodyTimeout,
        });
        response = refused(excess, limit);
    }
    if let Some(upgrade) = response.extensions_mut().remove::<Upgrade<A>>() {
        if let Some(ticket) = ticket.take() {
            let grace = serving.edge().head_timeout;
            let id = ticket.id;
            let upgraded = upgraded(worker.clone(), upgrade, ticket, grace);
            tokio::task::spawn_local(trace::within(id, upgraded));
        }
    } else if upgrades || hostless || excess.is_some() || worker.is_draining() {
        // what follows a refused upgrade may be frames already, and is read as nothing
        response
            .headers_mut()
            .append(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Long polling.
async fn engine<A: App>(
    worker: &Rc<Worker<A>>,
    serving: &Serving<A>,
    request: Request<Bounded>,
    peer: SocketAddr,
    report: &Arc<Report>,
) -> Response {
    let (head, body) = request.into_parts();
    let asked = engine::Asked {
        method: &head.method,
        path: head.uri.path(),
        query: head.uri.query().unwrap_or(""),
        headers: &head.headers,
        peer,
        report,
    };
    let answered = engine::answer(worker, &serving.sockets, asked, engine::whole(body)).await;
    answered.unwrap_or_else(|| json_error(&nothing_here()))
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
    let Upgrade { on, agreed } = upgrade;
    let Ok(upgraded) = on.await else { return };
    let Ok(parts) = upgraded.downcast::<TokioIo<Carrier>>() else {
        return;
    };
    // copied: even an empty slice of hyper's read buffer would keep its 8 KB for the life of the connection
    let mut early = parts.read_buf.to_vec();
    let mut carrier = parts.io.into_inner();
    early.extend_from_slice(&carrier.take_unread());
    drop(parts.read_buf);
    let Ok(Ok(stream)) = timeout(grace, carrier.into_stream()).await else {
        return;
    };
    begin_socket(&worker, agreed, ticket, stream, &early);
}
