//! A route: a path, the consumer that answers there, and what is spoken with it.

use super::pattern::Pattern;
use super::policy::Policy;
use super::provenance::Provenance;
use super::words::Word;

/// A pattern of paths, and who answers there.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) pattern: Pattern,
    pub(crate) protocol: Protocol,
    /// A name in `Known::consumers`; empty where each namespace has its own.
    pub(crate) consumer: String,
    /// At least one with Socket.IO, else none.
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) policy: Policy,
    /// The line in the file, or in the program, that says its path; from 1.
    pub(crate) line: usize,
    /// Where its settings, and those of its listener, were set.
    pub(super) set: Provenance,
}

/// What is spoken on a route's connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// `"websocket"`: plain WebSockets. The default of a route without namespaces.
    WebSocket,
    /// `"engine.io"`: the transports of Socket.IO (long polling, and WebSockets that may follow it) under one consumer's own messages.
    EngineIo,
    /// `"socket.io"`: a route with namespaces.
    SocketIo,
}

impl Route {
    /// Lets in clients and web pages of this machine without a token.
    pub(super) fn demo(&mut self) {
        self.policy.demo();
        for namespace in &mut self.namespaces {
            namespace.policy.demo();
        }
    }

    /// Forgets its lines, so that routings can be compared that were written differently.
    #[cfg(feature = "fuzzing")]
    pub(super) fn without_lines(&mut self) {
        self.line = 0;
        self.set = Provenance::default();
        for namespace in &mut self.namespaces {
            namespace.line = 0;
            namespace.set = Provenance::default();
        }
    }

    /// The consumers that answer here, each with its namespace, where it has one, and its policy.
    pub(crate) fn consumers(&self) -> impl Iterator<Item = (Option<&str>, &str, &Policy)> {
        let whole = (self.protocol != Protocol::SocketIo).then_some((
            None,
            self.consumer.as_str(),
            &self.policy,
        ));
        let parts = self.namespaces.iter();
        let parts = parts.map(|n| (Some(n.name.as_str()), n.consumer.as_str(), &n.policy));
        whole.into_iter().chain(parts)
    }
}

impl Word for Protocol {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("websocket", Protocol::WebSocket),
        ("engine.io", Protocol::EngineIo),
        ("socket.io", Protocol::SocketIo),
    ];
}

/// A namespace of a Socket.IO route.
#[derive(Debug, Clone)]
pub(crate) struct Namespace {
    /// `/`, `/orders`: as clients name it.
    pub(crate) name: String,
    /// A name in `Known::consumers`.
    pub(crate) consumer: String,
    /// The route's policy, with the settings of the namespace in their place.
    pub(crate) policy: Policy,
    /// The line in the file, or in the program, that says its name; from 1.
    pub(crate) line: usize,
    /// Where its settings, and those of its route and listener, were set.
    pub(super) set: Provenance,
}

#[cfg(test)]
mod tests;
