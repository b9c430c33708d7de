//! The stock `sqlite3` shell with its default pragmas: another program, another SQLite.

use super::PATIENCE;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Types `sql` into the shell and returns what it prints. A refused statement fails the test.
pub fn shell(database: &Path, sql: &str) -> String {
    let mut child = Command::new("sqlite3")
        .arg("-bail")
        .arg(database)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the sqlite3 shell is needed (tests/run installs it; Debian: sqlite3)");
    let mut input = child.stdin.take().expect("its input");
    // Where the server is writing at this moment, wait for it as a patient person would.
    write!(input, ".timeout {}\n{sql}\n", PATIENCE.as_millis()).expect("typed");
    drop(input);
    let output = child.wait_with_output().expect("the shell ends");
    assert!(
        output.status.success(),
        "{sql}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text")
}
