//! The files of a database that is open: whether they are still those under their names.
//!
//! SQLite holds them open and looks no more at their names. After `mv backup.db served.db` or `rm` it would go on committing into files that nobody finds.

use super::paths::beside;
use crate::error::Error;
use rusqlite::Connection;
use std::cell::Cell;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

/// What a file is, whatever it is called: its device and its number there.
type Identity = (u64, u64);

struct Known {
    path: PathBuf,
    /// The name of the file for clients.
    what: &'static str,
    identity: Identity,
}

/// The database, its log and the log's index, as they were opened.
pub(super) struct Files {
    all: [Known; 3],
    /// The database's length when it was looked at last.
    length: Cell<u64>,
}

impl Files {
    /// The files of a connection that has used its write-ahead log.
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
        let all = [
            known("", "its file")?,
            known("-wal", "its write-ahead log")?,
            known("-shm", "its log's index")?,
        ];
        Ok(Files {
            all,
            length: Cell::new(0),
        })
    }

    /// The database's length, if it is shorter than when this was asked last. SQLite does that after a VACUUM, down to what it says that there are pages; `cp`
    /// over it does it whenever the copy is older.
    pub fn shrank(&self) -> Option<u64> {
        let length = fs::metadata(&self.all[0].path).ok()?.len();
        (length < self.length.replace(length)).then_some(length)
    }

    /// Has [`shrank`](Self::shrank) say again what it said, because nobody could make anything of it.
    pub fn look_again(&self) {
        self.length.set(u64::MAX);
    }

    /// What happened to the first file that is not what it was, in words for clients, and its name.
    pub fn changed(&self) -> Option<(String, String)> {
        self.all.iter().find_map(|known| {
            let became = match look(&known.path) {
                Ok(now) if now == known.identity => return None,
                Ok(_) => "was replaced",
                Err(e) if e.kind() == io::ErrorKind::NotFound => "was removed",
                // The file cannot be looked at now: the next poll tries again.
                Err(_) => return None,
            };
            let name = known.path.display().to_string();
            Some((format!("{} {became}", known.what), name))
        })
    }
}

impl Files {
    /// Notes in the lock's file which log belongs to which database, for [`belong_together`].
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn note(&self, lock: &File) -> Result<(), Error> {
        let [database, log, _] = &self.all;
        let text = text(database.identity, log.identity);
        lock.set_len(0)?;
        lock.write_all_at(text.as_bytes(), 0)?;
        Ok(())
    }
}

fn text(database: Identity, log: Identity) -> String {
    let ((a, b), (c, d)) = (database, log);
    format!("database {a}:{b} log {c}:{d}\n")
}

/// Where a database lies, whatever leads there: SQLite keeps its log there, and two names of one database have one lock.
pub(crate) fn resolved(database: &Path) -> PathBuf {
    database
        .canonicalize()
        .unwrap_or_else(|_| database.to_owned())
}

/// Before a database is opened: whether the log that a killed server left beside it is that of another file, which was there before. SQLite would take it
/// for this one's, and put pages of the one into the other.
///
/// Who overwrites the file (`cp`) instead of replacing it is not noticed here: it is the same file then.
///
/// # Errors
/// [`Error::Config`] says what to do.
pub(super) fn belong_together(database: &Path, lock: &Path) -> Result<(), Error> {
    let database = resolved(database);
    let log = beside(&database, "-wal");
    let left = fs::metadata(&log).is_ok_and(|log| log.len() > 0);
    let (Ok(own), Ok(logs), Ok(before)) = (look(&database), look(&log), fs::read_to_string(lock))
    else {
        return Ok(());
    };
    let same_log = before.ends_with(&format!(" log {}:{}\n", logs.0, logs.1));
    if !left || !same_log || before == text(own, logs) {
        return Ok(());
    }
    let (database, log, lock) = (database.display(), log.display(), lock.display());
    Err(Error::Config(format!(
        "{log}: is the log of another file that was {database} before. If that one was replaced by a copy, move the log and {database}-shm away (what it has is not in the \
         copy); if they do belong together, remove {lock}"
    )))
}

fn look(path: &Path) -> io::Result<Identity> {
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

    #[test]
    fn a_log_that_was_left_beside_another_database_is_refused() {
        let place = tempfile::tempdir().expect("a directory");
        let at = |name: &str| place.path().join(name);
        let (path, lock) = (at("x.db"), at("x.db-lock"));
        let check = || belong_together(&path, &lock).map_err(|e| e.to_string());
        check().expect("nothing is there");
        let c = Connection::open(&path).expect("opened");
        c.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t(x)")
            .expect("a log");
        check().expect("nobody noted anything");
        let noted = File::create(&lock).expect("a lock");
        Files::of(&c).expect("there").note(&noted).expect("noted");
        check().expect("they belong together");
        fs::copy(&path, at("copy.db")).expect("copied");
        fs::rename(&path, at("aside.db")).expect("moved");
        fs::rename(at("copy.db"), &path).expect("replaced");
        let refused = check().expect_err("another file");
        assert!(refused.contains("x.db-wal"), "{refused}");
        // With a log of its own.
        fs::rename(at("x.db-wal"), at("aside.db-wal")).expect("moved");
        check().expect("no log");
        fs::copy(at("aside.db-wal"), at("x.db-wal")).expect("copied");
        check().expect("not the log that was left");
    }
}
