//! The files that lie beside a database, and what the file system says of them.

use crate::error::Error;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The file whose name is the database's and `end`: `-lock`, `-seq`, `-wal`, ...
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

/// Waits until the name of a file survives a power cut.
///
/// # Errors
/// [`Error::Full`], [`Error::Io`].
pub(crate) fn sync_folder(path: &Path) -> Result<(), Error> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|e| named(folder, e))
}

/// What went wrong with the file at `path`: [`Error::Full`] where there is no room, else an error that names it.
pub(crate) fn named(path: &Path, e: io::Error) -> Error {
    match e.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::Full,
        kind => io::Error::new(kind, format!("{}: {e}", path.display())).into(),
    }
}
