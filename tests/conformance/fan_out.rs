//! A group: each message reaches every member once, byte for byte, in whatever form was agreed with it.

use super::*;

fn member(group: &str, offer: &str) -> Raw {
    let path = format!("/conformance/group/{group}/");
    let mut client = Raw::offering(address(), &path, offer).0;
    // answered by the connection that has joined: nothing said from here on is missed
    silent(&mut client);
    client
}

#[test]
fn every_member_hears_every_message_once_and_in_order() {
    let mut members: Vec<_> = (0..12).map(|_| member("order", "")).collect();
    let mut stranger = member("another", "");
    for n in 0..50_usize {
        let (opcode, payload) = match n % 2 {
            0 => (TEXT, format!("{n} é").into_bytes()),
            _ => (BINARY, vec![n as u8; n * 40]),
        };
        members[n % 12].frame(FIN | opcode, &payload);
        for member in &mut members {
            hears(member, FIN | opcode, &payload);
        }
    }
    members.iter_mut().chain([&mut stranger]).for_each(silent);
}

#[test]
fn one_compressed_frame_serves_all_who_agreed_to_it() {
    let mut plain: Vec<_> = (0..6).map(|_| member("mixed", "")).collect();
    let mut small: Vec<_> = (0..6)
        .map(|_| member("mixed", "permessage-deflate; server_max_window_bits=10"))
        .collect();
    let mut full: Vec<_> = (0..6)
        .map(|_| member("mixed", "permessage-deflate"))
        .collect();
    for n in 0..20 {
        let payload = format!("round {n}: {}", "the same again and again, ".repeat(200));
        plain[0].frame(FIN | TEXT, payload.as_bytes());
        for member in plain.iter_mut().chain(&mut small) {
            hears(member, FIN | TEXT, payload.as_bytes());
        }
        let frames: Vec<_> = full
            .iter_mut()
            .map(|m| m.read().expect("a frame"))
            .collect();
        assert_eq!(frames[0].0, FIN | RSV1 | TEXT);
        assert!(frames[0].1.len() < payload.len() / 10);
        assert!(frames.iter().all(|f| *f == frames[0]), "made once");
        // a short one is the same for all
        full[0].frame(FIN | TEXT, b"short");
        for member in plain.iter_mut().chain(&mut small).chain(&mut full) {
            hears(member, FIN | TEXT, b"short");
        }
    }
}
