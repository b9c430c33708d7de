//! Where each value was set, for whoever asks why a route behaves as it does.

use super::mistakes::Mistakes;
use toml::de::DeTable;

/// How near to the route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Limits,
    Defaults,
    Listener,
    Route,
    Namespace,
}

impl Level {
    pub fn name(self) -> &'static str {
        match self {
            Level::Limits => "[limits]",
            Level::Defaults => "[defaults]",
            Level::Listener => "[[listener]]",
            Level::Route => "[[listener.route]]",
            Level::Namespace => "[[listener.route.namespace]]",
        }
    }
}

/// Of each key that was set: where, the nearest last.
#[derive(Debug, Clone, Default)]
pub(super) struct Places(Vec<(String, Level, usize)>);

impl Places {
    /// These, and those of a table below.
    pub fn nearest(&self, table: &DeTable<'_>, level: Level, mistakes: &Mistakes<'_>) -> Places {
        let mut places = self.0.clone();
        for key in table.keys() {
            let line = mistakes.line(key.span().start);
            places.push((key.get_ref().clone().into_owned(), level, line));
        }
        Places(places)
    }

    /// `[defaults], line 7`, or `default`.
    pub fn of(&self, key: &str) -> String {
        let found = self.0.iter().rev().find(|(k, _, _)| k == key);
        found.map_or("default".to_owned(), |(_, level, line)| {
            format!("{}, line {line}", level.name())
        })
    }
}

#[cfg(feature = "fuzzing")]
impl super::Routing {
    /// All that a routing says, but where in the file it says it.
    pub(crate) fn without_places(mut self) -> Self {
        self.limits_set = Places::default();
        for listener in &mut self.listeners {
            for route in &mut listener.routes {
                route.line = 0;
                route.set = Places::default();
                for namespace in &mut route.namespaces {
                    namespace.line = 0;
                    namespace.set = Places::default();
                }
            }
        }
        self
    }
}
