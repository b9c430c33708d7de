//! Why a command ends early, as an exit code.

use super::note;
use std::io::{self, ErrorKind};
use std::process::ExitCode;

/// As clap's own: the command line makes no sense.
const USAGE: u8 = 2;
/// `EX_CONFIG` of `sysexits.h`: starting again will not help.
const CONFIG: u8 = 78;

#[derive(Debug)]
pub enum Failure {
    /// It did not work.
    Failed(String),
    /// The command line makes no sense.
    Usage(String),
    /// It cannot work before somebody changes the configuration.
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

    /// Tells why, and how the process ends.
    pub fn report(&self) -> ExitCode {
        match self {
            Failure::Failed(text) => {
                note(text);
                ExitCode::FAILURE
            }
            Failure::Usage(text) => {
                note(text);
                ExitCode::from(USAGE)
            }
            Failure::Config(text) => {
                note(text);
                ExitCode::from(CONFIG)
            }
            Failure::Unheard => ExitCode::SUCCESS,
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
