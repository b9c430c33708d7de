//! What a file or a program says is to be served, before anybody has looked whether it fits together.

use super::edge::Edge;
use super::listeners::Metrics;
use super::location::Location;
use super::policy::Policy;
use super::route::Protocol;
use super::settings::Overrides;
use crate::limits::Limits;
use std::path::PathBuf;

/// A value, and where it was said.
#[derive(Debug, Clone)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) at: Location,
}

/// A value that may be missing.
pub(crate) enum Given<T> {
    /// The value is not given.
    Absent,
    /// Something was said that cannot be read. The mistake is noted: what is missing for that reason is no second mistake.
    Mistaken,
    Value(Located<T>),
}

/// All that a file, or a program, says.
pub(crate) struct RoutingParts {
    pub(crate) limits: Overrides<Limits>,
    pub(crate) policy: Overrides<Policy>,
    pub(crate) edge: Overrides<Edge>,
    pub(crate) listeners: Given<Vec<ListenerParts>>,
    pub(crate) at: Location,
}

/// One listener.
pub(crate) struct ListenerParts {
    pub(crate) at: Location,
    pub(crate) name: Given<String>,
    pub(crate) bind: Given<Vec<Located<String>>>,
    pub(crate) rest: Given<Vec<Located<String>>>,
    pub(crate) metrics: Given<Metrics>,
    pub(crate) tls: Given<TlsParts>,
    pub(crate) policy: Overrides<Policy>,
    pub(crate) edge: Overrides<Edge>,
    pub(crate) routes: Given<Vec<RouteParts>>,
}

/// The files of a listener that speaks TLS. A program's relative paths begin in the folder in which it runs.
pub(crate) struct TlsParts {
    pub(crate) certificate: Given<PathBuf>,
    pub(crate) key: Given<PathBuf>,
}

/// One route.
pub(crate) struct RouteParts {
    pub(crate) at: Location,
    pub(crate) path: Given<String>,
    pub(crate) protocol: Protocol,
    /// Absent where each namespace has its own.
    pub(crate) consumer: Given<String>,
    /// Absent unless the protocol is Socket.IO.
    pub(crate) namespaces: Given<Vec<NamespaceParts>>,
    pub(crate) policy: Overrides<Policy>,
}

/// One namespace of a Socket.IO route.
pub(crate) struct NamespaceParts {
    pub(crate) at: Location,
    pub(crate) name: Given<String>,
    pub(crate) consumer: Given<String>,
    pub(crate) policy: Overrides<Policy>,
}

impl<T> Given<T> {
    /// A value, and where it was said.
    pub(crate) fn at(value: T, at: impl Into<Location>) -> Self {
        let at = at.into();
        Given::Value(Located { value, at })
    }

    /// A value that was read, or else noted as a mistake.
    pub(super) fn read(value: Option<T>, at: impl Into<Location>) -> Self {
        value.map_or(Given::Mistaken, |value| Given::at(value, at))
    }

    /// The value, if it was said and could be read.
    pub(super) fn ok(self) -> Option<Located<T>> {
        match self {
            Given::Value(value) => Some(value),
            Given::Absent | Given::Mistaken => None,
        }
    }

    /// Whether nothing was said.
    pub(super) fn is_absent(&self) -> bool {
        matches!(self, Given::Absent)
    }
}

impl<T> Given<Vec<T>> {
    /// The list; an empty one if nothing was said that could be read.
    pub(super) fn list(self) -> Vec<T> {
        self.ok().map_or(Vec::new(), |given| given.value)
    }

    /// Whether nothing was said, or an empty list.
    pub(super) fn is_nothing(&self) -> bool {
        match self {
            Given::Absent => true,
            Given::Mistaken => false,
            Given::Value(list) => list.value.is_empty(),
        }
    }
}

impl RoutingParts {
    /// A routing of which nothing is known yet. `at` is where a mistake is noted that is nowhere else: that nothing would be served.
    pub(crate) fn new(at: Location) -> Self {
        RoutingParts {
            limits: Overrides::default(),
            policy: Overrides::default(),
            edge: Overrides::default(),
            listeners: Given::Absent,
            at,
        }
    }
}

impl ListenerParts {
    /// A listener of which nothing is known yet.
    pub(crate) fn new(at: Location) -> Self {
        ListenerParts {
            at,
            name: Given::Absent,
            bind: Given::Absent,
            rest: Given::Absent,
            metrics: Given::Absent,
            tls: Given::Absent,
            policy: Overrides::default(),
            edge: Overrides::default(),
            routes: Given::Absent,
        }
    }
}

impl RouteParts {
    /// A route of which no more is known than what is spoken.
    pub(crate) fn new(protocol: Protocol, at: Location) -> Self {
        RouteParts {
            at,
            path: Given::Absent,
            protocol,
            consumer: Given::Absent,
            namespaces: Given::Absent,
            policy: Overrides::default(),
        }
    }
}

impl NamespaceParts {
    /// A namespace of which nothing is known yet.
    pub(crate) fn new(at: Location) -> Self {
        NamespaceParts {
            at,
            name: Given::Absent,
            consumer: Given::Absent,
            policy: Overrides::default(),
        }
    }
}
