//! Sections 1 to 5 and 10: frames, pings, reserved bits and opcodes, fragments.

use super::*;

#[test]
fn messages_of_every_length_form_come_back() {
    let mut client = echo();
    for length in [0, 1, 125, 126, 127, 128, 65_535, 65_536] {
        for opcode in [TEXT, BINARY] {
            let payload = vec![if opcode == TEXT { b'*' } else { 0xfe }; length];
            client.frame(FIN | opcode, &payload);
            hears(&mut client, FIN | opcode, &payload);
            client.pieces(&masked(FIN | opcode, &payload), 997);
            hears(&mut client, FIN | opcode, &payload);
        }
    }
}

#[test]
fn pings_are_answered_in_order_with_their_payload() {
    let mut client = echo();
    for payload in [&b""[..], b"Hello", &[0x00, 0xff, 0xfe, 0xfd], &[0xfe; 125]] {
        client.frame(FIN | PING, payload);
        hears(&mut client, FIN | PONG, payload);
        client.pieces(&masked(FIN | PING, payload), 1);
        hears(&mut client, FIN | PONG, payload);
    }
    let ten: Vec<_> = (0..10).map(|n| format!("payload {n}")).collect();
    let pings: Vec<_> = ten
        .iter()
        .map(|p| masked(FIN | PING, p.as_bytes()))
        .collect();
    client.bytes(&pings.concat());
    for payload in &ten {
        hears(&mut client, FIN | PONG, payload.as_bytes());
    }
    client.pieces(&pings.concat(), 1);
    for payload in &ten {
        hears(&mut client, FIN | PONG, payload.as_bytes());
    }
}

#[test]
fn a_control_frame_has_at_most_125_bytes_and_is_whole() {
    for control in [PING, PONG, CLOSE] {
        for payload in [126, 70_000] {
            let mut client = echo();
            client.frame(FIN | control, &vec![0xfe; payload]);
            closed(&mut client, 1002);
        }
        let mut client = echo();
        client.frame(control, b"frag");
        client.frame(FIN | CONTINUATION, b"ment");
        closed(&mut client, 1002);
    }
}

#[test]
fn pongs_that_nobody_asked_for_are_ignored() {
    let mut client = echo();
    client.frame(FIN | PONG, b"");
    client.frame(FIN | PONG, b"unsolicited");
    silent(&mut client);
}

#[test]
fn reserved_bits_are_refused() {
    for bits in 1..=7_u8 {
        for opcode in [TEXT, BINARY, PING, PONG, CLOSE] {
            for size in [usize::MAX, 1] {
                let mut client = echo();
                let good = masked(FIN | TEXT, b"good");
                let bad = masked(FIN | bits << 4 | opcode, b"\x03\xe8");
                let more = masked(FIN | PING, b"never answered");
                client.pieces(&[good, bad, more].concat(), size);
                hears(&mut client, FIN | TEXT, b"good");
                closed(&mut client, 1002);
            }
        }
    }
}

#[test]
fn reserved_opcodes_are_refused() {
    for opcode in [3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF] {
        for payload in [&b""[..], b"reserved"] {
            for size in [usize::MAX, 1] {
                let mut client = echo();
                let good = masked(FIN | TEXT, b"good");
                client.pieces(&[good, masked(FIN | opcode, payload)].concat(), size);
                hears(&mut client, FIN | TEXT, b"good");
                closed(&mut client, 1002);
            }
        }
    }
}

#[test]
fn frames_without_a_mask_are_refused() {
    for frame in [&b"\x81\x05Hello"[..], b"\x89\x00", b"\x88\x02\x03\xe8"] {
        let mut client = echo();
        client.bytes(frame);
        closed(&mut client, 1002);
    }
}

#[test]
fn fragments_are_put_together_however_they_come() {
    let pieces = [&b"frag"[..], b"", b"men", b"ted"];
    for opcode in [TEXT, BINARY] {
        for size in [usize::MAX, 1] {
            let mut client = echo();
            let mut frames = masked(opcode, pieces[0]);
            for (n, piece) in pieces[1..3].iter().enumerate() {
                frames.extend(masked(FIN | PING, format!("between {n}").as_bytes()));
                frames.extend(masked(FIN | PONG, b""));
                frames.extend(masked(CONTINUATION, piece));
            }
            frames.extend(masked(FIN | CONTINUATION, pieces[3]));
            client.pieces(&frames, size);
            hears(&mut client, FIN | PONG, b"between 0");
            hears(&mut client, FIN | PONG, b"between 1");
            hears(&mut client, FIN | opcode, b"fragmented");
        }
    }
    let mut client = echo();
    client.frame(TEXT, b"");
    client.frame(CONTINUATION, b"");
    client.frame(FIN | CONTINUATION, b"");
    hears(&mut client, FIN | TEXT, b"");
}

#[test]
fn fragments_out_of_turn_are_refused() {
    let text = |first| (first, &b"fragment"[..]);
    for frames in [
        &[text(FIN | CONTINUATION)][..],
        &[text(CONTINUATION)],
        &[text(CONTINUATION), text(FIN | TEXT)],
        &[text(TEXT), text(TEXT)],
        &[text(TEXT), text(FIN | TEXT)],
        &[text(TEXT), text(CONTINUATION), text(FIN | BINARY)],
    ] {
        for size in [usize::MAX, 1] {
            let mut client = echo();
            let all: Vec<_> = frames.iter().map(|(first, p)| masked(*first, p)).collect();
            client.pieces(&all.concat(), size);
            closed(&mut client, 1002);
        }
    }
    // after a message that was complete
    let mut client = echo();
    client.frame(TEXT, b"whole");
    client.frame(FIN | CONTINUATION, b"");
    hears(&mut client, FIN | TEXT, b"whole");
    client.frame(FIN | CONTINUATION, b"and then");
    closed(&mut client, 1002);
}

#[test]
fn a_message_in_pieces_of_a_network_packet() {
    let mut client = echo();
    let payload = [b'*'; 65_536];
    let count = payload.chunks(1300).count();
    for (n, piece) in payload.chunks(1300).enumerate() {
        let opcode = if n == 0 { TEXT } else { CONTINUATION };
        let fin = if n + 1 == count { FIN } else { 0 };
        client.frame(fin | opcode, piece);
    }
    hears(&mut client, FIN | TEXT, &payload);
}
