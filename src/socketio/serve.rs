//! The task of a session: it reads packets and bodies in a loop, answers polls, and ends its namespaces.

use super::exchange::Exchange;
use super::session::{NewSession, Session, Transport};
use super::sessions::Sessions;
use crate::app::App;
use crate::connection::close;
use crate::connection::reader::MessageReader;
use crate::hub::shard::Shard;
use crate::hub::socket::{CLOSE_TIMEOUT, Socket};
use crate::limits::budget::Budget;
use crate::protocol::close::Ending;
use crate::protocol::engine_io::OpenPacket;
use crate::protocol::sid::Sid;
use crate::routing::Protocol;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;
use tokio::sync::Notify;

impl<A: App> Session<A> {
    /// Begins a session and sends its OPEN packet. A session that begins with polling is entered in [`Sessions`]. A consumer without namespaces begins at once.
    pub fn open(shard: &Rc<Shard<A>>, new: NewSession<A>) -> Rc<Self> {
        let NewSession {
            id,
            request,
            policy,
            keys,
            socket,
            compression,
            identity,
        } = new;
        let (stream, reader) = socket.unzip();
        let transport = match stream {
            Some(_) => Transport::WebSocket,
            None => Transport::Polling,
        };
        let (counts, now) = (shard.counts.clone(), shard.now_ms());
        let wire = Socket::of_session(id, stream, policy, compression, counts, now);
        let namespaces = request.endpoint.namespaces.len();
        let session = Rc::new(Session {
            sid: Sid::new(shard.id),
            shard: shard.clone(),
            wire: Rc::new(wire),
            request,
            keys,
            transport: Cell::new(transport),
            trial: Cell::new(None),
            exchange: Exchange::default(),
            upgraded: RefCell::new(reader),
            namespaces: RefCell::default(),
            assembly: RefCell::default(),
            asked: RefCell::new(vec![false; namespaces]),
            running: Cell::new(0),
            changed: Notify::new(),
        });
        if transport == Transport::Polling {
            Sessions::of(shard).add(&session);
        }
        session.say_open();
        if session.request.endpoint.protocol == Protocol::EngineIo {
            session.enter_only(identity);
        }
        session
    }

    fn say_open(&self) {
        let policy = &self.wire.policy;
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        let upgrades: &[&str] = match self.transport.get() {
            Transport::WebSocket => &[],
            Transport::Polling | Transport::Upgrading => &["websocket"],
        };
        let packet = OpenPacket {
            sid: self.sid.as_str(),
            upgrades,
            ping_interval: ms(policy.ping_interval),
            ping_timeout: ms(policy.ping_timeout),
            max_payload: policy.max_payload as u64,
        };
        let packet = serde_json::to_string(&packet).unwrap_or_default();
        self.say(&format!("0{packet}"));
    }

    /// Serves the session until it ends.
    ///
    /// A task is for all its life as large as the most that it holds at once. So what is rare is boxed, and what can be done at once is no future.
    pub async fn run(self: Rc<Self>) {
        let registered = self.shard.register(&self.wire);
        let mut reader = MessageReader::default();
        let ending = self.serve(&mut reader).await;
        Box::pin(self.end(ending, reader)).await;
        drop(registered);
    }

    async fn serve(self: &Rc<Self>, reader: &mut MessageReader) -> Ending {
        // a client that asks for no namespace in time is closed
        let patience = self.wire.policy.connect_timeout;
        let mut deadline = match self.request.endpoint.protocol {
            Protocol::SocketIo => Some(Box::new(self.shard.clock.sleep(patience))),
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

    /// Whether there is something to do that the readiness of the socket does not show.
    fn has_more(&self) -> bool {
        self.has_post() || self.can_answer() || self.upgraded.borrow().is_some()
    }

    async fn end(self: &Rc<Self>, mut ending: Ending, reader: MessageReader) {
        Sessions::of(&self.shard).remove(&self.sid);
        self.changed.notify_waiters();
        let by_client = ending.is_half_closed() || ending.is_the_clients();
        if by_client {
            // a poll that waits is answered before the namespaces are done
            if !self.is(Transport::WebSocket) {
                self.close_polling(&ending);
            }
            // its last messages are still handled and answered
            let all = self.namespaces.borrow().clone();
            all.iter().for_each(|namespace| namespace.client.gone()); // it answers no question
            let handled = async {
                for namespace in all {
                    namespace.handled().await;
                }
            };
            let _ = self.shard.clock.timeout(CLOSE_TIMEOUT, handled).await;
        }
        for namespace in std::mem::take(&mut *self.namespaces.borrow_mut()) {
            namespace.leave(&ending);
        }
        // each namespace tells its own error: the connection has only a close frame
        ending.error = None;
        if self.is(Transport::WebSocket) {
            close(&self.shard, &self.wire, 0, ending, reader).await;
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
#[cfg(test)]
mod tests {
    use super::*;
    use crate::consumer::announcer::fixture::Cafe;

    fn size<A, F>(_: fn(A) -> F) -> usize {
        size_of::<F>()
    }

    /// tokio keeps a task in steps of 128 bytes, of which what is around this takes 176.
    #[test]
    fn an_idle_sessions_task_is_small() {
        let task = size(Session::<Cafe>::run);
        assert!(task + 176 <= 384, "{task} bytes");
    }
}
