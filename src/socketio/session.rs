//! A session of Engine.IO: a client's connection over one transport or the other, and the namespaces on it.

use super::endpoint::Visit;
use super::namespace::Namespace;
use super::packets::Assembly;
use super::polling::Polling;
use super::sessions::Sessions;
use crate::app::App;
use crate::auth::{Identity, Keys};
use crate::connection::finish;
use crate::connection::reader::MessageReader;
use crate::hub::shard::Shard;
use crate::hub::socket::{CLOSE_TIMEOUT, Compression, Socket};
use crate::hub::stream::Stream;
use crate::limits::budget::Budget;
use crate::protocol::close::Ending;
use crate::protocol::engine_io::Handshake;
use crate::protocol::sid::Sid;
use crate::protocol::websocket::{self, Opcode};
use crate::routing::{Policy, Protocol};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::Notify;

/// By what a session's packets come and go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transport {
    Polling,
    /// A WebSocket is being tried; packets are still polled.
    Upgrading,
    WebSocket,
}

pub(crate) struct Session<A: App> {
    pub sid: Sid,
    pub shard: Rc<Shard<A>>,
    pub wire: Rc<Socket<A>>,
    pub(super) visit: Visit,
    pub(super) keys: Option<Arc<Keys>>,
    pub(super) transport: Cell<Transport>,
    /// The connection of the WebSocket that is being tried.
    pub(super) trial: Cell<Option<u64>>,
    pub(super) polling: Polling,
    /// The reader of a WebSocket, until the session's task takes it.
    pub(super) upgraded: RefCell<Option<MessageReader>>,
    pub(super) namespaces: RefCell<Vec<Rc<Namespace<A>>>>,
    pub(super) assembly: RefCell<Option<Box<Assembly>>>,
    /// Of the door's entrances, which were asked for.
    pub(super) asked: RefCell<Vec<bool>>,
    /// Tasks of namespaces.
    pub(super) running: Cell<usize>,
    /// A namespace's task or the session has ended, or a trial has something to look at.
    pub(super) changed: Notify,
}

/// What a session begins with.
pub(crate) struct Beginning<A: App> {
    /// The connection's number.
    pub id: u64,
    pub visit: Visit,
    pub policy: Arc<Policy>,
    pub keys: Option<Arc<Keys>>,
    /// A WebSocket, and what reads from it. Without one it polls.
    pub socket: Option<(Stream, MessageReader)>,
    pub compression: Compression,
    /// Of a session without namespaces: who it is.
    pub identity: Option<Identity<A::Claims>>,
}

impl<A: App> Session<A> {
    /// A session that is known to those who poll, if that is how it begins. The first packet is said, and what is served without namespaces begins.
    pub fn open(shard: &Rc<Shard<A>>, beginning: Beginning<A>) -> Rc<Self> {
        let Beginning {
            id,
            visit,
            policy,
            keys,
            socket,
            compression,
            identity,
        } = beginning;
        let (stream, reader) = socket.unzip();
        let transport = match stream {
            Some(_) => Transport::WebSocket,
            None => Transport::Polling,
        };
        let (counts, now) = (shard.counts.clone(), shard.now_ms());
        let wire = Socket::of_session(id, stream, policy, compression, counts, now);
        let entrances = visit.door.entrances.len();
        let session = Rc::new(Session {
            sid: Sid::new(shard.id),
            shard: shard.clone(),
            wire: Rc::new(wire),
            visit,
            keys,
            transport: Cell::new(transport),
            trial: Cell::new(None),
            polling: Polling::default(),
            upgraded: RefCell::new(reader),
            namespaces: RefCell::default(),
            assembly: RefCell::default(),
            asked: RefCell::new(vec![false; entrances]),
            running: Cell::new(0),
            changed: Notify::new(),
        });
        if transport == Transport::Polling {
            let open = &mut Sessions::of(shard).open.borrow_mut();
            open.insert(session.sid.clone(), session.clone());
        }
        session.say_open();
        if session.visit.door.protocol == Protocol::EngineIo {
            session.enter_only(identity);
        }
        session
    }

    pub(super) fn is(&self, transport: Transport) -> bool {
        self.transport.get() == transport
    }

    fn say_open(&self) {
        let policy = &self.wire.policy;
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let upgrades: &[&str] = match self.transport.get() {
            Transport::WebSocket => &[],
            Transport::Polling | Transport::Upgrading => &["websocket"],
        };
        let handshake = Handshake {
            sid: self.sid.as_str(),
            upgrades,
            ping_interval: ms(policy.ping_interval),
            ping_timeout: ms(policy.ping_timeout),
            max_payload: policy.max_payload as u64,
        };
        let handshake = serde_json::to_string(&handshake).unwrap_or_default();
        self.say(&format!("0{handshake}"));
    }

    /// A packet of the session itself.
    pub(super) fn say(&self, packet: &str) {
        let frame = websocket::encode(Opcode::Text, packet.as_bytes());
        self.shard.send(&self.wire, frame);
    }

    /// Serves it until it ends.
    ///
    /// A task is for all its life as large as the most that it ever holds at once: what is rare is boxed, and what can be done at once is no future.
    pub async fn run(self: Rc<Self>) {
        let registered = self.shard.register(&self.wire);
        let mut reader = MessageReader::default();
        let ending = self.serve(&mut reader).await;
        Box::pin(self.end(ending, reader)).await;
        drop(registered);
    }

    async fn serve(self: &Rc<Self>, reader: &mut MessageReader) -> Ending {
        // a client that never asks for a namespace is none
        let patience = self.wire.policy.connect_timeout;
        let mut deadline = match self.visit.door.protocol {
            Protocol::SocketIo => Some(Box::pin(tokio::time::sleep(patience))),
            Protocol::EngineIo | Protocol::WebSocket => None,
        };
        let mut budget = Budget::default();
        loop {
            let turn = budget.turn().await;
            if let Some(ending) = self.wire.take_ending() {
                return ending;
            }
            if let Some(count) = self.wire.take_dropped() {
                self.tell_dropped(count);
            }
            if let Some(upgraded) = self.upgraded.borrow_mut().take() {
                *reader = upgraded;
            }
            self.answer_poll();
            if deadline.is_some() && self.asked.borrow().contains(&true) {
                deadline = None;
            }
            let read = match self.posted() {
                Some(posted) => match Box::pin(self.take_post(posted, &mut budget)).await {
                    Ok(()) => Some(None),
                    Err(ending) => return ending,
                },
                None => match self.read(reader, turn) {
                    Ok(read) => read,
                    Err(ending) => return ending,
                },
            };
            if let Some(left) = read {
                if let Some(left) = left {
                    Box::pin(left.put()).await;
                }
                continue;
            }
            let work = poll_fn(|cx| match self.has_more() {
                true => Poll::Ready(Ok(())),
                false => self.wire.poll_work(cx),
            });
            let woken = match &mut deadline {
                None => work.await.is_ok(),
                Some(deadline) => tokio::select! {
                    woken = work => woken.is_ok(),
                    () = deadline => return Ending::new(1008, "no namespace was asked for"),
                },
            };
            if !woken {
                return Ending::gone();
            }
        }
    }

    /// Whether there is something to do that no socket says.
    fn has_more(&self) -> bool {
        self.has_post() || self.can_answer() || self.upgraded.borrow().is_some()
    }

    async fn end(self: &Rc<Self>, mut ending: Ending, reader: MessageReader) {
        let sessions = Sessions::of(&self.shard);
        sessions.open.borrow_mut().remove(&self.sid);
        self.changed.notify_waiters();
        let by_client = ending.is_half_closed() || ending.is_the_clients();
        if by_client {
            // a poll that crosses the close is answered at once
            if !self.is(Transport::WebSocket) {
                self.close_polling(&ending);
            }
            // what it said before is obeyed, and answered while somebody listens
            let all = self.namespaces.borrow().clone();
            all.iter().for_each(|namespace| namespace.client.gone()); // it answers no question
            let handled = async {
                for namespace in all {
                    namespace.handled().await;
                }
            };
            let _ = tokio::time::timeout(CLOSE_TIMEOUT, handled).await;
        }
        for namespace in std::mem::take(&mut *self.namespaces.borrow_mut()) {
            namespace.leave(&ending);
        }
        // a namespace has its own errors; of the connection there is only its close
        ending.error = None;
        if self.is(Transport::WebSocket) {
            finish(&self.shard, &self.wire, 0, ending, reader).await;
        } else {
            self.shard.stats.closed(ending.counted());
            if !by_client {
                self.close_polling(&ending);
            }
            self.wire.set_closing();
            self.wire.abort();
        }
        while self.running.get() > 0 {
            self.changed.notified().await; // single thread: nothing can change between the test and the wait
        }
    }
}
