//! What it costs a server to have clients that are too many, too fast, too slow, or gone: limits, outboxes, metrics, and that nothing stays behind.

#[path = "operations/floods.rs"]
mod floods;
#[path = "operations/kept.rs"]
mod kept;
#[path = "operations/leaks.rs"]
mod leaks;
#[path = "operations/limits.rs"]
mod limits;
#[path = "operations/process.rs"]
mod process;
#[path = "operations/scrape.rs"]
mod scrape;
#[path = "operations/slow.rs"]
mod slow;

use super::conformance::patience::{PATIENCE, patient};
use super::conformance::raw::{CLOSE, FIN, PING, Raw, TEXT};
use super::{Conformance, Echo, Member, Namespace};
use maitred::*;
use process::Process;
use scrape::Scrape;
use serde::Deserialize;
use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// A member of as many groups as it asks for: `/many/3/`.
struct Many;

#[derive(Deserialize)]
struct HowMany {
    n: i64,
}

impl Consumer for Many {
    const NAME: &'static str = "many";
    type App = Conformance;
    type Params = HowMany;
    type Command = Frame;

    async fn connect(
        HowMany { n }: HowMany,
        ctx: &mut Context<Conformance>,
    ) -> Result<Self, Error> {
        (0..n).for_each(|group| ctx.join(group.to_string()));
        Ok(Many)
    }

    /// Joins one group more, and says what became of it.
    async fn receive(
        &mut self,
        frame: Frame,
        ctx: &mut Context<Conformance>,
    ) -> Result<Reply, Error> {
        let Frame::Text(name) = frame else {
            return Ok(Reply::done());
        };
        ctx.try_join(name)?;
        Ok(Reply::message(Message::text("joined")))
    }

    fn render(_: &super::Said, _: &String) -> Option<Message> {
        None
    }

    fn render_error(error: &ClientError) -> Message {
        Message::text(error.code.to_string())
    }
}

/// A routing file. `limits` and `defaults` are lines of these tables.
fn file(limits: &str, defaults: &str) -> String {
    let defaults = patient(defaults);
    format!(
        r#"
[defaults]
auth = "none"
origins = "*"
{defaults}
[limits]
{limits}
[[listener]]
name = "all"
bind = "127.0.0.1:0"
metrics = "all"
[[listener.route]]
path = "/echo"
consumer = "echo"
[[listener.route]]
path = "/group/<name>/"
consumer = "group"
[[listener.route]]
path = "/many/<int:n>/"
consumer = "many"
[[listener.route]]
path = "/silent"
consumer = "echo"
idle_timeout = "300ms"
ping_interval = "200ms"
[[listener.route]]
path = "/token"
consumer = "echo"
auth = "required"
[[listener.route]]
path = "/socket.io/"
[[listener.route.namespace]]
name = "/"
consumer = "namespace"
"#
    )
}

fn registry() -> Registry<Conformance> {
    Registry::new()
        .with::<Echo>()
        .with::<Member>()
        .with::<Many>()
        .with::<Namespace>()
}

/// A routing file of this server's consumers.
fn parsed(text: &str) -> Result<Routing, Error> {
    registry().routing("r.toml", text)
}

/// A server of this process with this routing, and where it is.
fn serve(routing: &str, keys: Option<Keys>) -> (Started, SocketAddr) {
    let routing = parsed(routing).expect("a routing file");
    let mut server = Server::new(routing, registry()).shards(2);
    if let Some(keys) = keys {
        server = server.keys(keys);
    }
    let started = server.start().expect("a server");
    let address = started.addresses()[0].1;
    (started, address)
}

/// An answer over HTTP.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {self:?}"))
    }
}

/// Asks for an upgrade, from an address of this machine: the open connection, or why there is none.
fn knock(
    from: [u8; 4],
    address: SocketAddr,
    path: &str,
    headers: &str,
) -> Result<TcpStream, Answer> {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None);
    let socket = socket.expect("a socket");
    let from = SocketAddr::from((from, 0));
    socket.bind(&from.into()).expect("bound");
    socket.connect(&address.into()).expect("a connection");
    let mut stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n{headers}\r\n"
    );
    stream.write_all(request.as_bytes()).expect("sent");
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).expect("an answer");
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).expect("text");
    let status = head[9..12].parse().expect("a status");
    if status == 101 {
        return Ok(stream);
    }
    let mut body = String::new();
    stream.read_to_string(&mut body).expect("the whole answer");
    Err(Answer { status, head, body })
}

const HERE: [u8; 4] = [127, 0, 0, 1];

/// Tries until it holds: what must become true, and nobody is told when.
#[track_caller]
fn eventually<T>(what: &str, mut holds: impl FnMut() -> Result<T, String>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match holds() {
            Ok(found) => return found,
            Err(why) if Instant::now() > deadline => panic!("{what}: {why}"),
            Err(_) => std::thread::yield_now(),
        }
    }
}
