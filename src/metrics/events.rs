//! What clients are connected to, and which events they send, by name.

use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many names of one consumer are counted separately: a consumer that takes every event could be sent any number of them.
const NAMES: usize = 256;
/// The longest name that is counted separately: it is a label of every scrape from then on.
const NAME_BYTES: usize = 64;
/// The name that all others are counted by.
const OTHER: &str = "other";

/// What one shard counts of one consumer.
#[derive(Debug, Default)]
struct ConsumerCounts {
    /// Clients that are let in at present.
    open: u64,
    /// Events that were understood, by name.
    events: FxHashMap<Box<str>, u64>,
}

/// What one shard counts of each consumer. Only its own thread counts, so only a request for the metrics waits for the lock.
#[derive(Debug, Default)]
pub(crate) struct Events(Mutex<FxHashMap<&'static str, ConsumerCounts>>);

impl Events {
    fn all(&self) -> MutexGuard<'_, FxHashMap<&'static str, ConsumerCounts>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client's event was understood.
    pub fn came(&self, consumer: &'static str, name: &str) {
        let mut all = self.all();
        let events = &mut all.entry(consumer).or_default().events;
        if let Some(count) = events.get_mut(name) {
            *count += 1;
            return;
        }
        let counts = events.len() < NAMES && name.len() <= NAME_BYTES;
        let name = if counts { name } else { OTHER };
        *events.entry(name.into()).or_default() += 1;
    }

    /// A client was let in.
    pub fn opened(&self, consumer: &'static str) {
        self.all().entry(consumer).or_default().open += 1;
    }

    /// A client that was let in has left.
    pub fn closed(&self, consumer: &'static str) {
        if let Some(counts) = self.all().get_mut(consumer) {
            counts.open -= 1;
        }
    }
}

/// Clients by consumer, and events by consumer and name, of all shards; both in order.
pub(super) type Sums = (
    BTreeMap<&'static str, u64>,
    BTreeMap<(&'static str, Box<str>), u64>,
);

/// Adds up what each shard counted.
pub(super) fn sums<'s>(shards: impl IntoIterator<Item = &'s Events>) -> Sums {
    let (mut open, mut events) = Sums::default();
    for shard in shards {
        for (consumer, counts) in shard.all().iter() {
            *open.entry(*consumer).or_default() += counts.open;
            for (name, count) in &counts.events {
                *events.entry((*consumer, name.clone())).or_default() += count;
            }
        }
    }
    (open, events)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_strangers_make_up_are_counted_together() {
        let counted = Events::default();
        for n in 0..1000 {
            counted.came("echo", &n.to_string());
        }
        counted.came("echo", "1");
        counted.came("other consumer", &"x".repeat(NAME_BYTES + 1));
        counted.came("other consumer", &"x".repeat(NAME_BYTES));
        counted.opened("echo");
        let (open, events) = sums([&counted]);
        assert_eq!(open["echo"], 1);
        assert_eq!(events[&("other consumer", OTHER.into())], 1);
        assert_eq!(events.len(), NAMES + 1 + 2);
        assert_eq!(events[&("echo", OTHER.into())], 1000 - NAMES as u64);
        assert_eq!(events[&("echo", "1".into())], 2);
        counted.closed("echo");
        assert_eq!(sums([&counted]).0["echo"], 0);
    }
}
