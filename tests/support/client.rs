//! A WebSocket client that never waits for ever, and that checks the contract while it listens: a top-level `seq` rises from frame to frame.

use super::{PATIENCE, Server, contract};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::io::ErrorKind;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tungstenite::client::IntoClientRequest;
use tungstenite::http::{HeaderName, HeaderValue};
use tungstenite::{Bytes, Error, Message, WebSocket};

pub struct Client {
    ws: WebSocket<TcpStream>,
    path: String,
    /// The last number seen: what a client comes back with.
    pub seq: u64,
    /// The last frames, for the message of a test that fails.
    heard: VecDeque<String>,
}

/// What came.
#[derive(Debug)]
pub enum Heard {
    /// A text frame as it was sent.
    Text(String),
    /// The end, with the close code if there was one.
    Closed(Option<u16>),
    /// Nothing in time.
    Silence,
}

impl Client {
    /// Without a token: the demo's anonymous guest.
    #[track_caller]
    pub fn open(server: &Server, path: &str) -> Self {
        Client::dial(server.address, path, &[])
            .unwrap_or_else(|status| panic!("{path} was refused with {status}"))
    }

    /// With a token in the header.
    #[track_caller]
    pub fn open_as(server: &Server, path: &str, token: &str) -> Self {
        let bearer = format!("Bearer {token}");
        Client::dial(server.address, path, &[("authorization", &bearer)])
            .unwrap_or_else(|status| panic!("{path} was refused with {status}"))
    }

    /// With these headers. An answer that is not 101 is the error.
    pub fn dial(address: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Result<Self, u16> {
        let stream = TcpStream::connect(address).map_err(|_| 0_u16)?;
        stream.set_nodelay(true).expect("no delay");
        stream.set_read_timeout(Some(PATIENCE)).expect("a deadline");
        let mut request = format!("ws://localhost:{}{path}", address.port())
            .into_client_request()
            .expect("a request");
        for (name, value) in headers {
            request.headers_mut().append(
                HeaderName::try_from(*name).expect("a header's name"),
                HeaderValue::try_from(*value).expect("a header's value"),
            );
        }
        match tungstenite::client(request, stream) {
            Ok((ws, _)) => Ok(Client {
                ws,
                path: path.to_owned(),
                seq: 0,
                heard: VecDeque::new(),
            }),
            Err(tungstenite::HandshakeError::Failure(Error::Http(answer))) => {
                Err(answer.status().as_u16())
            }
            Err(_) => Err(0),
        }
    }

    /// Comes back, as a client does that lost its connection.
    #[track_caller]
    pub fn back(server: &Server, path: &str, since: u64) -> Self {
        let mut client = Client::open(server, &format!("{path}?since={since}"));
        client.seq = since;
        client
    }

    #[track_caller]
    pub fn back_as(server: &Server, path: &str, since: u64, token: &str) -> Self {
        let mut client = Client::open_as(server, &format!("{path}?since={since}"), token);
        client.seq = since;
        client
    }

    #[track_caller]
    pub fn send(&mut self, frame: Value) {
        self.send_text(&frame.to_string());
    }

    #[track_caller]
    pub fn send_text(&mut self, text: &str) {
        self.try_send(text)
            .unwrap_or_else(|e| panic!("{} cannot send {text}: {e}", self.path));
    }

    pub fn try_send(&mut self, text: &str) -> Result<(), Box<Error>> {
        self.ws.send(Message::text(text)).map_err(Box::new)
    }

    pub fn send_binary(&mut self, bytes: &'static [u8]) {
        self.ws
            .send(Message::Binary(Bytes::from_static(bytes)))
            .expect("sent");
    }

    /// What comes within `wait`.
    pub fn listen(&mut self, wait: Duration) -> Heard {
        let deadline = Instant::now() + wait;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let left = left.max(Duration::from_millis(1));
            self.ws
                .get_ref()
                .set_read_timeout(Some(left))
                .expect("a deadline");
            match self.ws.read() {
                Ok(Message::Text(text)) => {
                    contract::check(&self.path, &text);
                    self.heard.push_back(text.to_string());
                    if self.heard.len() > 8 {
                        self.heard.pop_front();
                    }
                    return Heard::Text(text.to_string());
                }
                Ok(Message::Close(frame)) => {
                    let _ = self.ws.flush();
                    return Heard::Closed(frame.map(|f| f.code.into()));
                }
                Ok(_) => {}
                Err(Error::Io(e)) if e.kind() == ErrorKind::Interrupted => {}
                Err(Error::Io(e))
                    if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) =>
                {
                    if Instant::now() >= deadline {
                        return Heard::Silence;
                    }
                }
                Err(_) => return Heard::Closed(None),
            }
        }
    }

    /// The next frame as it was sent. Its number must be higher than the last, unless it starts the stream anew.
    #[track_caller]
    pub fn next_text(&mut self) -> String {
        match self.listen(PATIENCE) {
            Heard::Text(text) => {
                let frame = parse(&text);
                if let Some(seq) = frame["seq"].as_u64() {
                    assert!(seq < 1 << 53, "{}: {text}", self.path);
                    assert!(
                        seq > self.seq || frame["reset"] == true,
                        "{}: {text} after {}: {:#?}",
                        self.path,
                        self.seq,
                        self.heard
                    );
                    self.seq = seq;
                }
                text
            }
            other => panic!("{}: {other:?} after {:#?}", self.path, self.heard),
        }
    }

    #[track_caller]
    pub fn next(&mut self) -> Value {
        parse(&self.next_text())
    }

    /// The next frame, which must be of this type.
    #[track_caller]
    pub fn next_is(&mut self, kind: &str) -> Value {
        let frame = self.next();
        assert_eq!(frame["type"], kind, "{}: {frame}", self.path);
        frame
    }

    /// The next frame of this type; others are passed over, errors are not.
    #[track_caller]
    pub fn expect(&mut self, kind: &str) -> Value {
        self.until(|frame| frame["type"] == kind)
            .pop()
            .expect("the frame waited for")
    }

    /// All frames up to and with the first for which `wanted` holds.
    #[track_caller]
    pub fn until(&mut self, wanted: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut all = Vec::new();
        loop {
            let frame = self.next();
            let found = wanted(&frame);
            assert!(
                found || frame.get("error").is_none(),
                "{}: {frame} after {all:#?}",
                self.path
            );
            all.push(frame);
            if found {
                return all;
            }
        }
    }

    /// What has come before the answer to a `ping` sent now.
    #[track_caller]
    pub fn sync(&mut self) -> Vec<Value> {
        self.send(json!({"action": "ping"}));
        let mut all = self.until(|frame| frame["type"] == "pong");
        all.pop();
        all
    }

    /// Sends an action and returns its answer of this type, which has no number.
    #[track_caller]
    pub fn ask(&mut self, action: Value, answer: &str) -> Value {
        self.send(action);
        let found = self.until(|f| f["type"] == answer && f.get("seq").is_none());
        found.into_iter().next_back().expect("the answer")
    }

    /// Sends an action with an `id` of its own and returns the data of its acknowledgement, which must be good.
    #[track_caller]
    pub fn command(&mut self, mut action: Value) -> Value {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let id = format!("test-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        action["id"] = json!(id);
        self.send(action);
        let found = self.until(|f| f["type"] == "ack" && f["data"]["id"] == id.as_str());
        let ack = found.into_iter().next_back().expect("the acknowledgement");
        assert_eq!(ack["data"]["ok"], true, "{}: {ack}", self.path);
        assert!(ack.get("seq").is_none(), "an answer has no number: {ack}");
        ack["data"].clone()
    }

    /// Sends what must be refused and returns the code of the error. The connection stays.
    #[track_caller]
    pub fn refused(&mut self, text: &str) -> String {
        self.send_text(text);
        self.error()
    }

    /// The next error frame's code: the documented shape, nothing numbered.
    #[track_caller]
    pub fn error(&mut self) -> String {
        let found = self.until(|f| f.get("error").is_some());
        let error = found.last().expect("the error");
        assert!(error["error"].is_string(), "{}: {error}", self.path);
        assert!(
            error.get("seq").is_none(),
            "an error has no number: {error}"
        );
        let code = error["code"].as_str();
        code.unwrap_or_else(|| panic!("{}: no code: {error}", self.path))
            .to_owned()
    }

    /// Reads on until the server closes: the close code, and the code of an error frame before it.
    #[track_caller]
    pub fn closed(&mut self) -> (Option<u16>, Option<String>) {
        let mut code = None;
        loop {
            match self.listen(PATIENCE) {
                Heard::Text(text) => {
                    let frame = parse(&text);
                    if frame.get("error").is_some() {
                        code = frame["code"].as_str().map(str::to_owned);
                    }
                }
                Heard::Closed(close) => return (close, code),
                Heard::Silence => panic!("{} stays open: {:#?}", self.path, self.heard),
            }
        }
    }

    /// Asks for a resume without a new connection and returns the answer; the frames before it are void.
    #[track_caller]
    pub fn resume(&mut self, since: u64) -> Value {
        self.send(json!({"action": "resume", "since": since}));
        loop {
            match self.listen(PATIENCE) {
                Heard::Text(text) => {
                    let frame = parse(&text);
                    if frame["type"] == "resumed" {
                        self.seq = since;
                        return frame;
                    }
                    if frame["type"] == "reset" || frame["reset"] == true {
                        self.seq = frame["seq"].as_u64().unwrap_or(0);
                        return frame;
                    }
                    assert!(frame.get("error").is_none(), "{}: {frame}", self.path);
                }
                other => panic!("{}: {other:?} after {:#?}", self.path, self.heard),
            }
        }
    }
}

#[track_caller]
pub fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("no JSON ({e}): {text}"))
}
