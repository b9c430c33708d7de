//! `maitred restore`

use super::copying::{progress, summary};
use super::database::DATABASE;
use super::failure::Failure;
use super::house;
use super::output::{note, say};
use clap::Args;
use maitred::StoreConfig;
use std::path::PathBuf;

const HELP: &str = "\
Stop the server first: a database that is being served is left alone (exit code 78). So is everything when FILE is damaged, another program's, or of a newer
version. What was there is moved aside, with its log; remove it when you are sure.

After the next start, clients that saw what is lost are told to begin anew. Numbers do not recur: the file PATH-seq stays.

Example:
  maitred restore --database maitred.db /backups/maitred-2026-12-01.db";

/// Puts a copy in the database's place.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Restore {
    /// The database file; there need not be one
    #[arg(
        long,
        value_name = "PATH",
        env = "MAITRED_DATABASE",
        default_value = DATABASE
    )]
    database: PathBuf,
    /// The copy; it stays where it is
    #[arg(value_name = "FILE")]
    from: PathBuf,
}

impl Restore {
    pub fn run(self) -> Result<(), Failure> {
        let store = StoreConfig::new(&self.database);
        let restored = house::restore(&store, &self.from, progress())?;
        if let Some(aside) = restored.aside {
            note(&format!("what was there is {} now", aside.display()));
        }
        say(&summary(&self.database, &restored.copied))
    }
}
