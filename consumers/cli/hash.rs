//! `maitred hash`

use super::failure::Failure;
use super::output::say;
use crate::domain::passwords;
use clap::Args;
use std::io::{BufRead, IsTerminal, Write};

/// The longest secret, in bytes: as long as one that a login looks at.
const LONGEST: u64 = 256;

/// Prints what is kept of a password or a PIN, for `password_hash` or `pin_hash` of a row in `users`. The secret is the first line of stdin: it is in no history and in no
/// list of processes.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  HASH=$(maitred hash)\n  sqlite3 restaurant.db \"UPDATE users SET email = 'somchai@example.com', password_hash = '$HASH' WHERE id = 30\""
)]
pub struct Hash {}

impl Hash {
    pub fn run(self) -> Result<(), Failure> {
        let stdin = std::io::stdin();
        if stdin.is_terminal() {
            // Not on stdout: that has the hash and nothing else.
            let mut stderr = std::io::stderr();
            let _ = write!(stderr, "Password (it is shown as you type): ");
            let _ = stderr.flush();
        }
        let mut line = String::new();
        let mut first = std::io::Read::take(stdin.lock(), LONGEST + 2);
        first
            .read_line(&mut line)
            .map_err(|e| Failure::Failed(format!("stdin: {e}")))?;
        let secret = line.trim_end_matches(['\r', '\n']);
        if secret.is_empty() || secret.len() as u64 > LONGEST {
            let text = format!("a password has 1 to {LONGEST} bytes");
            return Err(Failure::Usage(text));
        }
        let hash = passwords::hash(secret).map_err(|e| Failure::Failed(e.to_string()))?;
        say(&hash)
    }
}
