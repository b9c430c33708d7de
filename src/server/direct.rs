//! The fast path of the handshake: an ordinary head that came whole in one read is parsed in the read buffer and answered in one write, without hyper. Everything
//! else, refusals too, is left to hyper, which gets the same bytes.

use super::handshake::Accepted;
use super::listener::ListenerConfig;
use super::new_connection::NewConnection;
use super::request_framing::RequestFraming;
use crate::app::App;
use crate::consumer::rest::Caller;
use crate::consumer::rest::answer::Response;
use crate::hub::stream::{Stream, Written};
use crate::limits::budget::Turn;
use ::http::{HeaderMap, HeaderName, HeaderValue, Method};
use bytes::Bytes;
use httparse::{Request, Status};
use std::cell::RefCell;
use std::io;
use std::mem::MaybeUninit;
use std::net::SocketAddr;

/// The most fields of a head that is parsed here.
const FIELDS: usize = 48;
/// The longest head that is parsed here, in bytes.
const HEAD_BYTES: usize = 8 << 10;

thread_local! {
    static BUFFER: RefCell<[u8; HEAD_BYTES]> = const { RefCell::new([0; HEAD_BYTES]) };
}

/// What a connection's first bytes are.
pub(super) enum First<A: App> {
    /// A handshake that was accepted and answered, and the bytes after its head.
    Upgraded(NewConnection<A>, Vec<u8>),
    /// Bytes for hyper, and the answer to the first request if it is made already.
    Http(Vec<u8>, Option<Response>),
    /// The client has gone.
    Gone,
    /// Nothing has come yet.
    Nothing,
}

/// Reads once, and answers what is an ordinary handshake.
pub(super) fn read<A: App>(
    stream: &Stream,
    config: &ListenerConfig<A>,
    peer: SocketAddr,
    mut turn: Turn<'_>,
) -> First<A> {
    BUFFER.with_borrow_mut(|buffer| match stream.read(buffer, &mut turn) {
        Ok(0) => First::Gone,
        Ok(n) => first(stream, config, peer, &buffer[..n]),
        Err(e) if e.kind() == io::ErrorKind::WouldBlock => First::Nothing,
        Err(_) => First::Gone,
    })
}

fn first<A: App>(
    stream: &Stream,
    config: &ListenerConfig<A>,
    peer: SocketAddr,
    bytes: &[u8],
) -> First<A> {
    let http = |answer| First::Http(bytes.to_vec(), answer);
    let Some((length, path, caller)) = ordinary(bytes, config.edge().head_bytes, peer) else {
        return http(None);
    };
    let Some(route) = config.sockets.find(path) else {
        return http(None);
    };
    let sockets = &config.sockets;
    match sockets.judge(route, &Method::GET, path, &caller, true) {
        Err(refusal) => http(Some(refusal)),
        Ok(accepted) => match stream.write(&answer(&accepted)) {
            Written::All => First::Upgraded(accepted.connection, bytes[length..].to_vec()),
            // nothing was written to this socket before, so it is not full but broken
            Written::Part(_) | Written::Failed => First::Gone,
        },
    }
}

/// The length of the head, its path, and its headers and query. `None`: it is incomplete or unusual, and hyper may read it otherwise.
fn ordinary(bytes: &[u8], head_bytes: usize, peer: SocketAddr) -> Option<(usize, &str, Caller)> {
    let mut fields = [const { MaybeUninit::uninit() }; FIELDS];
    let mut request = Request::new(&mut []);
    let parsed = request.parse_with_uninit_headers(bytes, &mut fields);
    let Ok(Status::Complete(length)) = parsed else {
        return None;
    };
    let (path, query) = plain_target(request.path?)?;
    if request.method != Some("GET") || request.version != Some(1) || length > head_bytes {
        return None;
    }
    let mut framing = RequestFraming::new(2 * head_bytes);
    framing.take(&bytes[..length]).ok()?;
    if !framing.is_tunnel() || !framing.names_host() {
        return None;
    }
    // one copy that all values share
    let head = Bytes::copy_from_slice(&bytes[..length]);
    let mut headers = HeaderMap::with_capacity(request.headers.len());
    for field in request.headers.iter() {
        let name = HeaderName::from_bytes(field.name.as_bytes()).ok()?;
        let at = field.value.as_ptr() as usize - bytes.as_ptr() as usize;
        let value = match field.value.is_empty() {
            true => HeaderValue::from_static(""),
            false => HeaderValue::from_maybe_shared(head.slice(at..at + field.value.len())).ok()?,
        };
        headers.append(name, value);
    }
    let caller = Caller {
        headers,
        query: query.to_owned(),
        peer: Some(peer),
    };
    Some((length, path, caller))
}

/// Path and query of a target that can be read in one way only.
fn plain_target(target: &str) -> Option<(&str, &str)> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:@?".contains(&b);
    if !target.starts_with('/') || !target.bytes().all(plain) {
        return None;
    }
    Some(target.split_once('?').unwrap_or((target, "")))
}

/// The answer as hyper would write it; a 1xx needs no `Date` (RFC 9110, section 6.6.1).
fn answer<A: App>(accepted: &Accepted<A>) -> Vec<u8> {
    let mut answer = Vec::with_capacity(256);
    answer.extend_from_slice(
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n",
    );
    let fields = [
        ("sec-websocket-accept: ", Some(&accepted.key)),
        ("sec-websocket-protocol: ", accepted.protocol.as_ref()),
        ("sec-websocket-extensions: ", accepted.extension.as_ref()),
    ];
    for (name, value) in fields {
        if let Some(value) = value {
            answer.extend_from_slice(name.as_bytes());
            answer.extend_from_slice(value.as_bytes());
            answer.extend_from_slice(b"\r\n");
        }
    }
    answer.extend_from_slice(b"\r\n");
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: &str = "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";

    fn looks_ordinary(text: &str) -> Option<(usize, String, String)> {
        let peer = SocketAddr::from(([127, 0, 0, 1], 1));
        let (length, path, caller) = ordinary(text.as_bytes(), 1024, peer)?;
        Some((length, path.to_owned(), caller.query))
    }

    #[test]
    fn an_ordinary_handshake_ends_where_its_head_does() {
        let head = format!("GET /ws/a/?since=3&x=%20 HTTP/1.1\r\n{FIELDS}X: \r\n\r\n");
        let found = looks_ordinary(&format!("{head}\u{1}frame"));
        let expected = (head.len(), "/ws/a/".to_owned(), "since=3&x=%20".to_owned());
        assert_eq!(found, Some(expected));
    }

    #[test]
    fn what_is_odd_is_left_to_hyper() {
        let long = "a".repeat(1024);
        for text in [
            format!("GET / HTTP/1.1\r\n{FIELDS}"),
            format!("POST / HTTP/1.1\r\n{FIELDS}\r\n"),
            format!("GET / HTTP/1.0\r\n{FIELDS}\r\n"),
            format!("GET http://a/ HTTP/1.1\r\n{FIELDS}\r\n"),
            format!("GET /#a HTTP/1.1\r\n{FIELDS}\r\n"),
            format!("GET / HTTP/1.1\r\n{FIELDS}Host: b\r\n\r\n"),
            format!("GET / HTTP/1.1\r\n{FIELDS}Content-Length: 1\r\n\r\n"),
            format!("GET / HTTP/1.1\r\n{FIELDS}Transfer-Encoding: chunked\r\n\r\n"),
            format!("GET / HTTP/1.1\n{FIELDS}\r\n"),
            format!("GET / HTTP/1.1\r\n{FIELDS}X: {long}\r\n\r\n"),
            "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n".to_owned(),
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n".to_owned(),
        ] {
            assert_eq!(looks_ordinary(&text), None, "{text:?}");
        }
    }
}
