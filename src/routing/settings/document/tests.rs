//! The shipped `routing.toml`, the README and the fuzzer's dictionary say what the table says. `BLESS=1 cargo test -p maitred --lib routing::settings` writes
//! them anew.

use super::*;
use crate::limits::Limit;
use crate::routing::listeners::Known;
use crate::routing::settings::known;
use std::path::Path;

/// The part of a file that is made from the table, between these two lines.
fn is_current(file: &str, begin: &str, end: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = std::fs::read_to_string(&path).expect("a text");
    let (before, rest) = text
        .split_once(&format!("{begin}\n"))
        .expect("the beginning");
    let (_, after) = rest.split_once(end).expect("the end");
    let wanted = format!("{before}{begin}\n{made}{end}{after}");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &wanted).expect("written");
        return;
    }
    assert!(
        text == wanted,
        "{file} does not say what src/routing/settings says: BLESS=1 cargo test -p maitred --lib routing::settings writes it anew"
    );
}

#[test]
fn the_shipped_file_explains_every_setting() {
    is_current(
        "routing.toml",
        "# ---- settings: made from src/routing/settings ----",
        "# ---- end of settings ----",
        &Routing::explanation(),
    );
}

#[test]
fn the_readme_lists_every_setting() {
    let mut made = String::new();
    made.push_str("\nIn `[defaults]`, a `[[listener]]` or a `[[listener.route]]`; the nearest counts. Those with a star may also stand in a `[[listener.route.namespace]]`.\n\n");
    rows::<Policy>(&mut made);
    made.push_str("\nIn `[defaults]` or a `[[listener]]`, because they count before the route of a request is known:\n\n");
    rows::<Edge>(&mut made);
    made.push_str("\nIn `[limits]`, of the whole process:\n\n");
    rows::<Limits>(&mut made);
    made.push('\n');
    is_current(
        "README.md",
        "<!-- settings: made from src/routing/settings -->",
        "<!-- end of settings -->",
        &made,
    );
}

#[test]
fn the_fuzzer_knows_every_key() {
    let levels = [
        Level::Limits,
        Level::Defaults,
        Level::Listener,
        Level::Route,
        Level::Namespace,
    ];
    let mut made = String::new();
    let mut all: Vec<&str> = Vec::new();
    for level in levels {
        made.push_str(&format!("\"{}\\x0a\"\n", level.header()));
        all.extend(known(level));
    }
    all.sort_unstable();
    all.dedup();
    for key in all {
        made.push_str(&format!("\"{key} = \"\n"));
    }
    is_current(
        "tests/fuzz/dictionaries/routing.dict",
        "# settings: made from src/routing/settings",
        "# end of settings",
        &made,
    );
}

/// A table of the settings of `S`.
fn rows<S: Settings>(text: &mut String) {
    text.push_str("| setting | default | allowed | what it does |\n|---|---|---|---|\n");
    let defaults = S::default();
    for entry in S::ENTRIES {
        let star = if entry.down_to == Level::Namespace {
            "*"
        } else {
            ""
        };
        let (key, default, allowed) = (entry.key, (entry.write)(&defaults), (entry.allowed)());
        let (doc, counts) = (entry.doc, entry.protocols.doc());
        let example = entry
            .example
            .map_or(String::new(), |example| format!(" `{key} = {example}`"));
        text.push_str(&format!(
            "| `{key}`{star} | `{default}` | {allowed} | {doc}{counts}{example} |\n"
        ));
    }
}

const KNOWN: Known<'static> = Known {
    consumers: &["c"],
    rest: &["r"],
};

/// A listener with a route, after these lines.
fn file(before: &str) -> String {
    format!(
        "{before}\n[[listener]]\nname = \"a\"\nbind = \"127.0.0.1:0\"\n[[listener.route]]\npath = \"/\"\nconsumer = \"c\"\n"
    )
}

#[test]
fn what_is_explained_is_the_default() {
    let explanation = Routing::explanation();
    let is_setting = |line: &&str| {
        let key = line.split(" = ").next().unwrap_or("");
        let is_key = |c: char| c.is_ascii_lowercase() || c == '_';
        line.contains(" = ") && !key.is_empty() && key.chars().all(is_key)
    };
    let lines = explanation.lines().map(|line| {
        let setting = line.strip_prefix("# ").unwrap_or(line);
        let uncommented = is_setting(&setting) || line.starts_with('[');
        if uncommented { setting } else { "" }
    });
    let all = lines.collect::<Vec<_>>().join("\n");
    let written = Routing::parse("r.toml", &file(&all), &KNOWN).expect("valid");
    let silent = Routing::parse("r.toml", &file(""), &KNOWN).expect("valid");
    assert_eq!(written.limits, silent.limits);
    let policies = |routing: &Routing| {
        let listener = &routing.listeners[0];
        let policies = (listener.policy.clone(), listener.edge.clone());
        (policies, listener.routes[0].policy.clone())
    };
    assert_eq!(policies(&written), policies(&silent));
    let by_default = |routing: &Routing| {
        let found = &routing.explain("/")[0];
        let all = [
            found.policy.clone(),
            found.edge.clone(),
            routing.process_limits(),
        ]
        .concat();
        all.iter().filter(|s| s.set_by == "default").count()
    };
    assert_eq!(by_default(&written), 0, "each was written");
    assert_eq!(by_default(&silent), 32);
}

#[test]
fn examples_are_allowed_and_are_not_the_default() {
    let mut examples = 0;
    for entry in Policy::ENTRIES {
        let Some(example) = entry.example else {
            continue;
        };
        let text = file(&format!("[defaults]\n{} = {example}", entry.key));
        let routing = Routing::parse("r.toml", &text, &KNOWN).expect(example);
        let value = (entry.show)(&routing.listeners[0].policy);
        assert_ne!(value, (entry.show)(&Policy::default()), "{}", entry.key);
        examples += 1;
    }
    assert_eq!(examples, 2);
}

/// What is refused is told by the setting's name, and counted by it.
#[test]
fn every_limit_is_a_setting() {
    let mut keys = known(Level::Defaults);
    keys.extend(known(Level::Limits));
    for limit in Limit::ALL {
        assert!(keys.contains(&limit.name()), "{}", limit.name());
    }
}

/// A key that is known but that nothing reads would be silently without effect.
#[test]
fn every_key_is_read() {
    for Key { key, level, .. } in KEYS {
        let no_key = match level {
            Level::File => format!("{key} = 1.5\n"),
            Level::Listener => format!("[[listener]]\n{key} = 1.5\n"),
            Level::Route => format!("[[listener]]\n[[listener.route]]\n{key} = 1.5\n"),
            _ => format!(
                "[[listener]]\n[[listener.route]]\n[[listener.route.namespace]]\n{key} = 1.5\n"
            ),
        };
        let told = Routing::parse("r.toml", &no_key, &KNOWN).expect_err("a number");
        let told = told.to_string();
        let line = format!(
            "r.toml:{}:{}: expected ",
            no_key.lines().count(),
            key.len() + 4
        );
        assert!(told.contains(&line), "{key}: {told}");
    }
}
