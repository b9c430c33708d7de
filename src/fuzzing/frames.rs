//! The frame parser, and what the server writes.

use super::dice::Dice;
use super::rfc6455::{self, End, Said};
use crate::protocol::frame::Payload;
use crate::protocol::websocket::{
    Incoming, MessageLimits, Opcode, Parser, Violation, encode, encode_close,
};

/// What a frame may take besides its payload.
const HEAD_BYTES: usize = 14;
const CONTROL_BYTES: usize = 125;

/// The first byte of `data` chooses the limits, the rest is what a client sends.
///
/// # Panics
/// When the messages or the verdict differ from the reference's, or depend on how the stream was cut; when more is held than one message; when what is
/// written does not read back.
pub fn frames(data: &[u8]) {
    let Some((choice, stream)) = data.split_first() else {
        return;
    };
    let (max_message_bytes, max_fragments) = match choice % 3 {
        0 => (1000, 4),
        1 => (64 << 10, 65_536),
        _ => (0, 1),
    };
    let limits = MessageLimits {
        max_message_bytes,
        max_fragments,
        inflates: choice / 3 % 2 == 1,
    };
    let mut dice = Dice::of(data);
    let expected = heard_however_cut(stream, &limits, &mut dice);

    let (said, end) = expected;
    let again = frames_of(&said, &limits, &mut dice);
    let end_again = match end {
        End::Closed => End::Closed,
        End::Open | End::Violated(_) => End::Open,
    };
    assert_eq!(
        hear(&dice.cut(&again), &limits),
        (said.clone(), end_again),
        "sent again as {again:02x?}"
    );
    for message in &said {
        written_reads_back(message);
    }
}

/// What the parser and the reference hear alike, in any reads.
pub(super) fn heard_however_cut(
    stream: &[u8],
    limits: &MessageLimits,
    dice: &mut Dice,
) -> (Vec<Said>, End) {
    let expected = rfc6455::hear(stream, limits);
    let cuts = [
        vec![stream],
        stream.chunks(1).collect(),
        stream.chunks(dice.up_to(300)).collect(),
        dice.cut(stream),
    ];
    for reads in cuts {
        let heard = hear(&reads, limits);
        assert_eq!(heard, expected, "{} reads of {stream:02x?}", reads.len());
    }
    expected
}

/// Drives a parser as a connection does: a read, then empty slices until it asks for more.
fn hear(reads: &[&[u8]], limits: &MessageLimits) -> (Vec<Said>, End) {
    let (mut parser, mut said) = (Parser::default(), Vec::new());
    let mut end = End::Open;
    for read in reads {
        let mut buffer = read.to_vec();
        let mut fresh = &mut buffer[..];
        loop {
            match parser.next(fresh, limits, owned) {
                Ok(Some(message)) => {
                    assert_eq!(end, End::Open, "{message:?} after the end");
                    if let Said::Close(_) = message {
                        end = End::Closed;
                    }
                    said.push(message);
                }
                Ok(None) => break,
                Err(violation) => {
                    assert_eq!(end, End::Open, "{violation:?} after the end");
                    end = End::Violated(told(&violation));
                    break;
                }
            }
            fresh = &mut [];
        }
        // a message, a control frame within it, their heads; `Vec` may keep twice as much
        let message = limits.max_message_bytes + limits.max_message_bytes / 8 + 64;
        let bound = 2 * (message + CONTROL_BYTES + 2 * HEAD_BYTES + read.len());
        let held = parser.held_bytes();
        assert!(held <= bound, "{held} bytes held, {bound} allowed");
        if end != End::Open {
            assert_eq!(held, 0, "nothing is kept after the end");
        }
    }
    (said, end)
}

/// The close code of a violation, whose close frame must be one that a client understands.
fn told(violation: &Violation) -> u16 {
    let (code, reason) = (violation.code(), violation.reason());
    assert!(matches!(code, 1002 | 1007 | 1009), "{violation:?}");
    closes_with(code, &reason, &reason);
    code
}

fn owned(incoming: Incoming<'_>) -> Said {
    match incoming {
        Incoming::Data(Payload::Text(text)) => Said::Text(text.to_owned()),
        Incoming::Data(Payload::Binary(bytes)) => Said::Binary(bytes.to_owned()),
        Incoming::Data(Payload::Event(_)) => unreachable!("no codec of frames makes events"),
        Incoming::Ping(bytes) => Said::Ping(bytes.to_owned()),
        Incoming::Pong(bytes) => Said::Pong(bytes.to_owned()),
        Incoming::Close(None) => Said::Close(None),
        Incoming::Close(Some((code, reason))) => {
            assert!(rfc6455::is_close_code(code), "{code} was let through");
            Said::Close(Some((code, reason.to_owned())))
        }
    }
}

/// The same messages from another client, which cuts them into other frames.
fn frames_of(said: &[Said], limits: &MessageLimits, dice: &mut Dice) -> Vec<u8> {
    let mut stream = Vec::new();
    for message in said {
        let (opcode, payload) = parts(message);
        let mut rest = &payload[..];
        let mut first = opcode;
        let fragments = if opcode < 8 {
            dice.up_to(limits.max_fragments.min(4))
        } else {
            1
        };
        for _ in 1..fragments {
            let (piece, later) = rest.split_at(dice.up_to(rest.len() + 1) - 1);
            stream.extend(rfc6455::client_frame(false, first, piece, dice.key()));
            (first, rest) = (0, later);
        }
        stream.extend(rfc6455::client_frame(true, first, rest, dice.key()));
    }
    stream
}

fn parts(message: &Said) -> (u8, Vec<u8>) {
    match message {
        Said::Text(text) => (1, text.clone().into_bytes()),
        Said::Binary(bytes) => (2, bytes.clone()),
        Said::Close(None) => (8, Vec::new()),
        Said::Close(Some((code, reason))) => (8, [&code.to_be_bytes(), reason.as_bytes()].concat()),
        Said::Ping(bytes) => (9, bytes.clone()),
        Said::Pong(bytes) => (10, bytes.clone()),
    }
}

/// The server says the same, and a client reads it.
fn written_reads_back(message: &Said) {
    let (number, payload) = parts(message);
    let opcode = match message {
        Said::Text(_) => Opcode::Text,
        Said::Binary(_) => Opcode::Binary,
        Said::Ping(_) => Opcode::Ping,
        Said::Pong(_) => Opcode::Pong,
        Said::Close(_) => Opcode::Close,
    };
    let frame = encode(opcode, &payload);
    assert_eq!(
        rfc6455::server_frame(&frame),
        Some((0x80 | number, &payload[..]))
    );
    if let Said::Close(Some((code, reason))) = message {
        closes_with(*code, reason, reason);
        // longer than a close frame can be
        let long = reason.repeat(8);
        if long.len() > CONTROL_BYTES {
            closes_with(
                *code,
                &long,
                &long[..long.floor_char_boundary(CONTROL_BYTES - 2)],
            );
        }
    }
}

#[track_caller]
fn closes_with(code: u16, reason: &str, told: &str) {
    let frame = encode_close(code, reason);
    let payload = [&code.to_be_bytes(), told.as_bytes()].concat();
    assert!(rfc6455::is_close_code(code), "{code}");
    assert!(payload.len() <= CONTROL_BYTES, "{reason:?}");
    assert_eq!(rfc6455::server_frame(&frame), Some((0x88, &payload[..])));
}
