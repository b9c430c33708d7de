//! The files of a database that is open: whether they are still those under their names.
//!
//! SQLite holds them open and looks no more at their names. After `mv backup.db served.db` or `rm` it would go on committing into files that nobody finds.

use crate::Error;
use rusqlite::Connection;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// What a file is, whatever it is called: its device and its number there.
type Identity = (u64, u64);

struct Known {
    path: PathBuf,
    /// As a client is told.
    what: &'static str,
    identity: Identity,
}

/// The database, its log and the log's index, as they were opened.
pub(super) struct Files([Known; 3]);

impl Files {
    /// Of a connection that has used its log.
    ///
    /// # Errors
    /// [`Error::Io`] when one is missing.
    pub fn of(c: &Connection) -> Result<Self, Error> {
        // As SQLite calls it: links are followed.
        let database = c.path().unwrap_or_default();
        let known = |end: &str, what| {
            let path = PathBuf::from(format!("{database}{end}"));
            let identity = look(&path)
                .map_err(|e| io::Error::new(e.kind(), format!("{}: {e}", path.display())))?;
            Ok::<_, Error>(Known {
                path,
                what,
                identity,
            })
        };
        Ok(Files([
            known("", "its file")?,
            known("-wal", "its write-ahead log")?,
            known("-shm", "its log's index")?,
        ]))
    }

    /// What became of the first that is not what it was: in words for clients, and its name.
    pub fn changed(&self) -> Option<(String, String)> {
        self.0.iter().find_map(|known| {
            let became = match look(&known.path) {
                Ok(now) if now == known.identity => return None,
                Ok(_) => "was replaced",
                Err(e) if e.kind() == io::ErrorKind::NotFound => "was removed",
                // It cannot be told at present.
                Err(_) => return None,
            };
            let name = known.path.display().to_string();
            Some((format!("{} {became}", known.what), name))
        })
    }
}

fn look(path: &PathBuf) -> io::Result<Identity> {
    let found = std::fs::metadata(path)?;
    Ok((found.dev(), found.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_becomes_of_each_file_is_told() {
        let place = tempfile::tempdir().expect("a directory");
        let path = place.path().join("x.db");
        let c = Connection::open(&path).expect("opened");
        c.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t(x)")
            .expect("a log");
        let files = Files::of(&c).expect("there");
        assert_eq!(files.changed(), None);
        for (end, what) in [
            ("", "its file"),
            ("-wal", "its write-ahead log"),
            ("-shm", "its log's index"),
        ] {
            let path = place.path().join(format!("x.db{end}"));
            let aside = place.path().join("aside");
            std::fs::rename(&path, &aside).expect("moved");
            let name = path.display().to_string();
            let removed = (format!("{what} was removed"), name.clone());
            assert_eq!(files.changed(), Some(removed));
            std::fs::copy(&aside, &path).expect("copied");
            assert_eq!(
                files.changed(),
                Some((format!("{what} was replaced"), name))
            );
            std::fs::rename(&aside, &path).expect("moved back");
            assert_eq!(files.changed(), None);
        }
    }
}
