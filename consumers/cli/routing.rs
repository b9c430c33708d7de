//! Which routing file is meant.

use super::failure::Failure;
use super::house;
use super::source::Source;
use clap::Args;
use maitred::{Error, Routing};
use std::io::ErrorKind;
use std::path::PathBuf;

const FILE: &str = "routing.toml";
const EMBEDDED: &str = include_str!("../../routing.toml");

#[derive(Debug, Args)]
pub struct RoutingArgs {
    /// The routing file [default: routing.toml if there is one, else the built-in one]
    #[arg(long, value_name = "PATH", env = "MAITRED_ROUTING")]
    routing: Option<PathBuf>,
}

impl RoutingArgs {
    pub fn read(&self) -> Result<Source, Failure> {
        let path = self.routing.clone().unwrap_or_else(|| FILE.into());
        let name = path.display().to_string();
        match std::fs::read_to_string(&path) {
            Ok(text) => Ok(Source {
                name,
                text,
                embedded: false,
            }),
            Err(e) if e.kind() == ErrorKind::NotFound && self.routing.is_none() => Ok(Source {
                name: format!("{FILE} (built in)"),
                text: EMBEDDED.to_owned(),
                embedded: true,
            }),
            Err(e) => Err(Failure::Config(format!("{name}: {e}"))),
        }
    }
}

/// Reads what a routing file says. Its mistakes are printed as compilers do it, so that editors find the places.
pub fn parse(source: &Source) -> Result<Routing, Failure> {
    house::routing(source).map_err(|e| match e {
        Error::Config(mistakes) => {
            eprintln!("{mistakes}");
            Failure::Config(format!("{} cannot be used", source.name))
        }
        other => other.into(),
    })
}
