//! `maitred check`

use super::failure::Failure;
use super::routing::RoutingArgs;
use super::{house, say};
use clap::Args;
use maitred::Error;

/// Reads routing.toml as `serve` would, without starting anything.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 when the file is fine, 1 with all its mistakes on stderr, 78 when it cannot be read.\n\nExample:\n  maitred check --routing /etc/maitred/routing.toml"
)]
pub struct Check {
    #[command(flatten)]
    routing: RoutingArgs,
}

impl Check {
    pub fn run(self) -> Result<(), Failure> {
        let source = self.routing.read()?;
        match house::routing(&source) {
            Ok(_) => say(&format!("{}: OK", source.name)),
            // Finding mistakes is what it is for: no failure of the configuration it runs with.
            Err(Error::Config(mistakes)) => Err(Failure::Failed(mistakes)),
            Err(e) => Err(e.into()),
        }
    }
}
