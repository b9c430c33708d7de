//! What clients are connected to, and which events they send, by name.

use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::ShardStats;

/// Names of one consumer that are counted each; a consumer that takes every event could be sent any number of them.
const NAMES: usize = 256;
/// A longer name is one of the others: it is a label of every scrape from then on.
const NAME_BYTES: usize = 64;
/// The others.
const OTHER: &str = "other";

/// One consumer's, on one shard.
#[derive(Debug, Default)]
struct Of {
    open: u64,
    events: FxHashMap<Box<str>, u64>,
}

/// Of one shard. Only its own thread counts, so nobody waits for the lock but who adds up.
#[derive(Debug, Default)]
pub(crate) struct Events(Mutex<FxHashMap<&'static str, Of>>);

impl Events {
    fn all(&self) -> MutexGuard<'_, FxHashMap<&'static str, Of>> {
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
}

/// One client that was let in, for as long as the value lives.
#[derive(Debug)]
pub(crate) struct LetIn {
    stats: Arc<ShardStats>,
    consumer: &'static str,
}

impl LetIn {
    pub fn new(stats: Arc<ShardStats>, consumer: &'static str) -> Self {
        stats.events.all().entry(consumer).or_default().open += 1;
        LetIn { stats, consumer }
    }
}

impl Drop for LetIn {
    fn drop(&mut self) {
        if let Some(of) = self.stats.events.all().get_mut(self.consumer) {
            of.open -= 1;
        }
    }
}

/// All shards': clients by consumer, and events by consumer and name, in this order.
pub(super) type Sums = (
    BTreeMap<&'static str, u64>,
    BTreeMap<(&'static str, Box<str>), u64>,
);

pub(super) fn sums<'s>(shards: impl IntoIterator<Item = &'s ShardStats>) -> Sums {
    let (mut open, mut events) = Sums::default();
    for shard in shards {
        for (consumer, of) in shard.events.all().iter() {
            *open.entry(*consumer).or_default() += of.open;
            for (name, count) in &of.events {
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
        let stats = Arc::new(ShardStats::default());
        for n in 0..1000 {
            stats.events.came("echo", &n.to_string());
        }
        stats.events.came("echo", "1");
        stats
            .events
            .came("other consumer", &"x".repeat(NAME_BYTES + 1));
        stats.events.came("other consumer", &"x".repeat(NAME_BYTES));
        let let_in = LetIn::new(stats.clone(), "echo");
        let (open, events) = sums([&*stats]);
        assert_eq!(open["echo"], 1);
        assert_eq!(events[&("other consumer", OTHER.into())], 1);
        assert_eq!(events.len(), NAMES + 1 + 2);
        assert_eq!(events[&("echo", OTHER.into())], 1000 - NAMES as u64);
        assert_eq!(events[&("echo", "1".into())], 2);
        drop(let_in);
        assert_eq!(sums([&*stats]).0["echo"], 0);
    }
}
