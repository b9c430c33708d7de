//! From an accepted socket to the task that serves it: hyper's, or a WebSocket's.

use super::conversation::converse;
use super::direct::{self, First};
use super::http_io::HttpIo;
use super::listener::{BATCH, CROWDED_BATCH, Listener};
use super::node::{ConnectionGuard, Node};
use super::refusal;
use super::upgraded::begin_socket;
use crate::app::App;
use crate::hub::stream::Stream;
use crate::limits::budget::Budget;
use crate::limits::{Limit, Limited};
use crate::trace;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// The pause after an accept that failed, mostly because no descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

pub(super) async fn accept<A: App>(
    node: Rc<Node<A>>,
    listener: Rc<Listener<A>>,
    socket: TcpListener,
) {
    let clock = &node.shared.clock;
    let mut arrived = Vec::with_capacity(BATCH);
    loop {
        let batch = match node.shared.stats.quota.is_crowded() {
            true => CROWDED_BATCH,
            false => BATCH,
        };
        let failed = poll_fn(|cx| poll_arrivals(cx, &socket, batch, &mut arrived)).await;
        let whole = arrived.len() == batch;
        for (stream, peer) in arrived.drain(..) {
            receive(&node, &listener, stream, peer);
        }
        if let Some(error) = failed {
            if let Some(times) = node.shared.log_limits.accept.happened(clock.now()) {
                tracing::warn!(%error, times, "accept failed");
            }
            clock.sleep(ACCEPT_PAUSE).await;
        } else if whole {
            // clients that are connected must not wait for all that are connecting
            tokio::task::yield_now().await;
        }
    }
}

/// Accepts the connections that wait, and at least one. Meanwhile the requests of the first ones arrive.
fn poll_arrivals(
    cx: &mut Context<'_>,
    socket: &TcpListener,
    batch: usize,
    arrived: &mut Vec<(TcpStream, SocketAddr)>,
) -> Poll<Option<io::Error>> {
    while arrived.len() < batch {
        match socket.poll_accept(cx) {
            Poll::Ready(Ok(one)) => arrived.push(one),
            // the client has gone already
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Poll::Ready(Err(error)) => return Poll::Ready(Some(error)),
            Poll::Pending if arrived.is_empty() => return Poll::Pending,
            Poll::Pending => break,
        }
    }
    Poll::Ready(None)
}

/// Lets a connection in, or has it refused because the server is full.
fn receive<A: App>(
    node: &Rc<Node<A>>,
    listener: &Rc<Listener<A>>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let stats = &node.shared.stats;
    let id = stats.next_connection();
    let slot = match stats.quota.connection(peer.ip()) {
        Ok(slot) => slot,
        Err(refused) => {
            node.shard.counts.limited(refused.limit);
            let limit = refused.limit.name();
            match node
                .shared
                .log_limits
                .full
                .happened(node.shared.clock.now())
            {
                Some(times) => {
                    tracing::warn!(connection = id, %peer, limit, times, "no place for a connection");
                }
                None => tracing::debug!(connection = id, %peer, limit, "no place for it either"),
            }
            let told = turn_away(node.clone(), listener.clone(), stream, peer, refused);
            listener.refuse(stats.quota.refused(), trace::within(id, told));
            return;
        }
    };
    let guard = ConnectionGuard {
        id,
        slot,
        presence: node.arrive(),
    };
    let met = || meet(node, listener, stream, peer, guard);
    // one handshake that panics must not end the listener
    if trace::during(id, || catch_unwind(AssertUnwindSafe(met))).is_err() {
        tracing::error!(connection = id, "a handshake panicked");
    }
}

/// Refuses a connection in its protocol, because the server is full. A probe is answered as usual.
async fn turn_away<A: App>(
    node: Rc<Node<A>>,
    listener: Rc<Listener<A>>,
    stream: TcpStream,
    peer: SocketAddr,
    refused: Limited,
) {
    let told = async {
        if let Some(io) = begin(&node, &listener, stream, peer).await {
            let clock = node.shared.clock.clone();
            refusal::turn_away(io, listener.config(), peer, refused, clock).await;
        }
    };
    let _ = node.shared.clock.timeout(refusal::PATIENCE, told).await;
}

/// Begins with a connection. An ordinary handshake that is there already is answered at once, and needs no task but the WebSocket's own.
fn meet<A: App>(
    node: &Rc<Node<A>>,
    listener: &Rc<Listener<A>>,
    stream: TcpStream,
    peer: SocketAddr,
    guard: ConnectionGuard<A>,
) {
    let id = guard.id;
    let config = listener.config();
    if config.entry.listener.tls.is_some() {
        let secured = secure(node.clone(), listener.clone(), stream, peer, guard);
        tokio::task::spawn_local(trace::within(id, secured));
        return;
    }
    let stream = Stream::Tcp(stream);
    // one read: the accept loop has its own bound
    let mut budget = Budget::default();
    let first = match budget.turn_now() {
        Some(turn) => direct::read(&stream, &config, peer, turn),
        None => First::Nothing,
    };
    match first {
        First::Upgraded(new, early) => begin_socket(node, new, guard, stream, &early),
        First::Gone => {}
        first => {
            let waiting = wait(node.clone(), listener.clone(), stream, first, peer, guard);
            tokio::task::spawn_local(trace::within(id, waiting));
        }
    }
}

/// Serves a connection of a TLS listener.
async fn secure<A: App>(
    node: Rc<Node<A>>,
    listener: Rc<Listener<A>>,
    stream: TcpStream,
    peer: SocketAddr,
    guard: ConnectionGuard<A>,
) {
    let io = tokio::select! {
        io = begin(&node, &listener, stream, peer) => io,
        () = node.closing() => None,
    };
    if let Some(io) = io {
        converse(node, listener, io, None, peer, guard).await;
    }
}

/// Waits for a connection's first bytes if they are not there yet, and leaves what is no ordinary handshake to hyper.
pub(super) async fn wait<A: App>(
    node: Rc<Node<A>>,
    listener: Rc<Listener<A>>,
    stream: Stream,
    first: First<A>,
    peer: SocketAddr,
    guard: ConnectionGuard<A>,
) {
    let first = match first {
        First::Nothing => first_bytes(&node, &listener, &stream, peer, Budget::default()).await,
        first => first,
    };
    let (io, answer) = match (first, stream) {
        (First::Upgraded(new, early), stream) => {
            begin_socket(&node, new, guard, stream, &early);
            return;
        }
        (First::Http(read, answer), Stream::Tcp(stream)) => {
            let io = HttpIo::plain(stream, read, listener.config().edge(), &node.shared.clock);
            (io, answer)
        }
        (First::Http(read, answer), Stream::Memory(stream)) => {
            let io = HttpIo::memory(stream, read, listener.config().edge(), &node.shared.clock);
            (io, answer)
        }
        _ => return,
    };
    // boxed: most connections become WebSockets and do not need it
    Box::pin(converse(node, listener, io, answer, peer, guard)).await;
}

/// Waits for a connection's first bytes.
async fn first_bytes<A: App>(
    node: &Rc<Node<A>>,
    listener: &Listener<A>,
    stream: &Stream,
    peer: SocketAddr,
    mut budget: Budget,
) -> First<A> {
    let read = async {
        loop {
            let turn = budget.turn().await;
            // a socket may be reported readable and have nothing
            if poll_fn(|cx| stream.poll_read_ready(cx)).await.is_err() {
                return First::Gone;
            }
            // the config of now: a reload may have replaced it meanwhile
            match direct::read(stream, &listener.config(), peer, turn) {
                First::Nothing => {}
                first => return first,
            }
        }
    };
    let patience = listener.config().edge().first_byte_timeout;
    tokio::select! {
        biased;
        first = read => first,
        () = node.closing() => First::Gone,
        () = node.shared.clock.sleep(patience) => {
            node.shard.counts.limited(Limit::FirstByteTimeout);
            First::Gone
        }
    }
}

/// Waits for the first byte, and for the TLS handshake where the listener has TLS. `None`: the client was too slow, or does not speak TLS.
async fn begin<A: App>(
    node: &Node<A>,
    listener: &Listener<A>,
    stream: TcpStream,
    peer: SocketAddr,
) -> Option<HttpIo> {
    let (counts, clock) = (&node.shard.counts, &node.shared.clock);
    let config = listener.config();
    let edge = config.edge();
    // a peek, because a socket may be reported readable and have nothing
    let mut byte = [0];
    let spoke = clock.timeout(edge.first_byte_timeout, stream.peek(&mut byte));
    let Some(spoke) = spoke.await else {
        counts.limited(Limit::FirstByteTimeout);
        return None;
    };
    if spoke.ok()? == 0 {
        return None;
    }
    // the certificate of now: a reload may have replaced it meanwhile
    let Some(config) = listener.config().entry.listener.tls.clone() else {
        return Some(HttpIo::plain(stream, Vec::new(), edge, clock));
    };
    let Some(_permit) = listener.permit_handshake(edge.tls_handshakes) else {
        counts.limited(Limit::TlsHandshakes);
        if let Some(times) = node.shared.log_limits.tls.happened(clock.now()) {
            tracing::warn!(%peer, times, "too many TLS handshakes at once");
        }
        return None;
    };
    let handshake = TlsAcceptor::from(config).accept(stream);
    match clock.timeout(edge.tls_timeout, handshake).await {
        Some(Ok(stream)) => Some(HttpIo::tls(stream, edge, clock)),
        Some(Err(error)) => {
            tracing::debug!(%peer, %error, "no TLS");
            None
        }
        None => {
            counts.limited(Limit::TlsTimeout);
            tracing::debug!(%peer, "the TLS handshake took too long");
            None
        }
    }
}
