//! Byte literals for every rule; what must hold for any input is in `properties`.

mod compressed;
mod properties;

use super::*;

const LIMITS: MessageLimits = MessageLimits {
    max_message_bytes: 1000,
    max_fragments: 4,
    inflates: false,
};
const KEY: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// What a parser delivered, kept.
#[derive(Debug, Clone, PartialEq)]
enum Heard {
    Text(String),
    Binary(Vec<u8>),
    Ping(Vec<u8>),
    Pong(Vec<u8>),
    Close(Option<(u16, String)>),
}

impl From<Incoming<'_>> for Heard {
    fn from(incoming: Incoming<'_>) -> Self {
        match incoming {
            Incoming::Data(Payload::Text(text)) => Heard::Text(text.to_owned()),
            Incoming::Data(Payload::Binary(bytes)) => Heard::Binary(bytes.to_owned()),
            Incoming::Ping(bytes) => Heard::Ping(bytes.to_owned()),
            Incoming::Pong(bytes) => Heard::Pong(bytes.to_owned()),
            Incoming::Close(None) => Heard::Close(None),
            Incoming::Data(Payload::Event(_)) => unreachable!("no codec of frames makes events"),
            Incoming::Close(Some((code, reason))) => Heard::Close(Some((code, reason.to_owned()))),
        }
    }
}

/// Drives a parser as a connection does: a read, then empty slices until it asks for more.
fn feed(parser: &mut Parser, read: &[u8], heard: &mut Vec<Heard>) -> Result<(), Violation> {
    feed_within(&LIMITS, parser, read, heard)
}

fn feed_within(
    limits: &MessageLimits,
    parser: &mut Parser,
    read: &[u8],
    heard: &mut Vec<Heard>,
) -> Result<(), Violation> {
    let mut buffer = read.to_vec();
    let mut fresh = &mut buffer[..];
    while let Some(message) = parser.next(fresh, limits, |incoming| Heard::from(incoming))? {
        heard.push(message);
        fresh = &mut [];
    }
    Ok(())
}

/// All of `stream` in reads of `size` bytes: the messages, and how it ended.
fn hear(stream: &[u8], size: usize) -> (Vec<Heard>, Result<(), Violation>) {
    let (mut parser, mut heard) = (Parser::default(), Vec::new());
    let end = stream
        .chunks(size)
        .try_for_each(|read| feed(&mut parser, read, &mut heard));
    (heard, end)
}

/// The same verdict however the stream is cut, at the latest when all of it is there.
#[track_caller]
fn expect(stream: &[u8], messages: &[Heard], end: Result<(), Violation>) {
    for size in [1, 2, 3, 7, 4096] {
        assert_eq!(
            hear(stream, size),
            (messages.to_vec(), end),
            "in reads of {size}"
        );
    }
}

#[track_caller]
fn refused(stream: &[u8], violation: Violation) {
    expect(stream, &[], Err(violation));
}

/// A client's frame with the length in its shortest form.
fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    match payload.len() {
        length @ 0..=125 => out.push(0x80 | length as u8),
        length @ 126..=0xFFFF => {
            out.push(0x80 | 126);
            out.extend((length as u16).to_be_bytes());
        }
        length => {
            out.push(0x80 | 127);
            out.extend((length as u64).to_be_bytes());
        }
    }
    out.extend(KEY);
    out.extend(payload.iter().zip(KEY.iter().cycle()).map(|(p, k)| p ^ k));
    out
}

fn text(text: &str) -> Heard {
    Heard::Text(text.to_owned())
}

#[test]
fn accepts_the_key_of_the_rfc() {
    assert_eq!(
        accept_key("dGhlIHNhbXBsZSBub25jZQ=="),
        "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    );
}

#[test]
fn a_key_is_16_bytes_in_base64() {
    assert!(valid_key("dGhlIHNhbXBsZSBub25jZQ=="));
    for key in [
        "",
        "dGhlIHNhbXBsZSBub25jZQ",
        "dGhlIHNhbXBsZSBub25jZQ= ",
        "dGhlIHNhbXBsZSBub25jZSE=",
        "dGhlIHNhbXBsZSBub25jZSEh",
        "dGhlIHNhbXBsZSBub25j!Q==",
        "SGVsbG8sIHdvcmxkIQ==",
    ] {
        assert!(!valid_key(key), "{key:?}");
    }
}

#[test]
fn server_frames_are_those_of_the_rfc() {
    assert_eq!(&encode(Opcode::Text, b"Hello")[..], b"\x81\x05Hello");
    assert_eq!(&encode(Opcode::Ping, b"Hello")[..], b"\x89\x05Hello");
    assert_eq!(&encode(Opcode::Close, b"")[..], b"\x88\x00");
    for (length, head) in [
        (125, &b"\x82\x7d"[..]),
        (126, b"\x82\x7e\x00\x7e"),
        (256, b"\x82\x7e\x01\x00"),
        (65535, b"\x82\x7e\xff\xff"),
        (65536, b"\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ] {
        let payload = vec![7; length];
        let frame = encode(Opcode::Binary, &payload);
        assert_eq!(frame, [head, &payload].concat(), "{length} bytes");
    }
    let zipped = frame::encode_deflated(Opcode::Text, b"zipped");
    assert_eq!(&zipped[..], b"\xc1\x06zipped");
    for length in [0, 125, 126, 65535, 65536] {
        let payload = vec![7; length];
        let frame = encode(Opcode::Binary, &payload);
        assert_eq!(frame::parts(&frame), (Opcode::Binary, &payload[..]));
    }
}

#[test]
fn a_close_reason_is_cut_between_characters() {
    assert_eq!(
        &encode_close(1000, "bye")[..],
        b"\x88\x05\x03\xe8bye".as_slice()
    );
    // 123 bytes fit: one letter and 61 umlauts.
    let long = format!("a{}", "ä".repeat(70));
    let frame = encode_close(1001, &long);
    assert_eq!(frame[..4], *b"\x88\x7d\x03\xe9");
    assert_eq!(frame[4..], long.as_bytes()[..123]);
    let odd = encode_close(1001, &long[1..]);
    assert_eq!(odd[1], 2 + 122);
}

#[test]
fn reads_the_frames_of_the_rfc() {
    let hello = b"\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    expect(hello, &[text("Hello")], Ok(()));
    let pong = b"\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58";
    expect(pong, &[Heard::Pong(b"Hello".to_vec())], Ok(()));
    expect(&masked(0x81, b""), &[text("")], Ok(()));
}

#[test]
fn a_whole_frame_is_delivered_where_it_lies() {
    let mut parser = Parser::default();
    let mut read = [masked(0x81, b"here"), masked(0x82, b"carried")].concat();
    let range = read.as_ptr_range();
    let place = parser.next(&mut read, &LIMITS, |incoming| match incoming {
        Incoming::Data(Payload::Text("here")) => incoming_place(incoming),
        other => panic!("{other:?}"),
    });
    assert!(range.contains(&place.unwrap().unwrap()));
    assert!(matches!(parser, Parser::Busy(_)));
    let next = parser.next(&mut [], &LIMITS, |incoming| Heard::from(incoming));
    assert_eq!(next, Ok(Some(Heard::Binary(b"carried".to_vec()))));
    assert!(matches!(parser, Parser::Idle));
}

fn incoming_place(incoming: Incoming<'_>) -> *const u8 {
    match incoming {
        Incoming::Data(Payload::Text(text)) => text.as_ptr(),
        _ => unreachable!(),
    }
}

#[test]
fn an_idle_parser_is_two_words() {
    assert!(size_of::<Parser>() <= 16);
}

#[test]
fn half_a_frame_keeps_no_room_for_those_before_it() {
    let mut stream = masked(0x82, &[1; 100]).repeat(500);
    stream.extend(&masked(0x82, b"half")[..7]);
    let (mut parser, mut heard) = (Parser::default(), Vec::new());
    feed(&mut parser, &stream, &mut heard).unwrap();
    assert_eq!(heard.len(), 500);
    assert!(parser.held_bytes() < 16, "{}", parser.held_bytes());
}

#[test]
fn a_caller_that_never_drains_is_still_bounded() {
    // Every read completes one frame and starts the next, so the carry is never empty.
    let frame = masked(0x82, &[1; 100]);
    let mut stream = frame.repeat(1000);
    stream.rotate_left(frame.len() / 2);
    let mut parser = Parser::default();
    let mut head = frame[..frame.len() / 2].to_vec();
    assert_eq!(parser.next(&mut head, &LIMITS, |_| ()), Ok(None));
    for read in stream.chunks_mut(frame.len()) {
        assert_eq!(parser.next(read, &LIMITS, |_| ()), Ok(Some(())));
        assert!(parser.held_bytes() <= 8 * frame.len());
    }
}

#[test]
fn fragments_are_put_together_around_control_frames() {
    let stream = [
        masked(0x01, b"Hel"),
        masked(0x89, b"are you there"),
        masked(0x00, b""),
        masked(0x8a, b""),
        masked(0x80, b"lo"),
        masked(0x02, &[0xff]),
        masked(0x80, &[0xfe]),
    ];
    let messages = [
        Heard::Ping(b"are you there".to_vec()),
        Heard::Pong(vec![]),
        text("Hello"),
        Heard::Binary(vec![0xff, 0xfe]),
    ];
    expect(&stream.concat(), &messages, Ok(()));
}

#[test]
fn longer_length_forms_are_understood() {
    expect(
        b"\x81\xfe\x00\x01\x00\x00\x00\x00a\x81\xff\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00b",
        &[text("a"), text("b")],
        Ok(()),
    );
}

#[test]
fn heads_that_break_a_rule_are_refused_before_their_payload() {
    for (head, rule) in [
        (&b"\x81\x05"[..], "frame not masked"),
        (b"\xc1\x80", "reserved bit set"),
        (b"\xa1", "reserved bit set"),
        (b"\x91", "reserved bit set"),
        (b"\x83", "reserved opcode"),
        (b"\x87", "reserved opcode"),
        (b"\x8b", "reserved opcode"),
        (b"\x8f", "reserved opcode"),
        (b"\x08", "fragmented control frame"),
        (b"\x09", "fragmented control frame"),
        (b"\x89\xfe", "control frame over 125 bytes"),
        (b"\x88\xff", "control frame over 125 bytes"),
        (b"\x80\x80", "continuation of no message"),
        (b"\x00\x80", "continuation of no message"),
        (b"\x82\xff\x80\0\0\0\0\0\0\0", "length over 63 bits"),
    ] {
        refused(head, Violation::Protocol(rule));
    }
    let within = [&masked(0x01, b"a")[..], b"\x81\x80"].concat();
    refused(&within, Violation::Protocol("message within a message"));
}

#[test]
fn sizes_are_refused_as_announced() {
    let too_large = Violation::TooLarge { limit: 1000 };
    refused(b"\x82\xfe\x03\xe9", too_large);
    refused(b"\x01\xfe\x03\xe9", too_large);
    refused(b"\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff", too_large);
    let sum = [&masked(0x02, &[0; 999])[..], b"\x80\x82"].concat();
    refused(&sum, too_large);

    let just = [1; 1000];
    expect(&masked(0x82, &just), &[Heard::Binary(just.into())], Ok(()));
    let halves = [masked(0x02, &just[..500]), masked(0x80, &just[500..])];
    expect(&halves.concat(), &[Heard::Binary(just.into())], Ok(()));
}

#[test]
fn fragments_are_counted() {
    let pieces = |count: usize| [masked(0x01, b""), masked(0x00, b"").repeat(count - 1)].concat();
    let four = [pieces(3), masked(0x80, b"")].concat();
    expect(&four, &[text("")], Ok(()));
    for fifth in [b"\x80\x81", b"\x00\x80"] {
        let five = [&pieces(4)[..], fifth].concat();
        refused(&five, Violation::TooManyFragments { limit: 4 });
    }
    let and_an_empty_last_one = [pieces(4), masked(0x80, b"")].concat();
    expect(&and_an_empty_last_one, &[text("")], Ok(()));
}

#[test]
fn text_is_utf8_and_hopeless_text_fails_early() {
    refused(&masked(0x81, b"\xff"), Violation::Utf8);
    refused(&masked(0x81, b"\xed\xa0\x80"), Violation::Utf8);
    refused(&masked(0x81, b"cut \xe2\x82"), Violation::Utf8);
    // Not final, and already beyond U+10FFFF.
    refused(&masked(0x01, b"\xf4\x90"), Violation::Utf8);
    let broken = [masked(0x01, b"\xe2"), masked(0x00, b"a")].concat();
    refused(&broken, Violation::Utf8);
    let unfinished = [masked(0x01, b"\xe2"), masked(0x80, b"\x82")].concat();
    refused(&unfinished, Violation::Utf8);
    let euro = [
        masked(0x01, b"\xe2"),
        masked(0x00, b"\x82"),
        masked(0x80, b"\xac"),
    ];
    expect(&euro.concat(), &[text("€")], Ok(()));
}

#[test]
fn text_is_checked_before_its_frame_is_whole() {
    // 200 bytes are announced; what has come can never become UTF-8.
    for come in [&b"ab\xf4\x90"[..], b"\xed\xa0", b"a\xff", b"\xc0\x80"] {
        let mut whole = masked(0x81, &[come, &[b'a'; 200]].concat()[..200]);
        whole.truncate(8 + come.len());
        refused(&whole, Violation::Utf8);
    }
    let mut cut_within_a_character = masked(0x81, &[b"\xf4\x8f\xbf", &[b'a'; 197][..]].concat());
    cut_within_a_character.truncate(8 + 3);
    expect(&cut_within_a_character, &[], Ok(()));
}

#[test]
fn close_frames() {
    expect(&masked(0x88, b""), &[Heard::Close(None)], Ok(()));
    let bye = Heard::Close(Some((1000, "bye".to_owned())));
    expect(&masked(0x88, b"\x03\xe8bye"), &[bye], Ok(()));
    let one_byte = Violation::Protocol("close payload of one byte");
    refused(&masked(0x88, b"\x03"), one_byte);
    refused(&masked(0x88, b"\x03\xe8\xff"), Violation::Utf8);
    for code in 0..=u16::MAX {
        let allowed = matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999);
        let (heard, end) = hear(&masked(0x88, &code.to_be_bytes()), 4096);
        assert_eq!(end.is_ok(), allowed, "{code}");
        assert_eq!(heard.len(), usize::from(allowed), "{code}");
    }
}

#[test]
fn nothing_is_read_after_the_end() {
    let closed = [masked(0x88, b""), b"\xff\xff".to_vec()].concat();
    expect(&closed, &[Heard::Close(None)], Ok(()));

    let (mut parser, mut heard) = (Parser::default(), Vec::new());
    assert!(feed(&mut parser, b"\x81\x00", &mut heard).is_err());
    assert_eq!(feed(&mut parser, &masked(0x81, b"a"), &mut heard), Ok(()));
    assert_eq!((heard.len(), parser.held_bytes()), (0, 0));
}

#[test]
fn violations_have_codes_and_reasons_that_fit() {
    let limit = usize::MAX;
    for (violation, code) in [
        (Violation::Protocol("control frame over 125 bytes"), 1002),
        (Violation::Utf8, 1007),
        (Violation::TooLarge { limit }, 1009),
        (Violation::TooManyFragments { limit }, 1009),
    ] {
        assert_eq!(violation.code(), code);
        assert!((1..=123).contains(&violation.reason().len()));
    }
}
