//! `routing.toml`.

use crate::error::Error;
use crate::routing::{Known, Listener, Routing};
use toml::{Table, Value};

const NAME: &str = "routing.toml";

/// `data` is a routing file.
///
/// # Panics
/// When a mistake is told that is nowhere in the file; when an accepted file, written by another hand, means something else; when a route cannot be reached.
pub fn routing(known: &Known<'_>, data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Routing::parse(NAME, text, known) {
        Ok(routing) => {
            means_the_same_when_written_again(text, &routing, known);
            routing.listeners.iter().for_each(every_route_is_reached);
            let demo = routing.demo();
            assert_eq!(facts(&demo), facts(&demo.clone().demo()));
        }
        Err(Error::Config(mistakes)) => mistakes_are_in_the_file(text, &mistakes),
        Err(other) => panic!("{other:?}"),
    }
}

/// Each on a line of its own, where an editor finds the place, in the order of the file.
fn mistakes_are_in_the_file(text: &str, mistakes: &str) {
    assert!(!mistakes.is_empty());
    let lines: Vec<&str> = text.split('\n').collect();
    let mut before = (1, 1);
    for mistake in mistakes.split('\n') {
        let place = || {
            let rest = mistake.strip_prefix(NAME)?.strip_prefix(':')?;
            let (line, rest) = rest.split_once(':')?;
            let (column, message) = rest.split_once(": ")?;
            Some((line.parse().ok()?, column.parse().ok()?, message))
        };
        let (line, column, message): (usize, usize, _) =
            place().unwrap_or_else(|| panic!("no place in {mistake:?} of {mistakes:?}"));
        let there = line.checked_sub(1).and_then(|i| lines.get(i));
        let there = there.unwrap_or_else(|| panic!("no such line: {mistake:?}"));
        let columns = 1..=there.chars().count() + 1;
        assert!(columns.contains(&column), "no such column: {mistake:?}");
        assert!(!message.trim().is_empty(), "{mistake:?}");
        assert!(!message.contains(char::is_control), "{mistake:?}");
        assert!(before <= (line, column), "out of order: {mistakes}");
        before = (line, column);
    }
}

fn means_the_same_when_written_again(text: &str, routing: &Routing, known: &Known<'_>) {
    let table: Table = toml::from_str(text).unwrap_or_else(|e| panic!("accepted, but {e}: {text}"));
    let again = toml::to_string(&table).expect("TOML");
    let routing_again = Routing::parse(NAME, &again, known)
        .unwrap_or_else(|e| panic!("{e}\nin\n{again}\nof\n{text}"));
    assert_eq!(facts(routing), facts(&routing_again), "{text}\n{again}");

    let listeners = table.get("listener").and_then(Value::as_array);
    for (listener, told) in routing
        .listeners
        .iter()
        .zip(listeners.into_iter().flatten())
    {
        let listed = told.get("origins").and_then(Value::as_array);
        for origin in listed.into_iter().flatten().filter_map(Value::as_str) {
            assert!(
                listener.policy.origins.allows(Some(origin), None, false),
                "{origin}"
            );
        }
    }
}

fn facts(routing: &Routing) -> String {
    format!("{:?}", routing.clone().without_lines())
}

/// By a path that is spelled in no other route of the listener.
fn every_route_is_reached(listener: &Listener) {
    // 19 nines are more than an `i64` holds; a literal may be any number that fits
    let literals: Vec<&str> = listener
        .routes
        .iter()
        .flat_map(|route| route.pattern.as_str().split('/'))
        .collect();
    let number = (1..).map(|n: u64| n.to_string());
    let number = number
        .into_iter()
        .find(|n| !literals.contains(&&**n))
        .expect("fewer literals than numbers");
    let word = format!("x{}", literals.concat());
    for (index, route) in listener.routes.iter().enumerate() {
        let segments = route.pattern.as_str().split('/').map(|part| {
            if part.starts_with("<int:") {
                number.clone()
            } else if part.starts_with('<') {
                escaped(&word)
            } else {
                escaped(part)
            }
        });
        let path = segments.collect::<Vec<_>>().join("/");
        let other = match path.strip_suffix('/') {
            Some("") => path.clone(),
            Some(without) => without.to_owned(),
            None => format!("{path}/"),
        };
        for path in [path, other] {
            let found = listener.find(&path).map(|(index, _)| index);
            assert_eq!(found, Some(index), "{path} of {}", route.pattern);
        }
    }
}

/// Percent-encoded, whatever it is.
fn escaped(segment: &str) -> String {
    let byte = |b: u8| match b {
        b'a'..=b'z' | b'0'..=b'9' => (b as char).to_string(),
        other => format!("%{other:02X}"),
    };
    segment.bytes().map(byte).collect()
}
