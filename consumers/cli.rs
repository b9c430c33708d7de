//! What can be typed after `maitred`. Each command is a file.

mod address;
mod backoff;
mod backup;
mod banner;
mod check;
mod contract;
mod explain;
mod failure;
mod house;
mod identifier;
mod keys;
mod log;
mod migrate;
mod operator;
mod ready;
mod restore;
mod routing;
mod send;
mod serve;
mod tail;
mod token;

use clap::{Parser, Subcommand};
use failure::Failure;
use std::io::Write;
use std::process::ExitCode;

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

/// The real-time tier of a restaurant: whoever changes the data, everybody concerned hears of it.
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
    /// Prints what every channel says and understands
    Contract(contract::Contract),
    /// Says where a path leads, under which policy, and to which groups
    Explain(explain::Explain),
    /// Makes a token
    Token(token::Token),
    /// Brings a database to this program's version
    Migrate(migrate::Migrate),
    /// Copies a database, also while it is served
    Backup(backup::Backup),
    /// Puts a copy in the database's place
    Restore(restore::Restore),
    /// Prints what a channel says, and comes back whenever the connection is lost
    Tail(tail::Tail),
    /// Tells a restaurant something
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
        Command::Migrate(migrate) => migrate.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Tail(tail) => tail.run(),
        Command::Send(send) => send.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}

/// Prints a line of the command's result, at once: whoever reads it through a pipe should not wait for the next.
fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(line.as_bytes())
        .and_then(|()| out.write_all(b"\n"))
        .and_then(|()| out.flush())
        .map_err(Failure::of_stdout)
}

/// Prints a remark that is no result.
fn note(text: &str) {
    // Nobody is left to be told that nobody listens.
    let _ = writeln!(std::io::stderr().lock(), "maitred: {text}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
