//! How a server stops: it closes its clients' connections evenly over a time, so that they do not all reconnect at once.

use crate::app::App;
use crate::hub::shard::Shard;
use crate::protocol::close::Ending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The time from one wave of closes to the next.
pub(super) const WAVE: Duration = Duration::from_millis(50);
/// The longest time per client, however much time there is: few clients cannot overload the next server.
const EACH: Duration = Duration::from_millis(100);
/// The longest time that listeners stay open after `/readyz` answers 503 (a tenth of the time to stop, if that is less): a load balancer learns of the drain from
/// its probe, before clients are refused.
const NOTICE: Duration = Duration::from_secs(1);
/// The longest time that the last clients have to answer the close frame (a quarter of the time to stop, if that is less).
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The longest drain. A longer one could overflow an `Instant`, and nobody waits for it.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// How far the drain is, on all shards together.
#[derive(Default)]
pub(super) struct DrainProgress {
    /// The drain has begun: nothing new is accepted, and `/readyz` answers 503.
    pub draining: AtomicBool,
    /// WebSockets that were open when the listeners closed.
    pub open: AtomicUsize,
    /// How many WebSockets were closed since.
    pub closed: AtomicUsize,
}

/// The times of a drain.
#[derive(Debug, Clone, Copy)]
pub(super) struct DrainTimes {
    /// When listeners close, and the first client is closed.
    pub first_close: Instant,
    /// When the last client is closed.
    pub last_close: Instant,
    /// When connections that are left are cut off.
    pub end: Instant,
}

impl DrainTimes {
    /// Clients are closed over most of `time`, which begins at `now`.
    pub fn spread_over(now: Instant, time: Duration) -> Self {
        let time = time.min(LONGEST);
        DrainTimes {
            first_close: now + (time / 10).min(NOTICE),
            last_close: now + (time - (time / 4).min(LAST_WORDS)),
            end: now + time,
        }
    }

    /// All clients are closed at `now` and have `time` to answer.
    pub fn within(now: Instant, time: Duration) -> Self {
        DrainTimes {
            first_close: now,
            last_close: now,
            end: now + time,
        }
    }

    /// The sooner of each of the times.
    pub fn or_sooner(self, other: DrainTimes) -> DrainTimes {
        DrainTimes {
            first_close: self.first_close.min(other.first_close),
            last_close: self.last_close.min(other.last_close),
            end: self.end.min(other.end),
        }
    }
}

/// Closes as many of a shard's clients as are due at `now`. `began`: when the listeners closed. All shards count together.
pub(super) fn wave<A: App>(
    shard: &Shard<A>,
    progress: &DrainProgress,
    began: Instant,
    times: DrainTimes,
    now: Instant,
) {
    let open = progress.open.load(Relaxed);
    let few = EACH.saturating_mul(u32::try_from(open).unwrap_or(u32::MAX));
    let last_close = times.last_close.min(began + few.min(LONGEST));
    let more = match now < last_close {
        true => {
            let due = due(open, now - began, last_close - began);
            due.saturating_sub(progress.closed.load(Relaxed))
        }
        // also clients that came while the others were closed
        false => usize::MAX,
    };
    let closed = shard.end_some(more, Ending::restart);
    progress.closed.fetch_add(closed, Relaxed);
}

/// How many of `open` clients must have been closed after `elapsed` of the `time` for closing. The first is closed at once.
fn due(open: usize, elapsed: Duration, time: Duration) -> usize {
    let part = (elapsed + WAVE).as_secs_f64() / (time + WAVE).as_secs_f64();
    ((open as f64 * part).ceil() as usize).min(open)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::clock::Clock;

    #[test]
    fn clients_are_closed_evenly() {
        let time = Duration::from_secs(5);
        let closed = |open, ms| due(open, Duration::from_millis(ms), time);
        assert_eq!([closed(1, 0), closed(1, 5000)], [1, 1]);
        assert_eq!([closed(3, 0), closed(3, 2500), closed(3, 5000)], [1, 2, 3]);
        assert_eq!(
            [
                closed(10_000, 0),
                closed(10_000, 2475),
                closed(10_000, 5000)
            ],
            [100, 5000, 10_000]
        );
        assert_eq!(due(0, Duration::ZERO, Duration::ZERO), 0);
        assert_eq!(due(7, Duration::ZERO, Duration::ZERO), 7);
    }

    #[test]
    fn a_second_order_can_only_hurry() {
        let now = Clock::held().now();
        let slow = DrainTimes::spread_over(now, Duration::from_secs(20));
        let soon = DrainTimes::within(now, Duration::from_secs(1));
        assert_eq!((slow.end - slow.last_close).as_secs(), 5);
        for both in [slow.or_sooner(soon), soon.or_sooner(slow)] {
            assert_eq!(
                (both.first_close, both.last_close, both.end),
                (soon.first_close, soon.last_close, soon.end)
            );
        }
    }
}
