//! Notices what others do to the database while it is served.

use super::desk::Desk;
use super::job::{Job, Task};
use super::outcomes::Ran;
use super::{Said, Stats};
use crate::{Error, history};
use rusqlite::Connection;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};
use tokio::time::MissedTickBehavior;

/// Notices other programs' commits: `data_version` changes when anybody but this connection commits. When the change log is not empty then, an empty
/// job makes the writer announce it; so does a history that is not what the writer left (a restore), and a schema that is not (a table that was rebuilt). (The update and commit hooks of SQLite see only their own connection.)
pub(super) async fn watch(
    c: &Connection,
    stats: &Stats,
    jobs: mpsc::WeakSender<Job>,
    every: Duration,
) {
    let mut seen = None;
    let mut ticks = tokio::time::interval(every.max(Duration::from_millis(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // The version first: a commit between the two reads changes the next version.
        let version = match version(c) {
            Ok(version) if seen == Some(version) => continue,
            Ok(version) => version,
            Err(e) => {
                tracing::debug!(error = %e, "the data version cannot be read");
                continue;
            }
        };
        match is_news(c, stats) {
            Ok(false) => seen = Some(version),
            Ok(true) => match nudge(&jobs).await {
                // A store that is closed was looked at all the same.
                Ok(()) | Err(Error::Unavailable(_)) => seen = Some(version),
                Err(Error::Closed) => std::future::pending().await, // the writer finishes alone
                Err(_) => {} // busy: seen stays, so the next tick tries again
            },
            Err(e) => tracing::debug!(error = %e, "the change log cannot be read"),
        }
    }
}

/// Whether the writer has to look. A commit of its own that it has not counted yet looks like news too: then it looks for nothing.
fn is_news(c: &Connection, stats: &Stats) -> Result<bool, Error> {
    Ok(history::waiting(c)?
        || history::head(c)? != stats.head.load(Relaxed)
        || schema_version(c)? != stats.schema.load(Relaxed))
}

/// Changes with each `CREATE`, `ALTER` and `DROP`.
pub(super) fn schema_version(c: &Connection) -> Result<i64, Error> {
    Ok(c.prepare_cached("PRAGMA schema_version")?
        .query_row([], |r| r.get(0))?)
}

fn version(c: &Connection) -> Result<i64, Error> {
    Ok(c.prepare_cached("PRAGMA data_version")?
        .query_row([], |r| r.get(0))?)
}

/// Has the writer look: an empty job.
async fn nudge(jobs: &mpsc::WeakSender<Job>) -> Result<(), Error> {
    let jobs = jobs.upgrade().ok_or(Error::Closed)?;
    let (answer, answered) = oneshot::channel();
    let job = Job {
        shard: None,
        said: Said::default(),
        deadline: Instant::now(), // does not wait for others: they tell us by committing
        work: Box::new(Task::new(
            |_: &Connection, _: &Desk| Ran::unrecorded(Ok(())),
            answer,
        )),
    };
    jobs.send(job).await.map_err(|_| Error::Closed)?;
    drop(jobs);
    answered.await.map_err(|_| Error::Closed)?
}
