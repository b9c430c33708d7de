//! The command line: its commands, and what each is for.

use super::failure::Failure;
use super::{
    backup, check, contract, explain, hash, migrate, output, restore, send, serve, tail, token,
};
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// As clap's own: the command line makes no sense.
const USAGE: u8 = 2;
/// `EX_CONFIG` of `sysexits.h`: starting again will not help.
const CONFIG: u8 = 78;

const HELP: &str = "\
Examples:
  maitred serve --demo                         a restaurant to look around in
  export MAITRED_JWT_SECRET=$(openssl rand -hex 32)
  maitred serve                                a real one, in maitred.db
  maitred token --role waiter --id 10 --restaurant 2
  maitred tail /ws/orders/1/                   what a screen would hear

Exit codes:
  0   done
  1   failed
  2   the command line makes no sense
  78  the configuration cannot be used (a key, routing.toml, the database)

Logs go to stderr: for people on a terminal, as JSON elsewhere. MAITRED_LOG chooses what (default: info), for example
MAITRED_LOG=warn,maitred=debug. MAITRED_LOG_FORMAT=text or json says how. Lines that concern a connection carry its number.";

/// The real-time server of a restaurant: everybody concerned hears of every committed change.
#[derive(Debug, Parser)]
#[command(name = "maitred", version, after_help = HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server
    Serve(serve::Serve),
    /// Reads routing.toml and reports every mistake in it
    Check(check::Check),
    /// Prints the contract: the messages of every channel
    Contract(contract::Contract),
    /// Shows where a path leads: route, consumer, settings and groups
    Explain(explain::Explain),
    /// Makes a token
    Token(token::Token),
    /// Prints what is kept of a password or a PIN
    Hash(hash::Hash),
    /// Upgrades a database to this program's version
    Migrate(migrate::Migrate),
    /// Copies a database, also while it is served
    Backup(backup::Backup),
    /// Puts a copy in the database's place
    Restore(restore::Restore),
    /// Prints the messages of a channel, and reconnects when the connection is lost
    Tail(tail::Tail),
    /// Sends a broadcast or an alert to a restaurant
    Send(send::Send),
}

/// Does what was typed.
pub fn run() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Serve(serve) => serve.run(),
        Command::Check(check) => check.run(),
        Command::Contract(contract) => contract.run(),
        Command::Explain(explain) => explain.run(),
        Command::Token(token) => token.run(),
        Command::Hash(hash) => hash.run(),
        Command::Migrate(migrate) => migrate.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Tail(tail) => tail.run(),
        Command::Send(send) => send.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&failure),
    }
}

/// Tells why, and how the process ends.
fn report(failure: &Failure) -> ExitCode {
    match failure {
        Failure::Failed(text) => {
            output::note(text);
            ExitCode::FAILURE
        }
        Failure::Usage(text) => {
            output::note(text);
            ExitCode::from(USAGE)
        }
        Failure::Config(text) => {
            output::note(text);
            ExitCode::from(CONFIG)
        }
        Failure::Unheard => ExitCode::SUCCESS,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
