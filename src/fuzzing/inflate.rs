//! Compressed messages, both ways.

use super::dice::Dice;
use super::frames::heard_however_cut;
use super::rfc1951;
use super::rfc6455::{self, End, Said};
use crate::protocol::websocket::{self, MessageLimits, Opcode};
use std::sync::LazyLock;

/// A message that leaves the thread's memory as large as it may stay.
const LARGE_BYTES: usize = 100 << 10;
static LARGE: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let frame = websocket::encode(Opcode::Binary, &[0; LARGE_BYTES]);
    let frame = websocket::deflated(&frame);
    let (_, message) = rfc6455::server_frame(&frame).expect("a frame");
    message.to_vec()
});

/// The first byte of `data` chooses the limit, the rest is the payload of a compressed message.
///
/// # Panics
/// When the result differs from the reference's, or depends on earlier messages or on how the message was cut; when more room is taken than the limit; when
/// what is compressed does not come back.
pub fn inflate(data: &[u8]) {
    let Some((choice, message)) = data.split_first() else {
        return;
    };
    let limit = match choice % 4 {
        0 => 0,
        1 => 100,
        2 => 5000,
        _ => 64 << 10,
    };
    let mut dice = Dice::of(data);
    let expected = rfc1951::inflate(message, limit);
    assert_eq!(inflated(message, limit), expected, "{message:02x?}");
    if dice.up_to(4) == 1 {
        let large = inflated(&LARGE, LARGE_BYTES).map(|bytes| bytes.len());
        assert_eq!(large, Ok(LARGE_BYTES));
        let again = inflated(message, limit);
        assert_eq!(again, expected, "after a large one: {message:02x?}");
    }
    takes_little_room(message, limit);

    let limits = MessageLimits {
        max_message_bytes: limit,
        max_fragments: 8,
        inflates: true,
    };
    let opcode = 1 + choice / 4 % 2;
    let stream = frames_of(opcode, message, &mut dice);
    let (said, end) = heard_however_cut(&stream, &limits, &mut dice);
    let said = said.into_iter().find(|said| !matches!(said, Said::Ping(_)));
    match (expected, said, end) {
        (Ok(bytes), Some(Said::Binary(said)), End::Open) => assert_eq!(said, bytes),
        (Ok(bytes), Some(Said::Text(said)), End::Open) => assert_eq!(said.as_bytes(), bytes),
        (Ok(bytes), None, End::Violated(1007)) => {
            assert!(opcode == 1 && String::from_utf8(bytes).is_err());
        }
        (Err(code), None, End::Violated(told)) if code == told => {}
        (_, None, End::Violated(1009)) if message.len() > limit + limit / 8 + 64 => {}
        (expected, said, end) => panic!("{said:?}, {end:?}, not {expected:?}: {message:02x?}"),
    }

    comes_back(Opcode::Text, 0x81, message);
    comes_back(Opcode::Binary, 0x82, message);
}

fn inflated(message: &[u8], limit: usize) -> Result<Vec<u8>, u16> {
    let inflated = websocket::inflate(message, limit, |bytes| Ok(bytes.to_vec()));
    inflated.map_err(|violation| violation.code())
}

/// However much a message says that it holds.
fn takes_little_room(message: &[u8], limit: usize) {
    let taken = websocket::room_taken(message, limit);
    // a `Vec` that grows doubles
    assert!(taken <= 2 * limit.max(8), "{taken} bytes: {message:02x?}");
}

/// A client's compressed message in up to four frames, with pings between them.
fn frames_of(opcode: u8, message: &[u8], dice: &mut Dice) -> Vec<u8> {
    const RSV1: u8 = 0x40;
    let mut stream = Vec::new();
    let (mut first, mut rest) = (RSV1 | opcode, message);
    for n in 1..dice.up_to(4) {
        let (piece, later) = rest.split_at(dice.up_to(rest.len() + 1) - 1);
        stream.extend(rfc6455::client_frame(false, first, piece, dice.key()));
        stream.extend(rfc6455::client_frame(true, 9, &[n as u8], dice.key()));
        (first, rest) = (0, later);
    }
    stream.extend(rfc6455::client_frame(true, first, rest, dice.key()));
    stream
}

/// What the server compresses gets smaller, if it is compressed at all, and a client reads the same.
fn comes_back(opcode: Opcode, first: u8, payload: &[u8]) {
    let plain = websocket::encode(opcode, payload);
    let frame = websocket::deflated(&plain);
    if frame == plain {
        return;
    }
    assert!(frame.len() <= plain.len(), "{payload:02x?}");
    let (told, message) = rfc6455::server_frame(&frame).expect("a frame that a client reads");
    assert_eq!(told, first | 0x40);
    let inflated = rfc1951::inflate(message, payload.len());
    assert_eq!(inflated.as_deref(), Ok(payload), "as {message:02x?}");
}
