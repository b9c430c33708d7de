//! What is known of a Socket.IO client beside its identity, and what it was asked.

use super::Context;
use crate::app::App;
use crate::auth::without_token;
use crate::error::{ClientError, Error, Kind};
use crate::protocol::arguments::Arguments;
use crate::protocol::message::Message;
use http::HeaderMap;
use rustc_hash::FxHashMap;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use std::cell::{Cell, Ref, RefCell};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;

/// Questions of one client that wait for its answer.
const QUESTIONS: usize = 256;

/// What of the request that opened a connection is kept for as long as that is open: what somebody may ask for.
#[derive(Debug, Default)]
pub(crate) struct Handshake {
    /// A line for each field, its name in small letters: `name: value`.
    headers: Box<str>,
    /// Without its question mark, and without a token.
    pub query: Box<str>,
}

/// The most that is kept so, in bytes: what a page has to say, and not a stranger's whole request, which may be four times as long.
const KEPT_BYTES: usize = 4 << 10;

impl Handshake {
    /// `wanted`: the headers that somebody looks at. `None`: it is too much to keep.
    pub fn new(headers: &HeaderMap, wanted: &[&str], query: &str) -> Option<Self> {
        let mut lines = String::new();
        for name in wanted {
            for value in headers.get_all(*name) {
                if let Ok(value) = value.to_str() {
                    let _ = writeln!(lines, "{name}: {value}");
                }
            }
        }
        let query = without_token(query);
        (lines.len() + query.len() <= KEPT_BYTES).then(|| Handshake {
            headers: lines.into(),
            query: query.into(),
        })
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.headers.lines().filter_map(|l| l.split_once(": "));
        fields
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }
}

/// One namespace's client.
#[derive(Default)]
pub(crate) struct Client {
    pub handshake: Arc<Handshake>,
    /// The payload of its CONNECT, an object.
    pub auth: Option<Box<RawValue>>,
    questions: RefCell<FxHashMap<u64, oneshot::Sender<Arguments>>>,
    next: Cell<u64>,
    /// It was told that it is let in.
    pub(super) greeted: Cell<bool>,
    /// The name of the event that is being handled.
    event: RefCell<String>,
    /// Who waits until it has seen that.
    greeting: RefCell<Option<oneshot::Sender<()>>>,
}

impl Client {
    pub fn new(handshake: Arc<Handshake>, auth: Option<Box<RawValue>>) -> Self {
        Client {
            handshake,
            auth,
            ..Client::default()
        }
    }

    /// The token in its `auth`, if there is one; some write it as a header has it.
    pub fn token(&self) -> Option<String> {
        #[derive(serde::Deserialize)]
        struct Auth {
            token: Option<String>,
        }
        let Auth { token } = serde_json::from_str(self.auth.as_deref()?.get()).ok()?;
        let token = token.filter(|token| !token.is_empty())?;
        let bare = token
            .split_once(' ')
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        Some(bare.map_or_else(|| token.clone(), |(_, bare)| bare.trim().to_owned()))
    }

    /// What it has just said. Keeps its buffer: each event has a name.
    pub(super) fn says(&self, event: &str) {
        let mut last = self.event.borrow_mut();
        last.clear();
        last.push_str(event);
    }

    pub(super) fn event(&self) -> Ref<'_, String> {
        self.event.borrow()
    }

    /// What the client answered. An answer to nothing (it came too late, or was made up) is passed over.
    pub fn answered(&self, id: u64, arguments: Arguments) {
        if let Some(asked) = self.questions.borrow_mut().remove(&id) {
            let _ = asked.send(arguments);
        }
    }

    /// Waits until the client has answered a ping.
    pub(super) async fn ponged(&self) {
        let (pong, came) = oneshot::channel();
        *self.greeting.borrow_mut() = Some(pong);
        let _ = came.await;
    }

    /// It has answered a ping.
    pub fn pong(&self) {
        if let Some(waits) = self.greeting.take() {
            let _ = waits.send(());
        }
    }

    /// Nobody answers any more.
    pub fn gone(&self) {
        self.greeting.take();
        self.questions.borrow_mut().clear();
    }
}

impl<A: App> Context<A> {
    /// What a Socket.IO client gave as `auth`, as it is: `io(url, { auth: { token: "...", userType: "driver" } })`. Without one, and over a raw WebSocket, an
    /// empty object.
    ///
    /// # Errors
    /// Of kind [`Kind::Invalid`] when it is no `T`.
    pub fn auth<T: DeserializeOwned>(&self) -> Result<T, ClientError> {
        let auth = self.client.as_ref().and_then(|c| c.auth.as_deref());
        serde_json::from_str(auth.map_or("{}", RawValue::get))
            .map_err(|e| ClientError::new(Kind::Invalid, "INVALID_AUTH", format!("auth: {e}")))
    }

    /// A header of the request that opened a Socket.IO connection, if it has one that is text and its name is in [`HEADERS`](crate::Consumer::HEADERS) of a
    /// consumer of the route. Over a raw WebSocket none is kept.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.client.as_ref()?.handshake.header(name)
    }

    /// The query of the request that opened a Socket.IO connection, without its question mark and a `token`: `EIO=4&transport=polling`. Over a raw WebSocket it is kept
    /// in the consumer's [`Params`](crate::Consumer::Params) only.
    pub fn query(&self) -> &str {
        self.client.as_ref().map_or("", |c| &c.handshake.query)
    }

    /// Says something that the client answers: an emit with an acknowledgement. Other commands of this client wait until `receive` has returned; so does the
    /// caller, until the answer, the end of the connection, or the end of `patience`. The message has no number: it is not replayed.
    ///
    /// # Errors
    /// `NO_ANSWER` when none came in time; `CANNOT_ANSWER` over a raw WebSocket, which has no way to; `TOO_MANY_QUESTIONS`; [`Error::Closed`] when the client
    /// is gone.
    ///
    /// # Cancel safety
    /// The question stands when the future is dropped, and its answer is passed over.
    pub async fn ask(&mut self, message: &Message, patience: Duration) -> Result<Arguments, Error> {
        if self.is_unkept() {
            // the question would wait for what is kept after this command
            self.note_joins().await?;
        }
        let Some(client) = &self.client else {
            let text = "this client has no way to answer";
            return Err(Error::client(Kind::Invalid, "CANNOT_ANSWER", text));
        };
        let (answer, answered) = oneshot::channel();
        let id = client.next.replace(client.next.get() + 1);
        {
            let mut questions = client.questions.borrow_mut();
            if questions.len() >= QUESTIONS {
                questions.retain(|_, asked| !asked.is_closed());
            }
            if questions.len() >= QUESTIONS {
                let text = "this client has too many questions to answer";
                return Err(Error::client(Kind::Busy, "TOO_MANY_QUESTIONS", text));
            }
            questions.insert(id, answer);
        }
        self.shard
            .send(&self.socket, self.lane().question(message, id));
        let answer = tokio::time::timeout(patience, answered).await;
        client.questions.borrow_mut().remove(&id);
        match answer {
            Ok(Ok(arguments)) => Ok(arguments),
            Ok(Err(_)) => Err(Error::Closed),
            Err(_) => Err(Error::client(
                Kind::Busy,
                "NO_ANSWER",
                "the client did not answer in time",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_by_any_spelling() {
        let mut headers = HeaderMap::new();
        headers.insert("authorization", "Bearer a: b".parse().expect("a value"));
        let wanted = ["cookie", "authorization"];
        let handshake = Handshake::new(&headers, &wanted, "EIO=4").expect("little");
        assert_eq!(handshake.header("Authorization"), Some("Bearer a: b"));
        assert_eq!(handshake.header("cookie"), None);
    }

    #[test]
    fn what_nobody_looks_at_is_not_kept() {
        let mut headers = HeaderMap::new();
        let long = "x".repeat(8 << 10);
        headers.insert("cookie", long.parse().expect("a value"));
        headers.insert("user-agent", "a".parse().expect("a value"));
        let query = format!("EIO=4&token={long}");
        let handshake = Handshake::new(&headers, &["user-agent"], &query).expect("little");
        assert_eq!(handshake.header("cookie"), None);
        assert_eq!(
            (&*handshake.headers, &*handshake.query),
            ("user-agent: a\n", "EIO=4")
        );
        assert!(Handshake::new(&headers, &["cookie"], "").is_none());
        assert!(Handshake::new(&headers, &[], &long).is_none());
    }
}
