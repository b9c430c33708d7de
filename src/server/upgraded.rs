//! From an accepted handshake to the task of the WebSocket.

use super::http_io::HttpIo;
use super::new_connection::NewConnection;
use super::node::{ConnectionGuard, Node};
use crate::app::App;
use crate::connection::PendingConnection;
use crate::error::{ClientError, Kind};
use crate::hub::stream::Stream;
use crate::socketio::Attached;
use crate::{connection, socketio, trace};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use std::rc::Rc;
use std::time::Duration;

/// An accepted handshake that hyper has read.
pub(super) struct Upgrade<A: App> {
    pub on: OnUpgrade,
    pub connection: NewConnection<A>,
}

/// Waits until hyper lets go of the socket, and begins the connection.
pub(super) async fn upgraded<A: App>(
    node: Rc<Node<A>>,
    upgrade: Upgrade<A>,
    guard: ConnectionGuard<A>,
    grace: Duration,
) {
    let Upgrade { on, connection } = upgrade;
    let Ok(upgraded) = on.await else { return };
    let Ok(parts) = upgraded.downcast::<TokioIo<HttpIo>>() else {
        return;
    };
    // copied: even an empty slice of hyper's read buffer would keep its 8 KB for the life of the connection
    let mut early = parts.read_buf.to_vec();
    let mut io = parts.io.into_inner();
    early.extend_from_slice(&io.take_unread());
    drop(parts.read_buf);
    let clock = &node.shared.clock;
    let Some(Ok(stream)) = clock.timeout(grace, io.into_stream()).await else {
        return;
    };
    begin_socket(&node, connection, guard, stream, &early);
}

/// Runs a WebSocket in a task of its own: with what the handshake needed, the old one ends.
pub(super) fn begin_socket<A: App>(
    node: &Node<A>,
    mut new: NewConnection<A>,
    guard: ConnectionGuard<A>,
    stream: Stream,
    early: &[u8],
) {
    if node.is_gone(new.policy()) {
        let error = ClientError::new(Kind::NotFound, "NOT_FOUND", "this path is served no more");
        new.refuse(error);
    }
    let open = new.route().open();
    let ConnectionGuard { id, slot, presence } = guard;
    let keys = node.shared.keys.clone();
    let handshake = match new {
        NewConnection::Raw(handshake) => handshake,
        NewConnection::Engine(handshake) => {
            let held = (open, slot, presence);
            match socketio::attach(&node.shard, id, stream, early, keys, *handshake) {
                Attached::Session(session) => {
                    let served = async move {
                        session.run().await;
                        drop(held);
                    };
                    tokio::task::spawn_local(trace::within(id, served));
                }
                Attached::Trying(trial) => {
                    let tried = async move {
                        trial.await;
                        drop(held);
                    };
                    tokio::task::spawn_local(trace::within(id, tried));
                }
                Attached::Refused => {}
            }
            return;
        }
    };
    let pending = PendingConnection::new(&node.shard, id, stream, early, keys, handshake);
    let pending = Box::new(pending);
    let served = async move {
        connection::run(pending).await;
        drop((open, slot, presence));
    };
    tokio::task::spawn_local(trace::within(id, served));
}
