//! From the change log to the shards: [`App::announce`] decides, the history keeps what it decided, and after the commit every shard hears of it.

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

use crate::app::{App, Signal};
use crate::error::Error;
use crate::hub::publication::Publication;
use crate::hub::shard::{Inbox, ToShard};
use crate::store;
use crate::store::log::{Appender, Committed};
use crate::store::{
    Change, Changes, Hook, Machine, Opened, Reader, Reply, Schema, StoreConfig, Tell,
};
use serde::Serialize;
use smallvec::SmallVec;
use std::fmt::Write;
use std::sync::Arc;
use std::time::Instant;

/// Opens a store whose commits are announced to `shards`. What was written while nobody served is announced before this returns, to the history
/// only; then each shard is told the head. Blocks; the inboxes must be empty, and no connection may be accepted before.
///
/// # Errors
/// As [`store::open`].
pub(crate) fn open<A: App>(
    config: &StoreConfig,
    schema: &Schema,
    shards: Vec<Inbox<A>>,
) -> Result<Opened, Error> {
    open_on(config, schema, shards, Machine::default())
}

/// On any machine.
fn open_on<A: App>(
    config: &StoreConfig,
    schema: &Schema,
    shards: Vec<Inbox<A>>,
    machine: Machine,
) -> Result<Opened, Error> {
    let announcer = Announcer::new(shards);
    store::open(
        config,
        schema,
        A::WATCHED,
        A::STEADY,
        machine,
        Box::new(announcer),
    )
}

/// What the writer's transactions mean to the application's clients.
pub(crate) struct Announcer<A: App> {
    /// What the open transaction will tell.
    staged: Vec<Arc<Publication<A>>>,
    shards: Arc<[Inbox<A>]>,
    /// There may be connections.
    live: bool,
}

impl<A: App> Announcer<A> {
    fn new(shards: Vec<Inbox<A>>) -> Self {
        Announcer {
            staged: Vec::new(),
            shards: shards.into(),
            live: false,
        }
    }
}

impl<A: App> Hook for Announcer<A> {
    fn announce(&mut self, changes: &Changes<'_>, log: &mut Appender<'_>) -> Result<usize, Error> {
        changes.each(log, decide::<A>, |log, decided| {
            for Decided {
                signal,
                names,
                event,
                groups,
            } in decided
            {
                let seq = log.append(&event, &groups, signal.rechecks, names)?;
                let mut publication = Publication::new(seq, signal.event, signal.groups);
                publication.rechecks = signal.rechecks;
                self.staged.push(Arc::new(publication));
            }
            Ok(())
        })
    }

    fn undone(&mut self, kept: usize) {
        self.staged.truncate(kept);
    }

    fn committed(&mut self, commit: Committed) -> Tell {
        if !self.live {
            self.staged.clear();
            return Box::new(run);
        }
        let publications: Arc<[_]> = self.staged.drain(..).collect();
        let shards = self.shards.clone();
        Box::new(move |replies| {
            if let Some(head) = commit.anew {
                reset(&shards, head);
            }
            tell(&shards, commit.head, &publications, replies);
        })
    }

    fn dismissed(&mut self, head: u64) -> Tell {
        let shards = self.shards.clone();
        Box::new(move |replies| {
            reset(&shards, head);
            run(replies);
        })
    }

    fn started(&mut self, head: u64) {
        self.live = true;
        for shard in &*self.shards {
            let _ = shard.try_send(ToShard::Committed {
                head,
                publications: Arc::new([]),
                replies: Vec::new(),
                at: Instant::now(),
            });
        }
    }
}

/// Before anything of the new history is told.
fn reset<A: App>(shards: &[Inbox<A>], head: u64) {
    for shard in shards {
        let _ = shard.blocking_send(ToShard::Reset { head }); // it may have stopped
    }
}

/// One message to each shard that is concerned. Waits for a shard whose inbox is full.
fn tell<A: App>(
    shards: &[Inbox<A>],
    head: u64,
    publications: &Arc<[Arc<Publication<A>>]>,
    replies: Vec<(Option<usize>, Reply)>,
) {
    let mut of_shard: Vec<Vec<Reply>> = shards.iter().map(|_| Vec::new()).collect();
    for (shard, reply) in replies {
        match shard.and_then(|shard| of_shard.get_mut(shard)) {
            Some(replies) => replies.push(reply),
            None => reply(),
        }
    }
    let at = Instant::now();
    for (shard, replies) in shards.iter().zip(of_shard) {
        if publications.is_empty() && replies.is_empty() {
            continue; // it knows this head
        }
        let message = ToShard::Committed {
            head,
            publications: publications.clone(),
            replies,
            at,
        };
        // The shard may have stopped: its callers are told what became of their commands all the same.
        if let Err(unsent) = shard.blocking_send(message)
            && let ToShard::Committed { replies, .. } = unsent.0
        {
            replies.into_iter().for_each(|reply| reply());
        }
    }
}

/// Nobody is there but those who asked.
fn run(replies: Vec<(Option<usize>, Reply)>) {
    replies.into_iter().for_each(|(_, reply)| reply());
}

/// A signal, written down.
struct Decided<A: App> {
    signal: Signal<A>,
    names: SmallVec<[String; 2]>,
    event: String,
    /// `names` as a JSON array.
    groups: String,
}

fn decide<A: App>(change: &Change<'_>, db: &Reader<'_>) -> Result<Vec<Decided<A>>, Error> {
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
            Ok(Decided {
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
