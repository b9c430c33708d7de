//! The screens' origin: pages and files, and everything else that a page needs, on the dining room's listener.

mod as_of;
mod demo;
mod evening;
mod pages;
mod reports;
mod rush;
mod systems;

use crate::support::PATIENCE;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

/// An answer whose body need not be text.
struct Raw {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Raw {
    fn header(&self, name: &str) -> Option<&str> {
        let fields = self.head.lines().filter_map(|line| line.split_once(": "));
        let mut found = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name));
        found.next().map(|(_, value)| value)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }
}

/// `line` is `GET /kitchen`. The path is sent as it is written.
fn get(address: SocketAddr, line: &str, headers: &[(&str, &str)]) -> Raw {
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    let mut request = format!(
        "{line} HTTP/1.1\r\nHost: localhost:{}\r\nConnection: close\r\n",
        address.port()
    );
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    write!(stream, "{request}\r\n").expect("sent");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("an answer in time");
    let split = bytes.windows(4).position(|w| w == b"\r\n\r\n");
    let split = split.expect("an answer of HTTP");
    let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
    Raw {
        status: head[9..12].parse().expect("a status"),
        head,
        body: bytes[split + 4..].to_vec(),
    }
}
