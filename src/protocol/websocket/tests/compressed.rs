//! Compressed messages on their way through the parser.

use super::*;
use proptest::prelude::*;
use proptest::sample::Index;

const LIMITS: MessageLimits = MessageLimits {
    inflates: true,
    ..super::LIMITS
};
/// "Hello", compressed (RFC 7692, section 7.2.3.1).
const HELLO: &[u8] = b"\xf2\x48\xcd\xc9\xc9\x07\x00";

fn hear(stream: &[u8], size: usize) -> (Vec<Heard>, Result<(), Violation>) {
    let (mut parser, mut heard) = (Parser::default(), Vec::new());
    let end = stream
        .chunks(size)
        .try_for_each(|read| feed_within(&LIMITS, &mut parser, read, &mut heard));
    (heard, end)
}

#[track_caller]
fn expect(frames: &[Vec<u8>], messages: &[Heard], end: Result<(), Violation>) {
    for size in [1, 2, 3, 7, 4096] {
        let heard = hear(&frames.concat(), size);
        assert_eq!(heard, (messages.to_vec(), end), "in reads of {size}");
    }
}

/// The payload of a message, compressed as the server does it.
fn compressed(payload: &[u8]) -> Vec<u8> {
    let frame = deflated(&encode(Opcode::Binary, payload));
    assert_eq!(frame[0], 0xc2, "it was worth it");
    frame::parts(&frame).1.to_vec()
}

#[test]
fn the_first_frame_of_a_message_says_that_it_is_compressed() {
    expect(&[masked(0xc1, HELLO)], &[text("Hello")], Ok(()));
    let binary = Heard::Binary(b"Hello".to_vec());
    expect(&[masked(0xc2, HELLO)], &[binary], Ok(()));
    let pieces = [
        masked(0x41, &HELLO[..3]),
        masked(0x89, b"still there"),
        masked(0x00, b""),
        masked(0x80, &HELLO[3..]),
        masked(0x81, b"and plain"),
    ];
    let ping = Heard::Ping(b"still there".to_vec());
    expect(&pieces, &[ping, text("Hello"), text("and plain")], Ok(()));
}

#[test]
fn only_the_first_frame_of_a_message_says_so() {
    let reserved = Err(Violation::Protocol("reserved bit set"));
    expect(
        &[masked(0x41, &HELLO[..3]), masked(0xc0, &HELLO[3..])],
        &[],
        reserved,
    );
    expect(&[masked(0x01, b"a"), masked(0xc0, HELLO)], &[], reserved);
    for control in [0xc8, 0xc9, 0xca] {
        expect(&[masked(control, b"")], &[], reserved);
    }
    for other in [0xa1, 0x91, 0xe1, 0xf1] {
        expect(&[masked(other, HELLO)], &[], reserved);
    }
}

#[test]
fn what_is_inflated_has_the_limit_of_a_message() {
    let just = vec![7; 1000];
    expect(
        &[masked(0xc2, &compressed(&just))],
        &[Heard::Binary(just)],
        Ok(()),
    );
    let limit = 1000;
    let over = compressed(&[7; 1001]);
    expect(
        &[masked(0xc2, &over)],
        &[],
        Err(Violation::TooLarge { limit }),
    );
    // a head that announces more than anything that is permitted could be compressed to
    let head = b"\xc2\xfe\x05\x00".to_vec();
    expect(&[head], &[], Err(Violation::TooLarge { limit }));
}

#[test]
fn what_cannot_be_inflated_is_refused() {
    expect(&[masked(0xc1, b"Hello")], &[], Err(Violation::Deflate));
    expect(&[masked(0xc1, &HELLO[..5])], &[], Err(Violation::Deflate));
    let not_utf8 = compressed(&[0xff; 100]);
    expect(&[masked(0xc1, &not_utf8)], &[], Err(Violation::Utf8));
}

proptest! {
    #[test]
    fn however_it_is_cut(
        words in proptest::collection::vec("(ab|é|\u{1F600}|[a-z]{3})", 1..40),
        cuts in proptest::collection::vec(any::<Index>(), 0..=3),
        size in 1_usize..200,
    ) {
        let said = words.concat().repeat(4);
        prop_assume!(said.len() <= LIMITS.max_message_bytes);
        let frame = deflated(&encode(Opcode::Text, said.as_bytes()));
        let compressed = frame[0] & 0x40;
        let payload = frame::parts(&frame).1;
        let mut cuts: Vec<_> = cuts.iter().map(|at| at.index(payload.len() + 1)).collect();
        cuts.sort_unstable();
        let (mut frames, mut from, mut first) = (Vec::new(), 0, compressed | 0x1);
        for at in cuts {
            frames.extend(masked(first, &payload[from..at]));
            (from, first) = (at, 0x0);
        }
        frames.extend(masked(first | 0x80, &payload[from..]));
        prop_assert_eq!(hear(&frames, size), (vec![Heard::Text(said)], Ok(())));
    }
}
