//! RFC 6455 and RFC 7692 at the wire, case by case: what a client may do and what it may not. The sections are those of the public Autobahn test suite, which
//! `tests/autobahn/run` runs against the same server. Engine.IO and Socket.IO too.

#[path = "conformance/closing.rs"]
mod closing;
#[path = "conformance/compression.rs"]
mod compression;
#[path = "conformance/fan_out.rs"]
mod fan_out;
#[path = "conformance/framing.rs"]
mod framing;
#[path = "conformance/handshake.rs"]
mod handshake;
#[path = "conformance/limits.rs"]
mod limits;
#[path = "support/patience.rs"]
pub mod patience;
#[allow(dead_code)] // the restaurant's tests use the rest of it
#[path = "support/raw.rs"]
pub mod raw;
#[path = "conformance/socket_io.rs"]
mod sessions;
#[allow(dead_code)] // the restaurant's tests use the rest of it
#[path = "support/socket_io.rs"]
pub mod socket_io;
#[path = "conformance/text.rs"]
mod text;

use patience::PATIENCE;
use raw::{BINARY, CLOSE, FIN, PING, Raw, TEXT, masked};
use std::net::SocketAddr;
use std::sync::OnceLock;

const CONTINUATION: u8 = 0x0;
const PONG: u8 = 0xA;
const RSV1: u8 = 0x40;

/// One server for all tests; they share nothing else.
fn address() -> SocketAddr {
    static ADDRESS: OnceLock<SocketAddr> = OnceLock::new();
    *ADDRESS.get_or_init(|| {
        let options = super::Options {
            bind: "127.0.0.1:0".to_owned(),
            threads: Some(2),
            ..super::Options::default()
        };
        let server = super::serve(options).expect("a server");
        let address = server.addresses()[0].1;
        std::mem::forget(server); // it ends with the process
        address
    })
}

/// A client of the echo.
fn echo() -> Raw {
    Raw::open(address(), "/conformance/echo")
}

/// The next frame is this one.
#[track_caller]
fn hears(client: &mut Raw, first: u8, payload: &[u8]) {
    let heard = client.read();
    let (heard_first, heard) = heard.unwrap_or_else(|| panic!("the end, not {first:#x}"));
    assert_eq!(heard_first, first, "{:?}", String::from_utf8_lossy(&heard));
    assert_eq!(heard.len(), payload.len());
    assert!(heard == payload, "another payload");
}

/// The server closes with this code, then ends the stream: no client may find out by itself (1006) what it did wrong.
#[track_caller]
fn closed(client: &mut Raw, code: u16) {
    let (first, payload) = client.read().expect("a close frame");
    assert_eq!(first, FIN | CLOSE, "{payload:?}");
    let told = payload.first_chunk().map(|code| u16::from_be_bytes(*code));
    assert_eq!(told, Some(code), "{:?}", String::from_utf8_lossy(&payload));
    assert!(client.is_at_end(), "the stream does not end in order");
}

/// Nothing was said to what came before: the next thing heard is the answer to this ping.
#[track_caller]
fn silent(client: &mut Raw) {
    client.frame(FIN | PING, b"silent until here");
    hears(client, FIN | PONG, b"silent until here");
}
