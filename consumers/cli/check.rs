//! `maitred check`

use super::failure::Failure;
use super::output::say;
use super::routing::{RoutingArgs, parse};
use clap::Args;

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
        match parse(&source) {
            Ok(_) => say(&format!("{}: OK", source.name)),
            // Finding mistakes is what it is for: nothing is wrong with how it was started.
            Err(Failure::Config(text)) => Err(Failure::Failed(text)),
            Err(other) => Err(other),
        }
    }
}
