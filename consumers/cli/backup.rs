//! `maitred backup`

use super::failure::Failure;
use super::{house, note, say};
use clap::Args;
use maitred::{Progress, StoreConfig};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often it is said how far a copy is.
const REPORT: Duration = Duration::from_secs(2);

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
        default_value = "maitred.db"
    )]
    database: PathBuf,
    /// Where the copy goes; it must not exist
    #[arg(value_name = "FILE")]
    to: PathBuf,
}

impl Backup {
    pub fn run(self) -> Result<(), Failure> {
        let store = StoreConfig::new(&self.database);
        let copied = house::backup(&store, &self.to, report())?;
        for rule in &copied.broken_rules {
            note(&format!(
                "rows break a rule of their table, also in the original: {rule}"
            ));
        }
        let to = self.to.display();
        say(&format!(
            "{to}: {} bytes, up to number {}",
            copied.bytes, copied.head
        ))
    }
}

/// Says from time to time how far a copy is.
pub fn report() -> impl FnMut(Progress) {
    let mut said = Instant::now();
    move |Progress { done, of, .. }| {
        if said.elapsed() >= REPORT {
            said = Instant::now();
            let percent = u64::from(done) * 100 / u64::from(of.max(1));
            note(&format!("{percent} % of {of} pages"));
        }
    }
}
