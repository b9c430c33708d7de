//! Change log to [`App::announce`] to the history, in the writer's transaction; and to the shards, after its commit.

use crate::app::{Change, Op, Signal};
use crate::publication::{Inbox, Publication, Reply, ToShard};
use crate::store::{Hook, Reader, Replies, wall_ms};
use crate::{App, Error, history};
use rusqlite::Connection;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Changes that are read from the log at once.
const CHUNK: usize = 512;

/// Numbers events and hands them out.
pub(crate) struct Announcer<A: App> {
    /// The newest number given.
    last: u64,
    /// The newest number committed.
    committed: u64,
    /// Announced in this transaction.
    staged: Vec<Arc<Publication<A>>>,
    /// How many of them were there, and which number was last, before the last `announce`.
    mark: (usize, u64),
    shards: Vec<Inbox<A>>,
    /// Somebody listens.
    live: bool,
}

/// A row of the change log.
struct Logged {
    seq: i64,
    table: String,
    id: i64,
    op: Op,
    old: Option<String>,
    new: Option<String>,
    actor: Option<String>,
    command_id: Option<String>,
}

impl<A: App> Announcer<A> {
    pub fn new(c: &Connection, shards: Vec<Inbox<A>>) -> Result<Self, Error> {
        let last = history::begin(c)? - 1;
        Ok(Announcer {
            last,
            committed: last,
            staged: Vec::new(),
            mark: (0, last),
            shards,
            live: false,
        })
    }

    fn stage(
        &mut self,
        tx: &Connection,
        signals: Vec<(Signal<A>, String)>,
        at: i64,
    ) -> Result<usize, Error> {
        let added = signals.len();
        let mut event_row = tx.prepare_cached(
            "INSERT INTO event_log(seq, event, groups, at) VALUES(?1, ?2, ?3, ?4)",
        )?;
        let mut group_row =
            tx.prepare_cached("INSERT OR IGNORE INTO event_group(grp, seq) VALUES(?1, ?2)")?;
        for (
            Signal {
                groups,
                event,
                rechecks,
            },
            json,
        ) in signals
        {
            self.last += 1;
            let names: Vec<String> = groups.iter().map(ToString::to_string).collect();
            event_row.execute((self.last, json, names.join("\n"), at))?;
            for name in &names {
                group_row.execute((name, self.last))?;
            }
            let mut publication = Publication::new(self.last, event, groups);
            publication.rechecks = rechecks;
            self.staged.push(Arc::new(publication));
        }
        Ok(added)
    }

    /// One change. A poisonous one is set aside: it must not stop what others write.
    fn one(&mut self, tx: &Connection, row: &Logged) -> Result<usize, Error> {
        let change = Change {
            table: &row.table,
            id: row.id,
            op: row.op,
            actor: row.actor.as_deref(),
            command_id: row.command_id.as_deref(),
            old: row.old.as_deref(),
            new: row.new.as_deref(),
        };
        let at = wall_ms();
        let announced = catch_unwind(AssertUnwindSafe(|| -> Result<Vec<_>, Error> {
            let signals = A::announce(&change, &Reader::new(tx))?;
            // written as JSON before anything is stored: an event that cannot be is poisonous too
            signals
                .into_iter()
                .map(|s| {
                    serde_json::to_string(&s.event)
                        .map(|json| (s, json))
                        .map_err(Error::from)
                })
                .collect()
        }));
        let why = match announced {
            Ok(Ok(signals)) => return self.stage(tx, signals, at),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "announce panicked".to_owned(),
        };
        tracing::error!(
            table = row.table,
            id = row.id,
            error = why,
            "a change cannot be announced: it is set aside in change_rejects"
        );
        tx.prepare_cached(
            "INSERT INTO change_rejects(tbl, row_id, op, old, new, actor, command_id, error, at)
             SELECT tbl, row_id, op, old, new, actor, command_id, ?2, ?3 FROM change_log WHERE seq = ?1",
        )?
        .execute((row.seq, why, at))?;
        Ok(0)
    }
}

fn logged(tx: &Connection, limit: usize) -> Result<Vec<Logged>, Error> {
    // the log is a queue: what is here is not announced yet
    let mut query = tx.prepare_cached("SELECT seq, tbl, row_id, op, old, new, actor, command_id FROM change_log ORDER BY seq LIMIT ?1")?;
    let rows = query.query_map([limit as i64], |r| {
        let op = match r.get_ref(3)?.as_str()? {
            "i" => Op::Insert,
            "d" => Op::Delete,
            _ => Op::Update,
        };
        Ok(Logged {
            seq: r.get(0)?,
            table: r.get(1)?,
            id: r.get(2)?,
            op,
            old: r.get(4)?,
            new: r.get(5)?,
            actor: r.get(6)?,
            command_id: r.get(7)?,
        })
    })?;
    rows.map(|r| r.map_err(Error::from)).collect()
}

impl<A: App> Hook for Announcer<A> {
    fn announce(&mut self, tx: &Connection, limit: usize) -> Result<bool, Error> {
        self.mark = (self.staged.len(), self.last);
        let mut left = limit;
        let mut added = 0;
        let more = loop {
            let rows = logged(tx, left.min(CHUNK))?;
            let Some(newest) = rows.last() else {
                break false;
            };
            for row in &rows {
                added += self.one(tx, row)?;
            }
            tx.prepare_cached("DELETE FROM change_log WHERE seq <= ?1")?
                .execute([newest.seq])?;
            left -= rows.len();
            if rows.len() < CHUNK && left > 0 {
                break false;
            }
            if left == 0 {
                break history::waiting(tx)?;
            }
        };
        if added > 0 {
            history::added(tx, added)?;
        }
        Ok(more)
    }

    fn unannounce(&mut self) {
        // numbers of what was rolled back are given again: nobody heard them
        let (staged, last) = self.mark;
        self.staged.truncate(staged);
        self.last = last;
    }

    fn committed(&mut self, replies: Replies) {
        self.committed = self.last;
        self.mark = (0, self.last);
        let publications: Arc<[Arc<Publication<A>>]> = std::mem::take(&mut self.staged).into();
        if !self.live {
            replies.into_iter().for_each(|(_, reply)| reply());
            return;
        }
        let mut theirs: Vec<Vec<Reply>> = self.shards.iter().map(|_| Vec::new()).collect();
        let mut others = Vec::new();
        for (shard, reply) in replies {
            match shard.and_then(|s| theirs.get_mut(s)) {
                Some(mine) => mine.push(reply),
                None => others.push(reply),
            }
        }
        // each commit goes to every shard: a shard must know how far it has come
        for (shard, replies) in self.shards.iter().zip(theirs) {
            if publications.is_empty() && replies.is_empty() {
                continue;
            }
            let message = ToShard::Committed {
                head: self.last,
                publications: publications.clone(),
                replies,
            };
            if let Err(gone) = shard.blocking_send(message)
                && let ToShard::Committed { replies, .. } = gone.0
            {
                // the shard has ended, and with it the clients: the answers may still be waited for elsewhere
                replies.into_iter().for_each(|reply| reply());
            }
        }
        others.into_iter().for_each(|reply| reply());
    }

    fn aborted(&mut self) {
        self.last = self.committed;
        self.mark = (0, self.last);
        self.staged.clear();
    }

    fn go_live(&mut self) {
        self.live = true;
    }
}
