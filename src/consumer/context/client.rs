//! What is kept of a Socket.IO client beside its identity: how it came, and what it was asked.

use crate::auth::without_token;
use crate::protocol::arguments::Arguments;
use http::HeaderMap;
use rustc_hash::FxHashMap;
use serde_json::value::RawValue;
use std::cell::{Cell, Ref, RefCell};
use std::fmt::Write;
use std::sync::Arc;
use tokio::sync::oneshot;

/// Questions of one client that wait for its answer.
const QUESTIONS: usize = 256;

/// The part of the request that opened a connection that is kept while the connection is open: what a consumer may ask for.
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
    /// Whether the client was told that it is let in.
    pub(super) greeted: Cell<bool>,
    /// The name of the event that is being handled.
    event: RefCell<String>,
    /// Woken when the client has seen that it is let in.
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

    /// A question's number, and its answer. `None`: too many wait already.
    pub(super) fn asks(&self) -> Option<(u64, oneshot::Receiver<Arguments>)> {
        let mut questions = self.questions.borrow_mut();
        if questions.len() >= QUESTIONS {
            questions.retain(|_, asked| !asked.is_closed());
        }
        if questions.len() >= QUESTIONS {
            return None;
        }
        let (answer, answered) = oneshot::channel();
        let id = self.next.replace(self.next.get() + 1);
        questions.insert(id, answer);
        Some((id, answered))
    }

    /// Forgets a question whose answer nobody waits for any more.
    pub(super) fn gives_up(&self, id: u64) {
        self.questions.borrow_mut().remove(&id);
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

    /// The client has answered a ping, so it has seen what was sent before.
    pub fn pong(&self) {
        if let Some(waits) = self.greeting.take() {
            let _ = waits.send(());
        }
    }

    /// The client has gone: every wait for an answer ends.
    pub fn gone(&self) {
        self.greeting.take();
        self.questions.borrow_mut().clear();
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
