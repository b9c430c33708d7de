//! Which events each group heard, in memory: on the disk this would cost an event one page for each group, more than all the rest of it.
//!
//! The rows of the event log have it too, so a start reads it from them. The writer alone adds a number, before its commit: a reader at one state of the
//! database finds every number of that state, and leaves out those above its head. A number is removed after the commit that forgets it: a reader at
//! an older state sees that by [`floor`](Index::floor).

use super::contract::PAGE_EVENTS;
use crate::error::Error;
use crate::store::text::{illegible, text};
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The groups of a row of the event log. A row that another program spoiled has none, because its groups cannot be read.
pub(super) fn groups(seq: u64, value: ValueRef<'_>) -> Vec<String> {
    let names = text(value).unwrap_or_default();
    serde_json::from_str(&names).unwrap_or_else(|error| {
        illegible("event_log", seq as i64, &error.into());
        Vec::new()
    })
}

/// Eight bytes for each event and group, and about a hundred for each group: bounded by `retention_events`.
#[derive(Default)]
pub(crate) struct Index(RwLock<Groups>);

#[derive(Default)]
struct Groups {
    /// Rising.
    of: FxHashMap<Box<str>, VecDeque<u64>>,
    floor: u64,
}

impl Index {
    /// The index of the events in a database.
    pub fn read(c: &Connection) -> Result<Self, Error> {
        let index = Index::default();
        index.write().floor = c.query_row("SELECT seq FROM event_floor", [], |r| r.get(0))?;
        let mut all = c.prepare("SELECT seq, groups FROM event_log ORDER BY seq")?;
        let mut rows = all.query([])?;
        while let Some(row) = rows.next()? {
            let seq = row.get(0)?;
            index.add(&groups(seq, row.get_ref(1)?), seq);
        }
        Ok(index)
    }

    /// An event that is about to be committed.
    pub fn add(&self, groups: &[String], seq: u64) {
        let of = &mut self.write().of;
        for name in groups {
            match of.get_mut(name.as_str()) {
                Some(numbers) => numbers.push_back(seq),
                None => {
                    of.insert(name.as_str().into(), VecDeque::from([seq]));
                }
            }
        }
    }

    /// An event that was not committed after all. The newest first.
    pub fn take_back(&self, group: &str, seq: u64) {
        let of = &mut self.write().of;
        if let Some(numbers) = of.get_mut(group) {
            while numbers.back().is_some_and(|last| *last >= seq) {
                numbers.pop_back();
            }
            if numbers.is_empty() {
                of.remove(group);
            }
        }
    }

    /// Events that are forgotten: all up to the last of these, each with its groups.
    pub fn forget(&self, doomed: &[(u64, Vec<String>)]) {
        let Some((last, _)) = doomed.last() else {
            return;
        };
        let mut groups = self.write();
        groups.floor = *last;
        for name in doomed.iter().flat_map(|(_, names)| names) {
            if let Some(numbers) = groups.of.get_mut(name.as_str()) {
                while numbers.front().is_some_and(|first| first <= last) {
                    numbers.pop_front();
                }
                if numbers.is_empty() {
                    groups.of.remove(name.as_str());
                } else if numbers.capacity() > 4 * numbers.len() + 64 {
                    numbers.shrink_to_fit();
                }
            }
        }
    }

    /// The history has begun anew after `floor`: what is left is what was added since then.
    pub fn begin_anew(&self, floor: u64) {
        let mut groups = self.write();
        groups.floor = floor;
        groups.of.retain(|_, numbers| {
            numbers.retain(|seq| *seq > floor);
            !numbers.is_empty()
        });
    }

    /// The highest number that is missing here. Asked after [`after`](Self::after).
    pub fn floor(&self) -> u64 {
        self.groups().floor
    }

    /// At most so many numbers of a group, above `since` and up to `upto`.
    pub fn after(&self, group: &str, since: u64, upto: u64, at_most: usize, found: &mut Vec<u64>) {
        let groups = self.groups();
        let Some(numbers) = groups.of.get(group) else {
            return;
        };
        let from = numbers.partition_point(|seq| *seq <= since);
        let numbers = numbers.range(from..).take_while(|seq| **seq <= upto);
        found.extend(numbers.take(at_most));
    }

    /// The oldest number of a group.
    pub fn first(&self, group: &str) -> Option<u64> {
        self.groups().of.get(group)?.front().copied()
    }

    /// The newest numbers of a group up to `upto`, rising, at most so many.
    pub fn last(&self, group: &str, upto: u64, at_most: usize) -> Vec<u64> {
        let groups = self.groups();
        let Some(numbers) = groups.of.get(group) else {
            return Vec::new();
        };
        let until = numbers.partition_point(|seq| *seq <= upto);
        let from = until.saturating_sub(at_most);
        numbers.range(from..until).copied().collect()
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.groups().of.values().map(VecDeque::len).sum()
    }

    // Nothing panics between two changes of it.
    fn groups(&self) -> RwLockReadGuard<'_, Groups> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Groups> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The numbers of the next events of any of the groups, each after its own number; at most a page of them.
pub(super) fn numbers<'n>(
    index: &Index,
    names: impl Iterator<Item = (&'n str, u64)>,
    upto: u64,
) -> Vec<u64> {
    let (mut found, mut bound): (Vec<u64>, u64) = (Vec::new(), upto);
    for (name, since) in names {
        index.after(name, since, bound, PAGE_EVENTS, &mut found);
        // With a page full of numbers, the next groups are asked only for what would come before its end.
        if found.len() >= 2 * PAGE_EVENTS {
            bound = cut(&mut found).unwrap_or(bound);
        }
    }
    cut(&mut found);
    found
}

/// Leaves the first page of numbers; says the last one if the page is full.
fn cut(found: &mut Vec<u64>) -> Option<u64> {
    found.sort_unstable();
    found.dedup();
    found.truncate(PAGE_EVENTS);
    found.last().copied().filter(|_| found.len() == PAGE_EVENTS)
}
