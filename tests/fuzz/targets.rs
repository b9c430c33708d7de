//! What is fuzzed: one function for each target, that panics where a promise is broken. The fuzzer's programs and the smoke run of `cargo test` share it.

use maitred::{ClientError, Known, Registry, fuzzing};
use restaurant::restaurant::Restaurant;
use restaurant::vocabularies::{changes, dining};
use serde_json::Value;

/// One target.
pub type Target = fn(&[u8]);

/// All of them, by the names of their programs and of their folders in `corpus/`.
pub const TARGETS: [(&str, Target); 6] = [
    ("commands", commands),
    ("frames", frames),
    ("handshake", handshake),
    ("inflate", inflate),
    ("routing", routing),
    ("sessions", sessions),
];

thread_local! {
    static REGISTRY: Registry<Restaurant> = restaurant::registry();
    /// Those whose commands are JSON objects with an `action`; the others' are events of Socket.IO.
    static ACTIONS: Registry<Restaurant> =
        [dining::VOCABULARY, changes::VOCABULARY]
            .iter()
            .fold(Registry::new(), |registry, one| (one.register)(registry));
}

/// A text message to every consumer of such messages.
pub fn commands(data: &[u8]) {
    ACTIONS.with(|registry| fuzzing::commands(registry, data, as_documented));
}

/// The bytes of a client after the handshake.
pub fn frames(data: &[u8]) {
    fuzzing::frames(data);
}

/// The bytes of a client until there is a WebSocket.
pub fn handshake(data: &[u8]) {
    fuzzing::handshake(data);
}

/// A compressed message.
pub fn inflate(data: &[u8]) {
    fuzzing::inflate(data);
}

/// A `routing.toml`.
pub fn routing(data: &[u8]) {
    REGISTRY.with(|registry| {
        let (consumers, rest) = (registry.consumers(), registry.interfaces());
        fuzzing::routing(&Known::new(&consumers, &rest), data);
    });
}

/// What a client of Engine.IO or Socket.IO says.
pub fn sessions(data: &[u8]) {
    fuzzing::sessions(data);
}

/// `{"error": "...", "code": "..."}`, with the id of the command where it has one.
fn as_documented(error: &ClientError, frame: &Value) {
    assert_eq!(frame["error"], *error.text, "{frame}");
    assert_eq!(frame["code"], *error.code, "{frame}");
    assert!(!error.text.trim().is_empty(), "{frame}");
    let names = frame.as_object().into_iter().flat_map(|frame| frame.keys());
    let other = names.filter(|name| !matches!(&***name, "error" | "code" | "id"));
    assert_eq!(other.count(), 0, "{frame}");
}
