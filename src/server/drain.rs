//! How a server stops without a storm: its clients are told one after the other, evenly over a time, so that they do not all come back at once.

use crate::app::App;
use crate::hub::shard::Shard;
use crate::protocol::close::Ending;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// From one wave to the next.
pub(super) const WAVE: Duration = Duration::from_millis(50);
/// Few clients are told so fast, however much time there is: they make no storm.
const EACH: Duration = Duration::from_millis(100);
/// How long listeners stay open after `/readyz` says 503, so that whoever sends clients here hears of it before they are turned away: a tenth of the time to stop,
/// and no more than what probes take at their usual pace.
const NOTICE: Duration = Duration::from_secs(1);
/// Of the time to stop, what is left for the last who are told: a quarter, and no more than a client has to answer a close frame.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// Beyond this a clock could overflow, and nobody waits.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// How far the server is with stopping, for all shards.
#[derive(Default)]
pub(super) struct DrainProgress {
    /// Nothing new is accepted, and probes are told so.
    pub draining: AtomicBool,
    /// WebSockets that were open when it began.
    pub open: AtomicUsize,
    /// Of those, how many were told to come back elsewhere.
    pub told: AtomicUsize,
}

/// By when a shard must have stopped.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    /// Listeners close, and the first client is told.
    pub deaf: Instant,
    /// Everybody was told.
    pub told: Instant,
    /// Who is still there is cut off.
    pub end: Instant,
}

impl Deadline {
    /// Clients are told over most of this time.
    pub fn spread_over(time: Duration) -> Self {
        let (now, time) = (Instant::now(), time.min(LONGEST));
        Deadline {
            deaf: now + (time / 10).min(NOTICE),
            told: now + (time - (time / 4).min(LAST_WORDS)),
            end: now + time,
        }
    }

    /// Everybody is told at once and has this time.
    pub fn within(time: Duration) -> Self {
        let now = Instant::now();
        Deadline {
            deaf: now,
            told: now,
            end: now + time,
        }
    }

    pub fn or_sooner(self, other: Deadline) -> Deadline {
        Deadline {
            deaf: self.deaf.min(other.deaf),
            told: self.told.min(other.told),
            end: self.end.min(other.end),
        }
    }
}

/// Tells as many of a shard's clients as are due. All shards count together.
pub(super) fn wave<A: App>(
    shard: &Shard<A>,
    progress: &DrainProgress,
    began: Instant,
    deadline: Deadline,
) {
    let now = Instant::now();
    let open = progress.open.load(Relaxed);
    let few = EACH.saturating_mul(u32::try_from(open).unwrap_or(u32::MAX));
    let all_told = deadline.told.min(began + few.min(LONGEST));
    let untold = match now < all_told {
        true => {
            let due = due(open, now - began, all_told - began);
            due.saturating_sub(progress.told.load(Relaxed))
        }
        // also those who came while the others were told
        false => usize::MAX,
    };
    let told = shard.end_some(untold, Ending::restart);
    progress.told.fetch_add(told, Relaxed);
}

/// How many of `open` clients must have been told after `elapsed` of the time for telling. The first is told at once.
fn due(open: usize, elapsed: Duration, time: Duration) -> usize {
    let part = (elapsed + WAVE).as_secs_f64() / (time + WAVE).as_secs_f64();
    ((open as f64 * part).ceil() as usize).min(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_told_evenly() {
        let time = Duration::from_secs(5);
        let told = |open, ms| due(open, Duration::from_millis(ms), time);
        assert_eq!([told(1, 0), told(1, 5000)], [1, 1]);
        assert_eq!([told(3, 0), told(3, 2500), told(3, 5000)], [1, 2, 3]);
        assert_eq!(
            [told(10_000, 0), told(10_000, 2475), told(10_000, 5000)],
            [100, 5000, 10_000]
        );
        assert_eq!(due(0, Duration::ZERO, Duration::ZERO), 0);
        assert_eq!(due(7, Duration::ZERO, Duration::ZERO), 7);
    }

    #[test]
    fn a_second_order_can_only_hurry() {
        let slow = Deadline::spread_over(Duration::from_secs(20));
        let soon = Deadline::within(Duration::from_secs(1));
        assert_eq!((slow.end - slow.told).as_secs(), 5);
        for both in [slow.or_sooner(soon), soon.or_sooner(slow)] {
            assert_eq!(
                (both.deaf, both.told, both.end),
                (soon.deaf, soon.told, soon.end)
            );
        }
    }
}
