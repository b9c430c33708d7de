//! A smoke run of the fuzz targets: the corpus of each, and some thousand inputs that are made from it, the same ones on every machine.

#[path = "fuzz/targets.rs"]
mod targets;

use crate::support::Random;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use targets::TARGETS;

/// For one target: seconds, not minutes, also where nothing is optimised.
const MUTANTS: usize = 3000;
/// The longest input that is made.
const MOST_BYTES: usize = 4096;

fn fuzz() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz")
}

/// The inputs that are kept: those with a name, in its order. What a fuzzer left here has none.
fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = fuzz().join("corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|e| panic!("{folder:?}: {e}"));
    let mut inputs: Vec<_> = entries
        .map(|entry| entry.expect("an entry"))
        .map(|entry| (entry.file_name().into_string().expect("text"), entry.path()))
        .filter(|(name, _)| name.contains('.'))
        .map(|(name, path)| (name, std::fs::read(path).expect("a file")))
        .collect();
    inputs.sort();
    assert!(inputs.len() >= 5, "{folder:?} is the corpus of {target}");
    inputs
}

/// An input made from those of the corpus.
fn mutant(inputs: &[(String, Vec<u8>)], random: &mut Random) -> Vec<u8> {
    let below = |random: &mut Random, bound: usize| random.below(bound as u64) as usize;
    let mut made = inputs[below(random, inputs.len())].1.clone();
    for _ in 0..=below(random, 6) {
        let at = below(random, made.len() + 1);
        let end = at + below(random, (made.len() - at).min(64) + 1);
        match random.below(7) {
            0 => made.truncate(at),
            1 => drop(made.drain(at..end)),
            2 => made.insert(at, random.below(256) as u8),
            // where parsers have their borders
            3 if at < made.len() => {
                let odd = [0x00, 0x7d, 0x7e, 0x7f, 0x80, 0xff, b'"', b'\\', b'\n', b'{'];
                made[at] = odd[below(random, odd.len())];
            }
            4 if at < made.len() => made[at] ^= 1 << random.below(8),
            5 => {
                let again = made[at..end].to_vec();
                made.splice(at..at, again);
            }
            _ => {
                let other = &inputs[below(random, inputs.len())].1;
                let from = below(random, other.len() + 1);
                let to = from + below(random, (other.len() - from).min(200) + 1);
                made.splice(at..end, other[from..to].iter().copied());
            }
        }
    }
    made.truncate(MOST_BYTES);
    made
}

fn smoke(name: &str) {
    let (_, target) = TARGETS.iter().find(|(n, _)| *n == name).expect("a target");
    let inputs = corpus(name);
    let run = |what: &str, input: &[u8]| {
        let run = catch_unwind(AssertUnwindSafe(|| target(input)));
        assert!(
            run.is_ok(),
            "{name}: {what}: {:?}",
            input.escape_ascii().to_string()
        );
    };
    for (what, input) in &inputs {
        run(what, input);
    }
    let mut random = Random::new(6455);
    for n in 0..MUTANTS {
        run(&format!("mutant {n}"), &mutant(&inputs, &mut random));
    }
}

#[test]
fn commands_are_answered_as_documented_whatever_comes() {
    smoke("commands");
}

#[test]
fn frames_are_read_as_the_rfc_says_whatever_comes() {
    smoke("frames");
}

#[test]
fn compressed_messages_come_back_or_are_refused_whatever_comes() {
    smoke("inflate");
}

#[test]
fn handshakes_are_judged_as_the_rfc_says_and_read_in_one_way_only() {
    smoke("handshake");
}

#[test]
fn routing_files_are_understood_or_their_mistakes_found() {
    smoke("routing");
}

#[test]
fn packets_of_sessions_are_read_as_the_protocol_says_whatever_comes() {
    smoke("sessions");
}

/// A target that is in one list and not in the others would not be run.
#[test]
fn every_target_has_a_program_and_a_corpus() {
    let named: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let folder = |inside: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(fuzz().join(inside)).expect("a folder");
        let name = |path: PathBuf| path.file_stem().map(|s| s.to_string_lossy().into_owned());
        entries
            .filter_map(|entry| name(entry.expect("an entry").path()))
            .collect()
    };
    assert_eq!(folder("fuzz_targets"), named);
    assert_eq!(folder("corpus"), named);
    assert_eq!(folder("dictionaries"), named);
    let manifest = std::fs::read_to_string(fuzz().join("Cargo.toml")).expect("text");
    for name in &named {
        let path = format!("path = \"fuzz_targets/{name}.rs\"");
        assert!(manifest.contains(&path), "{name} is no program");
    }
}
