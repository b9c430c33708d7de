//! The file that only one server has locked.

use super::files;
use super::paths::beside;
use crate::error::Error;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

pub(super) fn lock_of(path: &Path) -> PathBuf {
    beside(&files::resolved(path), "-lock")
}

/// The file is never removed: whoever waits for a removed file's lock would get one that nobody else sees.
pub(super) fn lock(path: &Path) -> Result<File, Error> {
    let name = lock_of(path);
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&name)
        .map_err(|e| Error::Config(format!("{}: {e}", name.display())))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Config(format!(
            "{}: is already served by another process",
            path.display()
        ))),
        Err(TryLockError::Error(e)) => Err(e.into()),
    }
}
