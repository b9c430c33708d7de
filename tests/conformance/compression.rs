//! Sections 12 and 13: permessage-deflate, as it is offered, agreed on and used.

use super::*;
use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress};

const OFFER: &str = "permessage-deflate; client_max_window_bits";
const AGREED: &str = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];

/// A message as a client compresses it: a stream of its own.
fn compressed(payload: &[u8]) -> Vec<u8> {
    let mut stream = Compress::new(Compression::default(), false);
    let mut out = Vec::with_capacity(payload.len() + payload.len() / 8 + 64);
    stream
        .compress_vec(payload, &mut out, FlushCompress::Sync)
        .expect("compressed");
    assert!(out.ends_with(&TAIL), "room enough");
    out.truncate(out.len() - TAIL.len());
    out
}

/// By itself, as agreed.
fn inflated(message: &[u8], room: usize) -> Vec<u8> {
    let mut stream = Decompress::new(false);
    let mut out = Vec::with_capacity(room + 64);
    let message = [message, &TAIL].concat();
    stream
        .decompress_vec(&message, &mut out, FlushDecompress::Sync)
        .expect("sound");
    out
}

fn offering(path: &str, offer: &str) -> Raw {
    let (client, answer) = Raw::offering(address(), path, offer);
    assert!(answer.is_some_and(|a| a.starts_with(AGREED)), "{offer}");
    client
}

/// What varies: JSON with something to compress in it.
fn json(bytes: usize) -> Vec<u8> {
    let mut out = String::new();
    for n in 0.. {
        out.push_str(&format!(
            r#"{{"id":{n},"status":"ready","total":{}}},"#,
            n * 7919 % 1009
        ));
        if out.len() >= bytes {
            break;
        }
    }
    out.truncate(bytes);
    out.into_bytes()
}

/// The next message says this, whether compressed or not; whether it was.
#[track_caller]
fn hears_either(client: &mut Raw, opcode: u8, payload: &[u8]) -> bool {
    let (first, heard) = client.read().expect("a message");
    assert_eq!(first & !RSV1, FIN | opcode);
    let is_compressed = first & RSV1 != 0;
    let heard = if is_compressed {
        inflated(&heard, payload.len())
    } else {
        heard
    };
    assert!(
        heard == payload,
        "{} bytes, not {}",
        heard.len(),
        payload.len()
    );
    is_compressed
}

#[test]
fn messages_of_every_size_come_back() {
    let mut client = offering("/conformance/echo", OFFER);
    for size in [
        0,
        16,
        64,
        256,
        1023,
        1024,
        4096,
        16_384,
        65_536,
        131_072,
        1 << 20,
    ] {
        let payload = json(size);
        for opcode in [TEXT, BINARY] {
            client.frame(FIN | RSV1 | opcode, &compressed(&payload));
            let was_compressed = hears_either(&mut client, opcode, &payload);
            assert_eq!(was_compressed, (1024..1 << 20).contains(&size), "{size}");
            // plain ones may always be sent, too
            client.frame(FIN | opcode, &payload);
            hears_either(&mut client, opcode, &payload);
        }
    }
}

#[test]
fn compressed_messages_in_fragments_come_back() {
    let mut client = offering("/conformance/echo", OFFER);
    let payload = json(131_072);
    let message = compressed(&payload);
    for size in [1, 256, 1024, 32_768] {
        let mut frames = masked(RSV1 | TEXT, b"");
        for piece in message.chunks(size) {
            frames.extend(masked(CONTINUATION, piece));
        }
        frames.extend(masked(FIN | PING, b"between"));
        frames.extend(masked(FIN | CONTINUATION, b""));
        client.pieces(&frames, 1460);
        hears(&mut client, FIN | PONG, b"between");
        assert!(
            hears_either(&mut client, TEXT, &payload),
            "in pieces of {size}"
        );
    }
}

#[test]
fn what_cannot_be_compressed_is_sent_as_it_is() {
    let mut client = offering("/conformance/echo", OFFER);
    let mut state = 1_u64;
    let noise: Vec<u8> = std::iter::repeat_with(|| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    })
    .take(64 << 10)
    .collect();
    client.frame(FIN | RSV1 | BINARY, &compressed(&noise));
    assert!(!hears_either(&mut client, BINARY, &noise));
}

#[test]
fn offers_are_answered_as_the_rfc_says() {
    for (offer, more) in [
        (OFFER, ""),
        ("permessage-deflate", ""),
        (
            "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
            "",
        ),
        ("permessage-deflate; client_max_window_bits=9", ""),
        (
            "permessage-deflate; server_max_window_bits=15",
            "; server_max_window_bits=15",
        ),
        (
            "permessage-deflate; server_max_window_bits=9",
            "; server_max_window_bits=9",
        ),
        ("permessage-deflate; unknown=1, permessage-deflate", ""),
        ("permessage-bzip2, permessage-deflate", ""),
    ] {
        let (_, answer) = Raw::offering(address(), "/conformance/echo", offer);
        assert_eq!(answer, Some(format!("{AGREED}{more}")), "{offer}");
    }
    for offer in [
        "",
        "permessage-bzip2",
        "permessage-deflate; unknown",
        "permessage-deflate; server_max_window_bits=16",
        "permessage-deflate; server_max_window_bits",
        "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
    ] {
        let (mut client, answer) = Raw::offering(address(), "/conformance/echo", offer);
        assert_eq!(answer, None, "{offer}");
        // and nothing is compressed then
        client.frame(FIN | TEXT, &json(5000));
        assert!(!hears_either(&mut client, TEXT, &json(5000)));
        client.frame(FIN | RSV1 | TEXT, &compressed(&json(5000)));
        closed(&mut client, 1002);
    }
}

#[test]
fn a_client_with_a_small_window_gets_plain_frames_and_may_compress() {
    for bits in 8..=14 {
        let offer = format!("permessage-deflate; server_max_window_bits={bits}");
        let mut client = offering("/conformance/echo", &offer);
        let payload = json(40_000);
        client.frame(FIN | RSV1 | TEXT, &compressed(&payload));
        assert!(!hears_either(&mut client, TEXT, &payload), "{bits}");
    }
}

#[test]
fn the_compressed_bit_is_on_the_first_frame_of_a_message_only() {
    for frames in [
        &[(FIN | RSV1 | PING, &b""[..])][..],
        &[(FIN | RSV1 | CLOSE, b"\x03\xe8")],
        &[
            (RSV1 | TEXT, b"\xf2\x48"),
            (FIN | RSV1 | CONTINUATION, b"\xcd"),
        ],
        &[(TEXT, b"plain"), (FIN | RSV1 | CONTINUATION, b"\xcd")],
        &[(FIN | 0x20 | TEXT, b"")],
    ] {
        let mut client = offering("/conformance/echo", OFFER);
        for (first, payload) in frames {
            client.frame(*first, payload);
        }
        closed(&mut client, 1002);
    }
}

#[test]
fn what_is_not_compressed_soundly_is_refused() {
    let sound = compressed(&json(5000));
    for message in [
        &b"no deflate at all"[..],
        &sound[..sound.len() / 2],
        b"\xff",
    ] {
        let mut client = offering("/conformance/echo", OFFER);
        client.frame(FIN | RSV1 | TEXT, message);
        closed(&mut client, 1007);
    }
    let mut client = offering("/conformance/echo", OFFER);
    client.frame(FIN | RSV1 | TEXT, &compressed(&[0xed, 0xa0, 0x80]));
    closed(&mut client, 1007);
}

#[test]
fn a_bomb_is_cut_off() {
    let mut stream = Compress::new(Compression::best(), false);
    let mut bomb = Vec::with_capacity(1 << 20);
    let zeros = vec![0; 1 << 20];
    for _ in 0..64 {
        stream
            .compress_vec(&zeros, &mut bomb, FlushCompress::None)
            .expect("compressed");
    }
    stream
        .compress_vec(&[], &mut bomb, FlushCompress::Sync)
        .expect("compressed");
    assert!(bomb.len() < 70_000, "64 MiB in {} bytes", bomb.len());
    bomb.truncate(bomb.len() - TAIL.len());
    // over 64 KiB here, over 16 MiB there
    for path in ["/conformance/group/bomb/", "/conformance/echo"] {
        let mut client = offering(path, OFFER);
        client.frame(FIN | RSV1 | BINARY, &bomb);
        closed(&mut client, 1009);
    }
}
