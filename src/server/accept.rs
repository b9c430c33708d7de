//! From an accepted socket to whoever speaks with it: hyper, or a WebSocket's task.

use super::carrier::Carrier;
use super::conversation::converse;
use super::direct::{self, First};
use super::handshake::Sockets;
use super::http::routes;
use super::refusal;
use super::table::Listening;
use super::worker::{Presence, Worker};
use crate::app::App;
use crate::connection::{Agreed, Opening};
use crate::error::{ClientError, Kind};
use crate::hub::stream::Stream;
use crate::limits::budget::Budget;
use crate::limits::{Limit, Limited, Place};
use crate::routing::Edge;
use crate::socketio::Boarded;
use crate::{connection, socketio, trace};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use warp::filters::BoxedFilter;
use warp::reply::Response;

/// Sockets that are taken together: a millisecond of handshakes.
pub(super) const BATCH: usize = 32;
/// The same where hardly a descriptor is left: those that are turned away are to give theirs back before others come.
pub(super) const CROWDED_BATCH: usize = 4;
/// After an accept that failed (no descriptor is left), before the next one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// A listener as one shard serves it.
pub(super) struct Serving<A: App> {
    pub listening: Arc<Listening>,
    pub sockets: Arc<Sockets<A>>,
    pub routes: BoxedFilter<(Response,)>,
}

impl<A: App> Serving<A> {
    pub fn new(worker: &Worker<A>, listening: Arc<Listening>) -> Self {
        let sockets = Sockets::new(&worker.shard, &worker.shared, &listening);
        let sockets = Arc::new(sockets);
        Serving {
            routes: routes(&worker.shard, &worker.shared, &listening, &sockets),
            listening,
            sockets,
        }
    }

    pub fn edge(&self) -> &Edge {
        &self.listening.listener.edge
    }
}

/// A bound address of a shard, whatever it serves at the moment.
pub(super) struct Slot<A: App> {
    serving: RefCell<Rc<Serving<A>>>,
    /// TLS handshakes in progress.
    handshakes: Rc<Cell<usize>>,
    /// Clients that are told that there is no place for them, the oldest first.
    refusing: RefCell<VecDeque<AbortHandle>>,
}

impl<A: App> Slot<A> {
    pub fn new(serving: Rc<Serving<A>>) -> Self {
        Slot {
            serving: RefCell::new(serving),
            handshakes: Rc::default(),
            refusing: RefCell::default(),
        }
    }

    /// One more is told that there is no place. Of more than `most` the oldest is cut off: it had the longest time, and among those who come now may be a probe.
    fn refuse(&self, most: usize, told: impl Future<Output = ()> + 'static) {
        let mut refusing = self.refusing.borrow_mut();
        if refusing.len() >= most {
            refusing.retain(|told| !told.is_finished());
        }
        while refusing.len() >= most
            && let Some(oldest) = refusing.pop_front()
        {
            oldest.abort();
        }
        refusing.push_back(tokio::task::spawn_local(told).abort_handle());
    }

    /// From the next request on.
    pub fn serve(&self, serving: Rc<Serving<A>>) {
        *self.serving.borrow_mut() = serving;
    }

    pub fn serving(&self) -> Rc<Serving<A>> {
        self.serving.borrow().clone()
    }
}

/// One of a limited number of things that go on at once.
struct Busy(Rc<Cell<usize>>);

impl Busy {
    fn one_of(count: &Rc<Cell<usize>>, most: usize) -> Option<Busy> {
        let now = count.get();
        (now < most).then(|| {
            count.set(now + 1);
            Busy(count.clone())
        })
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// What a connection holds from its accept to its end.
pub(super) struct Ticket<A: App> {
    /// The connection's number.
    pub id: u64,
    place: Place,
    presence: Presence<A>,
}

pub(super) async fn accept<A: App>(worker: Rc<Worker<A>>, slot: Rc<Slot<A>>, socket: TcpListener) {
    let mut arrived = Vec::with_capacity(BATCH);
    loop {
        let batch = match worker.shared.stats.admission.is_crowded() {
            true => CROWDED_BATCH,
            false => BATCH,
        };
        let failed = poll_fn(|cx| poll_arrivals(cx, &socket, batch, &mut arrived)).await;
        let whole = arrived.len() == batch;
        for (stream, peer) in arrived.drain(..) {
            receive(&worker, &slot, stream, peer);
        }
        if let Some(error) = failed {
            if let Some(times) = worker.shared.troubles.accept.happened() {
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
    worker: &Rc<Worker<A>>,
    slot: &Rc<Slot<A>>,
    stream: TcpStream,
    peer: SocketAddr,
) {
    let stats = &worker.shared.stats;
    let id = stats.next_connection();
    let place = match stats.admission.admit(peer.ip()) {
        Ok(place) => place,
        Err(refused) => {
            worker.shard.counts.limited(refused.limit);
            let limit = refused.limit.name();
            match worker.shared.troubles.no_place.happened() {
                Some(times) => {
                    tracing::warn!(connection = id, %peer, limit, times, "no place for a connection");
                }
                None => tracing::debug!(connection = id, %peer, limit, "no place for it either"),
            }
            let told = turn_away(worker.clone(), slot.clone(), stream, peer, refused);
            slot.refuse(stats.admission.refused(), trace::within(id, told));
            return;
        }
    };
    let ticket = Ticket {
        id,
        place,
        presence: worker.arrive(),
    };
    let met = || meet(worker, slot, stream, peer, ticket);
    // one handshake that panics must not end the listener
    if trace::during(id, || catch_unwind(AssertUnwindSafe(met))).is_err() {
        tracing::error!(connection = id, "a handshake panicked");
    }
}

/// Tells a client that there is no place for it, in its protocol. A probe is answered as ever.
async fn turn_away<A: App>(
    worker: Rc<Worker<A>>,
    slot: Rc<Slot<A>>,
    stream: TcpStream,
    peer: SocketAddr,
    refused: Limited,
) {
    let told = async {
        if let Some(carrier) = begin(&worker, &slot, stream, peer).await {
            refusal::turn_away(carrier, slot.serving(), peer, refused).await;
        }
    };
    let _ = timeout(refusal::PATIENCE, told).await;
}

/// Begins with a connection: the ordinary handshake, if it is there, is answered at once, and needs no task but the WebSocket's own.
fn meet<A: App>(
    worker: &Rc<Worker<A>>,
    slot: &Rc<Slot<A>>,
    stream: TcpStream,
    peer: SocketAddr,
    ticket: Ticket<A>,
) {
    let id = ticket.id;
    let serving = slot.serving();
    if serving.listening.listener.tls.is_some() {
        let secured = secure(worker.clone(), slot.clone(), stream, peer, ticket);
        tokio::task::spawn_local(trace::within(id, secured));
        return;
    }
    let stream = Stream::Plain(stream);
    // one read: the loop that accepts has a bound of its own
    let mut budget = Budget::default();
    let first = match budget.turn_now() {
        Some(turn) => direct::read(&stream, &serving, peer, turn),
        None => First::Nothing,
    };
    match first {
        First::Upgraded(agreed, early) => begin_socket(worker, agreed, ticket, stream, &early),
        First::Gone => {}
        first => {
            let waiting = wait(worker.clone(), slot.clone(), stream, first, peer, ticket);
            tokio::task::spawn_local(trace::within(id, waiting));
        }
    }
}

/// Agrees on keys first.
async fn secure<A: App>(
    worker: Rc<Worker<A>>,
    slot: Rc<Slot<A>>,
    stream: TcpStream,
    peer: SocketAddr,
    ticket: Ticket<A>,
) {
    let carrier = tokio::select! {
        carrier = begin(&worker, &slot, stream, peer) => carrier,
        () = worker.closing() => None,
    };
    if let Some(carrier) = carrier {
        converse(worker, slot, carrier, None, peer, ticket).await;
    }
}

/// What is not there yet is waited for, and what is no ordinary handshake is for hyper.
async fn wait<A: App>(
    worker: Rc<Worker<A>>,
    slot: Rc<Slot<A>>,
    stream: Stream,
    first: First<A>,
    peer: SocketAddr,
    ticket: Ticket<A>,
) {
    let first = match first {
        First::Nothing => first_bytes(&worker, &slot, &stream, peer).await,
        first => first,
    };
    let (carrier, answer) = match (first, stream) {
        (First::Upgraded(agreed, early), stream) => {
            begin_socket(&worker, agreed, ticket, stream, &early);
            return;
        }
        (First::Http(read, answer), Stream::Plain(stream)) => {
            let carrier = Carrier::plain(stream, read, slot.serving().edge());
            (carrier, answer)
        }
        _ => return,
    };
    // boxed: most of those who are waited for do not need it
    Box::pin(converse(worker, slot, carrier, answer, peer, ticket)).await;
}

/// Waits for the client to speak.
async fn first_bytes<A: App>(
    worker: &Rc<Worker<A>>,
    slot: &Slot<A>,
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
            match direct::read(stream, &slot.serving(), peer, turn) {
                First::Nothing => {}
                first => return first,
            }
        }
    };
    let patience = slot.serving().edge().first_byte_timeout;
    tokio::select! {
        biased;
        first = read => first,
        () = worker.closing() => First::Gone,
        () = tokio::time::sleep(patience) => {
            worker.shard.counts.limited(Limit::FirstByteTimeout);
            First::Gone
        }
    }
}

/// Waits for the client to speak, and agrees on keys where they are needed. `None`: it was too slow, or speaks something else.
async fn begin<A: App>(
    worker: &Worker<A>,
    slot: &Slot<A>,
    stream: TcpStream,
    peer: SocketAddr,
) -> Option<Carrier> {
    let counts = &worker.shard.counts;
    let serving = slot.serving();
    let edge = serving.edge();
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
    let Some(config) = slot.serving().listening.listener.tls.clone() else {
        return Some(Carrier::plain(stream, Vec::new(), edge));
    };
    let Some(_handshake) = Busy::one_of(&slot.handshakes, edge.tls_handshakes) else {
        counts.limited(Limit::TlsHandshakes);
        if let Some(times) = worker.shared.troubles.tls.happened() {
            tracing::warn!(%peer, times, "too many TLS handshakes at once");
        }
        return None;
    };
    match timeout(edge.tls_timeout, TlsAcceptor::from(config).accept(stream)).await {
        Ok(Ok(stream)) => Some(Carrier::tls(stream, edge)),
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

/// Runs a WebSocket in a task of its own: with what the handshake needed, the old one ends.
pub(super) fn begin_socket<A: App>(
    worker: &Worker<A>,
    mut agreed: Agreed<A>,
    ticket: Ticket<A>,
    stream: Stream,
    early: &[u8],
) {
    if worker.is_gone(&agreed.policy) {
        let error = ClientError::new(Kind::NotFound, "NOT_FOUND", "this path is served no more");
        agreed.identity = Some(Err(error));
    }
    let open = agreed.route.open();
    let Ticket {
        id,
        place,
        presence,
    } = ticket;
    let keys = worker.shared.keys.clone();
    if let Some(boarding) = agreed.boarding.take() {
        let held = (open, place, presence);
        match socketio::board(&worker.shard, id, stream, early, keys, agreed, *boarding) {
            Boarded::Session(session) => {
                let served = async move {
                    session.run().await;
                    drop(held);
                };
                tokio::task::spawn_local(trace::within(id, served));
            }
            Boarded::Trying(trial) => {
                let tried = async move {
                    trial.await;
                    drop(held);
                };
                tokio::task::spawn_local(trace::within(id, tried));
            }
            Boarded::Refused => {}
        }
        return;
    }
    let opening = Box::new(Opening::new(&worker.shard, id, stream, early, keys, agreed));
    let served = async move {
        connection::run(opening).await;
        drop((open, place, presence));
    };
    tokio::task::spawn_local(trace::within(id, served));
}
