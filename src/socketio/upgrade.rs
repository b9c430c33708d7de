//! From long polling to a WebSocket, without losing a packet: the new transport is tried while the old one goes on.

use super::session::{Session, Transport};
use super::sessions::Sessions;
use crate::app::App;
use crate::connection::rates;
use crate::connection::reader::MessageReader;
use crate::hub::shard::Shard;
use crate::hub::socket::{Compression, Socket};
use crate::hub::stream::{Stream, Written};
use crate::limits::budget::Budget;
use crate::protocol::frame::Payload;
use crate::protocol::sid::Sid;
use crate::protocol::websocket::{self, Incoming, Opcode};
use std::future::poll_fn;
use std::rc::Rc;
use std::time::Duration;

/// How long a trial may take: as long as the JavaScript server grants.
const PATIENCE: Duration = Duration::from_secs(10);

/// Lets a WebSocket take over a session that polls, once its client has said so on it. Of two WebSockets that are tried for one session the first counts. Which one
/// that is says `connection`, its number: they may come from two shards, and the second may get here sooner.
pub(crate) async fn probe<A: App>(
    shard: Rc<Shard<A>>,
    connection: u64,
    sid: Sid,
    stream: Stream,
    early: Vec<u8>,
    compression: Compression,
) {
    let session = Sessions::of(&shard).get(&sid);
    let is_first = |s: &Session<A>| s.trial.get().is_none_or(|other| connection < other);
    let session = session.filter(|s| s.is(Transport::Polling) && is_first(s));
    let Some(session) = session else {
        return; // no such session, or it has another: the dropped socket is closed
    };
    session.trial.set(Some(connection));
    session.changed.notify_waiters();
    let (policy, counts) = (session.wire.policy.clone(), shard.counts.clone());
    let (id, now) = (session.wire.id, shard.now_ms());
    let socket = Socket::of_session(id, Some(stream), policy, compression, counts, now);
    let mut reader = MessageReader::new(&early);
    let agreed = agree(&session, connection, &socket, &mut reader);
    let agreed = shard.clock.timeout(PATIENCE, agreed).await;
    if agreed == Some(true)
        && let Some(stream) = socket.into_stream()
    {
        session.upgrade(stream, reader, compression);
    } else if session.is_tried_by(connection) {
        session.transport.set(Transport::Polling);
        session.trial.set(None);
    }
}

/// Whether the client has tried the socket and wants to use it.
async fn agree<A: App>(
    session: &Rc<Session<A>>,
    connection: u64,
    socket: &Socket<A>,
    reader: &mut MessageReader,
) -> bool {
    #[derive(PartialEq)]
    enum ProbeFrame {
        Probe,
        Upgrade,
        Nothing,
        Else,
    }
    let mut has_looked = false;
    let mut budget = Budget::default();
    loop {
        let turn = budget.turn().await;
        if !session.is_tried_by(connection) {
            return false;
        }
        let now = session.shard.now_ms();
        let said = reader.next(socket, now, turn, |incoming| match incoming {
            // an upgrade is two messages: this is something else
            other if rates::frame(&session.shard, socket, &other, now).is_err() => ProbeFrame::Else,
            Incoming::Data(Payload::Text("2probe")) => ProbeFrame::Probe,
            Incoming::Data(Payload::Text("5")) => ProbeFrame::Upgrade,
            Incoming::Ping(_) | Incoming::Pong(_) => ProbeFrame::Nothing,
            _ => ProbeFrame::Else,
        });
        match said {
            Ok(Some(ProbeFrame::Probe)) if session.is(Transport::Polling) => {
                let answer = websocket::encode(Opcode::Text, b"3probe");
                let written = socket.stream().map(|stream| stream.write(&answer));
                if !matches!(written, Some(Written::All)) {
                    return false;
                }
                session.transport.set(Transport::Upgrading);
            }
            Ok(Some(ProbeFrame::Upgrade)) => return session.is(Transport::Upgrading),
            Ok(Some(ProbeFrame::Nothing)) => {}
            Ok(Some(ProbeFrame::Probe | ProbeFrame::Else)) | Err(_) => return false,
            Ok(None) => {
                if session.is(Transport::Upgrading) && session.is_polled() {
                    // what the client sent here before it polled may not be read yet
                    if !has_looked {
                        has_looked = true;
                        tokio::task::yield_now().await;
                        continue;
                    }
                    session.end_poll(); // the client waits for the end of its poll before it goes on
                }
                has_looked = false;
                let alive = tokio::select! {
                    work = poll_fn(|cx| socket.poll_work(cx)) => work.is_ok(),
                    () = session.changed.notified() => true,
                };
                if !alive {
                    return false;
                }
            }
        }
    }
}

impl<A: App> Session<A> {
    /// Whether this connection is the one that is tried, and the session is still open.
    fn is_tried_by(&self, connection: u64) -> bool {
        let is_open = Sessions::of(&self.shard).has(&self.sid);
        is_open && self.trial.get() == Some(connection)
    }

    fn upgrade(self: &Rc<Self>, stream: Stream, reader: MessageReader, compression: Compression) {
        self.forget_poll(); // a client that has upgraded waits for none
        self.transport.set(Transport::WebSocket);
        Sessions::of(&self.shard).remove(&self.sid);
        self.shard.flush(); // frames of this tick were made for the old transport
        self.wire.wire.compression.set(compression);
        for namespace in &*self.namespaces.borrow() {
            namespace.compress(compression);
        }
        self.heard();
        *self.upgraded.borrow_mut() = Some(reader);
        self.wire.attach(stream);
        self.wire.wake();
    }
}
