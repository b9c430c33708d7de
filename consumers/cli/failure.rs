//! Why a command ends early.

use std::io::{self, ErrorKind};

#[derive(Debug)]
pub enum Failure {
    /// The command was tried, and failed.
    Failed(String),
    /// The command line makes no sense.
    Usage(String),
    /// The command cannot work before somebody changes the configuration.
    Config(String),
    /// Whoever read our output has enough of it: `maitred tail ... | head`.
    Unheard,
}

impl Failure {
    pub fn of_stdout(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::BrokenPipe => Failure::Unheard,
            _ => Failure::Failed(format!("the output cannot be written: {error}")),
        }
    }
}

impl From<maitred::Error> for Failure {
    fn from(error: maitred::Error) -> Self {
        match error {
            maitred::Error::Config(text) => Failure::Config(text),
            other => Failure::Failed(other.to_string()),
        }
    }
}
