//! Puts a routing together from its parts, and finds what does not fit: names that nobody has, names and paths that are there twice, routes that no path reaches.

use super::bind;
use super::edge::Edge;
use super::file;
use super::level::Level;
use super::listeners::{Known, Listener, Metrics, RestMount, Routing};
use super::location::Location;
use super::mistakes::Mistakes;
use super::parts::{Given, ListenerParts, Located, RoutingParts};
use super::policy::Policy;
use super::provenance::Provenance;
use super::routes;
use super::tls;
use crate::error::Error;
use crate::limits::Limits;
use std::path::Path;

impl Routing {
    /// Reads a routing file, and the certificates that it names. `file_name` is for the messages, and its folder is where relative paths begin.
    ///
    /// # Errors
    /// [`Error::Config`] with all mistakes, each on a line of its own: `routing.toml:12:8: unknown consumer "dining.ordr": did you mean "dining.order"?`
    pub fn parse(file_name: &str, text: &str, known: &Known<'_>) -> Result<Routing, Error> {
        let mut mistakes = Mistakes::of_file(file_name, text);
        let folder = Path::new(file_name).parent().unwrap_or(Path::new(""));
        let parts = file::read(text, folder, &mut mistakes);
        routing(parts, known, mistakes)
    }

    /// Checks what a program builds, like a file; each mistake names the call of the builder.
    ///
    /// # Errors
    /// [`Error::Config`] with all mistakes, each on a line of its own: `src/main.rs:12:10: route(): duplicate path: src/main.rs:11 has the same, "/ws/"`
    pub(crate) fn from_parts(parts: RoutingParts, known: &Known<'_>) -> Result<Routing, Error> {
        routing(parts, known, Mistakes::of_program())
    }
}

fn routing(
    parts: RoutingParts,
    known: &Known<'_>,
    mut mistakes: Mistakes<'_>,
) -> Result<Routing, Error> {
    parts.limits.check(Level::Limits, &mut mistakes);
    let limits = parts.limits.over(&Limits::default());
    let limits_set = Provenance::default().and(&parts.limits, Level::Limits, &mistakes);

    parts.policy.check(Level::Defaults, &mut mistakes);
    parts.edge.check(Level::Defaults, &mut mistakes);
    let policy = parts.policy.over(&Policy::default());
    routes::heartbeat(&policy, &parts.policy, &mut mistakes);
    let edge = parts.edge.over(&Edge::default());
    let set = Provenance::default()
        .and(&parts.policy, Level::Defaults, &mistakes)
        .and(&parts.edge, Level::Defaults, &mistakes);

    if parts.listeners.is_nothing() {
        let listener = parts.at.word("[[listener]]", "listener");
        let message = format!("no {listener}: nothing would be served");
        mistakes.add(parts.at, message);
    }
    let mut listeners = Vec::new();
    let mut names = Names::default();
    let mut taken = bind::Taken::default();
    for listener in parts.listeners.list() {
        let listener = self::listener(
            listener,
            (&policy, &edge, &set),
            (&mut names, &mut taken),
            known,
            &mut mistakes,
        );
        listeners.push(listener);
    }
    mistakes.none_or_error()?;
    Ok(Routing {
        listeners,
        limits,
        limits_set,
    })
}

/// The names of listeners so far, each with where it was said.
#[derive(Default)]
struct Names(Vec<(String, Location)>);

fn listener(
    parts: ListenerParts,
    (policy, edge, set): (&Policy, &Edge, &Provenance),
    (names, taken): (&mut Names, &mut bind::Taken),
    known: &Known<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Listener {
    let at = parts.at;
    if parts.name.is_absent() {
        mistakes.add(at, r#"a listener needs a "name""#);
    }
    if parts.bind.is_absent() {
        mistakes.add(at, r#"a listener needs a "bind", an address"#);
    }
    if parts.routes.is_nothing() && parts.rest.is_nothing() && parts.metrics.is_absent() {
        let message = r#"a listener without a route, "rest" or "metrics" serves nothing"#;
        mistakes.add(at, message);
    }
    parts.policy.check(Level::Listener, mistakes);
    parts.edge.check(Level::Listener, mistakes);
    let policy = parts.policy.over(policy);
    routes::heartbeat(&policy, &parts.policy, mistakes);
    let set = set.and(&parts.policy, Level::Listener, mistakes).and(
        &parts.edge,
        Level::Listener,
        mistakes,
    );
    let name = parts.name.ok();
    let metrics = parts.metrics.ok();
    Listener {
        name: name.map_or(String::new(), |name| self::name(name, names, mistakes)),
        bind: bind::resolve(parts.bind.list(), taken, mistakes),
        tls: match parts.tls {
            Given::Value(Located { value, at }) => tls::load(value, at, mistakes),
            Given::Absent | Given::Mistaken => None,
        },
        rest: rest(parts.rest.list(), known, mistakes),
        routes: routes::routes(parts.routes.list(), (&policy, &set), known, mistakes),
        metrics: metrics.map_or(Metrics::Nobody, |metrics| metrics.value),
        edge: parts.edge.over(edge),
        policy,
    }
}

/// A listener's name, which must be one word that no other listener has.
fn name(given: Located<String>, names: &mut Names, mistakes: &mut Mistakes<'_>) -> String {
    let Located { value: name, at } = given;
    let is_odd = |c: char| c.is_whitespace() || c.is_control();
    let earlier = names.0.iter().find(|(earlier, _)| *earlier == name);
    if name.is_empty() || name.contains(is_odd) {
        mistakes.add(at, "a listener's name is one word");
    } else if let Some((_, earlier)) = earlier {
        let there = mistakes.reference(*earlier);
        mistakes.add(at, format!("a listener {name:?} is in {there} already"));
    }
    names.0.push((name.clone(), at));
    name
}

/// The REST services that these names mean, each of which must be known and there once.
fn rest(
    names: Vec<Located<String>>,
    known: &Known<'_>,
    mistakes: &mut Mistakes<'_>,
) -> Vec<RestMount> {
    let mut mounts: Vec<RestMount> = Vec::new();
    for Located { value: name, at } in names {
        mistakes.unless_known("REST service", at, &name, known.rest);
        if mounts.iter().any(|mount| mount.name == name) {
            mistakes.add(at, format!("{name:?} stands here twice"));
        }
        mounts.push(RestMount { name });
    }
    mounts
}
