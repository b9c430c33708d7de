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

    /// Another build; an error when it lacks one of the measured programs.
    pub fn at(directory: &Path) -> Result<Self, String> {
        let build = Build(directory.to_owned());
        for name in MEASURED {
            build.program(name)?;
        }
        Ok(build)
    }

    pub fn program(&self, name: &str) -> Result<Command, String> {
        let path = self.0.join(name);
        match path.is_file() {
            true => Ok(Command::new(path)),
            false => Err(format!("{}: build it first", path.display())),
        }
    }
}
