//! The routing of a server: its listeners, with what each serves.

use super::bind::Bind;
use super::edge::Edge;
use super::pattern::{Params, Segments};
use super::policy::Policy;
use super::provenance::Provenance;
use super::route::Route;
use super::words::Word;
use crate::limits::Limits;
use std::sync::Arc;
use tokio_rustls::rustls::ServerConfig;

/// What a server serves, checked.
#[derive(Debug, Clone)]
pub struct Routing {
    pub(crate) listeners: Vec<Listener>,
    /// The limits of the whole process.
    pub(crate) limits: Limits,
    /// Where the limits were set.
    pub(super) limits_set: Provenance,
}

/// The names that a routing may use.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Known<'a> {
    /// Names of consumers: `dining.order`.
    pub consumers: &'a [&'a str],
    /// Names of REST services: `dining.api`.
    pub rest: &'a [&'a str],
}

impl<'a> Known<'a> {
    /// These names. A [`Registry`](crate::Registry) knows its own: see [`Registry::routing`](crate::Registry::routing).
    pub const fn new(consumers: &'a [&'a str], rest: &'a [&'a str]) -> Self {
        Known { consumers, rest }
    }
}

/// Addresses where clients connect, and what is served there.
#[derive(Debug, Clone)]
pub(crate) struct Listener {
    /// The name in logs and metrics; no two listeners have the same.
    pub(crate) name: String,
    pub(crate) bind: Bind,
    /// In the order of the file: the first that fits a path counts.
    pub(crate) routes: Vec<Route>,
    pub(crate) rest: Vec<RestMount>,
    /// The settings for REST, which belongs to no route.
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

/// Who may read `/metrics` of a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Metrics {
    /// `"none"`: there is nothing at that path. The default, so that nobody's numbers are public by accident.
    Nobody,
    /// `"token"`: clients with a token of an operator (`App::operates`).
    Operators,
    /// `"loopback"`: programs on this machine too, unless a proxy speaks for others.
    Loopback,
    /// `"all"`: whoever can connect; for a listener that only the collector reaches.
    All,
}

impl Word for Metrics {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("none", Metrics::Nobody),
        ("token", Metrics::Operators),
        ("loopback", Metrics::Loopback),
        ("all", Metrics::All),
    ];
}

impl Routing {
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

    /// All that a routing says, without where it was said.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn without_lines(mut self) -> Self {
        self.limits_set = Provenance::default();
        for listener in &mut self.listeners {
            for route in &mut listener.routes {
                route.without_lines();
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
    /// The index of the route for a path (as the client sent it: escaped, without the query), and the path's parameters. Tries one route after the other: they
    /// are a few dozen, and all but one fail at a comparison of short strings.
    pub(crate) fn find(&self, path: &str) -> Option<(usize, Params)> {
        let segments = Segments::of(path)?;
        let fitting = |(i, route): (usize, &Route)| {
            let params = route.pattern.matches_segments(&segments)?;
            Some((i, params))
        };
        self.routes.iter().enumerate().find_map(fitting)
    }
}
