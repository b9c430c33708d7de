//! Refusing before the upgrade: what a client is told that finds no place, or comes too often.

use super::accept::Serving;
use super::body::Bounded;
use super::carrier::Carrier;
use crate::app::App;
use crate::consumer::rest::{Caller, Peer, json_error, not_stored};
use crate::error::{ClientError, Kind};
use crate::limits::Limited;
use crate::metrics::ShardStats;
use crate::trace;
use ::http::{HeaderValue, Request, StatusCode, header};
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Serialize;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tower::ServiceExt;
use warp::Reply;
use warp::reply::Response;

/// How long a client that is refused at the door has to hear it: nobody else waits for it.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Body<'a> {
    error: &'a str,
    code: &'a str,
    limit: &'a str,
    /// Rounded up, as `Retry-After` says it.
    retry_after_s: u64,
    /// More exactly.
    retry_after_ms: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<u64>,
}

/// 429, or 503 where it is not this client's doing, with `Retry-After`.
pub(super) fn limited(limited: Limited) -> Response {
    let error = limited.error();
    let body = Body {
        error: &error.text,
        code: &error.code,
        limit: limited.limit.name(),
        retry_after_s: limited.retry_after_seconds(),
        retry_after_ms: limited.retry_after.as_millis().max(1) as u64,
        connection: trace::connection_id(),
    };
    let status =
        StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let response = warp::reply::with_status(warp::reply::json(&body), status).into_response();
    let mut response = not_stored(response);
    let head = response.headers_mut();
    head.insert(
        header::RETRY_AFTER,
        HeaderValue::from(limited.retry_after_seconds()),
    );
    head.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// A request that can be read in two ways.
pub(super) fn malformed(why: &'static str) -> Response {
    tracing::debug!(why, "a request is refused");
    json_error(&ClientError::new(Kind::Invalid, "MALFORMED_REQUEST", why))
}

/// A handshake that a limit refuses.
pub(super) fn handshake(counts: &ShardStats, caller: &Caller, refused: Limited) -> Response {
    counts.limited(refused.limit);
    let limit = refused.limit.name();
    tracing::info!(peer = ?caller.peer, limit, "a handshake is refused");
    limited(refused)
}

/// What is asked of a server by those who watch over it: answered also where there is no place, because a server that is full is well.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// Answers one request of a connection that has no place, and hangs up.
pub(super) async fn turn_away<A: App>(
    carrier: Carrier,
    serving: Rc<Serving<A>>,
    peer: SocketAddr,
    refused: Limited,
) {
    let report = carrier.report();
    let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
        let (serving, answering) = (serving.clone(), report.answering());
        async move {
            let answer = match PROBES.contains(&request.uri().path()) {
                true => probed(&serving, request, peer).await,
                false => limited(refused),
            };
            Ok::<_, Infallible>(answer.map(|body| answering.with(body)))
        }
    });
    let answered = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .keep_alive(false)
        .serve_connection(TokioIo::new(carrier), answer)
        .without_shutdown()
        .await;
    if let Ok(parts) = answered {
        // not hyper's: after a request for another protocol it just drops the socket
        let _ = parts.io.into_inner().shutdown().await;
    }
}

async fn probed<A: App>(
    serving: &Serving<A>,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Response {
    // a probe has no body
    let mut request = request.map(|body| Bounded::new(body, 0, PATIENCE));
    request.extensions_mut().insert(Peer(peer));
    let Ok(response) = warp::service(serving.routes.clone()).oneshot(request).await;
    response
}
