//! One transaction of the writer: what others wrote is announced first, then each command in a savepoint of its own, then one commit for all.

use super::{Replies, caught, wall_ms};
use crate::Error;
use crate::publication::Reply;
use rusqlite::{Connection, Transaction, TransactionBehavior};

/// A command that waits for the writer.
pub(crate) struct Job {
    /// The shard that waits for the answer.
    pub shard: Option<usize>,
    pub run: Run,
}

/// Runs a command, or only makes its answer when it cannot run.
pub(crate) type Run = Box<dyn FnOnce(Result<Turn<'_>, Error>) -> Done + Send>;

/// A command's turn.
pub(crate) struct Turn<'c> {
    pub connection: &'c Connection,
    /// The server's clock: milliseconds since 1970-01-01 UTC.
    pub now_ms: i64,
}

/// A command that ran.
pub(crate) struct Done {
    /// Its rows stay; else they are rolled back.
    pub keep: bool,
    /// Tells the outcome, once it is known whether it was committed.
    pub reply: Tell,
}

pub(crate) type Tell = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// What the history does within and after each commit. Called on the writer's thread.
pub(crate) trait Hook: Send {
    /// Within the transaction: announces changes that wait, at most `limit` of them. `true`: more wait.
    fn announce(&mut self, tx: &Connection, limit: usize) -> Result<bool, Error>;
    /// What was announced since the last `announce` returned is rolled back.
    fn unannounce(&mut self);
    /// The transaction is committed: events go out, then the answers.
    fn committed(&mut self, replies: Replies);
    /// The transaction is rolled back.
    fn aborted(&mut self);
    /// From the next commit on somebody listens.
    fn go_live(&mut self);
}

/// Changes of other programs that are announced in one transaction. One `UPDATE` of 150,000 rows must neither fill the memory nor run ahead of pruning.
const CHANGES_PER_COMMIT: usize = 2_000;

/// Runs one batch. What can be answered is answered.
pub(crate) fn run(c: &mut Connection, jobs: Vec<Job>, hook: &mut dyn Hook) {
    if let Err(error) = catch_up(c, hook) {
        hook.aborted();
        let busy = matches!(error, Error::Busy);
        if !busy {
            tracing::error!(%error, "what other programs wrote cannot be announced");
        }
        for job in jobs {
            refuse(
                job,
                if busy {
                    Error::Busy
                } else {
                    Error::Store(error.to_string())
                },
            );
        }
        return;
    }
    let mut waiting = jobs.into_iter();
    while waiting.len() > 0 {
        transaction(c, &mut waiting, hook);
    }
}

/// Announces what other programs wrote, in commits of bounded size, until little is left: the batch's own transaction begins with the rest.
fn catch_up(c: &mut Connection, hook: &mut dyn Hook) -> Result<(), Error> {
    while crate::history::waiting(c)? {
        let tx = c.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let more = hook.announce(&tx, CHANGES_PER_COMMIT)?;
        tx.commit()?;
        hook.committed(Vec::new());
        if !more {
            break;
        }
    }
    Ok(())
}

/// As many jobs as one transaction survives.
fn transaction(c: &mut Connection, waiting: &mut std::vec::IntoIter<Job>, hook: &mut dyn Hook) {
    let mut done: Vec<(Option<usize>, Tell)> = Vec::with_capacity(waiting.len());
    let result = commit(c, waiting, hook, &mut done);
    match result {
        Ok(()) => {
            let replies = done
                .into_iter()
                .map(|(shard, tell)| (shard, Box::new(move || tell(Ok(()))) as Reply));
            hook.committed(replies.collect());
        }
        Err(Failed { error, unknown }) => {
            hook.aborted();
            tracing::warn!(%error, commands = done.len(), "a transaction failed");
            for (_, tell) in done {
                tell(Err(failure(&error, unknown)));
            }
            // what has not begun is not to blame; but a database that nobody may write is not asked again for each
            if matches!(error, Error::Busy) {
                waiting.for_each(|job| refuse(job, Error::Busy));
            }
        }
    }
}

struct Failed {
    error: Error,
    /// The commit itself failed: nobody knows.
    unknown: bool,
}

impl<E: Into<Error>> From<E> for Failed {
    fn from(error: E) -> Self {
        Failed {
            error: error.into(),
            unknown: false,
        }
    }
}

fn commit(
    c: &mut Connection,
    waiting: &mut std::vec::IntoIter<Job>,
    hook: &mut dyn Hook,
    done: &mut Vec<(Option<usize>, Tell)>,
) -> Result<(), Failed> {
    let tx = match c.transaction_with_behavior(TransactionBehavior::Immediate) {
        Ok(tx) => tx,
        Err(error) => {
            let error = Error::from(error);
            // one job at least must be answered, or the writer would try for ever
            if !matches!(error, Error::Busy)
                && let Some(job) = waiting.next()
            {
                refuse(job, Error::Store(error.to_string()));
            }
            return Err(error.into());
        }
    };
    // a program that wrote between the catching up and this lock comes before our own commands
    while hook.announce(&tx, usize::MAX)? {}
    for job in waiting {
        let shard = job.shard;
        let tell = one(&tx, job, hook)?;
        done.push((shard, tell));
        // a RAISE(ROLLBACK) or a full disk ends the whole transaction, not just the savepoint
        if tx.is_autocommit() {
            return Err(Error::Store("a statement ended the transaction".to_owned()).into());
        }
    }
    super::outcomes::clear_context(&tx)?;
    tx.commit().map_err(|error| Failed {
        error: error.into(),
        unknown: true,
    })
}

/// One command.
fn one(tx: &Transaction<'_>, job: Job, hook: &mut dyn Hook) -> Result<Tell, Failed> {
    tx.prepare_cached("SAVEPOINT job")?.execute([])?;
    let Done { keep, mut reply } = (job.run)(Ok(Turn {
        connection: tx,
        now_ms: wall_ms(),
    }));
    if tx.is_autocommit() {
        return Ok(reply);
    }
    let mut kept = keep;
    if keep {
        if let Err(error) = caught(|| hook.announce(tx, usize::MAX)) {
            hook.unannounce();
            kept = false;
            reply = Box::new(move |_| reply(Err(error)));
        }
    }
    if !kept {
        tx.prepare_cached("ROLLBACK TO job")?.execute([])?;
    }
    tx.prepare_cached("RELEASE job")?.execute([])?;
    Ok(reply)
}

/// Answers a job that cannot run.
fn refuse(job: Job, error: Error) {
    let Done { reply, .. } = (job.run)(Err(error));
    reply(Ok(()));
}

fn failure(error: &Error, unknown: bool) -> Error {
    match error {
        Error::Busy => Error::Busy,
        _ if unknown => Error::UnknownOutcome(error.to_string()),
        _ => Error::Store(error.to_string()),
    }
}
