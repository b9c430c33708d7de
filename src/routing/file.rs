//! Reads `routing.toml`: looks whether each table has only keys that it may have, and each key a value of its type. Whether the parts fit together is looked
//! at in `assembly.rs`.

use super::level::Level;
use super::location::Location;
use super::mistakes::Mistakes;
use super::parts::{
    Given, ListenerParts, Located, NamespaceParts, RouteParts, RoutingParts, TlsParts,
};
use super::route::Protocol;
use super::settings::{Overrides, Settings, known, misplaced};
use super::words::Word;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

type Key<'i> = Spanned<Cow<'i, str>>;
type Value<'i> = Spanned<DeValue<'i>>;

/// Reads the whole file, even if something is wrong, so that one run shows all mistakes. Relative paths begin in `folder`.
pub(super) fn read(text: &str, folder: &Path, mistakes: &mut Mistakes<'_>) -> RoutingParts {
    let mut parts = RoutingParts::new((0..0).into());
    let table = match DeTable::parse(text) {
        Ok(table) => table,
        Err(e) => {
            let at = e.span().unwrap_or(text.len()..text.len());
            mistakes.add(at, e.message().replace('\n', ": "));
            parts.listeners = Given::Mistaken;
            return parts;
        }
    };
    for (key, value) in table.get_ref() {
        match &**key.get_ref() {
            "limits" => {
                let table = mistakes.table(value, Level::Limits.header());
                for (key, value) in table.into_iter().flatten() {
                    setting(Level::Limits, key, value, &mut parts.limits, mistakes);
                }
            }
            "defaults" => {
                let table = mistakes.table(value, Level::Defaults.header());
                for (key, value) in table.into_iter().flatten() {
                    let (policy, edge) = (&mut parts.policy, &mut parts.edge);
                    setting_of_either(Level::Defaults, key, value, policy, edge, mistakes);
                }
            }
            "listener" => {
                let read = |row: &DeTable<'_>, at, mistakes: &mut Mistakes<'_>| {
                    listener(row, at, folder, mistakes)
                };
                parts.listeners = tables(value, Level::Listener, read, mistakes);
            }
            _ => unknown(Level::File, key, mistakes),
        }
    }
    parts
}

fn listener(
    row: &DeTable<'_>,
    at: Location,
    folder: &Path,
    mistakes: &mut Mistakes<'_>,
) -> ListenerParts {
    let mut parts = ListenerParts::new(at);
    for (key, value) in row {
        match &**key.get_ref() {
            "name" => parts.name = string(value, mistakes),
            "bind" => parts.bind = bind(value, mistakes),
            "rest" => parts.rest = strings(value, "a list of names", mistakes),
            "metrics" => parts.metrics = word(value, "metrics", mistakes),
            "route" => parts.routes = tables(value, Level::Route, route, mistakes),
            "tls" => parts.tls = tls(value, folder, mistakes),
            _ => {
                let (policy, edge) = (&mut parts.policy, &mut parts.edge);
                setting_of_either(Level::Listener, key, value, policy, edge, mistakes);
            }
        }
    }
    parts
}

fn route(row: &DeTable<'_>, at: Location, mistakes: &mut Mistakes<'_>) -> RouteParts {
    let protocol = protocol(row, mistakes);
    let mut parts = RouteParts::new(protocol, at);
    for (key, value) in row {
        match &**key.get_ref() {
            "path" => parts.path = string(value, mistakes),
            "consumer" if protocol == Protocol::SocketIo => {
                let message = "each namespace has a consumer of its own: put it there";
                mistakes.add(value.span(), message);
            }
            "consumer" => parts.consumer = string(value, mistakes),
            "namespace" => {
                parts.namespaces = tables(value, Level::Namespace, namespace, mistakes);
            }
            "protocol" => {}
            _ => setting(Level::Route, key, value, &mut parts.policy, mistakes),
        }
    }
    parts
}

/// What is spoken on a route. A route with namespaces speaks Socket.IO, whether it has `protocol` or not.
fn protocol(row: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> Protocol {
    let given = row.get("protocol");
    let protocol = given.and_then(|value| mistakes.word(value, "protocol"));
    if !row.contains_key("namespace") {
        return protocol.unwrap_or(Protocol::WebSocket);
    }
    if let (Some(other), Some(value)) = (protocol, given)
        && other != Protocol::SocketIo
    {
        let message = format!("only Socket.IO has namespaces, {} has none", other.word());
        mistakes.add(value.span(), message);
    }
    Protocol::SocketIo
}

fn namespace(row: &DeTable<'_>, at: Location, mistakes: &mut Mistakes<'_>) -> NamespaceParts {
    let mut parts = NamespaceParts::new(at);
    for (key, value) in row {
        match &**key.get_ref() {
            "name" => parts.name = string(value, mistakes),
            "consumer" => parts.consumer = string(value, mistakes),
            _ => setting(Level::Namespace, key, value, &mut parts.policy, mistakes),
        }
    }
    parts
}

fn bind(value: &Value<'_>, mistakes: &mut Mistakes<'_>) -> Given<Vec<Located<String>>> {
    if let DeValue::String(text) = value.get_ref() {
        let address = Located {
            value: text.to_string(),
            at: value.span().into(),
        };
        return Given::at(vec![address], value.span());
    }
    let addresses = strings(
        value,
        r#"an address like "localhost:9000", or a list"#,
        mistakes,
    );
    if is_empty_list(value) {
        mistakes.add(value.span(), "no address in the list");
    }
    addresses
}

fn tls(value: &Value<'_>, folder: &Path, mistakes: &mut Mistakes<'_>) -> Given<TlsParts> {
    let expected = r#"{ certificate = "chain.pem", key = "key.pem" }"#;
    let Some(table) = mistakes.table(value, expected) else {
        return Given::Mistaken;
    };
    let mut parts = TlsParts {
        certificate: Given::Absent,
        key: Given::Absent,
    };
    let file = |value: &Value<'_>, mistakes: &mut Mistakes<'_>| -> Given<PathBuf> {
        let path = mistakes.string(value).map(|path| folder.join(path));
        Given::read(path, value.span())
    };
    for (key, value) in table {
        match &**key.get_ref() {
            "certificate" => parts.certificate = file(value, mistakes),
            "key" => parts.key = file(value, mistakes),
            other => mistakes.unless_known("key", key.span(), other, &["certificate", "key"]),
        }
    }
    Given::at(parts, value.span())
}

/// Reads a setting of a table that has those of `S`.
fn setting<S: Settings>(
    level: Level,
    key: &Key<'_>,
    value: &Value<'_>,
    settings: &mut Overrides<S>,
    mistakes: &mut Mistakes<'_>,
) {
    if !settings.read(level, key.get_ref(), value, mistakes) {
        unknown(level, key, mistakes);
    }
}

/// Reads a setting of a table that has those of `S` and of `T`.
fn setting_of_either<S: Settings, T: Settings>(
    level: Level,
    key: &Key<'_>,
    value: &Value<'_>,
    first: &mut Overrides<S>,
    second: &mut Overrides<T>,
    mistakes: &mut Mistakes<'_>,
) {
    if !first.read(level, key.get_ref(), value, mistakes) {
        setting(level, key, value, second, mistakes);
    }
}

fn unknown(level: Level, key: &Key<'_>, mistakes: &mut Mistakes<'_>) {
    match misplaced(level, key.get_ref()) {
        Some(message) => mistakes.add(key.span(), message),
        None => mistakes.unless_known("key", key.span(), key.get_ref(), &known(level)),
    }
}

fn tables<T>(
    value: &Value<'_>,
    level: Level,
    read: impl Fn(&DeTable<'_>, Location, &mut Mistakes<'_>) -> T,
    mistakes: &mut Mistakes<'_>,
) -> Given<Vec<T>> {
    let rows = mistakes.tables(value, level.header());
    let rows = rows.map(|rows| {
        let rows = rows.into_iter();
        rows.map(|(row, at)| read(row, at, mistakes)).collect()
    });
    Given::read(rows, value.span())
}

fn word<T: Word>(value: &Value<'_>, what: &str, mistakes: &mut Mistakes<'_>) -> Given<T> {
    Given::read(mistakes.word(value, what), value.span())
}

fn string(value: &Value<'_>, mistakes: &mut Mistakes<'_>) -> Given<String> {
    Given::read(mistakes.string(value).map(str::to_owned), value.span())
}

fn strings(
    value: &Value<'_>,
    expected: &str,
    mistakes: &mut Mistakes<'_>,
) -> Given<Vec<Located<String>>> {
    let strings = mistakes.strings(value, expected).map(|strings| {
        let strings = strings.into_iter();
        let located = |text: Spanned<&str>| Located {
            value: (*text.get_ref()).to_owned(),
            at: text.span().into(),
        };
        strings.map(located).collect()
    });
    Given::read(strings, value.span())
}

fn is_empty_list(value: &Value<'_>) -> bool {
    value
        .get_ref()
        .as_array()
        .is_some_and(|list| list.is_empty())
}
