//! `maitred migrate`

use super::database::DATABASE;
use super::failure::Failure;
use super::house;
use super::output::say;
use clap::Args;
use maitred::StoreConfig;
use std::path::PathBuf;

/// Upgrades a database to the version that this program needs, without serving it. `serve` does the same when it starts.
#[derive(Debug, Args)]
#[command(
    after_help = "A database of a newer version, of another program, or one that is being served is left alone (exit code 78).\n\nExample:\n  maitred migrate --database maitred.db"
)]
pub struct Migrate {
    /// The database file; made if there is none
    #[arg(
        long,
        value_name = "PATH",
        env = "MAITRED_DATABASE",
        default_value = DATABASE
    )]
    database: PathBuf,
}

impl Migrate {
    pub fn run(self) -> Result<(), Failure> {
        let (from, to) = house::migrate(&StoreConfig::new(&self.database))?;
        let database = self.database.display();
        say(&match from == to {
            true => format!("{database}: version {to}, nothing to do"),
            false => format!("{database}: from version {from} to {to}"),
        })
    }
}
