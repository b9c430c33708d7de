//! From the change log to the shards: [`App::announce`] decides, the history keeps what it decided, and after the commit every shard hears of it.

#[cfg(test)]
pub(crate) mod fixture;
#[cfg(test)]
mod tests;

use crate::app::{App, Signal};
use crate::error::Error;
use crate::hub::broker::{Broker, Publications, Replies};
use crate::hub::publication::Publication;
use crate::limits::clock::Clock;
use crate::store;
use crate::store::log::{Appender, Committed};
use crate::store::{
    Change, Changes, Hook, Machine, OnDurable, Opened, Reader, Schema, StoreConfig,
};
use serde::Serialize;
use smallvec::SmallVec;
use std::fmt::Write;
use std::sync::Arc;

/// Opens a store whose commits are announced through `broker`. What was written while nobody served is announced before this returns, to the history
/// only; then each shard is told the head. Blocks; the shards' inboxes must be empty, and no connection may be accepted before.
///
/// # Errors
/// As [`store::open`].
pub(crate) fn open<A: App>(
    config: &StoreConfig,
    schema: &Schema,
    broker: impl Broker<A>,
    clock: Clock,
) -> Result<Opened, Error> {
    let machine = Machine {
        clock,
        ..Machine::default()
    };
    open_on(config, schema, broker, machine)
}

/// As [`open`], on any machine: a test has one whose clock and disk it holds.
fn open_on<A: App>(
    config: &StoreConfig,
    schema: &Schema,
    broker: impl Broker<A>,
    machine: Machine,
) -> Result<Opened, Error> {
    let announcer = Announcer::new(broker);
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
pub(crate) struct Announcer<A: App, B: Broker<A>> {
    /// The publications of the open transaction.
    staged: Vec<Arc<Publication<A>>>,
    broker: B,
    /// Whether there may be connections.
    live: bool,
}

impl<A: App, B: Broker<A>> Announcer<A, B> {
    fn new(broker: B) -> Self {
        Announcer {
            staged: Vec::new(),
            broker,
            live: false,
        }
    }
}

impl<A: App, B: Broker<A>> Hook for Announcer<A, B> {
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

    fn committed(&mut self, commit: Committed) -> OnDurable {
        if !self.live {
            self.staged.clear();
            return Box::new(run);
        }
        let publications: Publications<A> = self.staged.drain(..).collect();
        let broker = self.broker.clone();
        Box::new(move |replies| {
            if let Some(head) = commit.anew {
                broker.reset(head);
            }
            broker.committed(commit.head, &publications, replies);
        })
    }

    fn dismissed(&mut self, head: u64) -> OnDurable {
        let broker = self.broker.clone();
        Box::new(move |replies| {
            broker.reset(head);
            run(replies);
        })
    }

    fn started(&mut self, head: u64) {
        self.live = true;
        self.broker.opened(head);
    }
}

/// Answers those who asked; nobody else is to be told.
fn run(replies: Replies) {
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
