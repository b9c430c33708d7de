//! What a WebSocket server must get right when nothing else is asked of it, on the framework's public interface only.
//!
//! - `/conformance/echo` sends back every message as it came, text as text and binary as binary, up to 16 MiB, and is silent otherwise.
//! - `/conformance/socket.io/`, namespace `/group`, does that for Socket.IO: `message` goes to all whose `auth` has the same `group`.
//! - `/conformance/group/<name>/` passes every message on to all members of the group, its sender too: each gets it once, byte for byte. Up to 64 KiB.
//! - `/engine.io/` sends back every message of an Engine.IO session; `/conformance/engine.io/` does, with the usual heartbeat.
//! - `/socket.io/` has the namespaces `/` and `/custom`: each tells a client the `auth` that it came with, sends `message` back as `message-back`, and
//!   acknowledges `message-with-ack`, with the arguments that came. `/conformance/socket.io/` does the same with the usual heartbeat.
//!
//! `cargo run --release --example echo_server -- --bind 127.0.0.1:9900`

use maitred::*;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Nothing is stored: there are groups, and what their members say.
struct Conformance;

impl App for Conformance {
    type Claims = IgnoredAny;
    type Group = String;
    type Event = Said;
    const WATCHED: &'static [Watched] = &[];

    fn announce(_: &Change<'_>, _: &Reader<'_>) -> Result<Vec<Signal<Self>>, Error> {
        Ok(Vec::new())
    }
}

/// A member's message.
#[derive(Serialize, Deserialize)]
enum Said {
    Text(String),
    Binary(Vec<u8>),
    Json(Box<RawValue>),
}

struct Echo;

impl Consumer for Echo {
    const NAME: &'static str = "echo";
    type App = Conformance;
    type Params = Nothing;
    type Command = Frame;

    async fn connect(_: Nothing, _: &mut Context<Conformance>) -> Result<Self, Error> {
        Ok(Echo)
    }

    async fn receive(
        &mut self,
        frame: Frame,
        _: &mut Context<Conformance>,
    ) -> Result<Reply, Error> {
        Ok(Reply::message(frame.into()))
    }

    fn render(_: &Said, _: &String) -> Option<Message> {
        None
    }

    fn render_error(error: &ClientError) -> Message {
        Message::text(error.text.clone())
    }
}

/// A member of a group.
struct Member(String);

impl Consumer for Member {
    const NAME: &'static str = "group";
    type App = Conformance;
    type Params = Place;
    type Command = Frame;

    async fn connect(Place { name }: Place, ctx: &mut Context<Conformance>) -> Result<Self, Error> {
        ctx.join(name.clone());
        Ok(Member(name))
    }

    async fn receive(
        &mut self,
        frame: Frame,
        ctx: &mut Context<Conformance>,
    ) -> Result<Reply, Error> {
        let said = match frame {
            Frame::Text(text) => Said::Text(text),
            Frame::Binary(bytes) => Said::Binary(bytes.into()),
        };
        ctx.publish(self.0.clone(), said);
        Ok(Reply::done())
    }

    fn render(said: &Said, _: &String) -> Option<Message> {
        Some(match said {
            Said::Text(text) => Message::text(text.clone()),
            Said::Binary(bytes) => Message::binary(bytes.clone()),
            Said::Json(_) => return None,
        })
    }

    fn render_error(error: &ClientError) -> Message {
        Message::text(error.text.clone())
    }
}

/// A namespace that says what it is told.
struct Namespace;

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Told {
    Message(Arguments),
    MessageWithAck(Arguments),
}

impl Consumer for Namespace {
    const NAME: &'static str = "namespace";
    type App = Conformance;
    type Params = IgnoredAny;
    type Command = Told;

    async fn connect(_: IgnoredAny, ctx: &mut Context<Conformance>) -> Result<Self, Error> {
        if let Some(client) = ctx.client() {
            ctx.send(&Message::new("auth", &client.auth::<Box<RawValue>>()?));
        }
        Ok(Namespace)
    }

    async fn receive(&mut self, told: Told, _: &mut Context<Conformance>) -> Result<Reply, Error> {
        Ok(match told {
            Told::Message(all) => Reply::message(Message::carrying("message-back", all)),
            Told::MessageWithAck(all) => Reply::answer(all),
        })
    }

    fn render(_: &Said, _: &String) -> Option<Message> {
        None
    }
}

/// A member of a group, over Socket.IO.
struct Room(String);

#[derive(Deserialize)]
struct Auth {
    group: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Spoken {
    Message(Box<RawValue>),
}

impl Consumer for Room {
    const NAME: &'static str = "room";
    type App = Conformance;
    type Params = Auth;
    type Command = Spoken;

    async fn connect(Auth { group }: Auth, ctx: &mut Context<Conformance>) -> Result<Self, Error> {
        ctx.join(group.clone());
        Ok(Room(group))
    }

    async fn receive(
        &mut self,
        Spoken::Message(json): Spoken,
        ctx: &mut Context<Conformance>,
    ) -> Result<Reply, Error> {
        ctx.publish(self.0.clone(), Said::Json(json));
        Ok(Reply::done())
    }

    fn render(said: &Said, _: &String) -> Option<Message> {
        match said {
            Said::Json(json) => Some(Message::new("message", json)),
            Said::Text(_) | Said::Binary(_) => None,
        }
    }
}

#[derive(Deserialize)]
struct Nothing {}

#[derive(Deserialize)]
struct Place {
    name: String,
}

/// Nobody is told to slow down: a benchmark is to find out how fast the server is.
const ROUTES: &str = r#"
[limits]
connections_per_address = 100000
connections_per_user = 100000
handshakes_per_second = "none"
handshakes_per_second_per_address = "none"

[[listener]]
name = "all"
bind = "BIND"
auth = "none"
origins = "*"
frames_per_second = "none"
bytes_per_second = "none"

[[listener.route]]
path = "/conformance/echo"
consumer = "echo"
max_message_bytes = "16MiB"
outbox_bytes = "64MiB"

[[listener.route]]
path = "/conformance/group/<name>/"
consumer = "group"
outbox_bytes = "16MiB"

# /socket.io/ below with the usual heartbeat, for who cannot answer in 200 ms, and rooms
[[listener.route]]
path = "/conformance/socket.io/"
outbox_bytes = "16MiB"

[[listener.route.namespace]]
name = "/"
consumer = "namespace"

[[listener.route.namespace]]
name = "/custom"
consumer = "namespace"

[[listener.route.namespace]]
name = "/group"
consumer = "room"

# for who asks for no namespace
[[listener.route]]
path = "/conformance/nothing/"
connect_timeout = "1s"

[[listener.route.namespace]]
name = "/"
consumer = "namespace"

# /engine.io/ with the usual heartbeat
[[listener.route]]
path = "/conformance/engine.io/"
protocol = "engine.io"
consumer = "echo"

[[listener.route]]
path = "/engine.io/"
protocol = "engine.io"
consumer = "echo"
ping_interval = "300ms"
ping_timeout = "200ms"
max_payload = 1000000

[[listener.route]]
path = "/socket.io/"
ping_interval = "300ms"
ping_timeout = "200ms"
max_payload = 1000000
# the suite has a client that asks for no namespace answer three pings, 900 ms and more, and another wait at most 2 s until it is closed
connect_timeout = "1500ms"

[[listener.route.namespace]]
name = "/"
consumer = "namespace"

[[listener.route.namespace]]
name = "/custom"
consumer = "namespace"

"#;

const USAGE: &str = "echo_server [--bind ADDRESS] [--threads NUMBER] [--secret KEY] [--certificate FILE --key FILE]";

/// What the command line says.
#[derive(Default)]
struct Options {
    bind: String,
    /// One per core, unless told otherwise.
    threads: Option<usize>,
    /// Then only who has a token is served.
    secret: Option<String>,
    /// PEM files: then it is TLS.
    certificate: Option<String>,
    key: Option<String>,
}

fn serve(options: Options) -> Result<Started, Error> {
    let registry = Registry::new()
        .with::<Echo>()
        .with::<Member>()
        .with::<Namespace>()
        .with::<Room>();
    let mut routes = ROUTES.replace("BIND", &options.bind);
    if let (Some(certificate), Some(key)) = (&options.certificate, &options.key) {
        let tls = format!("tls = {{ certificate = {certificate:?}, key = {key:?} }}");
        routes = routes.replace("origins = \"*\"", &format!("origins = \"*\"\n{tls}"));
    }
    if options.secret.is_some() {
        routes = routes.replace("auth = \"none\"", "auth = \"required\"");
    }
    let routing = registry.routing("echo_server", &routes)?;
    let mut server = Server::new(routing, registry);
    if let Some(secret) = options.secret {
        server = server.keys(Keys::hs256(secret.as_bytes())?);
    }
    match options.threads {
        Some(threads) => server.shards(threads),
        None => server,
    }
    .start()
}

fn main() -> Result<(), Error> {
    let mut options = Options {
        bind: "127.0.0.1:9900".to_owned(),
        ..Options::default()
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| Error::Config(USAGE.to_owned()))?;
        match argument.as_str() {
            "--bind" => options.bind = value,
            "--secret" => options.secret = Some(value),
            "--certificate" => options.certificate = Some(value),
            "--key" => options.key = Some(value),
            "--threads" => {
                let number = value
                    .parse()
                    .map_err(|e| Error::Config(format!("--threads {value}: {e}")))?;
                options.threads = Some(number);
            }
            _ => return Err(Error::Config(USAGE.to_owned())),
        }
    }
    if options.certificate.is_some() != options.key.is_some() {
        return Err(Error::Config(USAGE.to_owned()));
    }
    let server = serve(options)?;
    println!("listening on {}", server.addresses()[0].1);
    // until it is killed
    loop {
        std::thread::park();
    }
}

#[cfg(test)]
#[path = "conformance.rs"]
mod conformance;

#[cfg(test)]
#[path = "operations.rs"]
mod operations;
