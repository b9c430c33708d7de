//! What a connection has asked to be told later: a list by time, and one wait for the first of it.

use crate::limits::clock::{Clock, Sleep};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// The most timers of one connection: enough for one per thing on a full screen. Each takes some sixty bytes and what it brings back, so a connection holds some
/// kilobytes at the most.
pub(crate) const TIMERS: usize = 64;

/// A timer that was set: [`Context::after`](crate::Context::after) returns it, [`Context::cancel`](crate::Context::cancel) takes it. It means nothing to another
/// connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimerId {
    due: Instant,
    nth: u64,
}

/// How many were set in this process: timers that are due at the same moment come in the order in which they were set, and no two connections have the same.
static SET: AtomicU64 = AtomicU64::new(0);

/// The timers of one connection, each with what it brings back.
pub(crate) struct Timers<T> {
    clock: Clock,
    waiting: BTreeMap<TimerId, T>,
    /// The wait for the first of them, and when that is due.
    alarm: Option<(Instant, Sleep)>,
}

impl<T> Timers<T> {
    pub fn new(clock: Clock) -> Self {
        Timers {
            clock,
            waiting: BTreeMap::new(),
            alarm: None,
        }
    }

    /// `None`: there are [`TIMERS`] already.
    pub fn set(&mut self, delay: Duration, brings: T) -> Option<TimerId> {
        if self.waiting.len() >= TIMERS {
            return None;
        }
        let now = self.clock.now();
        let id = TimerId {
            // further off than the clock can say is never
            due: now.checked_add(delay).unwrap_or(now + NEVER),
            nth: SET.fetch_add(1, Relaxed),
        };
        self.waiting.insert(id, brings);
        Some(id)
    }

    pub fn cancel(&mut self, id: TimerId) -> Option<T> {
        self.waiting.remove(&id)
    }

    /// Takes the first one, if it is due.
    pub fn take_due(&mut self) -> Option<T> {
        let first = self.waiting.first_entry()?;
        (first.key().due <= self.clock.now()).then(|| first.remove())
    }

    /// Ready when a timer is due. Wakes the task that polled last.
    pub fn poll_due(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some((&TimerId { due, .. }, _)) = self.waiting.first_key_value() else {
            self.alarm = None;
            return Poll::Pending;
        };
        let alarm = match &mut self.alarm {
            Some((at, alarm)) if *at == due => alarm,
            alarm => &mut alarm.insert((due, self.clock.sleep_until(due))).1,
        };
        Pin::new(alarm).poll(cx)
    }
}

/// A hundred years.
const NEVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    const SECOND: Duration = Duration::from_secs(1);

    fn is_due(timers: &mut Timers<&str>) -> bool {
        let mut cx = Context::from_waker(Waker::noop());
        timers.poll_due(&mut cx).is_ready()
    }

    #[test]
    fn they_come_in_the_order_of_their_time_and_then_as_they_were_set() {
        let clock = Clock::held();
        let mut timers = Timers::new(clock.clone());
        for (delay, name) in [(2, "c"), (1, "a"), (1, "b"), (9, "d")] {
            timers.set(delay * SECOND, name).expect("room");
        }
        assert!(!is_due(&mut timers) && timers.take_due().is_none());
        clock.advance(2 * SECOND);
        for name in ["a", "b", "c"] {
            assert!(is_due(&mut timers));
            assert_eq!(timers.take_due(), Some(name));
        }
        assert!(!is_due(&mut timers) && timers.take_due().is_none());
        clock.advance(7 * SECOND);
        assert!(is_due(&mut timers));
    }

    #[test]
    fn what_is_cancelled_does_not_come_even_if_it_is_due() {
        let clock = Clock::held();
        let mut timers = Timers::new(clock.clone());
        let first = timers.set(SECOND, "first").expect("room");
        let second = timers.set(2 * SECOND, "second").expect("room");
        clock.advance(SECOND);
        assert!(is_due(&mut timers));
        assert_eq!(timers.cancel(first), Some("first"));
        assert_eq!(timers.cancel(first), None, "it is gone");
        assert!(!is_due(&mut timers) && timers.take_due().is_none());
        clock.advance(SECOND);
        assert_eq!(timers.take_due(), Some("second"));
        assert_eq!(timers.cancel(second), None, "it came");
    }

    #[test]
    fn there_are_so_many_and_no_more() {
        let mut timers = Timers::new(Clock::held());
        for _ in 0..TIMERS {
            assert!(timers.set(Duration::MAX, "").is_some());
        }
        assert!(timers.set(SECOND, "").is_none());
        assert!(!is_due(&mut timers), "never is not now");
    }
}
