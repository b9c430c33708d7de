//! What an author forgot, and what the compiler says about it.

use std::process::Command;

#[test]
fn the_compiler_says_what_is_to_be_done() {
    for (mistake, says) in [
        (
            "no_app",
            "implement `maitred::App` for a type that stands for the whole application",
        ),
        ("no_command", "derive it: `#[derive(serde::Deserialize)]`"),
        ("no_consumer", "implement `maitred::Consumer` for it"),
        ("no_timer", "implement `Timed` for the consumer"),
    ] {
        let compiled = Command::new(env!("CARGO"))
            .args([
                "build",
                "--quiet",
                "--offline",
                "--features",
                "mistakes",
                "--example",
                mistake,
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("a compiler");
        let said = String::from_utf8_lossy(&compiled.stderr);
        assert!(!compiled.status.success(), "{mistake} compiles");
        assert!(said.contains(says), "{mistake}: {said}");
    }
}
