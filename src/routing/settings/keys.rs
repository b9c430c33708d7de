//! Which keys a table of the file may have: settings, and the keys that say what is served where.

use super::entry::Settings;
use crate::limits::Limits;
use crate::routing::edge::Edge;
use crate::routing::level::Level;
use crate::routing::policy::Policy;

/// A key that is no setting: it has no default that a table around it could give.
pub(super) struct Key {
    pub(super) key: &'static str,
    /// The table in which it stands.
    pub(super) level: Level,
    /// What its value is.
    pub(super) value: &'static str,
    /// What it does.
    pub(super) doc: &'static str,
}

/// In the order of the documents.
pub(super) const KEYS: [Key; 15] = [
    Key {
        key: "defaults",
        level: Level::File,
        value: "[defaults]",
        doc: "Settings for all listeners.",
    },
    Key {
        key: "limits",
        level: Level::File,
        value: "[limits]",
        doc: "Settings of the whole process.",
    },
    Key {
        key: "listener",
        level: Level::File,
        value: "[[listener]]",
        doc: "Where clients connect. At least one is needed.",
    },
    Key {
        key: "name",
        level: Level::Listener,
        value: "one word",
        doc: "The name of the listener in logs and metrics. No other listener has it.",
    },
    Key {
        key: "bind",
        level: Level::Listener,
        value: r#"an address like "localhost:9000", "127.0.0.1:9000" or "[::1]:9000", or a list"#,
        doc: "Where it listens. `localhost` is 127.0.0.1, and ::1 where the machine has IPv6.",
    },
    Key {
        key: "rest",
        level: Level::Listener,
        value: "a list of names",
        doc: "The REST interfaces that it serves.",
    },
    Key {
        key: "metrics",
        level: Level::Listener,
        value: r#""none", "token", "loopback" or "all""#,
        doc: r#"Who may read `/metrics`. "none", the default: nobody. "token": clients with a token of an operator. "loopback": programs on this machine too. "all": every client."#,
    },
    Key {
        key: "route",
        level: Level::Listener,
        value: "[[listener.route]]",
        doc: "A path, and the consumer that answers there. Of several routes that fit a path the first counts.",
    },
    Key {
        key: "tls",
        level: Level::Listener,
        value: r#"{ certificate = "chain.pem", key = "key.pem" }"#,
        doc: "Makes it speak `wss://` and `https://`. Relative paths begin in the folder of this file. Both files are read again on SIGHUP.",
    },
    Key {
        key: "path",
        level: Level::Route,
        value: r#"a pattern like "/ws/orders/<int:order_id>/""#,
        doc: "A parameter is <int:name> (digits), <id:name> (digits, a uuid, or a name like order-123) or <name> (any one segment). Every path works with and without its trailing slash.",
    },
    Key {
        key: "consumer",
        level: Level::Route,
        value: "a name",
        doc: "The consumer that answers. With Socket.IO each namespace has its own instead.",
    },
    Key {
        key: "protocol",
        level: Level::Route,
        value: r#""websocket", "engine.io" or "socket.io""#,
        doc: r#"What is spoken. The default is "socket.io" for a route with namespaces, else "websocket"."#,
    },
    Key {
        key: "namespace",
        level: Level::Route,
        value: "[[listener.route.namespace]]",
        doc: "A namespace of a route that speaks Socket.IO. Such a route needs at least one.",
    },
    Key {
        key: "name",
        level: Level::Namespace,
        value: r#""/", or a word like "/orders""#,
        doc: "The name of the namespace, as clients ask for it.",
    },
    Key {
        key: "consumer",
        level: Level::Namespace,
        value: "a name",
        doc: "The consumer that answers.",
    },
];

/// All keys that a table may have.
pub(in crate::routing) fn known(level: Level) -> Vec<&'static str> {
    let own = KEYS.iter().filter(|key| key.level == level);
    let mut keys: Vec<&str> = own.map(|key| key.key).collect();
    keys.extend(standing::<Limits>(level));
    keys.extend(standing::<Policy>(level));
    keys.extend(standing::<Edge>(level));
    keys
}

/// Why a setting may not stand in a table, where it may stand in the table around that one.
pub(in crate::routing) fn misplaced(level: Level, key: &str) -> Option<String> {
    if known(level).contains(&key) {
        return None;
    }
    let is = |other: &str| other == key;
    match level {
        Level::Route if standing::<Edge>(Level::Listener).any(is) => Some(format!(
            "{key} is the listener's: it counts before the route is known"
        )),
        Level::Namespace if standing::<Policy>(Level::Route).any(is) => {
            Some(format!("{key} is the route's: its namespaces share it"))
        }
        _ => None,
    }
}

/// The settings of a struct that may stand in a table.
fn standing<S: Settings>(level: Level) -> impl Iterator<Item = &'static str> {
    let entries = S::ENTRIES.iter();
    entries
        .filter(move |entry| entry.stands_in(level))
        .map(|entry| entry.key)
}
