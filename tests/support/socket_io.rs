//! A Socket.IO client that never waits for ever, over a WebSocket. It answers pings, and keeps apart what its namespaces are told.

use super::PATIENCE;
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::{SocketAddr, TcpStream};
use std::time::Instant;
use tungstenite::client::IntoClientRequest;
use tungstenite::http::{HeaderName, HeaderValue};
use tungstenite::{Bytes, Message, WebSocket};

pub struct SocketIo {
    ws: WebSocket<TcpStream>,
    /// What Engine.IO's first packet said.
    pub handshake: Value,
    next_id: u64,
    /// What came while something else was waited for.
    heard: VecDeque<Packet>,
    /// It does not answer pings.
    mute: bool,
}

/// What the server said in a namespace.
#[derive(Debug, Clone)]
pub struct Packet {
    /// `0` connect, `1` disconnect, `2` event, `3` ack, `4` connect error.
    pub kind: char,
    pub namespace: String,
    pub id: Option<u64>,
    pub data: Value,
    pub attachments: Vec<Bytes>,
}

/// An event.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    pub name: String,
    /// Without the offset.
    pub arguments: Vec<Value>,
    /// The number of a durable event.
    pub offset: Option<u64>,
    /// The server wants to be answered.
    pub id: Option<u64>,
    pub attachments: Vec<Bytes>,
}

impl Told {
    /// The first argument.
    pub fn data(&self) -> &Value {
        self.arguments.first().unwrap_or(&Value::Null)
    }
}

impl SocketIo {
    #[track_caller]
    pub fn open(address: SocketAddr) -> Self {
        SocketIo::dial(address, "/socket.io/", &[])
    }

    /// With headers, at a path that may have a query of its own.
    #[track_caller]
    pub fn dial(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Self {
        let stream = TcpStream::connect(address).expect("connect");
        stream.set_nodelay(true).expect("no delay");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        let mark = if path.contains('?') { '&' } else { '?' };
        let mut request = format!("ws://{address}{path}{mark}EIO=4&transport=websocket")
            .into_client_request()
            .expect("a request");
        for (name, value) in headers {
            request.headers_mut().append(
                HeaderName::try_from(*name).expect("a header's name"),
                HeaderValue::try_from(*value).expect("a header's value"),
            );
        }
        let (ws, _) = tungstenite::client(request, stream).expect("a handshake");
        let mut client = SocketIo::on(ws);
        let first = client
            .text(Instant::now() + PATIENCE)
            .expect("Engine.IO's first packet");
        let handshake = first.strip_prefix('0').expect("an open packet");
        client.handshake = serde_json::from_str(handshake).expect("JSON");
        client
    }

    /// A WebSocket for a session that polls so far: `path` has its `sid`.
    #[track_caller]
    pub fn probe(address: SocketAddr, path: &str) -> Self {
        let stream = TcpStream::connect(address).expect("connect");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        let url = format!("ws://{address}{path}&EIO=4&transport=websocket");
        let (ws, _) = tungstenite::client(url, stream).expect("a handshake");
        SocketIo::on(ws)
    }

    fn on(ws: WebSocket<TcpStream>) -> Self {
        SocketIo {
            ws,
            handshake: Value::Null,
            next_id: 1_000_000,
            heard: VecDeque::new(),
            mute: false,
        }
    }

    /// Says goodbye as a WebSocket does.
    pub fn close(&mut self) {
        self.ws.close(None).expect("a close frame");
    }

    /// Ends this side: it hears on.
    pub fn half_close(&self) {
        let ended = self.ws.get_ref().shutdown(std::net::Shutdown::Write);
        ended.expect("it is open");
    }

    /// Waits for the acknowledgement of an event that was sent as it is.
    #[track_caller]
    pub fn acked(&mut self, namespace: &str, id: u64) -> Vec<Value> {
        let ack = self.wait(|p| p.kind == '3' && p.namespace == namespace && p.id == Some(id));
        ack.data.as_array().cloned().unwrap_or_default()
    }

    /// Asks for a namespace. `Err`: the payload of CONNECT_ERROR.
    #[track_caller]
    pub fn connect(&mut self, namespace: &str, auth: Value) -> Result<Value, Value> {
        let auth = if auth.is_null() { json!({}) } else { auth };
        self.say(&format!("40{}{auth}", prefix(namespace)));
        let answer = self.wait(|p| p.namespace == namespace && matches!(p.kind, '0' | '4'));
        match answer.kind {
            '0' => Ok(answer.data),
            _ => Err(answer.data),
        }
    }

    /// Leaves a namespace.
    pub fn disconnect(&mut self, namespace: &str) {
        self.say(&format!("41{}", prefix(namespace)));
    }

    pub fn emit(&mut self, namespace: &str, name: &str, arguments: &[Value]) {
        self.send(namespace, None, name, arguments);
    }

    /// Emits with a callback, and waits for what it is called with.
    #[track_caller]
    pub fn ask(&mut self, namespace: &str, name: &str, arguments: &[Value]) -> Vec<Value> {
        let id = self.next_id;
        self.next_id += 1;
        self.send(namespace, Some(id), name, arguments);
        self.acked(namespace, id)
    }

    /// Answers a question of the server.
    pub fn answer(&mut self, namespace: &str, id: u64, arguments: &[Value]) {
        let data = Value::from(arguments.to_vec());
        self.say(&format!("43{}{id}{data}", prefix(namespace)));
    }

    /// The next event of a namespace.
    #[track_caller]
    pub fn next(&mut self, namespace: &str) -> Told {
        told(self.wait(|p| p.kind == '2' && p.namespace == namespace))
    }

    /// The next event of that name; others of the namespace are passed over.
    #[track_caller]
    pub fn until(&mut self, namespace: &str, name: &str) -> Told {
        loop {
            let told = self.next(namespace);
            if told.name == name {
                return told;
            }
        }
    }

    /// The events of a namespace that came while something else was waited for.
    pub fn take_heard(&mut self, namespace: &str) -> Vec<Told> {
        let is_one = |p: &Packet| p.kind == '2' && p.namespace == namespace;
        let (events, others) = std::mem::take(&mut self.heard)
            .into_iter()
            .partition(is_one);
        self.heard = others;
        let events: VecDeque<Packet> = events;
        events.into_iter().map(told).collect()
    }

    /// Waits until the server closes a namespace.
    #[track_caller]
    pub fn is_disconnected(&mut self, namespace: &str) {
        self.wait(|p| p.kind == '1' && p.namespace == namespace);
    }

    /// Waits until the server closes the connection, and says how.
    #[track_caller]
    pub fn closed(&mut self) -> Option<u16> {
        loop {
            match self.ws.read() {
                Ok(Message::Text(text)) if text == "2" => self.pong(),
                Ok(Message::Close(frame)) => return frame.map(|f| f.code.into()),
                Ok(_) => {}
                Err(tungstenite::Error::Io(e)) if e.kind() == std::io::ErrorKind::WouldBlock => {
                    panic!("the connection stays open")
                }
                Err(_) => return None,
            }
        }
    }

    /// Answers no ping from now on.
    pub fn mute(&mut self) {
        self.mute = true;
    }

    fn pong(&mut self) {
        if !self.mute {
            self.say("3");
        }
    }

    /// The next message that is no ping, as it is.
    #[track_caller]
    pub fn raw(&mut self) -> Vec<u8> {
        loop {
            match self.ws.read().expect("a message") {
                Message::Text(text) if text == "2" => self.pong(),
                Message::Ping(_) => {}
                message => return message.into_data().to_vec(),
            }
        }
    }

    /// A packet as it is.
    pub fn say(&mut self, packet: &str) {
        self.ws.send(Message::text(packet)).expect("send");
    }

    /// A binary message.
    pub fn say_binary(&mut self, bytes: &[u8]) {
        self.ws.send(Message::binary(bytes.to_vec())).expect("send");
    }

    /// Vanishes: nothing is said.
    pub fn vanish(self) {
        let _ = self.ws.get_ref().shutdown(std::net::Shutdown::Both);
    }

    fn send(&mut self, namespace: &str, id: Option<u64>, name: &str, arguments: &[Value]) {
        let mut data = vec![Value::from(name)];
        data.extend_from_slice(arguments);
        let id = id.map(|id| id.to_string()).unwrap_or_default();
        self.say(&format!("42{}{id}{}", prefix(namespace), Value::from(data)));
    }

    #[track_caller]
    fn wait(&mut self, wanted: impl Fn(&Packet) -> bool) -> Packet {
        if let Some(at) = self.heard.iter().position(&wanted) {
            return self.heard.remove(at).expect("found");
        }
        // pings come all the time: the socket's own deadline never passes
        let late = Instant::now() + PATIENCE;
        loop {
            let packet = self.packet(late);
            if wanted(&packet) {
                return packet;
            }
            self.heard.push_back(packet);
        }
    }

    #[track_caller]
    fn packet(&mut self, late: Instant) -> Packet {
        let text = self.text(late).expect("a packet");
        let (mut packet, attachments) = parse(&text).unwrap_or_else(|| panic!("no packet: {text}"));
        while packet.attachments.len() < attachments {
            match self.ws.read().expect("an attachment") {
                Message::Binary(bytes) => packet.attachments.push(bytes),
                Message::Text(text) if text == "2" => self.pong(),
                Message::Ping(_) => {}
                other => panic!("no attachment: {other:?}"),
            }
        }
        packet
    }

    /// The next text that is no ping.
    fn text(&mut self, late: Instant) -> Result<String, tungstenite::Error> {
        loop {
            assert!(Instant::now() < late, "nothing but {:?}", self.heard);
            match self.ws.read()? {
                Message::Text(text) if text == "2" => self.pong(),
                Message::Text(text) => return Ok(text.to_string()),
                Message::Close(frame) => {
                    panic!("closed: {frame:?}, heard before: {:?}", self.heard)
                }
                _ => {}
            }
        }
    }
}

fn prefix(namespace: &str) -> String {
    match namespace {
        "/" => String::new(),
        other => format!("{other},"),
    }
}

fn parse(text: &str) -> Option<(Packet, usize)> {
    let rest = text.strip_prefix('4')?;
    let (kind, mut rest) = (rest.chars().next()?, &rest[1..]);
    let mut attachments = 0;
    let kind = match kind {
        '5' | '6' => {
            let (count, after) = rest.split_once('-')?;
            (attachments, rest) = (count.parse().ok()?, after);
            if kind == '5' { '2' } else { '3' }
        }
        kind => kind,
    };
    let mut namespace = "/";
    if rest.starts_with('/') {
        (namespace, rest) = rest.split_once(',')?;
    }
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (id, data) = rest.split_at(digits);
    let packet = Packet {
        kind,
        namespace: namespace.to_owned(),
        id: id.parse().ok(),
        data: match data {
            "" => Value::Null,
            data => serde_json::from_str(data).ok()?,
        },
        attachments: Vec::new(),
    };
    Some((packet, attachments))
}

fn told(packet: Packet) -> Told {
    let mut all = packet.data.as_array().cloned().unwrap_or_default();
    let name = all.remove(0).as_str().unwrap_or_default().to_owned();
    // the offset of a durable event is the last argument, a number as text
    let last = all.last().and_then(Value::as_str);
    let offset = last.and_then(|text| text.parse().ok());
    if offset.is_some() {
        all.pop();
    }
    Told {
        name,
        arguments: all,
        offset,
        id: packet.id,
        attachments: packet.attachments,
    }
}
