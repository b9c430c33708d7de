//! A WebSocket's client, for a test that tells step by step what is said and heard.

use super::end::{End, deadline};
use super::frames;
use crate::protocol::close::NO_CODE;
use crate::protocol::frame::Frame;
use crate::protocol::websocket::Opcode;
use serde::Serialize;
use serde_json::Value;

/// A client of [`InProcess`](super::InProcess). It answers the server's pings by itself. To be dropped is to vanish without a goodbye.
///
/// A Socket.IO route is spoken with in its packets: `connect("/socket.io/?EIO=4&transport=websocket")`, then [`say_text`](Self::say_text)`("40")`.
pub struct Client {
    end: End,
    /// Bytes that came and are not parsed yet.
    bytes: Vec<u8>,
    pings: u64,
}

enum Heard {
    Frame(Frame),
    Pong(Vec<u8>),
    Close(u16, String),
}

impl Client {
    pub(super) fn new(end: End, early: Vec<u8>) -> Self {
        Client {
            end,
            bytes: early,
            pings: 0,
        }
    }

    /// Sends a text message: JSON.
    ///
    /// # Panics
    /// When it cannot be written as JSON, or the connection has ended.
    #[track_caller]
    pub fn say(&mut self, message: &impl Serialize) {
        let text = serde_json::to_string(message).expect("a message that is JSON");
        self.say_text(&text);
    }

    /// Sends a text message as it is.
    ///
    /// # Panics
    /// When the connection has ended.
    #[track_caller]
    pub fn say_text(&mut self, text: &str) {
        self.send(Opcode::Text, text.as_bytes());
    }

    /// Sends a binary message.
    ///
    /// # Panics
    /// When the connection has ended.
    #[track_caller]
    pub fn say_binary(&mut self, bytes: &[u8]) {
        self.send(Opcode::Binary, bytes);
    }

    /// The next message, which is JSON: waits for it.
    ///
    /// # Panics
    /// When none comes, or another one, or the connection ends.
    #[track_caller]
    pub fn hears(&mut self) -> Value {
        match self.hears_frame() {
            Frame::Text(text) => {
                serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text:?}"))
            }
            Frame::Binary(bytes) => panic!("a binary message instead of JSON: {bytes:?}"),
        }
    }

    /// The next message as it is: waits for it.
    ///
    /// # Panics
    /// When none comes, or the connection ends.
    #[track_caller]
    pub fn hears_frame(&mut self) -> Frame {
        loop {
            match self.next() {
                Heard::Frame(frame) => return frame,
                Heard::Pong(_) => {}
                Heard::Close(code, text) => panic!("closed with {code} {text:?}"),
            }
        }
    }

    /// The close frame, which is next: its code (1005: it has none) and its text. Waits for it, and answers it.
    ///
    /// # Panics
    /// When none comes, or a message before it.
    #[track_caller]
    pub fn hears_close(&mut self) -> (u16, String) {
        loop {
            match self.next() {
                Heard::Close(code, text) => {
                    // it may hang up without waiting for our answer
                    let answer = code.to_be_bytes();
                    let answer = if code == NO_CODE { &[][..] } else { &answer };
                    let _ = self.end.write(&frames::encode(Opcode::Close, answer));
                    return (code, text);
                }
                Heard::Pong(_) => {}
                Heard::Frame(frame) => panic!("a message instead of a close frame: {frame:?}"),
            }
        }
    }

    /// Nothing more was said to this client before the server answered a ping of it. What the server has not done yet it may still say: to be sure that nothing
    /// is heard of a command wait for its acknowledgement, or for what another client hears of it.
    ///
    /// # Panics
    /// When something was said, or the connection ends.
    #[track_caller]
    pub fn hears_nothing(&mut self) {
        self.pings += 1;
        let ping = self.pings.to_be_bytes();
        self.send(Opcode::Ping, &ping);
        loop {
            match self.next() {
                Heard::Pong(pong) if pong == ping => return,
                Heard::Pong(_) => {}
                Heard::Frame(frame) => panic!("a message instead of nothing: {frame:?}"),
                Heard::Close(code, text) => panic!("closed with {code} {text:?}"),
            }
        }
    }

    /// Closes in order, with 1000, and waits for the server's own close frame: its consumer is done with this client then. What it said before is passed over.
    ///
    /// # Panics
    /// When no close frame comes.
    #[track_caller]
    pub fn close(self) {
        self.close_with(1000, "");
    }

    /// As [`close`](Self::close), with a code and a text of the client's own.
    ///
    /// # Panics
    /// When no close frame comes.
    #[track_caller]
    pub fn close_with(mut self, code: u16, text: &str) {
        let mut payload = code.to_be_bytes().to_vec();
        payload.extend_from_slice(text.as_bytes());
        self.send(Opcode::Close, &payload);
        while !matches!(self.next(), Heard::Close(..)) {}
    }

    #[track_caller]
    fn send(&mut self, opcode: Opcode, payload: &[u8]) {
        if let Err(error) = self.end.write(&frames::encode(opcode, payload)) {
            panic!("the server does not listen: {error}");
        }
    }

    #[track_caller]
    fn next(&mut self) -> Heard {
        let deadline = deadline();
        loop {
            // some may have come with the handshake
            while let Some((opcode, payload)) = frames::take(&mut self.bytes) {
                if let Some(heard) = self.take(opcode, payload) {
                    return heard;
                }
            }
            let mut buffer = [0; 4096];
            match self.end.read(&mut buffer, deadline) {
                Ok(0) => panic!("the connection ended without a close frame"),
                Ok(n) => self.bytes.extend_from_slice(&buffer[..n]),
                Err(error) => panic!("nothing is heard: {error}"),
            }
        }
    }

    #[track_caller]
    fn take(&mut self, opcode: u8, payload: Vec<u8>) -> Option<Heard> {
        const TEXT: u8 = Opcode::Text as u8;
        const BINARY: u8 = Opcode::Binary as u8;
        const CLOSE: u8 = Opcode::Close as u8;
        const PING: u8 = Opcode::Ping as u8;
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Some(match opcode {
            TEXT => Heard::Frame(Frame::Text(text(payload))),
            BINARY => Heard::Frame(Frame::Binary(payload.into())),
            CLOSE => match payload.split_first_chunk() {
                Some((code, reason)) => {
                    Heard::Close(u16::from_be_bytes(*code), text(reason.to_vec()))
                }
                None => Heard::Close(NO_CODE, String::new()),
            },
            PING => {
                let _ = self.end.write(&frames::encode(Opcode::Pong, &payload));
                return None;
            }
            _ => Heard::Pong(payload),
        })
    }
}
