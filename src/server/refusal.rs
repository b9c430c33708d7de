//! What a client is told for which there is no place: one answer, and the end.

use super::body::Bounded;
use super::errors::limited;
use super::http_io::HttpIo;
use super::listener::ListenerConfig;
use crate::app::App;
use crate::consumer::rest::Peer;
use crate::limits::Limited;
use ::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tower::ServiceExt;
use warp::reply::Response;

/// How long a client that finds no place has to hear it: nobody else waits for it.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// What is asked of a server by those who watch over it: answered also where there is no place, because a server that is full is well.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// Answers one request of a connection that has no place, and hangs up.
pub(super) async fn turn_away<A: App>(
    io: HttpIo,
    config: Rc<ListenerConfig<A>>,
    peer: SocketAddr,
    refused: Limited,
) {
    let report = io.report();
    let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
        let (config, answering) = (config.clone(), report.answering());
        async move {
            let answer = match PROBES.contains(&request.uri().path()) {
                true => probed(&config, request, peer).await,
                false => limited(refused),
            };
            Ok::<_, Infallible>(answer.map(|body| answering.with(body)))
        }
    });
    let answered = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .keep_alive(false)
        .serve_connection(TokioIo::new(io), answer)
        .without_shutdown()
        .await;
    if let Ok(parts) = answered {
        // not hyper's: after a request for another protocol it just drops the socket
        let _ = parts.io.into_inner().shutdown().await;
    }
}

async fn probed<A: App>(
    config: &ListenerConfig<A>,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Response {
    // a probe has no body
    let mut request = request.map(|body| Bounded::new(body, 0, PATIENCE));
    request.extensions_mut().insert(Peer(peer));
    let Ok(response) = warp::service(config.routes.clone()).oneshot(request).await;
    response
}
