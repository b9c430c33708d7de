//! What is exchanged with a session that polls: the answer to a GET, the body of a POST, and what became of each.

use crate::protocol::engine_io::{Packet, push_packet};
use crate::protocol::websocket::{self, Opcode};
use bytes::Bytes;
use std::cell::{Cell, RefCell};
use tokio::sync::oneshot;

/// The answer to a GET: its number and its frames. `None`: there is no session that can be polled.
pub(crate) type Polled = Option<(u64, Vec<Bytes>)>;

/// The body of a POST, and who waits until its packets are taken. When `done` is dropped without an answer, the packets were refused.
pub(crate) struct Posted {
    pub body: Bytes,
    pub done: oneshot::Sender<Taken>,
}

/// What became of the packets of a POST.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    Yes,
    /// There is no session that could take them, or none any more.
    NoSession,
}

/// What became of an answer, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Read,
    /// The client has not read all of it.
    Lost,
    /// Nothing of it was sent.
    Unsent,
}

/// The requests of a session that polls, and the answer that may be lost.
#[derive(Default)]
pub(super) struct Exchange {
    /// A GET that waits, and the number of the connection that it came by.
    pub get: RefCell<Option<(u64, oneshot::Sender<Polled>)>>,
    /// A POST whose packets are not taken yet.
    pub post: RefCell<Option<Box<Posted>>>,
    /// The number of the last answer.
    pub answers: Cell<u64>,
    /// The last answer, until it is known to have reached the client.
    pub doubtful: RefCell<Option<Box<Answer>>>,
    /// How many of the frames that wait were in a lost answer: the first ones.
    pub repeated: Cell<usize>,
}

/// An answer to a poll.
pub(super) struct Answer {
    pub number: u64,
    /// The connection that it went by.
    pub connection: u64,
    pub frames: Vec<Bytes>,
    /// How many of them, the first ones, were in a lost answer before.
    pub repeats: usize,
}

/// The noop packet: the answer to a poll that is to end.
pub(crate) fn noop() -> Bytes {
    websocket::encode(Opcode::Text, b"6")
}

/// The body of an answer with these frames.
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
            _ => {}
        }
    }
    body
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
