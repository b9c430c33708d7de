//! Where the log goes, and how it looks.

use super::failure::Failure;
use std::io::{IsTerminal, stderr};
use tracing_subscriber::EnvFilter;

const FILTER: &str = "MAITRED_LOG";

/// To stderr: for people on a terminal, else as JSON, a line for each entry.
pub fn start() -> Result<(), Failure> {
    let filter = match std::env::var(FILTER) {
        Ok(text) if !text.trim().is_empty() => EnvFilter::try_new(&text)
            .map_err(|e| Failure::Config(format!("{FILTER}={text}: {e}")))?,
        _ => EnvFilter::new("info"),
    };
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr);
    if stderr().is_terminal() {
        log.init();
    } else {
        log.json().flatten_event(true).init();
    }
    Ok(())
}
