//! WebSocket frames byte by byte, for what no decent client would send.

use super::PATIENCE;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

pub const TEXT: u8 = 0x1;
pub const BINARY: u8 = 0x2;
pub const CLOSE: u8 = 0x8;
pub const PING: u8 = 0x9;
/// The last frame of a message.
pub const FIN: u8 = 0x80;

pub struct Raw {
    stream: TcpStream,
}

/// An upgraded connection.
impl From<TcpStream> for Raw {
    fn from(stream: TcpStream) -> Self {
        Raw { stream }
    }
}

impl Raw {
    /// The upgrade request; panics unless it is answered 101.
    pub fn open(address: SocketAddr, path: &str) -> Self {
        Self::offering(address, path, "").0
    }

    /// The same with an offer of extensions, and what was accepted of it.
    pub fn offering(address: SocketAddr, path: &str, offer: &str) -> (Self, Option<String>) {
        let stream = TcpStream::connect(address).expect("a connection");
        Self::over(stream, path, offer)
    }

    /// On a socket that is connected already.
    pub fn upgrade(stream: TcpStream, path: &str) -> Self {
        Self::over(stream, path, "").0
    }

    fn over(mut stream: TcpStream, path: &str, offer: &str) -> (Self, Option<String>) {
        let offer = match offer {
            "" => String::new(),
            offer => format!("Sec-WebSocket-Extensions: {offer}\r\n"),
        };
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        stream.set_nodelay(true).expect("no delay");
        let port = stream.peer_addr().expect("a peer").port();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{offer}\r\n"
        )
        .expect("sent");
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream
                .read_exact(&mut byte)
                .expect("an answer to the upgrade");
            head.push(byte[0]);
        }
        let head = String::from_utf8_lossy(&head);
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        // RFC 6455, section 1.3: the answer to this key.
        assert!(head.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{head}");
        let accepted = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            let is_it = name.eq_ignore_ascii_case("Sec-WebSocket-Extensions");
            is_it.then(|| value.trim().to_owned())
        });
        (Raw { stream }, accepted)
    }

    /// The same connection for another thread.
    pub fn split(&self) -> Self {
        let stream = self.stream.try_clone().expect("another descriptor");
        Raw { stream }
    }

    /// Ends this side: it reads on.
    pub fn half_close(&self) {
        let ended = self.stream.shutdown(std::net::Shutdown::Write);
        ended.expect("it is open");
    }

    /// Ends both sides, for all threads.
    pub fn hang_up(&self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }

    pub fn bytes(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("sent");
    }

    /// A masked frame, as a client must send it. `first` is FIN, reserved bits and opcode.
    pub fn frame(&mut self, first: u8, payload: &[u8]) {
        self.pieces(&masked(first, payload), usize::MAX);
    }

    /// Bytes in writes of so many each.
    pub fn pieces(&mut self, bytes: &[u8], size: usize) {
        for piece in bytes.chunks(size) {
            // The server may have hung up halfway: what counts is what it says.
            let _ = self.stream.write_all(piece);
        }
    }

    /// Whether the server ended the stream in order: nothing more, and no reset.
    pub fn is_at_end(&mut self) -> bool {
        matches!(self.stream.read(&mut [0]), Ok(0))
    }

    /// The next frame's first byte and payload, pings passed over; `None` at the end.
    pub fn read(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            let (first, payload) = self.any()?;
            if first & 0x0F != PING {
                return Some((first, payload));
            }
        }
    }

    fn any(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut head = [0; 2];
        self.stream.read_exact(&mut head).ok()?;
        assert_eq!(head[1] & 0x80, 0, "a server never masks");
        let length = match head[1] {
            126 => {
                let mut n = [0; 2];
                self.stream.read_exact(&mut n).ok()?;
                u64::from(u16::from_be_bytes(n))
            }
            127 => {
                let mut n = [0; 8];
                self.stream.read_exact(&mut n).ok()?;
                u64::from_be_bytes(n)
            }
            n => u64::from(n),
        };
        let mut payload = vec![0; usize::try_from(length).expect("a sane length")];
        self.stream.read_exact(&mut payload).ok()?;
        Some((head[0], payload))
    }

    /// Reads on to the close frame: its code, and how many frames came before it. `None` if the connection just ended.
    pub fn close_code(&mut self) -> Option<u16> {
        while let Some((first, payload)) = self.read() {
            if first & 0x0F == CLOSE {
                return Some(match payload[..] {
                    [a, b, ..] => u16::from_be_bytes([a, b]),
                    _ => 1005,
                });
            }
        }
        None
    }
}

/// A masked frame's bytes.
pub fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut out = vec![first];
    match payload.len() {
        n if n < 126 => out.push(0x80 | n as u8),
        n if n < 65_536 => {
            out.push(0x80 | 126);
            out.extend_from_slice(&(n as u16).to_be_bytes());
        }
        n => {
            out.push(0x80 | 127);
            out.extend_from_slice(&(n as u64).to_be_bytes());
        }
    }
    let mask = [7, 99, 200, 33];
    out.extend_from_slice(&mask);
    out.extend(payload.iter().zip(mask.iter().cycle()).map(|(b, m)| b ^ m));
    out
}
