//! Measures: fan-out, connects, memory, and the restaurant's status updates, each next to the least that could do the same work.
//!
//! `tests/bench/run` builds everything, pins the servers and the load to cores of their own, and prints the table. By hand:
//!
//! - `bench table [--quick] [--rounds N] [--only TEXT]`: the table, or the rows whose names contain the text
//! - `bench table --against DIRECTORY ...`: these rows next to those of another build, whose release binaries are in the directory
//! - `bench floor [--port N] [--threads N] [--batch] [--rows FILE]`: the floor
//! - `bench peer [--port N]`: a server on `warp::ws` with a queue for each client
//! - `bench load KIND --port N --pid N [--path TEMPLATE] [--certificate FILE]`: one run against a server that is there, as JSON. `KIND` is a row's name in the table

mod build;
mod catalogue;
mod comparison;
mod deliveries;
mod figures;
mod floor;
mod frame;
mod histogram;
mod ledger;
mod load;
mod peer;
mod process;
mod row;
mod server;
mod system;
mod table;
mod template;
mod tls;

use build::Build;
use std::process::ExitCode;

/// `--name value` and `--name`.
struct Arguments(Vec<String>);

impl Arguments {
    fn flag(&mut self, name: &str) -> bool {
        let at = self.0.iter().position(|a| a == name);
        at.map(|at| self.0.remove(at)).is_some()
    }

    fn value(&mut self, name: &str) -> Result<Option<String>, String> {
        let Some(at) = self.0.iter().position(|a| a == name) else {
            return Ok(None);
        };
        if at + 1 == self.0.len() {
            return Err(format!("{name} needs a value"));
        }
        self.0.remove(at);
        Ok(Some(self.0.remove(at)))
    }

    fn number<T: std::str::FromStr>(&mut self, name: &str, default: T) -> Result<T, String> {
        match self.value(name)? {
            None => Ok(default),
            Some(text) => text
                .parse()
                .map_err(|_| format!("{name}: {text:?} is no number")),
        }
    }

    fn done(self) -> Result<(), String> {
        match self.0.first() {
            None => Ok(()),
            Some(other) => Err(format!("what is {other:?}?")),
        }
    }
}

fn run() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let command = arguments.next().unwrap_or_default();
    let mut arguments = Arguments(arguments.collect());
    match command.as_str() {
        "table" => {
            let quick = arguments.flag("--quick");
            let rounds = arguments.number("--rounds", if quick { 1 } else { 5 })?;
            let only = arguments.value("--only")?.unwrap_or_default();
            let against = arguments.value("--against")?;
            arguments.done()?;
            match against {
                None => table::print(quick, rounds, &only),
                Some(directory) => {
                    let before = Build::at(directory.as_ref());
                    comparison::print(quick, rounds, &only, &before)
                }
            }
        }
        "floor" => {
            let options = floor::Options {
                port: arguments.number("--port", 0)?,
                threads: arguments.number("--threads", 1)?,
                batch: arguments.flag("--batch"),
                rows: arguments.value("--rows")?,
            };
            arguments.done()?;
            floor::serve(&options).map_err(|e| e.to_string())
        }
        "peer" => {
            let port = arguments.number("--port", 0)?;
            arguments.done()?;
            peer::serve(port).map_err(|e| e.to_string())
        }
        "load" => {
            if arguments.0.is_empty() {
                return Err("which kind of load?".to_owned());
            }
            let kind = arguments.0.remove(0);
            let port = arguments.number("--port", 0)?;
            let pid = arguments.number("--pid", 0)?;
            let path = arguments.value("--path")?;
            let certificate = arguments.value("--certificate")?;
            let quick = arguments.flag("--quick");
            arguments.done()?;
            let trusted = certificate.map(tls::read).transpose()?;
            let by_hand = row::ByHand {
                port,
                pid,
                path: path.as_deref(),
                trusted,
            };
            let report = row::by_hand(&kind, quick, by_hand)?;
            let json = serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?;
            println!("{json}");
            Ok(())
        }
        other => Err(format!(
            "unknown command {other:?}; see tests/bench/README.md"
        )),
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("bench: {why}");
            ExitCode::FAILURE
        }
    }
}
