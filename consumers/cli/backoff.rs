//! How long to wait before trying again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(10);

/// Doubles with each failure, up to ten seconds, and takes off up to half of it at random: clients that lost one server should not all come back at
/// one moment.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// What was tried worked: the next wait is the shortest again.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// The wait after one more failure.
    pub fn next(&mut self) -> Duration {
        // Without random numbers clients come back together, which is better than not at all.
        self.after(getrandom::u64().unwrap_or(u64::MAX))
    }

    fn after(&mut self, random: u64) -> Duration {
        let full = FIRST
            .saturating_mul(1 << self.failures.min(16))
            .min(LONGEST);
        self.failures += 1;
        let half = full / 2;
        half + half.mul_f64(random as f64 / u64::MAX as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_limit_and_start_anew() {
        let mut backoff = Backoff::default();
        let longest: Vec<_> = (0..8)
            .map(|_| backoff.after(u64::MAX).as_millis())
            .collect();
        assert_eq!(longest, [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
        assert_eq!(backoff.after(0), LONGEST / 2);
        backoff.reset();
        assert_eq!(backoff.after(0), FIRST / 2);
        let mut patient = Backoff {
            failures: u32::MAX - 1,
        };
        assert_eq!(patient.after(u64::MAX), LONGEST);
    }
}
