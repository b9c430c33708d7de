//! `routing.toml`: listeners, what they serve, and under which policy.
//!
//! ```toml
//! [defaults]                               # policy for everything below; each key is optional
//! idle_timeout = "60s"
//!
//! [limits]                                 # of the whole process
//! connections = 100000
//!
//! [[listener]]
//! name = "dining"
//! bind = "localhost:9000"                  # or "127.0.0.1:9000", "[::1]:9000", or a list of those
//! rest = ["dining.api"]
//! metrics = "loopback"                     # who may read /metrics here
//! origins = ["https://orders.example.com"] # policy for this listener
//!
//! [[listener.route]]
//! path = "/ws/orders/<int:order_id>/"      # with and without the trailing slash
//! consumer = "dining.order"
//! auth = "required"                        # policy for this route
//!
//! [[listener.route]]
//! path = "/socket.io/"                     # Socket.IO: long polling and WebSockets
//! ping_timeout = "20s"                     # policy that only Socket.IO has: also `max_payload`, `connect_timeout`
//!
//! [[listener.route.namespace]]
//! name = "/orders"                         # as in io("http://localhost:3000/orders")
//! consumer = "delivery.orders"
//! auth = "optional"                        # of its own may be: auth, action_rates, groups_per_connection, offsets
//! ```
//!
//! A listener may speak TLS, `tls = { certificate = "chain.pem", key = "key.pem" }`, and has bounds for those who are no clients yet (see `edge.rs`), which
//! may also stand under `[defaults]`.
//!
//! Of a policy key that stands in several places the nearest counts. Of several routes that fit a path the first counts; a route that no path reaches is a
//! mistake. All mistakes of a file are reported together.

mod bind;
mod edge;
mod explain;
mod limits;
mod mistakes;
mod origins;
pub(crate) mod pattern;
mod places;
mod policy;
mod quantity;
mod rate;
mod route;
#[cfg(test)]
mod tests;
mod tls;

pub(crate) use bind::{Address, Bind};
pub(crate) use edge::Edge;
pub use explain::{Explained, Routed, Setting};
pub(crate) use limits::Metrics;
pub(crate) use mistakes::nearest;
pub(crate) use origins::host;
pub(crate) use policy::{Auth, Delivery, Offsets, Policy};
pub(crate) use route::{Namespace, Protocol, Route};

use crate::error::Error;
use crate::limits::Limits;
use crate::routing::pattern::{Params, Segments};
use mistakes::Mistakes;
use places::{Level, Places};
use std::path::Path;
use std::sync::Arc;
use tokio_rustls::rustls::ServerConfig;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What `routing.toml` says, checked.
#[derive(Debug, Clone)]
pub struct Routing {
    pub(crate) listeners: Vec<Listener>,
    /// Of the whole process.
    pub(crate) limits: Limits,
    /// Where those were set.
    limits_set: Places,
}

/// The names that `routing.toml` may use.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Names of consumers: `dining.order`.
    pub consumers: &'a [&'a str],
    /// Names of REST services: `dining.api`.
    pub rest: &'a [&'a str],
}

/// One place where clients connect.
#[derive(Debug, Clone)]
pub(crate) struct Listener {
    /// For logs and counters; no two have the same.
    pub(crate) name: String,
    pub(crate) bind: Bind,
    /// In the order of the file: the first that fits a path counts.
    pub(crate) routes: Vec<Route>,
    pub(crate) rest: Vec<RestMount>,
    /// For what belongs to no route: the REST services.
    pub(crate) policy: Policy,
    /// Who may read `/metrics` here.
    pub(crate) metrics: Metrics,
    pub(crate) edge: Edge,
    /// `None`: without TLS.
    pub(crate) tls: Option<Arc<ServerConfig>>,
}

/// A REST service of a listener.
#[derive(Debug, Clone)]
pub(crate) struct RestMount {
    /// A name in [`Known::rest`].
    pub(crate) name: String,
}

const TOP_KEYS: [&str; 3] = ["defaults", "limits", "listener"];
const LISTENER_KEYS: [&str; 6] = ["name", "bind", "rest", "metrics", "route", "tls"];

impl Routing {
    /// Reads a routing file, and the certificates that it names. `file_name` is for the messages, and its folder is where relative paths begin.
    ///
    /// # Errors
    /// [`Error::Config`] with all mistakes, each on a line of its own: `routing.toml:12:8: unknown consumer "dining.ordr": did you mean "dining.order"?`
    pub fn parse(file_name: &str, text: &str, known: &Known<'_>) -> Result<Routing, Error> {
        let mut mistakes = Mistakes::new(file_name, text);
        let (mut limits, mut limits_set) = (Limits::default(), Places::default());
        let listeners = match DeTable::parse(text) {
            Ok(table) => {
                let table = table.get_ref();
                if let Some(row) = table.get("limits")
                    && let Some(row) = mistakes.table(row, "[limits]")
                {
                    limits = limits::read(row, &mut mistakes);
                    limits_set = limits_set.nearest(row, Level::Limits, &mistakes);
                }
                let folder = Path::new(file_name).parent().unwrap_or(Path::new(""));
                listeners(table, folder, known, &mut mistakes)
            }
            Err(e) => {
                let at = e.span().map_or(text.len(), |span| span.start);
                mistakes.add(at, e.message().replace('\n', ": "));
                Vec::new()
            }
        };
        mistakes.none_or_error()?;
        Ok(Routing {
            listeners,
            limits,
            limits_set,
        })
    }

    /// For trying things out on one's own machine: anonymous clients of this machine are let in where others need a token, and so are web
    /// pages that were loaded from it or from a file.
    #[must_use]
    pub fn demo(mut self) -> Routing {
        for listener in &mut self.listeners {
            listener.policy.demo();
            for route in &mut listener.routes {
                route.demo();
            }
        }
        self
    }

    /// The index of the route for a path (as the client sent it: escaped, without the query) on a listener, and the path's parameters.
    #[cfg(test)]
    pub(crate) fn find(&self, listener: usize, path: &str) -> Option<(usize, Params)> {
        self.listeners.get(listener)?.find(path)
    }
}

impl Listener {
    /// See [`Routing::find`]. Tries one route after the other: they are a few dozen, and all but one fail at a comparison of short strings.
    pub(crate) fn find(&self, path: &str) -> Option<(usize, Params)> {
        let segments = Segments::of(path)?;
        let fitting = |(i, route): (usize, &Route)| {
            let params = route.pattern.matches_segments(&segments)?;
            Some((i, params))
        };
        self.routes.iter().enumerate().find_map(fitting)
    }
}

/// The file's top level. Everything is read even if something is wrong, so that one run shows all mistakes.
fn listeners(
    table: &DeTable<'_>,
    folder: &Path,
    known: &Known<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Listener> {
    let (mut policy, mut set) = (Policy::default(), Places::default());
    let mut edge = Edge::default();
    if let Some(defaults) = table.get("defaults")
        && let Some(defaults) = mistakes.table(defaults, "[defaults]")
    {
        policy = policy.nearest(defaults, mistakes);
        set = set.nearest(defaults, Level::Defaults, mistakes);
        edge = edge.nearest(defaults, mistakes);
        for key in defaults.keys() {
            mistakes.unless_known("key", key, &[&Policy::KEYS, &Edge::KEYS]);
        }
    }
    for key in table.keys() {
        mistakes.unless_known("key", key, &[&TOP_KEYS]);
    }
    let Some(rows) = table.get("listener").filter(|rows| !is_empty_list(rows)) else {
        mistakes.add(0, "no [[listener]]: nothing would be served".into());
        return Vec::new();
    };
    let mut listeners = Vec::new();
    let mut names: Vec<(String, usize)> = Vec::new();
    let mut taken = bind::Taken::default();
    for (row, at) in mistakes.tables(rows, "[[listener]]") {
        let mut listener = Listener {
            name: String::new(),
            bind: Bind::default(),
            routes: Vec::new(),
            rest: Vec::new(),
            policy: policy.nearest(row, mistakes),
            metrics: Metrics::Nobody,
            edge: edge.nearest(row, mistakes),
            tls: None,
        };
        let set = set.nearest(row, Level::Listener, mistakes);
        for key in row.keys() {
            mistakes.unless_known("key", key, &[&LISTENER_KEYS, &Policy::KEYS, &Edge::KEYS]);
        }
        match row.get("name") {
            None => mistakes.add(at, r#"a listener needs a "name""#.into()),
            Some(value) => listener.name = name(value, &mut names, mistakes),
        }
        match row.get("bind") {
            None => mistakes.add(at, r#"a listener needs a "bind", an address"#.into()),
            Some(value) => listener.bind = bind::read(value, &mut taken, mistakes),
        }
        if let Some(value) = row.get("tls") {
            listener.tls = tls::read(value, folder, mistakes);
        }
        if let Some(value) = row.get("rest") {
            listener.rest = rest(value, known, mistakes);
        }
        if let Some(rows) = row.get("route") {
            listener.routes = route::routes(rows, (&listener.policy, &set), known, mistakes);
        }
        if let Some(value) = row.get("metrics") {
            listener.metrics = Metrics::read(value, mistakes).unwrap_or(Metrics::Nobody);
        }
        let nothing = |key| row.get(key).is_none_or(is_empty_list);
        if nothing("route") && nothing("rest") && row.get("metrics").is_none() {
            let message = r#"a listener without a route, "rest" or "metrics" serves nothing"#;
            mistakes.add(at, message.into());
        }
        listeners.push(listener);
    }
    listeners
}

fn is_empty_list(value: &Spanned<DeValue<'_>>) -> bool {
    value
        .get_ref()
        .as_array()
        .is_some_and(|list| list.is_empty())
}

/// A listener's name. `names` are those so far, each with its line.
fn name(
    value: &Spanned<DeValue<'_>>,
    names: &mut Vec<(String, usize)>,
    mistakes: &mut Mistakes<'_>,
) -> String {
    let at = value.span().start;
    let Some(name) = mistakes.string(value) else {
        return String::new();
    };
    if name.is_empty() || name.contains(|c: char| c.is_whitespace() || c.is_control()) {
        mistakes.add(at, "a listener's name is one word".into());
    } else if let Some((_, line)) = names.iter().find(|(earlier, _)| earlier == name) {
        let message = format!("a listener {name:?} is in line {line} already");
        mistakes.add(at, message);
    }
    names.push((name.to_owned(), mistakes.line(at)));
    name.to_owned()
}

fn rest(
    value: &Spanned<DeValue<'_>>,
    known: &Known<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<RestMount> {
    let mut mounts: Vec<RestMount> = Vec::new();
    for name in mistakes.strings(value, "a list of names") {
        mistakes.unless_known("REST service", &name, &[known.rest]);
        let at = name.span().start;
        let name = name.into_inner().to_owned();
        if mounts.iter().any(|mount| mount.name == name) {
            mistakes.add(at, format!("{name:?} stands here twice"));
        }
        mounts.push(RestMount { name });
    }
    mounts
}
