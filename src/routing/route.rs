//! Which consumers answer on which paths, and how they are spoken with.

use super::mistakes::Mistakes;
use super::places::{Level, Places};
use super::{Edge, Known, Policy};
use crate::routing::pattern::Pattern;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Which consumer answers on which paths.
#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) pattern: Pattern,
    pub(crate) protocol: Protocol,
    /// A name in [`Known::consumers`]; empty where each namespace has its own.
    pub(crate) consumer: String,
    /// Of Socket.IO: at least one.
    pub(crate) namespaces: Vec<Namespace>,
    pub(crate) policy: Policy,
    /// Where its `path` stands in the file, from 1.
    pub(crate) line: usize,
    /// Where the keys of its policy were set.
    pub(super) set: Places,
}

/// What is spoken on a route's connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// `"websocket"`, unless there are namespaces.
    WebSocket,
    /// `"engine.io"`: the transports of Socket.IO (long polling, and WebSockets that may follow it) under one consumer's own messages.
    EngineIo,
    /// `"socket.io"`: a route with namespaces.
    SocketIo,
}

impl Route {
    pub(super) fn demo(&mut self) {
        self.policy.demo();
        for namespace in &mut self.namespaces {
            namespace.policy.demo();
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

impl Protocol {
    const WORDS: [(&str, Protocol); 3] = [
        ("websocket", Protocol::WebSocket),
        ("engine.io", Protocol::EngineIo),
        ("socket.io", Protocol::SocketIo),
    ];

    /// As in `routing.toml`.
    pub(crate) fn name(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(_, p)| *p == self);
        found.map_or("", |(name, _)| name)
    }
}

/// A namespace of a Socket.IO route.
#[derive(Debug, Clone)]
pub(crate) struct Namespace {
    /// `/`, `/orders`: as clients name it.
    pub(crate) name: String,
    /// A name in [`Known::consumers`].
    pub(crate) consumer: String,
    /// The route's, and what is the namespace's own of it.
    pub(crate) policy: Policy,
    /// Where its `name` stands in the file, from 1.
    pub(crate) line: usize,
    pub(super) set: Places,
}

const ROUTE_KEYS: [&str; 4] = ["path", "consumer", "protocol", "namespace"];
const NAMESPACE_KEYS: [&str; 2] = ["name", "consumer"];
/// The policy that a namespace may have of its own; all else is the connection's, which its namespaces share.
const NAMESPACE_POLICY: [&str; 4] = ["auth", "action_rates", "groups_per_connection", "offsets"];
/// The longest name of a namespace, in bytes: clients with a longer one are refused before it is looked up.
const NAMESPACE_BYTES: usize = 256;

pub(super) fn routes(
    rows: &Spanned<DeValue<'_>>,
    (policy, set): (&Policy, &Places),
    known: &Known<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Route> {
    let mut routes: Vec<Route> = Vec::new();
    for (row, at) in mistakes.tables(rows, "[[listener.route]]") {
        let set = set.nearest(row, Level::Route, mistakes);
        for key in row.keys() {
            if let Some(early) = Edge::KEYS.iter().find(|early| *early == key.get_ref()) {
                let message =
                    format!("{early} is the listener's: it counts before the route is known");
                mistakes.add(key.span().start, message);
                continue;
            }
            mistakes.unless_known("key", key, &[&ROUTE_KEYS, &Policy::KEYS]);
        }
        let protocol = protocol(row, at, mistakes);
        let policy = match protocol {
            Protocol::WebSocket => policy.nearest(row, mistakes),
            Protocol::EngineIo | Protocol::SocketIo => policy.nearest(row, mistakes).of_engine_io(),
        };
        let (mut consumer, mut namespaces) = (String::new(), Vec::new());
        if protocol == Protocol::SocketIo {
            if let Some(given) = row.get("consumer") {
                let message = "each namespace has a consumer of its own: put it there";
                mistakes.add(given.span().start, message.into());
            }
            if let Some(rows) = row.get("namespace") {
                namespaces = self::namespaces(rows, (&policy, &set), known, mistakes);
            }
        } else {
            consumer = self::consumer(row, at, "a route", known, mistakes);
        }
        let Some(path) = row.get("path") else {
            mistakes.add(at, r#"a route needs a "path""#.into());
            continue;
        };
        let Some(text) = mistakes.string(path) else {
            continue;
        };
        match Pattern::parse(text) {
            Err(e) => {
                let at = mistakes.within(path.span(), text, e.offset);
                mistakes.add(at, format!("bad path: {}", e.message));
            }
            Ok(pattern) => {
                let line = mistakes.line(path.span().start);
                if let Some(earlier) = routes.iter().find(|r| r.pattern.shadows(&pattern)) {
                    let (of, earlier_line) = (&earlier.pattern, earlier.line);
                    let message = if of.same_paths(&pattern) {
                        format!("duplicate path: line {earlier_line} has the same, \"{of}\"")
                    } else {
                        format!(
                            "shadowed: every such path goes to \"{of}\" in line {earlier_line}; put this route before that one"
                        )
                    };
                    mistakes.add(path.span().start, message);
                }
                routes.push(Route {
                    pattern,
                    protocol,
                    consumer,
                    namespaces,
                    policy,
                    line,
                    set,
                });
            }
        }
    }
    routes
}

/// What a route speaks: its namespaces say it, where it does not.
fn protocol(row: &DeTable<'_>, at: usize, mistakes: &mut Mistakes<'_>) -> Protocol {
    let namespaces = row.get("namespace");
    let given = row.get("protocol");
    let said = given.and_then(|value| mistakes.word(value, "protocol", &Protocol::WORDS));
    match (said, namespaces) {
        (None, None) => Protocol::WebSocket,
        (None | Some(Protocol::SocketIo), Some(_)) => Protocol::SocketIo,
        (Some(Protocol::SocketIo), None) => {
            let message = "a route of Socket.IO needs a [[listener.route.namespace]]";
            mistakes.add(at, message.into());
            Protocol::SocketIo
        }
        (Some(other), None) => other,
        (Some(other), Some(_)) => {
            let at = given.map_or(at, |value| value.span().start);
            let message = format!("only Socket.IO has namespaces, {} has none", other.name());
            mistakes.add(at, message);
            Protocol::SocketIo
        }
    }
}

fn consumer(
    row: &DeTable<'_>,
    at: usize,
    what: &str,
    known: &Known<'_>,
    mistakes: &mut Mistakes<'_>,
) -> String {
    let Some(value) = row.get("consumer") else {
        mistakes.add(at, format!(r#"{what} needs a "consumer""#));
        return String::new();
    };
    let name = mistakes.string(value);
    if let Some(name) = name {
        let name = Spanned::new(value.span(), name);
        mistakes.unless_known("consumer", &name, &[known.consumers]);
    }
    name.unwrap_or_default().to_owned()
}

fn namespaces(
    rows: &Spanned<DeValue<'_>>,
    (policy, set): (&Policy, &Places),
    known: &Known<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Namespace> {
    let mut namespaces: Vec<Namespace> = Vec::new();
    for (row, at) in mistakes.tables(rows, "[[listener.route.namespace]]") {
        for key in row.keys() {
            let is = |keys: &[&str]| keys.contains(&&**key.get_ref());
            if is(&Policy::KEYS) && !is(&NAMESPACE_POLICY) {
                let key_name = key.get_ref();
                let message = format!("{key_name} is the route's: its namespaces share it");
                mistakes.add(key.span().start, message);
                continue;
            }
            mistakes.unless_known("key", key, &[&NAMESPACE_KEYS, &NAMESPACE_POLICY]);
        }
        let own: Vec<_> = row
            .iter()
            .filter(|(key, _)| NAMESPACE_POLICY.contains(&&**key.get_ref()))
            .collect();
        let policy = policy.with(own, mistakes);
        let consumer = consumer(row, at, "a namespace", known, mistakes);
        let Some(value) = row.get("name") else {
            let message = r#"a namespace needs a "name": "/", or one like "/orders""#;
            mistakes.add(at, message.into());
            continue;
        };
        let Some(name) = mistakes.string(value) else {
            continue;
        };
        let at = value.span().start;
        let odd = |c: char| c == ',' || c == '?' || c.is_whitespace() || c.is_control();
        if !name.starts_with('/') {
            mistakes.add(at, format!("a namespace begins with a slash: \"/{name}\""));
        } else if name.contains(odd) || name.len() > NAMESPACE_BYTES {
            let message = "a namespace is one word of up to 256 bytes, without \",\" and \"?\"";
            mistakes.add(at, message.into());
        } else if let Some(earlier) = namespaces.iter().find(|n| n.name == name) {
            let message = format!("{name:?} stands in line {} already", earlier.line);
            mistakes.add(at, message);
        }
        namespaces.push(Namespace {
            name: name.to_owned(),
            consumer,
            policy,
            line: mistakes.line(at),
            set: set.nearest(row, Level::Namespace, mistakes),
        });
    }
    if namespaces.is_empty() && mistakes.is_empty() {
        let message = "a route of Socket.IO needs a [[listener.route.namespace]]";
        mistakes.add(rows.span().start, message.into());
    }
    namespaces
}

#[cfg(test)]
mod tests;
