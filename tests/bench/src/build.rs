//! Where the measured programs are.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A directory of release binaries, as cargo leaves them in `target/release`.
pub struct Build(PathBuf);

/// The programs that a build must have to be measured.
const MEASURED: [&str; 2] = ["maitred", "examples/echo_server"];

impl Build {
    /// The build that this load generator is part of.
    pub fn own() -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|e| e.to_string())?;
        Ok(Build(own.with_file_name("")))
    }

    /// Another build.
    pub fn at(directory: &Path) -> Self {
        Build(directory.to_owned())
    }

    /// An error when one of the measured programs is not there.
    pub fn check(&self) -> Result<(), String> {
        MEASURED
            .iter()
            .try_for_each(|name| self.program(name).map(drop))
    }

    pub fn program(&self, name: &str) -> Result<Command, String> {
        let path = self.0.join(name);
        match path.is_file() {
            true => Ok(Command::new(path)),
            false => Err(format!("{}: build it first", path.display())),
        }
    }
}
