//! A connection that is refused because the server is full: one answer, and the end.

use super::errors::limited;
use super::http_io::HttpIo;
use super::http_timer::HttpTimer;
use super::listener::ListenerConfig;
use crate::app::App;
use crate::consumer::rest::answer::Response;
use crate::consumer::rest::body::RequestBody;
use crate::limits::Limited;
use crate::limits::budget::Budget;
use crate::limits::clock::Clock;
use ::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::AsyncWriteExt;

/// How long a refused client has to read the answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// Paths of health probes. They are answered also where the server is full: a full server is healthy.
const PROBES: [&str; 2] = ["/healthz", "/readyz"];

/// Answers one request with the refusal, or a probe as usual, and closes the connection.
pub(super) async fn turn_away<A: App>(
    io: HttpIo,
    config: Rc<ListenerConfig<A>>,
    peer: SocketAddr,
    refused: Limited,
    clock: Clock,
) {
    let (report, timer) = (io.report(), HttpTimer::new(&clock));
    let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
        let (config, answering) = (config.clone(), report.answering());
        let clock = clock.clone();
        async move {
            let answer = match PROBES.contains(&request.uri().path()) {
                true => probed(&config, request, peer, &clock).await,
                false => limited(refused),
            };
            Ok::<_, Infallible>(answer.map(|body| answering.with(body)))
        }
    });
    let answered = hyper::server::conn::http1::Builder::new()
        .timer(timer)
        .header_read_timeout(PATIENCE)
        .keep_alive(false)
        .serve_connection(TokioIo::new(io), answer)
        .without_shutdown()
        .await;
    if let Ok(parts) = answered {
        // hyper itself drops the socket without a shutdown after a request to upgrade
        let _ = parts.io.into_inner().shutdown().await;
    }
}

async fn probed<A: App>(
    config: &ListenerConfig<A>,
    request: Request<Incoming>,
    peer: SocketAddr,
    clock: &Clock,
) -> Response {
    // a probe has no body
    let bounded = |body| RequestBody::new(body, 0, PATIENCE, clock, Budget::default());
    let (response, _) = config.http.answer(request.map(bounded), peer).await;
    response
}
