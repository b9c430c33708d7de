//! Section 6: what is UTF-8, and when the server knows that it is not.

use super::*;

/// A text as one frame, in fragments of one byte, and as one frame that trickles in.
fn ways(text: &[u8]) -> [(Vec<u8>, usize); 3] {
    let mut fragments = masked(TEXT, b"");
    for byte in text {
        fragments.extend(masked(CONTINUATION, &[*byte]));
    }
    fragments.extend(masked(FIN | CONTINUATION, b""));
    let whole = masked(FIN | TEXT, text);
    [
        (whole.clone(), usize::MAX),
        (fragments, usize::MAX),
        (whole, 1),
    ]
}

#[test]
fn every_character_is_let_through() {
    let mut client = echo();
    let all: String = (0..=0x10_ffff).filter_map(char::from_u32).collect();
    client.frame(FIN | TEXT, all.as_bytes());
    hears(&mut client, FIN | TEXT, all.as_bytes());
    let texts = [
        "",
        "Hello-\u{b5}@\u{df}\u{f6}\u{e4}\u{fc}\u{e0}\u{e1}-UTF-8!!",
        "\u{3ba}\u{1f79}\u{3c3}\u{3bc}\u{3b5}",
        "\0\u{7f}\u{80}\u{7ff}\u{800}\u{d7ff}\u{e000}\u{fffd}\u{ffff}\u{10000}\u{10ffff}",
        "\u{fdd0}\u{fffe}\u{1fffe}\u{1ffff}\u{10fffe}",
    ];
    for text in texts {
        for (bytes, size) in ways(text.as_bytes()) {
            client.pieces(&bytes, size);
            hears(&mut client, FIN | TEXT, text.as_bytes());
        }
    }
}

/// Each is wrong by itself, wherever it stands.
const BROKEN: &[&[u8]] = &[
    // continuation bytes without a start
    b"\x80",
    b"\xbf\x80\xbf",
    // starts without what must follow
    b"\xc2 ",
    b"\xe0\xa0 ",
    b"\xe2\x82 ",
    b"\xf0\x90\x80 ",
    b"\xf4\x8f\xbf ",
    b"\xc2\xc2",
    b"\xe2\x82\xe2",
    // bytes that are never in UTF-8
    b"\xfe",
    b"\xff",
    b"\xf8\x88\x80\x80\x80",
    b"\xfc\x84\x80\x80\x80\x80",
    // longer than necessary
    b"\xc0\xaf",
    b"\xc1\xbf",
    b"\xe0\x80\xaf",
    b"\xe0\x9f\xbf",
    b"\xf0\x80\x80\xaf",
    b"\xf0\x8f\xbf\xbf",
    // halves of surrogate pairs, alone and together
    b"\xed\xa0\x80",
    b"\xed\xaf\xbf",
    b"\xed\xb0\x80",
    b"\xed\xbf\xbf",
    b"\xed\xa0\x80\xed\xb0\x80",
    // beyond the last character
    b"\xf4\x90\x80\x80",
    b"\xf5\x80\x80\x80",
    b"\xf7\xbf\xbf\xbf",
];

#[test]
fn what_is_not_utf8_is_refused() {
    for broken in BROKEN {
        for text in [
            broken.to_vec(),
            [b"\xce\xba\xe1\xbd\xb9\xcf\x83", *broken, b"edited"].concat(),
        ] {
            for (bytes, size) in ways(&text) {
                let mut client = echo();
                client.pieces(&bytes, size);
                closed(&mut client, 1007);
            }
        }
    }
}

#[test]
fn a_text_that_ends_within_a_character_is_refused() {
    for cut in [
        &b"\xc2"[..],
        b"\xe2\x82",
        b"\xf0\x9f\x98",
        b"ok \xf4\x8f\xbf",
    ] {
        for (bytes, size) in ways(cut) {
            let mut client = echo();
            client.pieces(&bytes, size);
            closed(&mut client, 1007);
        }
    }
}

#[test]
fn hopeless_text_is_refused_at_its_first_bad_byte() {
    const GOOD: &[u8] = b"\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5";
    // no byte after the bad one is sent, so a server that waits for the end of the frame, or of the message, never answers
    let bad = [GOOD, b"\xf4\x90"].concat();
    for size in [usize::MAX, 1] {
        let mut client = echo();
        let whole = masked(FIN | TEXT, &[&bad[..], b"\x80\x80edited"].concat());
        client.pieces(&whole[..6 + bad.len()], size);
        closed(&mut client, 1007);

        let mut client = echo();
        client.frame(TEXT, GOOD);
        client.pieces(&masked(CONTINUATION, b"\xf4\x90"), size);
        closed(&mut client, 1007);
    }
}

#[test]
fn binary_messages_may_hold_anything() {
    let mut client = echo();
    for broken in BROKEN {
        client.frame(BINARY, broken);
        client.frame(FIN | CONTINUATION, broken);
        hears(&mut client, FIN | BINARY, &broken.repeat(2));
    }
}
