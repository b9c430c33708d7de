//! From the change log to the shards: [`App::announce`] decides, the history keeps what it decided, and after the commit every shard hears of it.

#[cfg(test)]
pub(crate) mod fixture;
mod rejects;
#[cfg(test)]
mod tests;

use crate::app::{App, Signal};
use crate::error::Error;
use crate::hub::broker::{Broker, Publications, Replies};
use crate::hub::publication::Publication;
use crate::store;
use crate::store::change::{Change, Op, Rows, Waiting};
use crate::store::log::{self, Index, Issued};
use crate::store::{
    Desk, Flush, Hook, Notes, Opened, Reader, Said, Schema, Stats, StoreConfig, Tell, guarded,
    now_ms,
};
use rejects::{reject_logged, reject_noted};
use rusqlite::{Connection, Row, params};
use serde::Serialize;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::fmt::Write;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

/// Changes that could not be announced. Not STRICT: what is wrong with them may be a type.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS change_rejects(n INTEGER PRIMARY KEY, tbl, row_id, op, old, new, actor, command_id,
  error TEXT NOT NULL, at INTEGER NOT NULL);";

/// Opens a store whose commits are announced through `broker`. What was written while nobody served is announced before this returns, to the history
/// only; then each shard is told the head. Blocks; the shards' inboxes must be empty, and no connection may be accepted before.
///
/// # Errors
/// As [`store::open`].
pub(crate) fn open<A: App>(
    config: &StoreConfig,
    schema: &Schema,
    broker: impl Broker<A>,
) -> Result<Opened, Error> {
    let sync = |c: &Connection| store::flush_log(c, config.durability);
    open_on(config, schema, broker, sync, log::clock)
}

/// On any disk, by any clock.
fn open_on<A: App>(
    config: &StoreConfig,
    schema: &Schema,
    broker: impl Broker<A>,
    sync: impl FnOnce(&Connection) -> Result<Flush, Error>,
    clock: fn() -> u64,
) -> Result<Opened, Error> {
    let hook = |c: &Connection, stats, index| {
        let issued = Issued::open(&store::resolved(&config.path))?;
        let announcer = Announcer::new(c, broker, stats, index, issued, clock)?;
        Ok(Box::new(announcer) as Box<dyn Hook>)
    };
    store::open(config, schema, A::WATCHED, A::STEADY, sync, hook)
}

/// What the writer's transactions mean to the application's clients.
pub(crate) struct Announcer<A: App, B: Broker<A>> {
    /// The number given last, also in the open transaction.
    last: u64,
    /// The newest committed event's number.
    head: u64,
    /// What the open transaction will tell.
    staged: Vec<Arc<Publication<A>>>,
    /// What of it the last `staged` did not add.
    mark: usize,
    broker: B,
    /// The open transaction begins the history anew: the number that was given last before, and the new head.
    anew: Option<(u64, u64)>,
    /// There may be connections.
    live: bool,
    stats: Arc<Stats>,
    index: Arc<Index>,
    issued: Issued,
    clock: fn() -> u64,
}

impl<A: App, B: Broker<A>> Announcer<A, B> {
    fn new(
        c: &Connection,
        broker: B,
        stats: Arc<Stats>,
        index: Arc<Index>,
        mut issued: Issued,
        clock: fn() -> u64,
    ) -> Result<Self, Error> {
        let base = log::start(c, issued.upto(), clock())?;
        issued.reach(base)?;
        Ok(Announcer {
            head: log::head(c)?,
            last: base - 1,
            staged: Vec::new(),
            mark: 0,
            broker,
            anew: None,
            live: false,
            stats,
            index,
            issued,
            clock,
        })
    }

    /// Announces one change. A change that `announce` cannot bear is set aside: it was made, and others wait behind it.
    fn announce(
        &mut self,
        tx: &Connection,
        at: i64,
        decide: impl FnOnce() -> Result<Vec<Told<A>>, Error>,
        reject: impl FnOnce(&Error) -> Result<(), Error>,
    ) -> Result<(), Error> {
        // Everything that can go wrong with the application's code comes before the first insert, so no savepoint is needed.
        match guarded(decide) {
            Ok(told) => told
                .into_iter()
                .try_for_each(|told| self.stage(tx, told, at)),
            Err(e) if tx.is_autocommit() => Err(e), // the transaction is gone; it was not the change's fault
            Err(e) => {
                self.stats.rejects.fetch_add(1, Relaxed);
                reject(&e)
            }
        }
    }

    fn stage(&mut self, tx: &Connection, told: Told<A>, at: i64) -> Result<(), Error> {
        let seq = self.last + 1;
        self.issued.reach(seq)?;
        let Told {
            signal,
            names,
            event,
            groups,
        } = told;
        tx.prepare_cached(
            "INSERT INTO event_log(seq, event, groups, at, rechecks) VALUES(?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![seq, event, groups, at, signal.rechecks])?;
        self.index.add(&names, seq);
        self.last = seq;
        let mut publication = Publication::new(seq, signal.event, signal.groups);
        publication.rechecks = signal.rechecks;
        self.staged.push(Arc::new(publication));
        Ok(())
    }

    /// Forgets what was staged after the first `kept`. Their numbers were never told: the next ones get them.
    fn forget(&mut self, kept: usize) {
        for undone in self.staged.drain(kept..).rev() {
            for group in &undone.groups {
                self.index.take_back(&group.to_string(), undone.seq);
            }
            self.last -= 1;
        }
    }
}

impl<A: App, B: Broker<A>> Hook for Announcer<A, B> {
    fn logged(&mut self, tx: &Connection, at_most: usize) -> Result<usize, Error> {
        self.mark = self.staged.len();
        // No `LIMIT ?`: SQLite plans such a statement anew each time it is bound.
        let mut waiting = tx
            .prepare_cached("SELECT seq, tbl, row_id, op, old, new FROM change_log ORDER BY seq")?;
        let mut rows = waiting.query([])?;
        let (mut count, mut upto, mut at) = (0, 0_i64, 0);
        while let Some(row) = rows.next()? {
            if count == 0 {
                at = now_ms();
            }
            upto = row.get(0)?;
            let decide = || decide(&Logged::read(row)?.change()?, &Reader::new(tx));
            self.announce(tx, at, decide, |e| reject_logged(tx, row, e, at))?;
            count += 1;
            if count == at_most {
                break;
            }
        }
        drop(rows);
        if count > 0 {
            tx.prepare_cached("DELETE FROM change_log WHERE seq <= ?1")?
                .execute([upto])?;
            // What their statements left there: none of them runs now.
            tx.prepare_cached("DELETE FROM change_replaced")?
                .execute([])?;
        }
        Ok(count)
    }

    fn noted(
        &mut self,
        tx: &Connection,
        desk: &Desk,
        said: &Said,
        notes: Notes<'_>,
    ) -> Result<(), Error> {
        self.mark = self.staged.len();
        if notes.all.is_empty() {
            return Ok(());
        }
        let at = now_ms();
        for (n, note) in notes.all.iter().enumerate() {
            desk.telling(n);
            let change = Change {
                table: &notes.shown(note).table,
                id: note.id,
                op: note.op,
                actor: said.actor.as_deref(),
                command_id: said.command_id.as_deref(),
                rows: Rows::noted(note.op, notes.shown(note), note),
                waiting: Waiting::Noted(notes, n),
            };
            let decide = || decide(&change, &Reader::at(tx, desk));
            self.announce(tx, at, decide, |e| reject_noted(tx, &change, e, at))?;
        }
        Ok(())
    }

    fn unstaged(&mut self) {
        self.forget(self.mark);
    }

    fn committed(&mut self) -> (u64, Tell) {
        self.mark = 0;
        let anew = self.anew.take().map(|(_, head)| head);
        if let Some(head) = anew {
            self.head = head;
            self.index.begin_anew(head);
            self.stats.resets.fetch_add(1, Relaxed);
        }
        let events = self.staged.len() as u64;
        self.stats.events.fetch_add(events, Relaxed);
        if events > 0 {
            self.head = self.last;
        }
        self.stats.head.store(self.head, Relaxed);
        if !self.live {
            self.staged.clear();
            return (events, Box::new(run));
        }
        let publications: Publications<A> = self.staged.drain(..).collect();
        let (head, broker) = (self.head, self.broker.clone());
        (
            events,
            Box::new(move |replies| {
                if let Some(head) = anew {
                    broker.reset(head);
                }
                broker.committed(head, &publications, replies);
            }),
        )
    }

    fn aborted(&mut self, connection: &Connection) -> bool {
        // A commit that failed and is there nevertheless was a commit: to keep silent would be a gap, and its numbers are taken.
        let wrote = !self.staged.is_empty() || self.anew.is_some();
        let landed = wrote && log::head(connection).is_ok_and(|head| head == self.last);
        if !landed {
            self.forget(0);
            if let Some((last, _)) = self.anew.take() {
                self.last = last;
            }
        }
        self.mark = 0;
        landed
    }

    fn continues(&self, tx: &Connection) -> Result<bool, Error> {
        Ok(log::head(tx)? == self.head)
    }

    fn reset(&mut self, tx: &Connection) -> Result<(), Error> {
        self.forget(0);
        self.mark = 0;
        let before = self.anew.map_or(self.last, |(before, _)| before);
        let head = log::begin_anew(tx, self.last, (self.clock)())?;
        self.issued.reach(head)?;
        self.anew = Some((before, head));
        self.last = head;
        Ok(())
    }

    fn dismissed(&mut self) -> Tell {
        let (head, broker) = (self.head, self.broker.clone());
        Box::new(move |replies| {
            broker.reset(head);
            run(replies);
        })
    }

    fn started(&mut self) {
        self.live = true;
        self.broker.opened(self.head);
    }
}

/// Nobody is there but those who asked.
fn run(replies: Replies) {
    replies.into_iter().for_each(|(_, reply)| reply());
}

/// A signal, written down.
struct Told<A: App> {
    signal: Signal<A>,
    names: SmallVec<[String; 2]>,
    event: String,
    groups: String,
}

/// A change as another program's triggers wrote it down, its texts made readable.
struct Logged<'r> {
    table: Cow<'r, str>,
    op: Op,
    old: Option<Cow<'r, str>>,
    new: Option<Cow<'r, str>>,
    id: i64,
    seq: i64,
}

impl<'r> Logged<'r> {
    fn read(row: &'r Row<'_>) -> Result<Self, Error> {
        let text = |column| -> rusqlite::Result<Option<Cow<'r, str>>> {
            Ok(store::text_or_null(row.get_ref(column)?)?)
        };
        let op = match text(3)?.as_deref() {
            Some("i") => Op::Insert,
            Some("u") => Op::Update,
            Some("d") => Op::Delete,
            other => return Err(Error::Store(format!("unknown operation {other:?}"))),
        };
        Ok(Logged {
            table: text(1)?.unwrap_or_default(),
            op,
            old: text(4)?,
            new: text(5)?,
            id: row.get(2)?,
            seq: row.get(0)?,
        })
    }

    fn change(&self) -> Result<Change<'_>, Error> {
        Ok(Change {
            table: &self.table,
            id: self.id,
            op: self.op,
            rows: Rows::parse(self.op, self.old.as_deref(), self.new.as_deref())?,
            actor: None,
            command_id: None,
            waiting: Waiting::Logged(self.seq),
        })
    }
}

fn decide<A: App>(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Told<A>>, Error> {
    A::announce(change, db)?
        .into_iter()
        .filter(|signal| !signal.groups.is_empty())
        .map(|mut signal| {
            let mut names = SmallVec::<[String; 2]>::new();
            signal.groups.retain(|group| {
                let mut name = String::with_capacity(24); // most names
                let _ = write!(name, "{group}");
                let new = !names.contains(&name);
                if new {
                    names.push(name);
                }
                new
            });
            Ok(Told {
                event: json(&signal.event)?,
                groups: serde_json::to_string(names.as_slice())?,
                names,
                signal,
            })
        })
        .collect()
}

/// Most events are larger than what `to_string` begins with, and would be copied three times.
fn json(event: &impl Serialize) -> Result<String, Error> {
    let mut text = Vec::with_capacity(1_024);
    serde_json::to_writer(&mut text, event)?;
    String::from_utf8(text).map_err(|e| Error::Store(e.to_string()))
}
