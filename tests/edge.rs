//! Where strangers meet the server: what they may take before they are clients, what is refused and how, TLS, and what happens to those who are there when
//! the server is told to read its routing again or to stop.

mod descriptors;
mod drain;
mod handshake;
mod pages;
mod reload;
mod sessions;
mod smuggling;
mod strangers;
mod tls;

use crate::support::patience::patient;
use crate::support::{PATIENCE, Place, Server};
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// The head of a WebSocket handshake, after its first line.
const HANDSHAKE: &str = "Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

/// A routing file with two endpoints. `defaults` and `listener` are further lines of these tables, `more` follows.
fn routing(defaults: &str, listener: &str, more: &str) -> String {
    let defaults = patient(defaults);
    format!(
        r#"[defaults]
auth = "optional"
{defaults}
[[listener]]
name = "dining"
bind = "127.0.0.1:0"
rest = ["dining.api"]
{listener}
[[listener.route]]
path = "/ws/orders/<id:order_id>/"
consumer = "dining.order"
[[listener.route]]
path = "/ws/tables/<id:table_id>/"
consumer = "dining.table"
{more}"#
    )
}

fn place(routing: &str) -> Place {
    let place = Place::new();
    write(&place, routing);
    place
}

/// Replaces the routing file.
fn write(place: &Place, routing: &str) {
    std::fs::write(place.file("routing.toml"), routing).expect("routing.toml");
}

/// A server with these defaults.
fn server(defaults: &str) -> Server {
    Server::on(place(&routing(defaults, "", "")), &["--shards", "2"])
}

/// A change that everybody at this order hears of.
fn change(server: &Server, order: i64, note: &str) {
    let sql = "UPDATE orders SET note = ?1 WHERE id = ?2";
    let changed = server.place.foreign().execute(sql, (note, order));
    assert_eq!(changed.expect("written"), 1);
}

/// A connection of a stranger: bytes there, bytes back.
struct Wire(TcpStream);

impl Wire {
    fn to(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        stream.set_nodelay(true).expect("no delay");
        Wire(stream)
    }

    fn send(&mut self, text: &str) {
        // the server may have hung up halfway: what counts is what it says
        let _ = self.0.write_all(text.as_bytes());
    }

    /// Ends this side: it reads on.
    fn half_close(&self) {
        let ended = self.0.shutdown(std::net::Shutdown::Write);
        ended.expect("it is open");
    }

    /// The head of an answer.
    #[track_caller]
    fn head(&mut self) -> String {
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            self.0.read_exact(&mut byte).expect("an answer");
            head.push(byte[0]);
        }
        String::from_utf8(head).expect("text")
    }

    /// All that comes until the server ends the stream, which it must do in order: a reset would be an answer that may get lost.
    #[track_caller]
    fn rest(&mut self) -> String {
        let mut bytes = Vec::new();
        if let Err(e) = self.0.read_to_end(&mut bytes) {
            panic!("{e} after {:?}", String::from_utf8_lossy(&bytes));
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The same from a client that says a little more whenever it has heard nothing for a moment. `None`: the server threw away what was still said.
    fn rest_of_dripping(&mut self, drop: &str) -> Option<String> {
        let late = Instant::now() + PATIENCE;
        let moment = Some(Duration::from_millis(5));
        self.0.set_read_timeout(moment).expect("a deadline");
        let mut bytes = Vec::new();
        while Instant::now() < late {
            match self.0.read_to_end(&mut bytes) {
                Ok(_) => return Some(String::from_utf8_lossy(&bytes).into_owned()),
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    self.send(drop);
                }
                Err(_) => return None,
            }
        }
        panic!("still connected: {:?}", String::from_utf8_lossy(&bytes));
    }

    /// One answer, with its body. The connection stays.
    #[track_caller]
    fn answer(&mut self) -> String {
        let mut text = self.head();
        let length = text.to_ascii_lowercase();
        let length = length.split("content-length: ").nth(1).unwrap_or("0");
        let length = length.lines().next().and_then(|n| n.parse().ok());
        let mut body = vec![0; length.expect("a length")];
        self.0.read_exact(&mut body).expect("a body");
        text.push_str(&String::from_utf8_lossy(&body));
        text
    }
}

/// What a stranger is answered who says this and waits.
#[track_caller]
fn said(server: &Server, text: &str) -> String {
    let mut wire = Wire::to(server.address);
    wire.send(text);
    wire.rest()
}

/// The statuses of the answers in a stream, in order.
fn statuses(stream: &str) -> Vec<&str> {
    let found = stream.match_indices("HTTP/1.").filter_map(|(at, _)| {
        let status = stream.get(at + 9..at + 12)?;
        status.bytes().all(|b| b.is_ascii_digit()).then_some(status)
    });
    found.collect()
}

/// Waits until nobody listens there: each of the server's threads closes its own socket.
#[track_caller]
fn until_refused(address: SocketAddr) {
    let late = Instant::now() + PATIENCE;
    while TcpStream::connect(address).is_ok() {
        assert!(Instant::now() < late, "somebody listens on {address}");
    }
}
