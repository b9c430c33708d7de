//! Which route a path takes, which settings count there, and where each was set.

use super::listeners::{Listener, Routing};
use super::pattern::Params;
use super::provenance::Provenance;
use super::route::{Namespace, Route};
use super::settings::Settings;
use super::words::Word;
use std::net::SocketAddr;

/// One setting with its value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Setting {
    /// Its key in `routing.toml`.
    pub key: &'static str,
    /// Its value, as `routing.toml` has it but without quotes.
    pub value: String,
    /// What set it: `[defaults], line 7`, or `default` where the file does not set it.
    pub set_by: String,
}

/// Where a path leads on one listener.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explained {
    /// The listener's name.
    pub listener: String,
    /// The addresses that the listener is bound to.
    pub addresses: Vec<String>,
    /// The route's path: `/ws/orders/<int:order_id>/`.
    pub route: String,
    /// The line of the path in the file.
    pub line: usize,
    /// What is spoken there: `websocket`, `engine.io` or `socket.io`.
    pub protocol: &'static str,
    /// The namespace, with Socket.IO. There is one `Explained` for each namespace.
    pub namespace: Option<String>,
    /// The consumer's name.
    pub consumer: String,
    /// The path's parameters, by name.
    pub params: Vec<(String, String)>,
    /// The settings that count on the route, or in the namespace.
    pub policy: Vec<Setting>,
    /// The settings that count before the listener knows the route.
    pub edge: Vec<Setting>,
}

/// Where a consumer can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Routed<'a> {
    /// The listener's name.
    pub listener: &'a str,
    /// The listener's first address.
    pub address: Option<SocketAddr>,
    /// Whether the listener speaks TLS.
    pub tls: bool,
    /// The route's path: `/ws/orders/<int:order_id>/`.
    pub path: &'a str,
    /// The namespace, with Socket.IO.
    pub namespace: Option<&'a str>,
    /// The consumer's name.
    pub consumer: &'a str,
}

impl Routing {
    /// All routes in the order of the file. A route that speaks Socket.IO is there once for each namespace.
    pub fn routes(&self) -> impl Iterator<Item = Routed<'_>> {
        self.listeners.iter().flat_map(|listener| {
            let address = listener.bind.addresses.first().map(|bound| bound.address);
            listener.routes.iter().flat_map(move |route| {
                let routed = Routed {
                    listener: &listener.name,
                    address,
                    tls: listener.tls.is_some(),
                    path: route.pattern.as_str(),
                    namespace: None,
                    consumer: &route.consumer,
                };
                let whole = route.namespaces.is_empty().then_some(routed);
                let parts = route.namespaces.iter().map(move |namespace| Routed {
                    namespace: Some(&namespace.name),
                    consumer: &namespace.consumer,
                    ..routed
                });
                whole.into_iter().chain(parts)
            })
        })
    }

    /// Where a path, with or without a query, leads on each listener that knows it.
    pub fn explain(&self, path: &str) -> Vec<Explained> {
        let path = path.split('?').next().unwrap_or(path);
        let all = self.listeners.iter().flat_map(|listener| {
            let Some((index, params)) = listener.find(path) else {
                return Vec::new();
            };
            let route = &listener.routes[index];
            let whole = || explained(listener, route, &params);
            if route.namespaces.is_empty() {
                return vec![whole()];
            }
            let of = |namespace: &Namespace| Explained {
                line: namespace.line,
                namespace: Some(namespace.name.clone()),
                consumer: namespace.consumer.clone(),
                policy: settings(&namespace.policy, &namespace.set),
                ..whole()
            };
            route.namespaces.iter().map(of).collect()
        });
        all.collect()
    }

    /// The limits of the whole process.
    pub fn process_limits(&self) -> Vec<Setting> {
        settings(&self.limits, &self.limits_set)
    }
}

fn explained(listener: &Listener, route: &Route, params: &Params) -> Explained {
    let addresses = listener.bind.addresses.iter();
    Explained {
        listener: listener.name.clone(),
        addresses: addresses.map(|a| a.address.to_string()).collect(),
        route: route.pattern.as_str().to_owned(),
        line: route.line,
        protocol: route.protocol.word(),
        namespace: None,
        consumer: route.consumer.clone(),
        params: params
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect(),
        policy: settings(&route.policy, &route.set),
        edge: settings(&listener.edge, &route.set),
    }
}

/// All settings of `S`, each with its value and where it was set.
fn settings<S: Settings>(values: &S, set: &Provenance) -> Vec<Setting> {
    let all = S::ENTRIES.iter().map(|entry| Setting {
        key: entry.key,
        value: (entry.show)(values),
        set_by: set.of(entry.key),
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Limits;
    use crate::routing::edge::Edge;
    use crate::routing::listeners::Known;
    use crate::routing::policy::Policy;

    const FILE: &str = r#"[defaults]
frames_per_second = 7
delivery = "latest"
head_bytes = "32KiB"

[limits]
connections = 12

[[listener]]
name = "a"
bind = "127.0.0.1:0"
auth = "optional"
metrics = "all"

[[listener.route]]
path = "/ws/<int:n>/"
consumer = "c"
auth = "none"
action_rates = { ask = 2 }
"#;

    #[test]
    fn every_value_and_where_it_was_set() {
        let known = Known {
            consumers: &["c"],
            rest: &[],
        };
        let routing = Routing::parse("r.toml", FILE, &known).expect("valid");
        assert!(routing.explain("/other/").is_empty());
        let found = routing.explain("/ws/7?since=1");
        let [explained] = &found[..] else {
            panic!("{found:?}")
        };
        assert_eq!((explained.line, &*explained.consumer), (16, "c"));
        assert_eq!(explained.params, [("n".to_owned(), "7".to_owned())]);
        let limits = routing.process_limits();
        let all = [&explained.policy, &explained.edge, &limits];
        let all: Vec<_> = all.into_iter().flatten().collect();
        assert_eq!(
            all.len(),
            Policy::ENTRIES.len() + Edge::ENTRIES.len() + Limits::ENTRIES.len()
        );
        for setting in &all {
            assert!(!setting.value.is_empty(), "{setting:?}");
        }
        let of = |key| {
            let found = all.iter().find(|s| s.key == key).expect("a setting");
            (&*found.value, &*found.set_by)
        };
        assert_eq!(of("auth"), ("none", "[[listener.route]], line 18"));
        assert_eq!(of("frames_per_second"), ("7", "[defaults], line 2"));
        assert_eq!(of("delivery"), ("latest", "[defaults], line 3"));
        assert_eq!(of("head_bytes"), ("32KiB", "[defaults], line 4"));
        assert_eq!(of("connections"), ("12", "[limits], line 7"));
        assert_eq!(of("compress_from"), ("1KiB", "default"));
        assert_eq!(of("bytes_per_second"), ("1MiB", "default"));
        assert_eq!(of("origins"), ("\"own\"", "default"));
    }
}
