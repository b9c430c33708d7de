//! Engine.IO packets (protocol version 4): one per WebSocket frame, or several in the body of a long-polling request.
//!
//! Source: the public protocol text, `engine.io-protocol`, version 4. A packet is a digit and its data; a long-polling body puts packets side by side with
//! `\x1e` between them, and a binary message there is `b` and base64.

use base64::Engine;
use base64::engine::DecodePaddingMode::Indifferent;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use serde::Serialize;
use std::borrow::Cow;

/// Between the packets of a long-polling body.
const SEPARATOR: char = '\x1e';

/// Packets of one long-polling body. A body is bounded in bytes, but an empty packet costs one: this bounds the work of a body full of separators.
const PACKETS_OF_A_BODY: usize = 16_384;

/// Packets of one answer to a poll: python-engineio refuses a body with more, and gives its session up.
pub(crate) const PACKETS_OF_AN_ANSWER: usize = 16;

/// With or without padding: clients in other languages leave it out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(Indifferent),
);

/// What the server says first.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OpenPacket<'a> {
    pub sid: &'a str,
    pub upgrades: &'a [&'a str],
    /// Milliseconds between two pings of the server.
    pub ping_interval: u64,
    /// Milliseconds that a client has for a pong.
    pub ping_timeout: u64,
    /// The most a message, or a long-polling body, may be, in bytes.
    pub max_payload: u64,
}

/// One packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Packet<'a> {
    Open(&'a str),
    Close,
    Ping(&'a str),
    Pong(&'a str),
    Message(&'a str),
    /// A message that is no text.
    Binary(Cow<'a, [u8]>),
    Upgrade,
    Noop,
}

/// Text that is no packet. The session cannot go on: what follows may be out of step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed;

impl<'a> Packet<'a> {
    /// A packet as it stands in a WebSocket text frame. It comes from a stranger.
    pub fn decode(text: &'a str) -> Result<Self, Malformed> {
        let mut rest = text.chars();
        let kind = rest.next().ok_or(Malformed)?;
        let data = rest.as_str();
        match (kind, data) {
            ('0', _) => Ok(Packet::Open(data)),
            ('1', "") => Ok(Packet::Close),
            ('2', _) => Ok(Packet::Ping(data)),
            ('3', _) => Ok(Packet::Pong(data)),
            ('4', _) => Ok(Packet::Message(data)),
            ('5', "") => Ok(Packet::Upgrade),
            ('6', "") => Ok(Packet::Noop),
            _ => Err(Malformed),
        }
    }

    /// The packet in a long-polling body.
    fn decode_in_body(text: &'a str) -> Result<Self, Malformed> {
        match text.strip_prefix('b') {
            Some(base64) => match BASE64.decode(base64) {
                Ok(bytes) => Ok(Packet::Binary(Cow::Owned(bytes))),
                Err(_) => Err(Malformed),
            },
            None => Packet::decode(text),
        }
    }

    /// Appends the packet as it stands in a long-polling body; without binary data that is also its WebSocket text.
    pub fn encode_into(&self, out: &mut String) {
        let (kind, data) = match self {
            Packet::Open(data) => ('0', *data),
            Packet::Close => ('1', ""),
            Packet::Ping(data) => ('2', *data),
            Packet::Pong(data) => ('3', *data),
            Packet::Message(data) => ('4', *data),
            Packet::Upgrade => ('5', ""),
            Packet::Noop => ('6', ""),
            Packet::Binary(bytes) => {
                out.push('b');
                BASE64.encode_string(bytes, out);
                return;
            }
        };
        out.push(kind);
        out.push_str(data);
    }

    /// The packet's text; of a binary one as in a long-polling body.
    #[cfg(test)]
    pub fn encode(&self) -> String {
        let mut out = String::new();
        self.encode_into(&mut out);
        out
    }
}

/// The packets of a long-polling body, in order. It comes from a stranger: nothing is delivered of a body that is malformed anywhere.
pub(crate) fn decode_body(body: &str) -> Result<Vec<Packet<'_>>, Malformed> {
    if body.split(SEPARATOR).nth(PACKETS_OF_A_BODY).is_some() {
        return Err(Malformed);
    }
    body.split(SEPARATOR).map(Packet::decode_in_body).collect()
}

/// Appends a packet to a body.
pub(crate) fn push_packet(body: &mut String, packet: &Packet<'_>) {
    if !body.is_empty() {
        body.push(SEPARATOR);
    }
    packet.encode_into(body);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From the protocol's text.
    #[test]
    fn packets_of_the_protocols_text() {
        for (text, packet) in [
            ("4hello", Packet::Message("hello")),
            ("4", Packet::Message("")),
            ("2", Packet::Ping("")),
            ("2probe", Packet::Ping("probe")),
            ("3probe", Packet::Pong("probe")),
            ("5", Packet::Upgrade),
            ("6", Packet::Noop),
            ("1", Packet::Close),
        ] {
            assert_eq!(Packet::decode(text), Ok(packet.clone()), "{text}");
            assert_eq!(packet.encode(), text);
        }
        let body = "4hello\x1e2\x1e4world";
        let packets = [
            Packet::Message("hello"),
            Packet::Ping(""),
            Packet::Message("world"),
        ];
        assert_eq!(decode_body(body).as_deref(), Ok(&packets[..]));
        let body = "4hello\x1ebAQIDBA==";
        let packets = [
            Packet::Message("hello"),
            Packet::Binary(Cow::Borrowed(&[1, 2, 3, 4])),
        ];
        assert_eq!(decode_body(body).as_deref(), Ok(&packets[..]));
        let mut again = String::new();
        packets.iter().for_each(|p| push_packet(&mut again, p));
        assert_eq!(again, body);
        assert_eq!(decode_body("bAQIDBA"), decode_body("bAQIDBA=="));
    }

    #[test]
    fn what_is_no_packet_is_refused() {
        for text in ["", "abc", "7", "-1", "1x", "5probe", "6x", "٤hello"] {
            assert_eq!(Packet::decode(text), Err(Malformed), "{text}");
        }
        for body in ["", "abc", "4a\x1e", "\x1e4a", "4a\x1ex", "b!", "bA"] {
            assert_eq!(decode_body(body), Err(Malformed), "{body:?}");
        }
        let endless = "4\x1e".repeat(PACKETS_OF_A_BODY) + "4";
        assert_eq!(decode_body(&endless), Err(Malformed));
        assert!(decode_body(&endless[2..]).is_ok());
    }

    #[test]
    fn the_handshake_is_spelled_as_clients_read_it() {
        let handshake = OpenPacket {
            sid: "a",
            upgrades: &["websocket"],
            ping_interval: 300,
            ping_timeout: 200,
            max_payload: 1_000_000,
        };
        assert_eq!(
            serde_json::to_string(&handshake).expect("JSON"),
            r#"{"sid":"a","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":1000000}"#
        );
    }

    fn packet() -> impl Strategy<Value = (u8, String, Vec<u8>)> {
        (
            0_u8..8,
            "[^\x1e]{0,40}",
            prop::collection::vec(any::<u8>(), 0..60),
        )
    }

    fn made<'a>((kind, text, bytes): &'a (u8, String, Vec<u8>)) -> Packet<'a> {
        match kind {
            0 => Packet::Open(text),
            1 => Packet::Close,
            2 => Packet::Ping(text),
            3 => Packet::Pong(text),
            4 => Packet::Message(text),
            5 => Packet::Upgrade,
            6 => Packet::Noop,
            _ => Packet::Binary(Cow::Borrowed(bytes)),
        }
    }

    proptest! {
        #[test]
        fn a_body_comes_back(seeds in prop::collection::vec(packet(), 1..20)) {
            let packets: Vec<Packet<'_>> = seeds.iter().map(made).collect();
            let mut body = String::new();
            packets.iter().for_each(|p| push_packet(&mut body, p));
            prop_assert_eq!(decode_body(&body), Ok(packets));
        }

        #[test]
        fn a_strangers_text_never_panics(text in ".{0,200}", like in "[0-7b\x1e]{0,40}") {
            for text in [&text, &like] {
                let _ = Packet::decode(text);
                let _ = decode_body(text);
            }
        }
    }
}
