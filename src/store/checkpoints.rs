//! Moving what the write-ahead log has into the database, on a thread of its own: while that is done, and waits for the disk, the writer goes on.

use super::stats::Stats;
use crate::error::Error;
use rusqlite::Connection;
use std::cell::Cell;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::thread::JoinHandle;

/// How long the log is, in pages of 4 KiB, when something is done about it.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    step: u32,
    most: u32,
    limit: u32,
}

/// Pages that are worth a checkpoint, 2 MiB. Most of a busy database's pages are written again and again, so the more there are, the fewer each commit
/// costs; but half of what SQLite itself thinks, so that another program that writes finds nothing to do: versions of SQLite before 3.51.3 may damage the
/// database when two programs are at it at once.
const STEP: u32 = 512;
/// Pages, 64 MiB, at which the writer does the rest itself. The log begins anew only when a transaction begins and all before it was moved, and
/// under load that moment never comes by itself.
const MOST: u32 = 16_384;
/// Pages, 128 MiB, at which the writer waits for the thread, should that be at it: the log grows no further than this, unless somebody reads for so long.
const LIMIT: u32 = 2 * MOST;
/// Bytes of the log that are kept for the next time it begins anew: that long it may become without anybody's fault.
pub(super) const KEPT: i64 = MOST as i64 * 4_096;

thread_local! {
    /// Pages in the log after this thread's last commit.
    static PAGES: Cell<u32> = const { Cell::new(0) };
    /// A commit of this thread wrote some.
    static WROTE: Cell<bool> = const { Cell::new(false) };
}

/// The writer's side. Dropping it ends the thread.
pub(super) struct Checkpoints {
    wake: Option<SyncSender<()>>,
    /// Held by the one who is at it.
    turn: Arc<Mutex<()>>,
    thread: Option<JoinHandle<()>>,
    /// How long the log was when the thread was last woken.
    woken: u32,
    /// How long it was when the writer last tried itself: somebody who reads for minutes is no reason to try after each commit.
    tried: u32,
    /// How long it was when that was logged last.
    warned: u32,
    bounds: Bounds,
    stats: Arc<Stats>,
}

impl Checkpoints {
    /// Has `c` leave checkpoints to a thread with the connection `other`. Call it on the thread that commits.
    ///
    /// # Errors
    /// [`Error::Io`] when there can be no thread.
    pub fn start(c: &Connection, other: Connection, stats: Arc<Stats>) -> Result<Self, Error> {
        let bounds = Bounds {
            step: STEP,
            most: MOST,
            limit: LIMIT,
        };
        Self::within(bounds, c, other, stats)
    }

    fn within(
        bounds: Bounds,
        c: &Connection,
        other: Connection,
        stats: Arc<Stats>,
    ) -> Result<Self, Error> {
        c.pragma_update(None, "journal_size_limit", KEPT)?;
        // Instead of SQLite's own hook, which would check-point on this connection.
        c.wal_hook(Some(|_, pages| {
            PAGES.set(u32::try_from(pages).unwrap_or(u32::MAX));
            WROTE.set(true);
            Ok(())
        }));
        // One that waits is enough: it moves all that there is then.
        let (wake, woken) = sync_channel(1);
        let turn = Arc::new(Mutex::new(()));
        let theirs = turn.clone();
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || {
                while woken.recv().is_ok() {
                    let _turn = theirs.lock().unwrap_or_else(PoisonError::into_inner);
                    checkpoint(&other);
                }
            })?;
        Ok(Checkpoints {
            wake: Some(wake),
            turn,
            thread: Some(thread),
            woken: 0,
            tried: 0,
            warned: 0,
            bounds,
            stats,
        })
    }

    /// Whether this thread's commits wrote anything since this was asked last.
    pub fn wrote(&self) -> bool {
        WROTE.take()
    }

    /// After a commit, before the next transaction begins.
    pub fn committed(&mut self, c: &Connection) {
        let Bounds { step, most, limit } = self.bounds;
        let pages = PAGES.get();
        if pages < self.woken.max(self.tried) {
            // The write-ahead log began anew.
            (self.woken, self.tried, self.warned) = (0, 0, 0);
            self.stats.log_held.store(0, Relaxed);
        }
        self.stats.log_pages.store(u64::from(pages), Relaxed);
        if pages >= self.tried.saturating_add(most) {
            let turn = match self.turn.try_lock() {
                Err(TryLockError::WouldBlock) if pages < self.tried.saturating_add(limit) => return,
                Err(TryLockError::WouldBlock) => self.turn.lock().ok(),
                Ok(turn) => Some(turn),
                Err(TryLockError::Poisoned(e)) => Some(e.into_inner()),
            };
            checkpoint(c);
            drop(turn);
            self.tried = pages;
            self.look(pages);
        } else if pages >= self.woken.saturating_add(step)
            && let Some(wake) = &self.wake
            && wake.try_send(()).is_ok()
        {
            self.woken = pages;
        }
    }

    /// Twice as long as it becomes while nobody reads for long.
    fn look(&mut self, pages: u32) {
        if pages < self.bounds.limit {
            return;
        }
        self.stats.log_held.store(1, Relaxed);
        if pages >= self.warned.saturating_mul(2) {
            self.warned = pages;
            let mib = pages / 256;
            tracing::warn!(
                mib,
                "a program reads for so long that the write-ahead log cannot begin anew, and grows: find it and end it (or its transaction)"
            );
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wake.take();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the checkpoints panicked");
        }
    }
}

/// Does as much of a checkpoint as readers allow. Waits for nobody.
fn checkpoint(c: &Connection) {
    if let Err(e) = c.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(())) {
        tracing::warn!(error = %e, "the write-ahead log cannot be moved into the database");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn open(path: &Path) -> Connection {
        let c = Connection::open(path).expect("open");
        c.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
            .expect("a log");
        c
    }

    /// The log's length never goes beyond its bound for long, and what is in it reaches the database.
    #[test]
    fn the_log_begins_anew_however_long_the_writing_goes_on() {
        let place = tempfile::tempdir().expect("a directory");
        let path = place.path().join("x.db");
        let c = open(&path);
        c.execute_batch("CREATE TABLE t(x)").expect("a table");
        let mut checkpoints = Checkpoints::start(&c, open(&path), Arc::default()).expect("started");
        let mut longest = 0;
        let mut began_anew = 0;
        let mut before = 0;
        while began_anew < 2 {
            // 32 pages
            c.execute("INSERT INTO t VALUES(zeroblob(131072))", [])
                .expect("written");
            let pages = PAGES.get();
            longest = longest.max(pages);
            began_anew += u32::from(pages < before);
            before = pages;
            checkpoints.committed(&c);
        }
        assert!(longest <= LIMIT + 64, "{longest} pages");
        drop(checkpoints);
    }

    /// A reader that stays is told of, and when it has gone the file gives back what it took.
    #[test]
    fn a_reader_that_holds_the_log_is_told_of_and_the_file_shrinks_when_it_has_gone() {
        let place = tempfile::tempdir().expect("a directory");
        let path = place.path().join("x.db");
        let (c, reader) = (open(&path), open(&path));
        c.execute_batch("CREATE TABLE t(x)").expect("a table");
        let stats = Arc::new(Stats::default());
        let bounds = Bounds {
            step: 8,
            most: 64,
            limit: 128,
        };
        let mut checkpoints =
            Checkpoints::within(bounds, &c, open(&path), stats.clone()).expect("started");
        c.pragma_update(None, "journal_size_limit", 64 * 4_096)
            .expect("set");
        let mut write = || {
            // 32 pages
            c.execute("INSERT INTO t VALUES(zeroblob(131072))", [])
                .expect("written");
            checkpoints.committed(&c);
            (stats.log_pages.load(Relaxed), stats.log_held.load(Relaxed))
        };
        reader
            .execute_batch("BEGIN; SELECT * FROM t")
            .expect("it reads");
        while write().0 < 1_024 {}
        assert_eq!(write().1, 1, "it is told of");
        let log = path.with_extension("db-wal");
        let longest = std::fs::metadata(&log).expect("the log").len();
        reader.execute_batch("COMMIT").expect("it has gone");
        while write().1 == 1 {}
        let now = std::fs::metadata(&log).expect("the log").len();
        assert!(now < longest / 2, "{now} of {longest}");
    }
}
