//! Section 9, and what is too much.

use super::*;

const MIB: usize = 1 << 20;

#[test]
fn large_messages_come_back() {
    let mut client = echo();
    for size in [64 << 10, 256 << 10, MIB, 4 * MIB, 16 * MIB] {
        for opcode in [TEXT, BINARY] {
            let payload = vec![b'*'; size];
            client.frame(FIN | opcode, &payload);
            hears(&mut client, FIN | opcode, &payload);
        }
    }
}

#[test]
fn large_messages_in_small_pieces_come_back() {
    let mut client = echo();
    let payload = vec![b'*'; 4 * MIB];
    for size in [64, 1024, 64 << 10, MIB] {
        let mut frames = masked(BINARY, b"");
        for piece in payload.chunks(size) {
            frames.extend(masked(CONTINUATION, piece));
        }
        frames.extend(masked(FIN | CONTINUATION, b""));
        if size > 64 {
            client.bytes(&frames);
            hears(&mut client, FIN | BINARY, &payload);
        } else {
            let mut client = echo();
            client.frame(BINARY, b"");
            client.pieces(&frames[6..], MIB);
            closed(&mut client, 1009);
        }
    }
    for size in [1000, 65_537] {
        client.pieces(&masked(FIN | TEXT, &payload), size);
        hears(&mut client, FIN | TEXT, &payload);
    }
}

#[test]
fn many_small_messages_come_back_in_order() {
    let mut client = echo();
    for opcode in [TEXT, BINARY] {
        for size in [0, 16, 64, 256, 1024] {
            let message = |n: usize| format!("{n:>size$}").into_bytes();
            let frames: Vec<_> = (0..100)
                .map(|n| masked(FIN | opcode, &message(n)))
                .collect();
            client.bytes(&frames.concat());
            for n in 0..100 {
                hears(&mut client, FIN | opcode, &message(n));
            }
        }
    }
}

#[test]
fn a_message_over_the_limit_is_refused_by_its_head() {
    let over = (16 * MIB + 1) as u64;
    for length in [over, u64::from(u32::MAX), u64::MAX >> 1] {
        let mut client = echo();
        client.bytes(&[&[FIN | BINARY, 0xff][..], &length.to_be_bytes()].concat());
        closed(&mut client, 1009);
    }
    let mut client = echo();
    client.bytes(&[&[FIN | BINARY, 0xff][..], &u64::MAX.to_be_bytes()].concat());
    closed(&mut client, 1002);

    let mut client = echo();
    client.frame(BINARY, &[0; MIB]);
    let rest = (15 * MIB + 1) as u64;
    client.bytes(&[&[CONTINUATION, 0xff][..], &rest.to_be_bytes()].concat());
    closed(&mut client, 1009);
}

#[test]
fn the_usual_limit_is_64_kib() {
    let mut client = Raw::open(address(), "/conformance/group/limit/");
    client.frame(FIN | BINARY, &[7; 65_536]);
    hears(&mut client, FIN | BINARY, &[7; 65_536]);
    client.frame(FIN | BINARY, &[7; 65_537]);
    closed(&mut client, 1009);
}

#[test]
fn a_message_has_at_most_65_536_fragments() {
    for (fragments, is_heard) in [(65_536, true), (65_537, false)] {
        let mut client = echo();
        let mut frames = masked(BINARY, b"");
        frames.extend(masked(CONTINUATION, b"").repeat(fragments - 2));
        frames.extend(masked(FIN | CONTINUATION, b"end"));
        client.bytes(&frames);
        match is_heard {
            true => hears(&mut client, FIN | BINARY, b"end"),
            false => closed(&mut client, 1009),
        }
    }
}

#[test]
fn an_empty_last_fragment_is_not_counted() {
    // how the Autobahn suite sends 4 MiB in pieces of 64 bytes (9.3.1 and 9.4.1)
    let mut client = echo();
    let payload = vec![b'*'; 4 * MIB];
    for opcode in [TEXT, BINARY] {
        let mut frames = Vec::new();
        for (n, piece) in payload.chunks(64).enumerate() {
            frames.extend(masked(if n == 0 { opcode } else { CONTINUATION }, piece));
        }
        client.bytes(&frames);
        client.frame(FIN | CONTINUATION, b"");
        hears(&mut client, FIN | opcode, &payload);
    }
}
