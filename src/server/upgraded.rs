//! From an accepted handshake to the task of the WebSocket.

use super::http_io::HttpIo;
use super::node::{ConnectionGuard, Node};
use crate::app::App;
use crate::connection::{Agreed, Opening};
use crate::error::{ClientError, Kind};
use crate::hub::stream::Stream;
use crate::socketio::Boarded;
use crate::{connection, socketio, trace};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use std::rc::Rc;
use std::time::Duration;

/// An accepted handshake that hyper has read.
pub(super) struct Upgrade<A: App> {
    pub on: OnUpgrade,
    pub agreed: Agreed<A>,
}

/// Waits until hyper lets go of the socket, and begins the connection.
pub(super) async fn upgraded<A: App>(
    node: Rc<Node<A>>,
    upgrade: Upgrade<A>,
    guard: ConnectionGuard<A>,
    grace: Duration,
) {
    let Upgrade { on, agreed } = upgrade;
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
    begin_socket(&node, agreed, guard, stream, &early);
}

/// Runs a WebSocket in a task of its own: with what the handshake needed, the old one ends.
pub(super) fn begin_socket<A: App>(
    node: &Node<A>,
    mut agreed: Agreed<A>,
    guard: ConnectionGuard<A>,
    stream: Stream,
    early: &[u8],
) {
    if node.is_gone(&agreed.policy) {
        let error = ClientError::new(Kind::NotFound, "NOT_FOUND", "this path is served no more");
        agreed.identity = Some(Err(error));
    }
    let open = agreed.route.open();
    let ConnectionGuard {
        id,
        place,
        presence,
    } = guard;
    let keys = node.shared.keys.clone();
    if let Some(boarding) = agreed.boarding.take() {
        let held = (open, place, presence);
        match socketio::board(&node.shard, id, stream, early, keys, agreed, *boarding) {
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
    let opening = Box::new(Opening::new(&node.shard, id, stream, early, keys, agreed));
    let served = async move {
        connection::run(opening).await;
        drop((open, place, presence));
    };
    tokio::task::spawn_local(trace::within(id, served));
}
