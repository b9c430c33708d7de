//! What is compressed comes back, what is not sound is refused, and a bomb stays small.

use super::super::{Opcode, encode};
use super::*;
use proptest::prelude::*;

fn unpacked(message: &[u8], limit: usize) -> Result<Vec<u8>, Violation> {
    inflate(message, limit, |bytes| Ok(bytes.to_vec()))
}

/// The payload of a frame that must be compressed.
fn compressed(payload: &[u8]) -> Vec<u8> {
    let frame = deflated(&encode(Opcode::Text, payload));
    assert_eq!(frame[0], 0xc1, "a whole compressed text");
    parts(&frame).1.to_vec()
}

#[test]
fn the_examples_of_the_rfc_are_understood() {
    // section 7.2.3: one block, no compression, the last block, two blocks
    for message in [
        &b"\xf2\x48\xcd\xc9\xc9\x07\x00"[..],
        b"\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00",
        b"\xf3\x48\xcd\xc9\xc9\x07\x00\x00",
        b"\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00",
    ] {
        assert_eq!(unpacked(message, 5).unwrap(), b"Hello", "{message:x?}");
        let limit = 4;
        assert_eq!(unpacked(message, limit), Err(Violation::TooLarge { limit }));
    }
    assert_eq!(unpacked(b"\x00", 0).unwrap(), b"", "an empty message");
    assert_eq!(
        unpacked(b"", 0).unwrap(),
        b"",
        "an empty message, carelessly"
    );
}

#[test]
fn what_is_no_whole_message_is_refused() {
    let whole = compressed(&b"It was the best of times, it was the worst of times. ".repeat(40));
    for cut in 1..whole.len() {
        assert_eq!(
            unpacked(&whole[..cut], 1 << 20),
            Err(Violation::Deflate),
            "{cut}"
        );
    }
    for junk in [&b"\xff"[..], b"\xff\xff\xff\xff", b"Hello", b"\x07"] {
        assert_eq!(
            unpacked(junk, 1 << 20),
            Err(Violation::Deflate),
            "{junk:x?}"
        );
    }
}

#[test]
fn a_bomb_is_cut_off_in_bounded_memory() {
    let (size, limit) = (64 << 20, 64 << 10);
    let mut stream = Compress::new(Compression::best(), false);
    let mut bomb = Vec::with_capacity(1 << 20);
    stream
        .compress_vec(&vec![0; size], &mut bomb, FlushCompress::Sync)
        .unwrap();
    bomb.truncate(bomb.len() - TAIL.len());
    assert!(bomb.len() <= 66 << 10, "{} bytes", bomb.len());
    assert_eq!(unpacked(&bomb, limit), Err(Violation::TooLarge { limit }));
    let inflater = INFLATER.take().expect("the thread's");
    assert!(inflater.out.capacity() <= KEPT_BYTES);
    INFLATER.set(Some(inflater));
    // and the next message is none the worse for it
    assert_eq!(
        unpacked(&compressed(&[b'a'; 2000]), limit).unwrap(),
        [b'a'; 2000]
    );
}

#[test]
fn a_message_over_the_limit_is_too_large_whatever_follows() {
    // ten times the limit, and then nonsense
    let mut message = compressed(&[b'a'; 1000]);
    message.extend(b"\x07\x07\x07");
    let limit = 100;
    let too_large = Err(Violation::TooLarge { limit });
    assert_eq!(unpacked(&message, limit), too_large);
    // also where an earlier message has left a lot of room
    let large = vec![b'b'; KEPT_BYTES];
    assert_eq!(unpacked(&compressed(&large), KEPT_BYTES).unwrap(), large);
    assert_eq!(unpacked(&message, limit), too_large);
    assert_eq!(unpacked(&message, 1000), Err(Violation::Deflate));
}

#[test]
fn a_message_that_is_cut_off_is_not_too_large() {
    // a stored block of 10 bytes, 4 of which come: the tail makes 8, and what tests for the end would make more than 8
    let message = b"\x00\x0a\x00\xf5\xffwhat";
    assert_eq!(unpacked(message, 8), Err(Violation::Deflate));
    assert_eq!(unpacked(message, 100), Err(Violation::Deflate));
    let limit = 7;
    assert_eq!(unpacked(message, limit), Err(Violation::TooLarge { limit }));
}

/// What cannot be compressed.
fn noise(bytes: usize) -> Vec<u8> {
    let mut random = 0x9e37_79b9_u32;
    std::iter::repeat_with(|| {
        random = random.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        (random >> 24) as u8
    })
    .take(bytes)
    .collect()
}

#[test]
fn a_message_that_cannot_be_compressed_harms_none_after_it() {
    // the compressor is used again: what it kept of a stream that was given up went into the next one, and after some of them it panicked
    let text = "what comes after it ".repeat(40_000);
    for bytes in [1024, 5000, 40_000, 100_000, 300_000, MOST_BYTES - 10] {
        let frame = encode(Opcode::Binary, &noise(bytes));
        for _ in 0..20 {
            assert_eq!(deflated(&frame), frame);
        }
        let message = compressed(text.as_bytes());
        assert_eq!(unpacked(&message, 1 << 20).unwrap(), text.as_bytes());
    }
}

#[test]
fn what_would_grow_is_sent_as_it_is() {
    let frame = encode(Opcode::Binary, &noise(5000));
    assert_eq!(deflated(&frame), frame);
    let large = encode(Opcode::Binary, &vec![0; MOST_BYTES]);
    assert_eq!(deflated(&large), large, "and so is what would take long");
}

proptest! {
    #[test]
    fn what_is_deflated_is_inflated(pieces in proptest::collection::vec("[a-f]{0,8}|.{0,20}", 1..30), times in 1_usize..100) {
        let text = pieces.concat().repeat(times);
        let plain = encode(Opcode::Text, text.as_bytes());
        let frame = deflated(&plain);
        prop_assert!(frame.len() <= plain.len());
        if frame != plain {
            prop_assert_eq!(frame[0], 0xc1);
            prop_assert_eq!(unpacked(parts(&frame).1, text.len()).unwrap(), text.as_bytes());
        }
    }

    #[test]
    fn a_strangers_bytes_never_panic_and_never_exceed(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(out) = unpacked(&bytes, 1000) {
            prop_assert!(out.len() <= 1000);
        }
    }
}

#[test]
fn last_blocks_are_counted() {
    // empty ones, and one that says "a": cheap to send, and each starts the decompressor anew
    for (block, says) in [(&b"\x03\x00"[..], &b""[..]), (b"\x4b\x04\x00", b"a")] {
        // and the start of the block whose end is not sent (section 7.2.3.4)
        let message = |count| [&block.repeat(count), &b"\x00"[..]].concat();
        let most = MOST_LAST_BLOCKS;
        assert_eq!(
            unpacked(&message(most), 1 << 20).unwrap(),
            says.repeat(most)
        );
        assert_eq!(
            unpacked(&message(most + 1), 1 << 20),
            Err(Violation::Deflate)
        );
    }
}
