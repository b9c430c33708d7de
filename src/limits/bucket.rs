//! A token bucket in eight bytes: the generic cell rate algorithm. What is stored is the moment at which the bucket will be full again.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

const SECOND_NS: u64 = 1_000_000_000;
/// A bucket holds what comes in so many seconds, because people and programs act in bursts.
const BURST_SECONDS: u64 = 2;

/// How many per second, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rate {
    per_second: u64,
    burst: u64,
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.per_second.fmt(f)
    }
}

impl Rate {
    /// A rate of `per_second`, at least 1; twice as many at once.
    pub fn per_second(per_second: u64) -> Self {
        let per_second = per_second.max(1);
        Rate {
            per_second,
            burst: per_second * BURST_SECONDS,
        }
    }

    /// The same rate with room for `largest` at once. What is larger than the bucket would never pass.
    pub fn with_room_for(mut self, largest: u64) -> Self {
        self.burst = self.burst.max(largest);
        self
    }

    /// The same rate with exactly `burst` at once, at least 1.
    pub fn at_once(mut self, burst: u64) -> Self {
        self.burst = burst.max(1);
        self
    }

    fn cost_ns(self, n: u64) -> u64 {
        n.saturating_mul(SECOND_NS) / self.per_second
    }

    /// The bucket's next state, or how long to wait.
    fn take(self, full_at: u64, n: u64, now_ns: u64) -> Result<u64, Duration> {
        let next = full_at.max(now_ns).saturating_add(self.cost_ns(n));
        let latest = now_ns.saturating_add(self.cost_ns(self.burst));
        match next.checked_sub(latest) {
            None | Some(0) => Ok(next),
            Some(over) => Err(Duration::from_nanos(over)),
        }
    }
}

/// The bucket of one connection. Times are nanoseconds of its shard's clock.
#[derive(Debug, Default)]
pub(crate) struct Bucket(Cell<u64>);

impl Bucket {
    /// Takes `n`, or says how long to wait; then nothing is taken.
    pub fn take(&self, rate: Rate, n: u64, now_ns: u64) -> Result<(), Duration> {
        self.0.set(rate.take(self.0.get(), n, now_ns)?);
        Ok(())
    }
}

/// A bucket that all shards share. Times are nanoseconds of one clock.
#[derive(Debug, Default)]
pub(crate) struct SharedBucket(AtomicU64);

impl SharedBucket {
    /// Takes `n`, or says how long to wait; then nothing is taken.
    pub fn take(&self, rate: Rate, n: u64, now_ns: u64) -> Result<(), Duration> {
        let mut seen = self.0.load(Relaxed);
        loop {
            let next = rate.take(seen, n, now_ns)?;
            match self.0.compare_exchange_weak(seen, next, Relaxed, Relaxed) {
                Ok(_) => return Ok(()),
                Err(newer) => seen = newer,
            }
        }
    }

    /// Whether everything that was taken has come back, so that it can be forgotten.
    pub fn is_full(&self, now_ns: u64) -> bool {
        self.0.load(Relaxed) <= now_ns
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MS: u64 = 1_000_000;

    #[test]
    fn a_burst_passes_and_then_the_rate() {
        let (b, rate) = (Bucket::default(), Rate::per_second(10));
        for n in 0..20 {
            assert_eq!(b.take(rate, 1, 5 * MS), Ok(()), "{n}");
        }
        assert_eq!(b.take(rate, 1, 5 * MS), Err(Duration::from_millis(100)));
        assert_eq!(b.take(rate, 1, 105 * MS), Ok(()));
        assert!(b.take(rate, 1, 105 * MS).is_err());
        let large = Rate::per_second(10).with_room_for(1000);
        assert_eq!(Bucket::default().take(large, 1000, 0), Ok(()));
        assert!(Bucket::default().take(rate, 21, 0).is_err());
        let (b, strict) = (Bucket::default(), rate.at_once(10));
        assert_eq!(b.take(strict, 10, 0), Ok(()));
        assert_eq!(b.take(strict, 1, 0), Err(Duration::from_millis(100)));
    }

    proptest! {
        /// Whatever the steps are, no window of time lets more through than a bucket and what came in meanwhile.
        #[test]
        fn never_more_than_burst_and_rate(per_second in 1_u64..1000, steps in prop::collection::vec((0_u64..300, 1_u64..5), 1..200)) {
            let (b, shared) = (Bucket::default(), SharedBucket::default());
            let rate = Rate::per_second(per_second);
            let (mut now, mut passed) = (0, 0);
            for (ms, n) in steps {
                now += ms * MS;
                let told = b.take(rate, n, now);
                prop_assert_eq!(told, shared.take(rate, n, now));
                match told {
                    Ok(()) => passed += n,
                    // what is told is true: then it passes
                    Err(wait) if n <= 2 * per_second => {
                        now += wait.as_nanos() as u64;
                        prop_assert_eq!(b.take(rate, n, now), Ok(()));
                        prop_assert_eq!(shared.take(rate, n, now), Ok(()));
                        passed += n;
                    }
                    Err(_) => {}
                }
                let most = 2 * per_second + (u128::from(now) * u128::from(per_second) / u128::from(SECOND_NS)) as u64 + 1;
                prop_assert!(passed <= most, "{} of {}", passed, most);
            }
        }
    }
}
