//! What a command prints.

use super::failure::Failure;
use std::io::Write;

/// Prints a line of the command's result, at once: whoever reads it through a pipe should not wait for the next.
pub fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
        .map_err(Failure::of_stdout)
}

/// Prints a remark that is no result.
pub fn note(text: &str) {
    // Nobody is left to be told that nobody listens.
    let _ = writeln!(std::io::stderr().lock(), "maitred: {text}");
}
