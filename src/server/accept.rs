//! From an accepted socket to whoever speaks with it: hyper, or a WebSocket's task.

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
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

/// After an accept that failed (no descriptor is left), before the next one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

pub(super) async fn accept<A: App>(
    node: Rc<Node<A>>,
    listener: Rc<Listener<A>>,
    socket: TcpListener,
) {
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
            if let Some(times) = node.shared.log_limits.accept.happened() {
                tracing::warn!(%error, times, "accept failed");
            }
            tokio::time::sleep(ACCEPT_PAUSE).await;
        } else if whole {
            // who is connected already must not wait for all who come
            tokio::task::yield_now().await;
        }
    }
}

/// Takes those that wait, and at least one: while the last of them are accepted, the first ones' requests come in.
fn poll_arrivals(
    cx: &mut Context<'_>,
    socket: &TcpListener,
    batch: usize,
    arrived: &mut Vec<(TcpStream, SocketAddr)>,
) -> Poll<Option<io::Error>> {
    while arrived.len() < batch {
        match socket.poll_accept(cx) {
            Poll::Ready(Ok(one)) => arrived.push(one),
            // it has gone already: that is nothing to wait for
            Poll::Ready(Err(error)) if error.kind() == io::ErrorKind::ConnectionAborted => {}
            Poll::Ready(Err(error)) => return Poll::Ready(Some(error)),
            Poll::Pending if arrived.is_empty() => return Poll::Pending,
            Poll::Pending => break,
        }
    }
    Poll::Ready(None)
}

/// Lets a socket in, or has it told that there is no place.
fn receive<A: App>(
    node: &Rc<Node<A>>,
    listener: &Rc<Listener<A>>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let stats = &node.shared.stats;
    let id = stats.next_connection();
    let place = match stats.quota.connection(peer.ip()) {
        Ok(place) => place,
        Err(refused) => {
            node.shard.counts.limited(refused.limit);
            let limit = refused.limit.name();
            match node.shared.log_limits.no_place.happened() {
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
        place,
        presence: node.arrive(),
    };
    let met = || meet(node, listener, stream, peer, guard);
    // one handshake that panics must not end the listener
    if trace::during(id, || catch_unwind(AssertUnwindSafe(met))).is_err() {
        tracing::error!(connection = id, "a handshake panicked");
    }
}

/// Tells a client that there is no place for it, in its protocol. A probe is answered as ever.
async fn turn_away<A: App>(
    node: Rc<Node<A>>,
    listener: Rc<Listener<A>>,
    stream: TcpStream,
    peer: SocketAddr,
    refused: Limited,
) {
    let told = async {
        if let Some(io) = begin(&node, &listener, stream, peer).await {
            refusal::turn_away(io, listener.config(), peer, refused).await;
        }
    };
    let _ = timeout(refusal::PATIENCE, told).await;
}

/// Begins with a connection: the ordinary handshake, if it is there, is answered at once, and needs no task but the WebSocket's own.
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
    let stream = Stream::Plain(stream);
    // one read: the loop that accepts has a bound of its own
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

/// Agrees on keys first.
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

/// What is not there yet is waited for, and what is no ordinary handshake is for hyper.
async fn wait<A: App>(
    node: Rc<Node<A>>,
    listener: Rc<Listener<A>>,
    stream: Stream,
    first: First<A>,
    peer: SocketAddr,
    guard: ConnectionGuard<A>,
) {
    let first = match first {
        First::Nothing => first_bytes(&node, &listener, &stream, peer).await,
        first => first,
    };
    let (io, answer) = match (first, stream) {
        (First::Upgraded(new, early), stream) => {
            begin_socket(&node, new, guard, stream, &early);
            return;
        }
        (First::Http(read, answer), Stream::Plain(stream)) => {
            let io = HttpIo::plain(stream, read, listener.config().edge());
            (io, answer)
        }
        _ => return,
    };
    // boxed: most of those who are waited for do not need it
    Box::pin(converse(node, listener, io, answer, peer, guard)).await;
}

/// Waits for the client to speak.
async fn first_bytes<A: App>(
    node: &Rc<Node<A>>,
    listener: &Listener<A>,
    stream: &Stream,
    peer: SocketAddr,
) -> First<A> {
    let mut budget = Budget::default();
    let read = async {
        loop {
            let turn = budget.turn().await;
            // a socket may be called readable and have nothing
            if poll_fn(|cx| stream.poll_read_ready(cx)).await.is_err() {
                return First::Gone;
            }
            // asked for now: what was replaced meanwhile is the new one
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
        () = tokio::time::sleep(patience) => {
            node.shard.counts.limited(Limit::FirstByteTimeout);
            First::Gone
        }
    }
}

/// Waits for the client to speak, and agrees on keys where they are needed. `None`: it was too slow, or speaks something else.
async fn begin<A: App>(
    node: &Node<A>,
    listener: &Listener<A>,
    stream: TcpStream,
    peer: SocketAddr,
) -> Option<HttpIo> {
    let counts = &node.shard.counts;
    let config = listener.config();
    let edge = config.edge();
    // looked at, because a socket may be called readable and have nothing
    let spoke = timeout(edge.first_byte_timeout, stream.peek(&mut [0])).await;
    let Ok(spoke) = spoke else {
        counts.limited(Limit::FirstByteTimeout);
        return None;
    };
    if spoke.ok()? == 0 {
        return None;
    }
    // asked for now: a certificate that was replaced meanwhile is the new one
    let Some(config) = listener.config().entry.listener.tls.clone() else {
        return Some(HttpIo::plain(stream, Vec::new(), edge));
    };
    let Some(_handshake) = listener.permit_handshake(edge.tls_handshakes) else {
        counts.limited(Limit::TlsHandshakes);
        if let Some(times) = node.shared.log_limits.tls.happened() {
            tracing::warn!(%peer, times, "too many TLS handshakes at once");
        }
        return None;
    };
    match timeout(edge.tls_timeout, TlsAcceptor::from(config).accept(stream)).await {
        Ok(Ok(stream)) => Some(HttpIo::tls(stream, edge)),
        Ok(Err(error)) => {
            tracing::debug!(%peer, %error, "no TLS");
            None
        }
        Err(_) => {
            counts.limited(Limit::TlsTimeout);
            tracing::debug!(%peer, "the TLS handshake took too long");
            None
        }
    }
}
