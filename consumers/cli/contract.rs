//! `maitred contract`

use super::failure::Failure;
use super::output::say;
use super::routing::{RoutingArgs, parse};
use clap::Args;

/// Prints the contract: the messages of every channel, as an AsyncAPI 3 document that is made from the types that are sent.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  maitred contract > asyncapi.json\n  maitred contract --typescript > maitred.d.ts"
)]
pub struct Contract {
    /// Prints declarations for TypeScript instead
    #[arg(long)]
    typescript: bool,
    #[command(flatten)]
    routing: RoutingArgs,
}

impl Contract {
    pub fn run(self) -> Result<(), Failure> {
        let contract = crate::assembly::contract();
        if self.typescript {
            return say(contract.typescript().trim_end());
        }
        let routing = parse(&self.routing.read()?)?;
        say(&format!("{:#}", contract.asyncapi(&routing)))
    }
}
