//! A log in memory: what the database's is compared with, and what tests that need no database are given.

use super::contract::{Log, NewEvent, PAGE_EVENTS, Page, StoredEvent, Unresumable};
use crate::error::Error;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// The plainest thing that keeps the promises of [`Log`]. Its rows are looked through for each question.
#[derive(Default)]
pub(crate) struct MemoryLog(RefCell<State>);

#[derive(Default)]
struct State {
    events: BTreeMap<u64, Event>,
    /// By the number before the hole, the first number after it.
    holes: BTreeMap<u64, u64>,
    floor: u64,
}

struct Event {
    event: String,
    groups: String,
    at: i64,
}

impl Event {
    fn names(&self) -> Vec<String> {
        serde_json::from_str(&self.groups).expect("names")
    }
}

impl Log for MemoryLog {
    fn head(&self) -> Result<u64, Error> {
        let state = self.0.borrow();
        let newest = state.events.keys().next_back();
        Ok(newest.copied().unwrap_or(state.floor))
    }

    fn floor(&self) -> Result<u64, Error> {
        Ok(self.0.borrow().floor)
    }

    fn waiting(&self) -> Result<bool, Error> {
        Ok(false)
    }

    fn is_skipped(&self, seq: u64) -> Result<bool, Error> {
        let state = self.0.borrow();
        let mut holes = state.holes.iter();
        Ok(holes.any(|(head, base)| *head < seq && seq < *base))
    }

    fn page<'g>(
        &self,
        groups: impl Iterator<Item = (&'g str, u64)>,
        since: u64,
        upto: u64,
    ) -> Result<Result<Page, Unresumable>, Error> {
        let state = self.0.borrow();
        if since < state.floor {
            return Ok(Err(Unresumable::Pruned));
        }
        let groups: Vec<_> = groups.collect();
        let heard = |seq: u64, event: &Event| {
            let names = event.names();
            let mut groups = groups.iter();
            groups.any(|(name, after)| seq > *after && names.iter().any(|n| n == name))
        };
        let events = state.events.iter();
        let numbers = events.filter(|(seq, event)| **seq <= upto && heard(**seq, event));
        let numbers: Vec<u64> = numbers.map(|(seq, _)| *seq).take(PAGE_EVENTS).collect();
        let full = numbers.len() == PAGE_EVENTS;
        Ok(Ok(Page { numbers, full }))
    }

    fn first(&self, group: &str) -> Result<Option<u64>, Error> {
        let state = self.0.borrow();
        let mut events = state.events.iter();
        let first = events.find(|(_, event)| event.names().iter().any(|name| name == group));
        Ok(first.map(|(seq, _)| *seq))
    }

    fn last(&self, group: &str, at_most: usize) -> Result<Vec<u64>, Error> {
        let state = self.0.borrow();
        let newest = state.events.iter().rev();
        let concerned = newest.filter(|(_, event)| event.names().iter().any(|name| name == group));
        let mut numbers: Vec<u64> = concerned.map(|(seq, _)| *seq).take(at_most).collect();
        numbers.reverse();
        Ok(numbers)
    }

    fn read(
        &self,
        numbers: &[u64],
        mut take: impl FnMut(StoredEvent<'_>) -> Result<bool, Error>,
    ) -> Result<(), Error> {
        let state = self.0.borrow();
        for seq in numbers {
            if let Some(event) = state.events.get(seq) {
                let stored = StoredEvent {
                    seq: *seq,
                    event: event.event.as_str().into(),
                    groups: event.groups.as_str().into(),
                    at: event.at,
                };
                if !take(stored)? {
                    break;
                }
            }
        }
        Ok(())
    }

    fn count(&self) -> Result<u64, Error> {
        Ok(self.0.borrow().events.len() as u64)
    }

    fn append(&self, event: &NewEvent<'_>) -> Result<(), Error> {
        let stored = Event {
            event: event.event.to_owned(),
            groups: event.groups.to_owned(),
            at: event.at,
        };
        self.0.borrow_mut().events.insert(event.seq, stored);
        Ok(())
    }

    fn skip_to(&self, base: u64) -> Result<(), Error> {
        let head = self.head()?;
        self.0.borrow_mut().holes.insert(head, base);
        Ok(())
    }

    fn begin_anew(&self, base: u64) -> Result<(), Error> {
        *self.0.borrow_mut() = State {
            floor: base,
            ..State::default()
        };
        Ok(())
    }

    fn doomed(
        &self,
        excess: usize,
        before_ms: i64,
        at_most: usize,
    ) -> Result<Vec<(u64, Vec<String>)>, Error> {
        let newest = self.head()?;
        let state = self.0.borrow();
        let oldest = state.events.iter().take_while(|(seq, _)| **seq < newest);
        let doomed = oldest.take(at_most).enumerate();
        let doomed = doomed.take_while(|(n, (_, event))| *n < excess || event.at < before_ms);
        Ok(doomed
            .map(|(_, (seq, event))| (*seq, event.names()))
            .collect())
    }

    fn forget(&self, upto: u64) -> Result<(), Error> {
        let mut state = self.0.borrow_mut();
        state.events.retain(|seq, _| *seq > upto);
        state.holes.retain(|_, base| *base > upto);
        state.floor = upto;
        Ok(())
    }
}
