//! Moving what the write-ahead log has into the database, on a thread of its own: while that is done, and waits for the disk, the writer goes on.

use crate::Error;
use rusqlite::Connection;
use std::cell::Cell;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::thread::JoinHandle;

/// Pages that are worth a checkpoint, 4 MiB: what SQLite itself thinks, too. Most of a busy database's pages are written again and again, so the more
/// there are, the fewer each commit costs.
const STEP: u32 = 1_000;
/// Pages, 64 MiB, at which the writer does the rest itself. The log begins anew only when a transaction begins and all before it was moved, and
/// under load that moment never comes by itself.
const MOST: u32 = 16_384;
/// Pages, 128 MiB, at which the writer waits for the thread, should that be at it: the log grows no further than this, unless somebody reads for so long.
const LIMIT: u32 = 2 * MOST;

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
}

impl Checkpoints {
    /// Has `c` leave checkpoints to a thread with the connection `other`. Call it on the thread that commits.
    ///
    /// # Errors
    /// [`Error::Io`] when there can be no thread.
    pub fn start(c: &Connection, other: Connection) -> Result<Self, Error> {
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
        })
    }

    /// Whether this thread's commits wrote anything since this was asked last.
    pub fn wrote(&self) -> bool {
        WROTE.take()
    }

    /// After a commit, before the next transaction begins.
    pub fn committed(&mut self, c: &Connection) {
        let pages = PAGES.get();
        if pages < self.woken.max(self.tried) {
            // It began anew.
            (self.woken, self.tried) = (0, 0);
        }
        if pages >= self.tried.saturating_add(MOST) {
            let turn = match self.turn.try_lock() {
                Err(TryLockError::WouldBlock) if pages < self.tried.saturating_add(LIMIT) => return,
                Err(TryLockError::WouldBlock) => self.turn.lock().ok(),
                Ok(turn) => Some(turn),
                Err(TryLockError::Poisoned(e)) => Some(e.into_inner()),
            };
            checkpoint(c);
            drop(turn);
            self.tried = pages;
        } else if pages >= self.woken.saturating_add(STEP)
            && let Some(wake) = &self.wake
            && wake.try_send(()).is_ok()
        {
            self.woken = pages;
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

/// As much as readers allow; waits for nobody.
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
        let mut checkpoints = Checkpoints::start(&c, open(&path)).expect("started");
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
}
