//! Long polling: a session's frames wait until a GET takes them, and its packets come in the bodies of POSTs.

use super::{Session, Transport};
use crate::App;
use crate::close::Ending;
use crate::dialect::engine_io::{Packet, decode_body, push_packet};
use crate::websocket::{self, Opcode};
use bytes::Bytes;
use std::cell::RefCell;
use std::rc::Rc;
use tokio::sync::oneshot;

/// What a GET is answered with: frames, or that this is no session that can be polled.
pub(crate) type Polled = Option<Vec<Bytes>>;

/// The body of a POST, and who waits for its packets to be taken. Dropped without an answer: they were refused.
pub(crate) struct Posted {
    pub body: Bytes,
    pub done: oneshot::Sender<()>,
}

/// What a session is asked by requests.
#[derive(Default)]
pub(super) struct Polling {
    get: RefCell<Option<oneshot::Sender<Polled>>>,
    post: RefCell<Option<Posted>>,
}

/// The body that carries these frames.
pub(crate) fn body(frames: Vec<Bytes>) -> String {
    let mut body = String::with_capacity(frames.iter().map(Bytes::len).sum());
    for frame in frames.into_iter().flat_map(websocket::pieces) {
        match websocket::parts(&frame) {
            (Opcode::Text, text) => {
                let text = std::str::from_utf8(text).unwrap_or_default();
                if !body.is_empty() {
                    body.push('\x1e');
                }
                body.push_str(text);
            }
            (Opcode::Binary, bytes) => push_packet(&mut body, &Packet::Binary(bytes.into())),
            (Opcode::Close, _) => push_packet(&mut body, &Packet::Close),
            _ => {}
        }
    }
    body
}

impl<A: App> Session<A> {
    /// A GET asks for what there is to tell, now or later.
    pub fn poll(self: &Rc<Self>, answer: oneshot::Sender<Polled>) {
        if self.is(Transport::WebSocket) || self.is_silent() {
            let _ = answer.send(None);
            return;
        }
        self.heard();
        let before = self.polling.get.borrow_mut().take();
        // one whose client went away is forgotten
        if let Some(before) = before.filter(|before| !before.is_closed()) {
            *self.polling.get.borrow_mut() = Some(before);
            let _ = answer.send(None);
            self.wire.end(Ending::new(1008, "two polls at once"));
            return;
        }
        *self.polling.get.borrow_mut() = Some(answer);
        self.shard.flush(); // what this turn has said already
        self.answer_poll();
        if self.is(Transport::Upgrading) {
            self.end_poll(); // the client waits for it before it goes on
        }
    }

    /// A POST brings packets.
    pub fn post(self: &Rc<Self>, posted: Posted) {
        if self.is(Transport::WebSocket) || self.is_silent() {
            return;
        }
        self.heard();
        let mut post = self.polling.post.borrow_mut();
        if post.is_some() {
            *post = None;
            self.wire.end(Ending::new(1008, "two posts at once"));
        } else {
            *post = Some(posted);
            self.wire.wake();
        }
    }

    /// A client whose pongs are late is gone, also where the sweep has not come by yet.
    fn is_silent(&self) -> bool {
        let silence = self.shard.clock().saturating_sub(self.wire.heard_at.get());
        silence >= self.wire.policy.idle_timeout.as_millis() as u64
    }

    pub(super) fn heard(&self) {
        self.wire.heard_at.set(self.shard.clock());
    }

    pub(super) fn has_post(&self) -> bool {
        self.polling.post.borrow().is_some()
    }

    pub(super) fn posted(&self) -> Option<Posted> {
        self.polling.post.borrow_mut().take()
    }

    /// Takes the packets of a body, in order. Nothing of one that is malformed anywhere.
    pub(super) async fn take_post(self: &Rc<Self>, posted: Posted) -> Result<bool, Ending> {
        let packets = std::str::from_utf8(&posted.body).ok().map(decode_body);
        let Some(Ok(packets)) = packets else {
            return Err(Ending::new(1007, "no packets"));
        };
        for packet in packets {
            self.packet(packet).await?;
        }
        let _ = posted.done.send(());
        Ok(true)
    }

    /// Frames that were taken for a poll and did not reach the client: the next one has them.
    pub fn put_back(&self, frames: Vec<Bytes>) {
        self.wire.put_back(frames);
        self.wire.wake();
    }

    /// Whether there is something to answer a poll with.
    pub(super) fn can_answer(&self) -> bool {
        self.polling.get.borrow().is_some() && self.wire.has_waiting()
    }

    /// Answers the poll that waits, if there is something to tell.
    pub(super) fn answer_poll(&self) {
        if !self.can_answer() {
            return;
        }
        let Some(poll) = self.polling.get.borrow_mut().take() else {
            return;
        };
        if poll.is_closed() {
            return; // its client went away: nothing is taken for it
        }
        let frames = self.wire.take_waiting(self.wire.policy.max_payload);
        if let Err(Some(frames)) = poll.send(Some(frames)) {
            self.wire.put_back(frames);
        }
    }

    /// Ends a poll that waits, so that the client can go on by another transport.
    pub(super) fn end_poll(&self) {
        if let Some(poll) = self.polling.get.borrow_mut().take() {
            let noop = websocket::encode(Opcode::Text, b"6");
            let _ = poll.send(Some(vec![noop]));
        }
    }

    /// A poll that waits is of no session any more.
    pub(super) fn forget_poll(&self) {
        *self.polling.get.borrow_mut() = None;
    }

    /// The last answer.
    pub(super) fn close_polling(&self, client_left: bool) {
        *self.polling.post.borrow_mut() = None;
        if let Some(poll) = self.polling.get.borrow_mut().take() {
            self.shard.flush();
            let mut frames = self.wire.take_waiting(self.wire.policy.max_payload);
            let last: &[u8] = if client_left { b"6" } else { b"1" };
            frames.push(websocket::encode(Opcode::Text, last));
            let _ = poll.send(Some(frames));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_holds_what_frames_hold() {
        let text = websocket::encode(websocket::Opcode::Text, b"4a");
        let both = websocket::encode_all(
            websocket::Opcode::Text,
            b"451-[]",
            &[Bytes::from_static(b"\x01\x02")],
        );
        assert_eq!(body(vec![text, both]), "4a\x1e451-[]\x1ebAQI=");
    }
}
