//! The house rules that a compiler does not keep: who may name whom, and what must not be there.

mod paths;
mod rooms;
mod sources;

use rooms::House;
use sources::{Source, all, top};
use std::sync::OnceLock;

/// The framework. `lib.rs` names everybody and nobody names it.
const FRAMEWORK: House = House {
    root: "src/",
    rooms: "src/",
    order: &[
        &["fuzzing"],
        &["server"],
        &["socketio"],
        &["connection"],
        &["consumer"],
        &["hub"],
        &["app"],
        &["store"],
        &["protocol", "routing", "auth", "metrics"],
        &["limits"],
        &["error", "trace"],
    ],
};
/// The application. Its root, `lib.rs`, names everybody too.
const APPLICATION: House = House {
    root: "consumers/",
    rooms: "consumers/",
    order: &[
        &["cli"],
        &["assembly", "rush"],
        &["api_docs", "app", "screens"],
        &["vocabularies"],
        &["contract", "openapi"],
        &["rest"],
        &["access", "signals", "demo"],
        &["events"],
        &["domain"],
        &["restaurant", "watched"],
        &["schema", "db"],
    ],
};
/// No vocabulary knows another: what several of them need stands below all of them.
const VOCABULARIES: House = House {
    root: "consumers/",
    rooms: "consumers/vocabularies/",
    order: &[
        &["list"],
        &["delivery", "dining", "kitchen", "timing", "workshop"],
        &["changes"],
        &["vocabulary"],
    ],
};
/// The codecs and rules that do no IO.
const PURE: &[&str] = &[
    "src/protocol/",
    "src/routing/pattern",
    "consumers/domain/status",
    "consumers/domain/words",
    "consumers/domain/words",
];
const LONGEST: usize = 450;

/// Whether `code` names `word` as a whole word.
fn names(code: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        !code[..at].chars().next_back().is_some_and(is_part)
            && !code[at + word.len()..].chars().next().is_some_and(is_part)
    })
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
fn a_room_of_the_framework_names_only_what_is_below_it() {
    let wrong = FRAMEWORK.wrong(&FRAMEWORK.sources());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_room_of_the_application_names_only_what_is_below_it() {
    for house in [APPLICATION, VOCABULARIES] {
        let wrong = house.wrong(&house.sources());
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[test]
fn a_vocabulary_that_names_another_is_found() {
    let mut all = VOCABULARIES.sources();
    let path = "consumers/vocabularies/kitchen/planted.rs";
    all.push(source(path, "use super::super::dining::planted::Order;\n"));
    all.push(source(
        "consumers/vocabularies/dining/planted.rs",
        "pub struct Order;\n",
    ));
    let wrong = VOCABULARIES.wrong(&all).join("\n");
    assert!(wrong.contains("kitchen names dining, beside it"), "{wrong}");
}

#[test]
fn the_framework_lists_its_rooms_and_nothing_else() {
    let mut listed: Vec<_> = std::fs::read_dir(top().join("src"))
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    listed.sort();
    let rooms = FRAMEWORK.order.iter().copied().flatten();
    let files = ["app", "error", "trace"];
    let mut expected: Vec<_> = rooms
        .map(|room| match files.contains(room) {
            true => format!("{room}.rs"),
            false => (*room).to_owned(),
        })
        .chain(["ARCHITECTURE.md".to_owned(), "lib.rs".to_owned()])
        .collect();
    expected.sort();
    assert_eq!(listed, expected);
}

/// The one thing that is said when `added` stands at the end of `file`, and not without it.
fn said_of(file: &str, added: &str) -> String {
    static BEFORE: OnceLock<Vec<String>> = OnceLock::new();
    let mut all = FRAMEWORK.sources();
    let before = BEFORE.get_or_init(|| FRAMEWORK.wrong(&all));
    match all.iter_mut().find(|source| source.path == file) {
        Some(source) => source.text += added,
        None => all.push(source(file, added)),
    }
    let mut wrong = FRAMEWORK.wrong(&all);
    wrong.retain(|line| !before.contains(line));
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    wrong.remove(0)
}

fn source(path: &str, text: &str) -> Source {
    Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn a_planted_import_upwards_is_found_however_it_is_written() {
    let all = FRAMEWORK.sources();
    let trace = all.iter().find(|source| source.path == "src/trace.rs");
    let line = 1 + trace.expect("the file").lines();
    for (written, room) in [
        ("use crate::server::Server;\n", "server"),
        ("use crate::{server::Server};\n", "server"),
        ("fn f() { crate::hub::shard::f() }\n", "hub"),
        (
            "fn f() { let _ = g!(x => super::store::Store); }\n",
            "store",
        ),
        ("mod inner { use super::super::limits; }\n", "limits"),
    ] {
        let said = said_of("src/trace.rs", written);
        let place = format!("src/trace.rs:{line}: trace names {room}, above it: ");
        assert!(said.starts_with(&place), "{said}");
        assert!(said.contains("Way out: "), "{said}");
    }
}

#[test]
fn a_planted_import_of_a_room_beside_is_found() {
    let said = said_of("src/auth/claims.rs", "use crate::routing::Routing;\n");
    assert!(said.contains("auth names routing, beside it"), "{said}");
}

#[test]
fn a_planted_import_of_the_root_is_found() {
    let said = said_of("src/limits/bucket.rs", "use crate::NoSuchName;\n");
    assert!(
        said.contains("names the root, which nobody names"),
        "{said}"
    );
}

#[test]
fn a_circle_of_four_files_is_found_and_one_of_three_is_not() {
    let circle = |names: &[&str]| {
        // the first is named through what the room hands on, which is no import of the room's
        let mut all = vec![source(
            "src/limits/mod.rs",
            "mod first;\npub use first::A;\n",
        )];
        for (n, name) in names.iter().enumerate() {
            let next = match names.get(n + 1) {
                Some(next) => format!("super::{next}::A"),
                None => "super::A".to_owned(),
            };
            let text = format!("use {next} as Next;\npub struct A(Next);\n");
            all.push(source(&format!("src/limits/{name}.rs"), &text));
        }
        FRAMEWORK.wrong(&all)
    };
    assert_eq!(circle(&["first", "second", "third"]), Vec::<String>::new());
    let wrong = circle(&["first", "second", "third", "fourth"]);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    let tie = "src/limits/fourth.rs:1: crate::limits::A (of src/limits/first.rs)";
    assert!(wrong[0].contains(tie), "{wrong:?}");
}

#[test]
fn a_planted_room_without_a_rank_is_found() {
    let said = said_of("src/utilities.rs", "pub fn help() {}\n");
    assert!(said.starts_with("src/utilities: no rank"), "{said}");
}

#[test]
fn what_is_planted_into_a_list_of_contents_is_found() {
    let said = said_of("src/protocol/mod.rs", "\nfn stray() {}\n");
    assert!(said.contains("holds `mod` and `pub use` only"), "{said}");
}

#[test]
fn each_foreign_crate_is_named_where_it_belongs() {
    let everything = all(&["src", "consumers"]);
    // warp also where the application answers HTTP.
    let homes: &[(&str, &[&str])] = &[
        ("jsonwebtoken", &["src/auth"]),
        ("rusqlite", &["src/store/"]),
        ("tokio_rusqlite", &["src/store/"]),
        (
            "warp",
            &["src/consumer/rest", "/rest", "consumers/screens/"],
        ),
        // in a fuzz target as the peer that must read the same
        (
            "hyper",
            &[
                "src/server/",
                "src/consumer/rest/body",
                "src/fuzzing/handshake",
            ],
        ),
    ];
    check(&everything, |source, code| {
        homes.iter().find_map(|(name, homes)| {
            let home = source.is_test()
                || homes.iter().any(|h| {
                    source.path.starts_with(h)
                        || (h.starts_with('/')
                            && source.path.starts_with("consumers/")
                            && source.path.contains(h))
                });
            (!home && names(code, name)).then(|| format!("{name} belongs to {homes:?}"))
        })
    });
}

#[test]
fn the_domain_does_not_know_the_framework() {
    check(&all(&["consumers"]), |source, code| {
        (source.path.starts_with("consumers/domain") && code.contains("maitred::"))
            .then(|| "the domain never names the framework".to_owned())
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
    check(&all(&["src"]), |source, code| {
        let endless = code.contains("mpsc::channel()")
            || code.contains("mpsc::channel::<") && code.contains(">()");
        let unbounded = code.to_ascii_lowercase().contains("unbounded");
        (unbounded || endless && !source.is_test()).then(|| "a queue without a bound".to_owned())
    });
}

#[test]
fn who_waits_asks_the_clock() {
    check(&all(&["src"]), |source, code| {
        // the clock itself; and what measures itself, not a server
        let home = ["src/limits/clock.rs", "src/fuzzing/"]
            .iter()
            .any(|home| source.path.starts_with(home));
        let asked = [
            "Instant::now",
            "SystemTime::now",
            ".elapsed()",
            "tokio::time::",
        ];
        let found = asked.iter().find(|name| code.contains(**name))?;
        (!home && !source.is_test()).then(|| format!("{found} is for limits/clock.rs"))
    });
}

#[test]
fn tests_wait_for_events_and_never_for_time() {
    let asleep = concat!("sleep", "(");
    check(&all(&["tests"]), |source, code| {
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
        if source.lines() > LONGEST {
            let lines = source.lines();
            wrong.push(format!("{}: {lines} lines, at most {LONGEST}", source.path));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_crate_is_named_only_by_its_whole_name() {
    assert!(names("use warp::Filter;", "warp"));
    assert!(!names("let warped = 1;", "warp"));
}
