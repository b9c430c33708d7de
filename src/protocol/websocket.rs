//! RFC 6455 and RFC 7692 as the server speaks them, bytes in and values out: nothing here reads, writes or waits.
//!
//! Invariant: whatever a client sends is hostile. A [`Parser`] answers it with a message or with a [`Violation`], and
//! never holds more of it than one message of the permitted size and the bytes of its caller's last read.

mod deflate;
pub(crate) mod extension;
mod frame;
mod handshake;
mod parser;
#[cfg(test)]
mod tests;

pub(crate) use deflate::deflated;
#[cfg(feature = "fuzzing")]
pub(crate) use deflate::{inflate, room_taken};
pub(crate) use frame::{encode, encode_all, encode_close, head_bytes, parts, pieces};
pub(crate) use handshake::{accept_key, valid_key};
pub(crate) use parser::Parser;

use crate::protocol::frame::Payload;
use std::borrow::Cow;

/// What a frame is (RFC 6455, section 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Opcode {
    /// Any frame of a data message but its first.
    Continuation = 0x0,
    /// The first frame of a text message.
    Text = 0x1,
    /// The first frame of a binary message.
    Binary = 0x2,
    /// The last frame of a direction.
    Close = 0x8,
    /// To be answered with a pong that carries the same payload.
    Ping = 0x9,
    /// An answer to a ping, or an unasked heartbeat.
    Pong = 0xA,
}

impl Opcode {
    /// The opcode in the low four bits of a frame's first byte; `None` for the reserved ones.
    fn of(first: u8) -> Option<Self> {
        Some(match first & 0x0F {
            0x0 => Opcode::Continuation,
            0x1 => Opcode::Text,
            0x2 => Opcode::Binary,
            0x8 => Opcode::Close,
            0x9 => Opcode::Ping,
            0xA => Opcode::Pong,
            _ => return None,
        })
    }

    /// Control frames are short, never fragmented, and may come between the fragments of a message (section 5.4).
    fn is_control(self) -> bool {
        self as u8 & 0x8 != 0
    }
}

/// One message from a client, borrowed from the bytes it came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Incoming<'a> {
    /// A message, put together if it came in fragments.
    Data(Payload<'a>),
    /// A ping, at most 125 bytes.
    Ping(&'a [u8]),
    /// A pong, at most 125 bytes.
    Pong(&'a [u8]),
    /// The client's last words: a permitted code and a reason, or neither. The parser reads nothing after it.
    Close(Option<(u16, &'a str)>),
}

impl Incoming<'_> {
    /// The payload's bytes.
    pub(crate) fn len(&self) -> usize {
        match self {
            Incoming::Data(payload) => payload.len(),
            Incoming::Ping(bytes) | Incoming::Pong(bytes) => bytes.len(),
            Incoming::Close(last) => last.map_or(0, |(_, reason)| 2 + reason.len()),
        }
    }
}

/// What a client may make the server hold for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MessageLimits {
    /// The payload of one data message, its fragments added up. Control frames have the protocol's own limit.
    pub(crate) max_message_bytes: usize,
    /// The frames of one fragmented message. Empty fragments cost no memory, so the byte limit alone would let a
    /// message go on for ever. A last one that is empty does not count.
    pub(crate) max_fragments: usize,
    /// Compression was agreed on: the first frame of a message may say that it is compressed.
    pub(crate) inflates: bool,
}

/// Why a connection has to be closed: always the client's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Violation {
    /// 1002: the client does not speak RFC 6455. The text says which rule it broke.
    Protocol(&'static str),
    /// 1007: a text message or a close reason that is not UTF-8.
    Utf8,
    /// 1007: a message that is marked as compressed, and is not, or not whole.
    Deflate,
    /// 1009: a message larger than [`MessageLimits::max_message_bytes`]. A smaller one may be sent on a new connection.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// 1009: a message in more pieces than [`MessageLimits::max_fragments`]. Legal, but more than we care to follow.
    TooManyFragments {
        /// The limit, in frames.
        limit: usize,
    },
}

impl Violation {
    /// The close code (RFC 6455, section 7.4.1).
    pub(crate) const fn code(&self) -> u16 {
        match self {
            Violation::Protocol(_) => 1002,
            Violation::Utf8 | Violation::Deflate => 1007,
            Violation::TooLarge { .. } | Violation::TooManyFragments { .. } => 1009,
        }
    }

    /// The close reason, told to the client: fits a close frame and repeats nothing the client sent.
    pub(crate) fn reason(&self) -> Cow<'static, str> {
        match self {
            Violation::Protocol(rule) => Cow::Borrowed(rule),
            Violation::Utf8 => Cow::Borrowed("text is not UTF-8"),
            Violation::Deflate => Cow::Borrowed("message cannot be inflated"),
            Violation::TooLarge { limit } => format!("message larger than {limit} bytes").into(),
            Violation::TooManyFragments { limit } => {
                format!("message in more than {limit} fragments").into()
            }
        }
    }
}
