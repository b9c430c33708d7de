//! The house rules that a compiler does not keep: who may import whom, and what must not be there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Importers first: a room may name those to its right, never those to its left. The rooms between are ranked when their ties are cut.
const LAYERS: &[&[&str]] = &[
    &["server"],
    &["connection", "socketio"],
    &["consumer", "app", "routing", "auth"],
];
/// They know none of the layers.
const LEAVES: &[&str] = &["limits", "error", "trace"];
/// The codecs and rules that do no IO.
const PURE: &[&str] = &[
    "src/protocol",
    "src/routing/pattern",
    "consumers/domain/status",
    "consumers/domain/words",
];
const LONGEST: usize = 450;

struct Source {
    /// `src/store/rows.rs`
    path: String,
    lines: Vec<String>,
}

impl Source {
    /// The lines without comments, numbered from 1.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.lines.iter().enumerate().filter_map(|(n, line)| {
            let code = line.split("//").next().unwrap_or("");
            (!code.trim().is_empty()).then_some((n + 1, code))
        })
    }

    fn is_test(&self) -> bool {
        ["tests.rs", "testing.rs"]
            .iter()
            .any(|end| self.path.ends_with(end))
    }

    /// The first part of the module's path: `store` for `src/store/rows.rs`.
    fn module(&self) -> &str {
        let inside = self.path.split('/').nth(1).unwrap_or("");
        inside.strip_suffix(".rs").unwrap_or(inside)
    }
}

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&top().join(folder), folder, &mut found);
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn all(folders: &[&str]) -> Vec<Source> {
    folders.iter().flat_map(|folder| sources(folder)).collect()
}

fn collect(folder: &Path, name: &str, found: &mut Vec<Source>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let inside = format!("{name}/{}", entry.file_name().to_string_lossy());
        let path = entry.path();
        if path.is_dir() {
            // what other tools put there
            if inside.ends_with("node_modules") || inside.ends_with("fuzz/target") {
                continue;
            }
            collect(&path, &inside, found);
        } else if inside.ends_with(".rs") {
            let text = std::fs::read_to_string(&path).expect("text");
            let lines = text.lines().map(str::to_owned).collect();
            found.push(Source {
                path: inside,
                lines,
            });
        }
    }
}

/// Whether `code` names `word` as a whole word.
fn names(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        !code[..at].chars().next_back().is_some_and(is_part)
            && !code[at + word.len()..].chars().next().is_some_and(is_part)
    })
}

/// The modules of its crate that a line names: `use crate::{groups::Groups, store}` names both.
fn modules(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, root) in code.match_indices("crate::") {
        let rest = &code[at + root.len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut start = 0;
            for (i, c) in list.char_indices() {
                match c {
                    '{' => depth += 1,
                    '}' if depth > 0 => depth -= 1,
                    ',' | '}' if depth == 0 => {
                        found.push(word(list[start..i].trim()));
                        start = i + 1;
                        if c == '}' {
                            break;
                        }
                    }
                    _ => {}
                }
            }
        } else {
            found.push(word(rest));
        }
    }
    found
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_');
    &text[..end.unwrap_or(text.len())]
}

/// Runs `rule` over every line of code and reports all that it says.
fn check(sources: &[Source], rule: impl Fn(&Source, &str) -> Option<String>) {
    let mut wrong = Vec::new();
    for source in sources {
        for (n, code) in source.code() {
            if let Some(why) = rule(source, code) {
                wrong.push(format!("{}:{n}: {why}: {}", source.path, code.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn layers_import_downwards() {
    let layer = |module: &str| LAYERS.iter().position(|set| set.contains(&module));
    check(&sources("src"), |source, code| {
        let mine = source.module();
        modules(code).into_iter().find_map(|other| {
            let theirs = layer(other)?;
            if LEAVES.contains(&mine) {
                return Some(format!("the leaf {mine} imports {other}"));
            }
            (layer(mine)? > theirs).then(|| format!("{mine} imports {other}, which is above it"))
        })
    });
}

#[test]
fn the_store_never_imports_groups() {
    check(&sources("src"), |source, code| {
        (source.module() == "store" && modules(code).contains(&"groups"))
            .then(|| "a commit never waits for a socket".to_owned())
    });
}

#[test]
fn each_foreign_crate_is_named_where_it_belongs() {
    let everything = all(&["src", "consumers"]);
    // warp also where the application answers HTTP.
    let homes: &[(&str, &[&str])] = &[
        ("jsonwebtoken", &["src/auth"]),
        ("rusqlite", &["src/store", "src/consumer/announcer"]),
        ("tokio_rusqlite", &["src/store"]),
        ("warp", &["src/server", "src/consumer/rest", "/rest"]),
        // in a fuzz target as the peer that must read the same
        ("hyper", &["src/server", "src/fuzzing/handshake"]),
    ];
    check(&everything, |source, code| {
        homes.iter().find_map(|(name, homes)| {
            let home = source.is_test()
                || homes.iter().any(|h| {
                    source.path.starts_with(h) || (h.starts_with('/') && source.path.contains(h))
                });
            (!home && names(code, name)).then(|| format!("{name} belongs to {homes:?}"))
        })
    });
}

#[test]
fn the_domain_does_not_know_the_framework() {
    check(&sources("consumers"), |source, code| {
        (source.path.starts_with("consumers/domain") && code.contains("maitred::"))
            .then(|| "the domain never names the framework".to_owned())
    });
}

#[test]
fn vocabularies_do_not_know_each_other() {
    let rooms = "consumers/vocabularies";
    let folder = |path: &str| {
        let inside = path.strip_prefix(rooms)?.strip_prefix('/')?;
        Some(inside.split_once('/')?.0.to_owned())
    };
    let all = sources(rooms);
    let vocabularies: BTreeSet<String> = all.iter().filter_map(|s| folder(&s.path)).collect();
    assert!(vocabularies.len() > 1, "{vocabularies:?}");
    check(&all, |source, code| {
        let mine = folder(&source.path)?;
        let other = vocabularies.iter().find(|other| {
            let outside = ["vocabularies::", "super::super::", "super::super::super::"];
            **other != mine
                && outside
                    .iter()
                    .any(|from| names(code, &format!("{from}{other}")))
        })?;
        Some(format!("{mine} imports {other}"))
    });
}

#[test]
fn what_is_pure_does_no_io() {
    let everything = all(&["src", "consumers"]);
    check(&everything, |source, code| {
        let pure = PURE.iter().any(|p| source.path.starts_with(p));
        let io = ["tokio", "std::net", "std::fs", "std::io::", "SystemTime"];
        let found = io.iter().find(|name| pure && code.contains(**name))?;
        Some(format!("{found} in a file that does no IO"))
    });
}

#[test]
fn every_queue_has_a_bound() {
    check(&sources("src"), |_, code| {
        code.to_ascii_lowercase()
            .contains("unbounded")
            .then(|| "every queue is bounded".to_owned())
    });
    check(&sources("src"), |source, code| {
        let endless = code.contains("mpsc::channel()")
            || code.contains("mpsc::channel::<") && code.contains(">()");
        (endless && !source.is_test()).then(|| "a channel without a bound".to_owned())
    });
}

#[test]
fn tests_wait_for_events_and_never_for_time() {
    let asleep = concat!("sleep", "(");
    check(&sources("tests"), |source, code| {
        // a load generator keeps a pace: that is what it is for
        let paced = source.path.starts_with("tests/bench/");
        (code.contains(asleep) && !paced).then(|| "wait for what must happen".to_owned())
    });
}

#[test]
fn a_file_is_one_idea_named_by_its_noun() {
    let mut wrong = Vec::new();
    for source in all(&["src", "consumers", "tests"]) {
        let name = source.path.rsplit('/').next().unwrap_or("");
        if matches!(
            name,
            "utils.rs" | "util.rs" | "helpers.rs" | "common.rs" | "misc.rs"
        ) {
            wrong.push(format!(
                "{}: if no noun fits, the code belongs to its caller",
                source.path
            ));
        }
        if source.lines.len() > LONGEST {
            let lines = source.lines.len();
            wrong.push(format!("{}: {lines} lines, at most {LONGEST}", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rules_see_what_they_look_for() {
    assert_eq!(
        modules("use crate::{groups::{A, B}, store::Store};"),
        ["groups", "store"]
    );
    assert_eq!(modules("    crate::server::run()"), ["server"]);
    assert!(names("use warp::Filter;", "warp"));
    assert!(!names("let warped = 1;", "warp"));
}
