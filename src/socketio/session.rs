//! What is kept of a session of Engine.IO, whichever transport its client uses.

use super::assembly::Assembly;
use super::endpoint::HandshakeRequest;
use super::exchange::Exchange;
use super::namespace::Namespace;
use crate::app::App;
use crate::auth::{Identity, Keys};
use crate::connection::reader::MessageReader;
use crate::hub::shard::Shard;
use crate::hub::socket::{Compression, Socket};
use crate::hub::stream::Stream;
use crate::protocol::sid::Sid;
use crate::protocol::websocket::{self, Opcode};
use crate::routing::Policy;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::Notify;

/// How a session's packets come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Polling,
    /// A WebSocket is being tried; packets are still polled.
    Upgrading,
    WebSocket,
}

/// A session of Engine.IO. Its task is [`run`](Self::run); requests of a client that polls call it from their own.
pub(crate) struct Session<A: App> {
    pub sid: Sid,
    pub shard: Rc<Shard<A>>,
    pub wire: Rc<Socket<A>>,
    pub(super) request: HandshakeRequest,
    pub(super) keys: Option<Arc<Keys>>,
    pub(super) transport: Cell<Transport>,
    /// The number of the connection of the WebSocket that is being tried.
    pub(super) trial: Cell<Option<u64>>,
    pub(super) exchange: Exchange,
    /// The reader of a WebSocket, until the task of the session takes it.
    pub(super) upgraded: RefCell<Option<MessageReader>>,
    pub(super) namespaces: RefCell<Vec<Rc<Namespace<A>>>>,
    pub(super) assembly: RefCell<Option<Box<Assembly>>>,
    /// Which of the endpoint's namespaces were asked for, in their order.
    pub(super) asked: RefCell<Vec<bool>>,
    /// How many tasks of namespaces have not ended: see [`Running`].
    pub(super) running: Cell<usize>,
    /// A namespace's task or the session has ended, or a trial has something to look at.
    pub(super) changed: Notify,
}

/// What a session begins with.
pub(crate) struct NewSession<A: App> {
    /// The connection's number.
    pub id: u64,
    pub request: HandshakeRequest,
    pub policy: Arc<Policy>,
    pub keys: Option<Arc<Keys>>,
    /// A WebSocket, and what reads from it. Without one it polls.
    pub socket: Option<(Stream, MessageReader)>,
    pub compression: Compression,
    /// The identity of the client, in a session without namespaces.
    pub identity: Option<Identity<A::Claims>>,
}

impl<A: App> Session<A> {
    pub(super) fn is(&self, transport: Transport) -> bool {
        self.transport.get() == transport
    }

    /// Sends a packet of the session itself.
    pub(super) fn say(&self, packet: &str) {
        let frame = websocket::encode(Opcode::Text, packet.as_bytes());
        self.shard.send(&self.wire, frame);
    }
}

/// Counts the task of a namespace until it ends.
pub(super) struct Running<A: App>(pub Rc<Session<A>>);

impl<A: App> Running<A> {
    pub fn new(session: &Rc<Session<A>>) -> Self {
        session.running.set(session.running.get() + 1);
        Running(session.clone())
    }
}

impl<A: App> Drop for Running<A> {
    fn drop(&mut self) {
        self.0.running.set(self.0.running.get() - 1);
        self.0.changed.notify_waiters();
    }
}
