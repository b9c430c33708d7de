//! `maitred backup`

use super::copying::{progress, summary};
use super::database::DATABASE;
use super::failure::Failure;
use super::house;
use super::output::{note, say};
use clap::Args;
use maitred::StoreConfig;
use std::path::PathBuf;

const HELP: &str = "\
The copy has what was committed when the command began, all of it at one moment. It is one file, checked, with mode and owner of a new one. Commits go on
meanwhile. Put it back with `maitred restore`.

Never copy the database file alone (cp, rsync) while the server runs: what was committed last lies in the log beside it.

Example:
  maitred backup --database maitred.db /backups/maitred-$(date +%F).db";

/// Copies a database, also while it is served.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Backup {
    /// The database file
    #[arg(
        long,
        value_name = "PATH",
        env = "MAITRED_DATABASE",
        default_value = DATABASE
    )]
    database: PathBuf,
    /// Where the copy goes; it must not exist
    #[arg(value_name = "FILE")]
    to: PathBuf,
}

impl Backup {
    pub fn run(self) -> Result<(), Failure> {
        let store = StoreConfig::new(&self.database);
        let copied = house::backup(&store, &self.to, progress())?;
        for rule in &copied.broken_rules {
            note(&format!(
                "rows break a rule of their table, also in the original: {rule}"
            ));
        }
        say(&summary(&self.to, &copied))
    }
}
