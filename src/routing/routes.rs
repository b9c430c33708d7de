//! Puts the routes of a listener together, and finds those that no path reaches and those that lead to nobody.

use super::level::Level;
use super::listeners::Known;
use super::location::Location;
use super::mistakes::Mistakes;
use super::parts::{Given, Located, NamespaceParts, RouteParts};
use super::pattern::Pattern;
use super::policy::Policy;
use super::provenance::Provenance;
use super::route::{Namespace, Protocol, Route};
use super::settings::Overrides;

/// The longest name of a namespace, in bytes: clients with a longer one are refused before it is looked up.
const NAMESPACE_BYTES: usize = 256;

/// The routes of a listener with this policy, which was set there.
pub(super) fn routes(
    all: Vec<RouteParts>,
    (policy, set): (&Policy, &Provenance),
    known: &Known<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Route> {
    let mut routes: Vec<(Route, Location)> = Vec::new();
    for parts in all {
        parts.policy.check(Level::Route, mistakes);
        let set = set.and(&parts.policy, Level::Route, mistakes);
        let mut policy = parts.policy.over(policy);
        match parts.protocol {
            Protocol::WebSocket => heartbeat(&policy, &parts.policy, mistakes),
            Protocol::EngineIo | Protocol::SocketIo => policy = policy.of_engine_io(),
        }
        let (mut consumer, mut namespaces) = (String::new(), Vec::new());
        if parts.protocol == Protocol::SocketIo {
            if parts.namespaces.is_nothing() {
                let at = match &parts.namespaces {
                    Given::Value(list) => list.at,
                    Given::Absent | Given::Mistaken => parts.at,
                };
                let namespace = at.word("[[listener.route.namespace]]", "namespace");
                mistakes.add(at, format!("a route of Socket.IO needs a {namespace}"));
            }
            namespaces =
                self::namespaces(parts.namespaces.list(), (&policy, &set), known, mistakes);
        } else {
            consumer = self::consumer(parts.consumer, parts.at, "a route", known, mistakes);
        }
        if parts.path.is_absent() {
            mistakes.add(parts.at, r#"a route needs a "path""#);
        }
        let Some(Located { value: text, at }) = parts.path.ok() else {
            continue;
        };
        match Pattern::parse(&text) {
            Err(e) => {
                let at = mistakes.within(at, &text, e.offset);
                mistakes.add(at, format!("bad path: {}", e.message));
            }
            Ok(pattern) => {
                let earlier = routes.iter().find(|(r, _)| r.pattern.shadows(&pattern));
                if let Some((earlier, earlier_at)) = earlier {
                    let (of, there) = (&earlier.pattern, mistakes.reference(*earlier_at));
                    let message = if of.same_paths(&pattern) {
                        format!("duplicate path: {there} has the same, \"{of}\"")
                    } else {
                        format!(
                            "shadowed: every such path goes to \"{of}\" in {there}; put this route before that one"
                        )
                    };
                    mistakes.add(at, message);
                }
                let route = Route {
                    pattern,
                    protocol: parts.protocol,
                    consumer,
                    namespaces,
                    policy,
                    line: mistakes.line(at),
                    set,
                };
                routes.push((route, at));
            }
        }
    }
    routes.into_iter().map(|(route, _)| route).collect()
}

/// Notes where silent clients would be closed before they are pinged: once, at what set one of the two times, and not again at all that inherit them.
pub(super) fn heartbeat(policy: &Policy, given: &Overrides<Policy>, mistakes: &mut Mistakes<'_>) {
    let keys = ["ping_interval", "idle_timeout"];
    let at = keys.iter().find_map(|key| given.location(key));
    if let (Some(at), Err(message)) = (at, policy.heartbeat()) {
        mistakes.add(at, message);
    }
}

fn consumer(
    given: Given<String>,
    at: Location,
    what: &str,
    known: &Known<'_>,
    mistakes: &mut Mistakes<'_>,
) -> String {
    if given.is_absent() {
        mistakes.add(at, format!(r#"{what} needs a "consumer""#));
    }
    let Some(Located { value: name, at }) = given.ok() else {
        return String::new();
    };
    mistakes.unless_known("consumer", at, &name, known.consumers);
    name
}

fn namespaces(
    all: Vec<NamespaceParts>,
    (policy, set): (&Policy, &Provenance),
    known: &Known<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<Namespace> {
    let mut namespaces: Vec<(Namespace, Location)> = Vec::new();
    for parts in all {
        parts.policy.check(Level::Namespace, mistakes);
        let consumer = consumer(parts.consumer, parts.at, "a namespace", known, mistakes);
        if parts.name.is_absent() {
            let message = r#"a namespace needs a "name": "/", or one like "/orders""#;
            mistakes.add(parts.at, message);
        }
        let Some(Located { value: name, at }) = parts.name.ok() else {
            continue;
        };
        let odd = |c: char| c == ',' || c == '?' || c.is_whitespace() || c.is_control();
        if !name.starts_with('/') {
            mistakes.add(at, format!("a namespace begins with a slash: \"/{name}\""));
        } else if name.contains(odd) || name.len() > NAMESPACE_BYTES {
            let message = "a namespace is one word of up to 256 bytes, without \",\" and \"?\"";
            mistakes.add(at, message);
        } else if let Some((_, earlier)) = namespaces.iter().find(|(n, _)| n.name == name) {
            let there = mistakes.reference(*earlier);
            mistakes.add(at, format!("{name:?} stands in {there} already"));
        }
        let namespace = Namespace {
            name,
            consumer,
            policy: parts.policy.over(policy),
            line: mistakes.line(at),
            set: set.and(&parts.policy, Level::Namespace, mistakes),
        };
        namespaces.push((namespace, at));
    }
    namespaces.into_iter().map(|(n, _)| n).collect()
}
