//! Long polling: a session's frames wait until a GET takes them, and its packets come in the bodies of POSTs.
//!
//! An answer that the client certainly has not read is repeated, once. If it is not known, the answer counts as read: the protocol has no acknowledgement for it, a
//! repeated event would be heard twice, and durable events can be recovered.

use super::exchange::{Answer, Fate, Polled, Posted, Taken, noop};
use super::session::{Session, Transport};
use super::sessions::Sessions;
use crate::app::App;
use crate::limits::budget::Budget;
use crate::protocol::close::Ending;
use crate::protocol::engine_io::{PACKETS_OF_AN_ANSWER, decode_body};
use crate::protocol::websocket::{self, Opcode};
use bytes::Bytes;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::oneshot;

/// How long a poll waits to hear what became of the answer before it. A broken connection is noticed in less.
const DOUBT: Duration = Duration::from_millis(20);
impl<A: App> Session<A> {
    /// A GET asks for packets. `answer` gets them when there are some.
    pub fn poll(self: &Rc<Self>, connection: u64, answer: oneshot::Sender<Polled>) {
        if self.is(Transport::WebSocket) || self.is_silent() {
            let _ = answer.send(None);
            return;
        }
        self.heard();
        match self.is_waited_for() {
            true => self.second_poll(connection, answer),
            false => self.first_poll(connection, answer),
        }
    }

    fn first_poll(self: &Rc<Self>, connection: u64, answer: oneshot::Sender<Polled>) {
        *self.exchange.get.borrow_mut() = Some((connection, answer));
        self.doubt(connection);
        self.shard.flush(); // frames of this tick are part of the answer
        self.answer_poll();
        self.changed.notify_waiters(); // a trial of a WebSocket ends this poll, after it has read what came there before
    }

    /// A poll that comes while another one waits. Two polls at once end the session. But the client may have given up the first, and the end of its connection may
    /// arrive later than this poll. So the end is waited for, half as long as a pong: the session is at stake, and only a client that makes a mistake waits so long.
    /// The wait is over when the second poll is given up: polls have no rate, so this bounds those that wait by the number of connections.
    fn second_poll(self: &Rc<Self>, connection: u64, mut answer: oneshot::Sender<Polled>) {
        let session = self.clone();
        tokio::task::spawn_local(async move {
            let overtaken = session.wire.policy.ping_timeout / 2;
            let given_up = poll_fn(|cx| session.poll_given_up(cx));
            tokio::select! {
                biased;
                () = answer.closed() => return, // this one was given up, and not the other
                _ = session.shard.clock.timeout(overtaken, given_up) => {}
            }
            if !Sessions::of(&session.shard).has(&session.sid) {
                let now = session.shard.now_ms();
                Sessions::of(&session.shard).poll_late(&session.sid, now, answer);
            } else if session.is(Transport::WebSocket) {
                let _ = answer.send(None);
            } else if session.is_waited_for() {
                let _ = answer.send(None);
                session.wire.end(Ending::new(1008, "two polls at once"));
            } else {
                session.first_poll(connection, answer);
            }
        });
    }

    /// Whether a poll waits that is not known to be given up.
    fn is_waited_for(&self) -> bool {
        let poll = self.exchange.get.borrow();
        poll.as_ref().is_some_and(|(_, poll)| !poll.is_closed())
    }

    /// Ready when no such poll waits. An answer to a poll wakes nobody: the caller has a deadline.
    fn poll_given_up(&self, cx: &mut Context<'_>) -> Poll<()> {
        match &mut *self.exchange.get.borrow_mut() {
            Some((_, poll)) => poll.poll_closed(cx),
            None => Poll::Ready(()),
        }
    }

    /// Whether a poll waits.
    pub(super) fn is_polled(&self) -> bool {
        self.exchange.get.borrow().is_some()
    }

    /// A POST brings packets.
    pub fn post(self: &Rc<Self>, posted: Posted) {
        if self.is(Transport::WebSocket) || self.is_silent() {
            let _ = posted.done.send(Taken::NoSession);
            return;
        }
        self.heard();
        let mut post = self.exchange.post.borrow_mut();
        if post.is_some() {
            *post = None;
            self.wire.end(Ending::new(1008, "two posts at once"));
        } else {
            *post = Some(Box::new(posted));
            self.wire.wake();
        }
    }

    /// Whether the client's pong is late, whether or not the sweep has noticed.
    fn is_silent(&self) -> bool {
        let silence = self.wire.liveness.silence(self.shard.now_ms());
        silence >= self.wire.policy.idle_timeout.as_millis() as u64
    }

    pub(super) fn heard(&self) {
        self.wire.liveness.heard(self.shard.now_ms());
    }

    pub(super) fn has_post(&self) -> bool {
        self.exchange.post.borrow().is_some()
    }

    pub(super) fn posted(&self) -> Option<Box<Posted>> {
        self.exchange.post.borrow_mut().take()
    }

    /// Takes the packets of a body, in order. If any of it is malformed, no packet is taken.
    ///
    /// # Errors
    /// How the session ends.
    pub(super) async fn take_post(
        self: &Rc<Self>,
        posted: Box<Posted>,
        budget: &mut Budget,
    ) -> Result<(), Ending> {
        let packets = std::str::from_utf8(&posted.body).ok().map(decode_body);
        let Some(Ok(packets)) = packets else {
            return Err(Ending::new(1007, "no packets"));
        };
        for packet in packets {
            // a body may have about as many packets as bytes
            budget.turn().await;
            match self.packet(packet) {
                Ok(None) => {}
                Ok(Some(left)) => left.put().await,
                Err(ending) => {
                    if ending.is_the_clients() {
                        let _ = posted.done.send(Taken::Yes); // it has what it wanted
                    }
                    return Err(ending);
                }
            }
        }
        let _ = posted.done.send(Taken::Yes);
        Ok(())
    }

    /// Finds out whether the last answer was read, when the next poll comes. A poll on the same connection says that it was. For a poll on another connection the fate
    /// of the answer is waited for, [`DOUBT`] at most.
    fn doubt(self: &Rc<Self>, connection: u64) {
        let mut doubtful = self.exchange.doubtful.borrow_mut();
        let Some(answer) = &*doubtful else {
            return;
        };
        if answer.connection == connection {
            *doubtful = None;
            return;
        }
        let (session, number) = (self.clone(), answer.number);
        tokio::task::spawn_local(async move {
            session.shard.clock.sleep(DOUBT).await;
            session.answered(number, Fate::Read);
        });
    }

    /// What became of an answer. If it did not reach the client, the next poll gets it again, once. If it is lost again the session ends, and the client comes back
    /// with the number of the last event that it has.
    pub fn answered(&self, number: u64, fate: Fate) {
        let answer = {
            let mut doubtful = self.exchange.doubtful.borrow_mut();
            match doubtful.as_ref().is_some_and(|a| a.number == number) {
                true => doubtful.take(),
                false => None,
            }
        };
        let Some(answer) = answer else { return };
        match fate {
            Fate::Read => {}
            Fate::Lost if answer.repeats > 0 => {
                tracing::info!("an answer was lost twice: the session ends");
                self.wire.end(Ending::gone());
            }
            Fate::Lost => {
                self.exchange.repeated.set(answer.frames.len());
                self.wire.put_back(answer.frames);
            }
            Fate::Unsent => {
                let left = self.exchange.repeated.get();
                self.exchange.repeated.set(left + answer.repeats);
                self.wire.put_back(answer.frames);
            }
        }
        self.wire.wake();
    }

    /// Whether a poll can be answered now. In a session that ends, [`close_polling`](Self::close_polling) answers it.
    pub(super) fn can_answer(&self) -> bool {
        let may = !self.wire.is_leaving() && self.exchange.doubtful.borrow().is_none();
        may && self.is_polled() && self.wire.has_waiting()
    }

    /// Answers the poll that waits, if there is something to tell.
    pub(super) fn answer_poll(&self) {
        if !self.can_answer() {
            return;
        }
        let Some((connection, poll)) = self.exchange.get.borrow_mut().take() else {
            return;
        };
        if poll.is_closed() {
            return; // its client went away: nothing is taken for it
        }
        let frames = self.take_answer(PACKETS_OF_AN_ANSWER);
        let number = self.exchange.answers.get() + 1;
        self.exchange.answers.set(number);
        let repeated = self.exchange.repeated.get();
        let repeats = repeated.min(frames.len());
        if let Err(Some((_, frames))) = poll.send(Some((number, frames.clone()))) {
            self.wire.put_back(frames); // nobody has seen any of it
            return;
        }
        self.exchange.repeated.set(repeated - repeats);
        let answer = Answer {
            number,
            connection,
            frames,
            repeats,
        };
        *self.exchange.doubtful.borrow_mut() = Some(Box::new(answer));
    }

    fn take_answer(&self, packets: usize) -> Vec<Bytes> {
        let most = (self.wire.policy.max_payload, packets);
        self.wire.take_waiting(most)
    }

    /// Ends a poll that waits, so that the client can go on by another transport.
    pub(super) fn end_poll(&self) {
        if let Some((_, poll)) = self.exchange.get.borrow_mut().take() {
            let _ = poll.send(Some((0, vec![noop()])));
        }
    }

    /// Drops a poll that waits: its client gets the answer that there is no such session.
    pub(super) fn forget_poll(&self) {
        *self.exchange.get.borrow_mut() = None;
    }

    /// Answers the poll that waits when the session ends. If the client has closed and no poll waits, its id is noted: a poll and the close of one client come by two
    /// connections, in any order.
    ///
    /// Only a client that broke the protocol gets a CLOSE packet, because python-socketio and rust_socketio take it for a goodbye and do not come back. All others get
    /// the frames that wait, unless an answer before them may be lost, and then hear that there is no such session, from which every client comes back.
    pub(super) fn close_polling(&self, ending: &Ending) {
        if let Some(posted) = self.posted() {
            let _ = posted.done.send(Taken::NoSession);
        }
        let client_left = ending.is_the_clients() || ending.is_half_closed();
        let poll = self.exchange.get.borrow_mut().take();
        let was_told = poll.is_some_and(|(_, poll)| {
            self.shard.flush();
            let mut frames = match self.exchange.doubtful.borrow().is_none() {
                true => self.take_answer(PACKETS_OF_AN_ANSWER - 1),
                false => Vec::new(),
            };
            // the close frame for a client that reads too slowly means nothing in a body
            frames.retain(|frame| websocket::parts(frame).0 != Opcode::Close);
            if client_left {
                frames.push(noop());
            } else if !ending.invites_back() {
                frames.push(websocket::encode(Opcode::Text, b"1"));
            }
            let answer = (!frames.is_empty()).then_some((0, frames));
            poll.send(answer).is_ok()
        });
        if client_left && !was_told {
            let (sid, now) = (self.sid.clone(), self.shard.now_ms());
            Sessions::of(&self.shard).note_closed(sid, now);
        }
    }
}
