//! Notices what others do to the database while it is served.

use super::author::Author;
use super::connection::{data_version, schema_version};
use super::damage::damage;
use super::files::Files;
use super::freshness::Freshness;
use super::health::{Cause, Health};
use super::idempotency::Ran;
use super::job::{Job, Task};
use super::stats::Stats;
use crate::error::Error;
use crate::limits::clock::Clock;
use crate::store::log::{Log, SqliteLog};
use rusqlite::{Connection, ErrorCode};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};

/// Looks from time to time, beside the writer.
pub(super) struct Watcher {
    pub clock: Clock,
    /// Its own connection, which only reads.
    pub poll: Connection,
    pub files: Files,
    pub stats: Arc<Stats>,
    pub health: Arc<Health>,
    /// From one look to the next.
    pub every: Duration,
}

impl Watcher {
    /// Notices other programs' commits: `data_version` changes when anybody but this connection commits. An empty job has the writer look then, if the change
    /// log is not empty, the history is not what the writer left (a restore), or the schema is not (a rebuilt table). (The update and commit hooks of SQLite
    /// see only their own connection.)
    ///
    /// Ends never; dropping it stops it.
    pub async fn watch(&self, jobs: mpsc::WeakSender<Job>) {
        let mut seen = None;
        let mut ticks = self.clock.every(self.every.max(Duration::from_millis(1)));
        loop {
            ticks.tick().await;
            if let Some((reason, name)) = self.files.changed() {
                let advice = format!(
                    "{name} is not the file that was opened: stop the server, see to it that the right database lies there, without a -wal or -shm of another \
                     one, and start it again"
                );
                self.health.close(Cause::Files, reason, advice);
                let _ = self.nudge(&jobs).await; // the writer sees to its last words
                return std::future::pending().await;
            }
            let damaged = match self.files.shrank() {
                None => false,
                Some(length) => self.is_damaged(length).unwrap_or_else(|e| {
                    tracing::debug!(error = %e, "a file that shrank cannot be looked at");
                    self.files.look_again();
                    false
                }),
            };
            if damaged {
                let path = self.poll.path().unwrap_or_default();
                let advice = format!(
                    "{path} was written to by a program that does not use SQLite (cp, rsync): stop the server, and put a copy there with `maitred restore`"
                );
                let reason = "its file was overwritten";
                self.health.close(Cause::Damaged, reason, advice);
                let _ = self.nudge(&jobs).await;
                return std::future::pending().await;
            }
            // The version first: a commit between the two reads changes the next version.
            let version = match data_version(&self.poll) {
                Ok(version) if seen == Some(version) => continue,
                Ok(version) => version,
                Err(e) => {
                    tracing::debug!(error = %e, "the data version cannot be read");
                    continue;
                }
            };
            let news = self.is_news();
            if let Err(e) = &news {
                tracing::debug!(error = %e, "the history cannot be read");
            }
            // What cannot be read the writer has to see too: the tables may be another application's.
            if news.unwrap_or(true) {
                match self.nudge(&jobs).await {
                    // A store that is closed has looked all the same.
                    Ok(()) | Err(Error::Unavailable(_)) => seen = Some(version),
                    Err(Error::Closed) => std::future::pending().await, // the writer finishes alone
                    Err(_) => {} // busy: seen stays, so the next tick tries again
                }
            } else {
                seen = Some(version);
            }
        }
    }

    /// Has the writer look: an empty job.
    async fn nudge(&self, jobs: &mpsc::WeakSender<Job>) -> Result<(), Error> {
        let jobs = jobs.upgrade().ok_or(Error::Closed)?;
        let (answer, answered) = oneshot::channel();
        let job = Job {
            shard: None,
            author: Author::default(),
            deadline: self.clock.now(), // does not wait for others: they tell us by committing
            work: Box::new(Task::new(
                |_: &Connection, _: &Freshness| Ran::unrecorded(Ok(())),
                answer,
            )),
        };
        jobs.send(job).await.map_err(|_| Error::Closed)?;
        drop(jobs);
        answered.await.map_err(|_| Error::Closed)?.map(|((), _)| ())
    }

    /// Of a file that shrank: whether it is shorter than the database, and the database damaged.
    ///
    /// # Errors
    /// The database's: it cannot be told at present.
    fn is_damaged(&self, length: u64) -> Result<bool, rusqlite::Error> {
        let c = &self.poll;
        let number = |pragma: &str| c.pragma_query_value(None, pragma, |row| row.get::<_, u64>(0));
        let check = || -> Result<bool, rusqlite::Error> {
            if length >= number("page_count")? * number("page_size")? {
                return Ok(false);
            }
            // It may be that it was made smaller and has grown since then, and the log has what is new.
            Ok(damage(c, "quick_check")?.0.is_some())
        };
        match check() {
            Err(e) if tells_of_damage(&e) => Ok(true),
            found => found,
        }
    }

    /// Whether the writer has to look. A commit of its own that it has not counted yet looks like news too: then it looks for nothing.
    fn is_news(&self) -> Result<bool, Error> {
        let c = &self.poll;
        let log = SqliteLog::new(c, None);
        Ok(log.waiting()?
            || log.head()? != self.stats.head.load(Relaxed)
            || schema_version(c)? != self.stats.schema.load(Relaxed))
    }
}

/// Of all that can go wrong when a database is read: that it is none any more.
fn tells_of_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}
