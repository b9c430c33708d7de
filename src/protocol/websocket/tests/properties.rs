//! What must hold for any client and any network.

use super::*;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// A message as a client means it, and the frames it chose to send it in.
#[derive(Debug, Clone)]
struct Sent {
    /// In the order in which a parser completes them: control frames between fragments come first.
    messages: Vec<Heard>,
    frames: Vec<u8>,
}

fn control() -> impl Strategy<Value = Sent> {
    (any::<bool>(), vec(any::<u8>(), 0..=125)).prop_map(|(ping, payload)| Sent {
        frames: masked(if ping { 0x89 } else { 0x8a }, &payload),
        messages: vec![match ping {
            true => Heard::Ping(payload),
            false => Heard::Pong(payload),
        }],
    })
}

fn data() -> impl Strategy<Value = Sent> {
    let message = prop_oneof![
        ".{0,60}".prop_map(Heard::Text),
        vec(any::<u8>(), 0..=1000).prop_map(Heard::Binary),
    ];
    // Up to three cuts, each with or without a control frame in it, make up to four fragments.
    let cuts = vec((any::<Index>(), proptest::option::of(control())), 0..=3);
    (message, cuts).prop_map(|(message, mut cuts)| {
        let (opcode, payload) = match &message {
            Heard::Text(text) => (0x1, text.as_bytes()),
            Heard::Binary(bytes) => (0x2, &bytes[..]),
            _ => unreachable!(),
        };
        cuts.sort_by_key(|(at, _)| at.index(payload.len() + 1));
        let (mut messages, mut frames) = (Vec::new(), Vec::new());
        let (mut from, mut opcode) = (0, opcode);
        for (at, between) in cuts {
            let at = at.index(payload.len() + 1);
            frames.extend(masked(opcode, &payload[from..at]));
            (from, opcode) = (at, 0x0);
            if let Some(between) = between {
                messages.extend(between.messages);
                frames.extend(between.frames);
            }
        }
        frames.extend(masked(0x80 | opcode, &payload[from..]));
        messages.push(message);
        Sent { messages, frames }
    })
}

fn conversation() -> impl Strategy<Value = Sent> {
    vec(prop_oneof![3 => data(), 1 => control()], 0..8).prop_map(|all| Sent {
        messages: all.iter().flat_map(|s| s.messages.clone()).collect(),
        frames: all.iter().flat_map(|s| s.frames.clone()).collect(),
    })
}

/// `stream` in reads of the given sizes, over and over, with the memory held checked after each of them.
fn hear_in(stream: &[u8], sizes: &[usize]) -> (Vec<Heard>, Result<(), Violation>, Parser) {
    let (mut parser, mut heard) = (Parser::default(), Vec::new());
    let (mut rest, mut sizes) = (stream, sizes.iter().cycle());
    while !rest.is_empty() {
        let (read, later) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
        rest = later;
        let end = feed(&mut parser, read, &mut heard);
        // A message, a control frame within it, two heads; `Vec` may keep twice as much.
        let held = LIMITS.max_message_bytes + 125 + 2 * 14 + read.len();
        assert!(parser.held_bytes() <= 2 * held);
        if end.is_err() {
            return (heard, end, parser);
        }
    }
    (heard, Ok(()), parser)
}

fn sizes() -> impl Strategy<Value = Vec<usize>> {
    vec(prop_oneof![1..8usize, 1..200usize, 1..4096usize], 1..20)
}

proptest! {
    #[test]
    fn any_fragmentation_and_any_reads_give_the_same_messages(
        sent in conversation(),
        sizes in sizes(),
    ) {
        let (heard, end, parser) = hear_in(&sent.frames, &sizes);
        prop_assert_eq!(end, Ok(()));
        prop_assert_eq!(heard, sent.messages);
        prop_assert!(matches!(parser, Parser::Idle));
    }

    #[test]
    fn arbitrary_bytes_are_survived(stream in vec(any::<u8>(), 0..4096), sizes in sizes()) {
        let (heard, end, _) = hear_in(&stream, &sizes);
        prop_assert_eq!((heard, end), hear(&stream, 1));
    }

    /// Random bytes seldom get past the first head; a conversation with a few bytes changed gets anywhere.
    #[test]
    fn damaged_conversations_are_survived(
        sent in conversation(),
        damage in vec((any::<Index>(), any::<u8>()), 1..4),
        sizes in sizes(),
    ) {
        let mut stream = sent.frames;
        prop_assume!(!stream.is_empty());
        for (at, byte) in damage {
            *at.get_mut(&mut stream) = byte;
        }
        let (heard, end, _) = hear_in(&stream, &sizes);
        prop_assert_eq!((heard, end), hear(&stream, 1));
    }

    #[test]
    fn text_fails_with_the_fragment_that_ruins_it(
        pieces in vec(prop_oneof![
            vec(any::<u8>(), 0..3),
            "\\PC{0,3}".prop_map(String::into_bytes),
            vec(prop_oneof![0x80..=0xbfu8, 0xe0..=0xf4u8], 0..3),
        ], 1..=4),
    ) {
        let whole = pieces.concat();
        let (mut parser, mut heard) = (Parser::default(), Vec::new());
        let mut so_far = 0;
        for (i, piece) in pieces.iter().enumerate() {
            so_far += piece.len();
            let last = i + 1 == pieces.len();
            let first = if i == 0 { 0x01 } else { 0x00 } | if last { 0x80 } else { 0x00 };
            let ruined = std::str::from_utf8(&whole[..so_far])
                .is_err_and(|error| last || error.error_len().is_some());
            let end = feed(&mut parser, &masked(first, piece), &mut heard);
            prop_assert_eq!(end, if ruined { Err(Violation::Utf8) } else { Ok(()) });
            if ruined {
                return Ok(());
            }
        }
        prop_assert_eq!(heard, vec![Heard::Text(String::from_utf8(whole).unwrap())]);
    }

    #[test]
    fn what_the_server_writes_reads_back(
        length in prop_oneof![0..300usize, 65_000..70_000usize],
        key: [u8; 4],
    ) {
        let payload: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
        let mut frame = encode(Opcode::Binary, &payload).to_vec();
        let head = frame.len() - payload.len();
        for (byte, key) in frame[head..].iter_mut().zip(key.iter().cycle()) {
            *byte ^= key;
        }
        frame[1] |= 0x80;
        frame.splice(head..head, key);
        let limits = MessageLimits { max_message_bytes: 70_000, max_fragments: 1, inflates: false };
        let same = Parser::default().next(&mut frame, &limits, |incoming| {
            incoming == Incoming::Data(Payload::Binary(&payload))
        });
        prop_assert_eq!(same, Ok(Some(true)));
    }

    #[test]
    fn a_close_reason_of_any_length_reads_back(reason in "\\PC{0,130}") {
        let frame = encode_close(4000, &reason);
        match hear(&masked(frame[0], &frame[2..]), 4096) {
            (heard, Ok(())) => match &heard[..] {
                [Heard::Close(Some((4000, told)))] => {
                    prop_assert!(reason.starts_with(told.as_str()));
                    prop_assert!(told.len() > 119 || *told == reason);
                }
                other => prop_assert!(false, "{:?}", other),
            },
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
