//! Copies of a database that may be served, and the way back.

use super::config::StoreConfig;
use super::damage::damage;
use super::files::resolved;
use super::lock::lock;
use super::migrations;
use super::paths::{beside, named, sync_folder};
use super::schema::Schema;
use super::time::now_ms;
use crate::error::Error;
use crate::limits::clock::Clock;
use crate::store::log::{Log, SqliteLog};
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Pages that are copied between two reports, 4 MiB.
const STEP: i32 = 1_024;
/// How long to wait for a program that has locked the database.
const PATIENCE: Duration = Duration::from_secs(10);

/// How far a copy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Pages copied so far.
    pub done: u32,
    /// Pages in all.
    pub of: u32,
}

/// A copy that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Copied {
    /// The length of the copy.
    pub bytes: u64,
    /// The number of the newest event in the copy.
    pub head: u64,
    /// Rules of tables that rows of the copy break, in SQLite's words. The original breaks them too, so the copy is faithful.
    pub broken_rules: Vec<String>,
}

/// What a restore left.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Restored {
    /// The database that is there now.
    pub copied: Copied,
    /// The present name of the database that was there before. `None`: there was none.
    pub aside: Option<PathBuf>,
}

/// Copies a database while it is served: what was committed when this began, as of one moment, into one file without a write-ahead log. Blocks. It takes no lock
/// that others wait for, and no commit makes it begin anew. While it copies, the write-ahead log of the database cannot begin anew.
///
/// # Errors
/// [`Error::Config`] when there is no such database, it is another application's, or `to` exists; [`Error::Full`], [`Error::Io`], [`Error::Store`]
/// when it cannot be read or written, or the copy is found to be damaged: there is none then.
pub fn backup(
    config: &StoreConfig,
    schema: &Schema,
    to: &Path,
    progress: impl FnMut(Progress),
) -> Result<Copied, Error> {
    if to.symlink_metadata().is_ok() {
        return Err(Error::Config(format!(
            "{}: exists already; a backup overwrites nothing",
            to.display()
        )));
    }
    let from = source(&config.path, schema)?;
    let part = beside(to, ".part");
    let copied = copy(from, &part, progress).inspect_err(|_| {
        let _ = fs::remove_file(&part);
    })?;
    fs::rename(&part, to).map_err(|e| named(to, e))?;
    sync_folder(to)?;
    Ok(copied)
}

/// Puts a copy in the place of a database that is not being served. The database that was there is moved aside, with its log. The file with the highest number stays, so that
/// numbers do not recur. The next start brings the copy up to date, and a client that comes back with a number that it does not have is reset. Blocks.
///
/// # Errors
/// [`Error::Config`] when the database is being served, or `from` is no database of this application, of a newer version, or damaged: nothing is changed
/// then; [`Error::Full`], [`Error::Io`], [`Error::Store`].
pub fn restore(
    config: &StoreConfig,
    schema: &Schema,
    from: &Path,
    progress: impl FnMut(Progress),
) -> Result<Restored, Error> {
    let place = &resolved(&config.path);
    let _lock = lock(place)?;
    let opened = source(from, schema)?;
    if resolved(from) == *place {
        let path = from.display();
        return Err(Error::Config(format!("{path}: is the database itself")));
    }
    let found = damage(&opened, "integrity_check");
    let found = found.map_or_else(|e| Some(e.to_string()), |(damage, _)| damage);
    if let Some(found) = found {
        let path = from.display();
        return Err(Error::Config(format!("{path}: is damaged: {found}")));
    }
    let part = beside(place, ".part");
    let copied = copy(opened, &part, progress).inspect_err(|_| {
        let _ = fs::remove_file(&part);
    })?;
    let aside = put_aside(place)?;
    fs::rename(&part, place).map_err(|e| named(place, e))?;
    sync_folder(place)?;
    Ok(Restored { copied, aside })
}

/// A database of this application, to read.
fn source(path: &Path, schema: &Schema) -> Result<Connection, Error> {
    if !path.exists() {
        let path = path.display();
        return Err(Error::Config(format!("{path}: there is no such database")));
    }
    migrations::inspect(path, schema)?;
    // Not read-only: that cannot read the log of a database that nobody else has open.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let c = Connection::open_with_flags(path, flags)?;
    c.busy_timeout(PATIENCE)?;
    c.pragma_update(None, "query_only", true)?;
    if !c.table_exists(None, "event_log")? {
        let path = path.display();
        return Err(Error::Config(format!(
            "{path}: has none of the server's tables. What a server commits is in the file whose name ends with -wal first: a copy of the database's file alone lacks it"
        )));
    }
    Ok(c)
}

fn copy(
    from: Connection,
    part: &Path,
    mut progress: impl FnMut(Progress),
) -> Result<Copied, Error> {
    match fs::remove_file(part) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(named(part, e)),
        _ => {} // of one that was interrupted
    }
    // A copy that opens its own transaction for each step begins anew whenever somebody else has committed.
    from.execute_batch("BEGIN")?;
    let head = SqliteLog::new(&from, None).head()?;
    let mut to = Connection::open(part)?;
    // Nobody uses the copy before it has its name, so it needs no journal.
    to.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
    let copying = Backup::new(&from, &mut to)?;
    loop {
        let step = copying.step(STEP)?;
        let at = copying.progress();
        let pages = |n: i32| u32::try_from(n).unwrap_or(0);
        progress(Progress {
            done: pages(at.pagecount - at.remaining),
            of: pages(at.pagecount),
        });
        match step {
            StepResult::Done => break,
            StepResult::More => {}
            // Nobody else has the file, and a read transaction waits for nobody.
            _ => return Err(Error::Busy),
        }
    }
    drop(copying);
    drop(from);
    // The copy is to be one file, without a log beside it.
    to.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    let (found, rules) = damage(&to, "quick_check")?;
    if let Some(found) = found {
        return Err(Error::Store(format!("the copy is damaged: {found}")));
    }
    to.close().map_err(|(_, e)| e)?;
    let file = File::open(part).map_err(|e| named(part, e))?;
    file.sync_all().map_err(|e| named(part, e))?;
    let bytes = file.metadata().map_err(|e| named(part, e))?.len();
    Ok(Copied {
        bytes,
        head,
        broken_rules: rules.into_iter().collect(),
    })
}

/// Keeps a database under another name, with its log. The log is moved first: a log without its database is nothing, a database with a log of another is
/// damaged. The database stays at `place` too, where the file system knows second names, until something takes that name.
fn put_aside(place: &Path) -> Result<Option<PathBuf>, Error> {
    if !place.exists() {
        for end in ["-wal", "-shm"] {
            set_aside(&beside(place, end), &beside(place, &format!(".lost{end}")))?;
        }
        return Ok(None);
    }
    // So that it is whole without the log. If it is damaged that is why it is being replaced.
    if let Ok(c) = Connection::open(place)
        && let Err(e) = c.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    {
        tracing::debug!(error = %e, "its log stays beside it");
    }
    let mut aside = beside(place, &format!(".before-{}", now_ms(&Clock::system())));
    while aside.exists() {
        aside.as_mut_os_string().push("x");
    }
    for end in ["-shm", "-wal"] {
        set_aside(&beside(place, end), &beside(&aside, end))?;
    }
    // A second name, until the copy takes the first: where there is no database at any moment, a start in it would make an empty one.
    if let Err(e) = fs::hard_link(place, &aside) {
        tracing::debug!(error = %e, "a file has one name here");
        set_aside(place, &aside)?;
    }
    Ok(Some(aside))
}

fn set_aside(from: &Path, to: &Path) -> Result<(), Error> {
    match fs::rename(from, to) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => Err(named(from, e)),
        _ => Ok(()),
    }
}
