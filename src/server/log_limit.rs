//! A line of the log that strangers can cause: once a second, however often they do.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_secs(1);

/// When such a line was written last, and how often it was not since.
#[derive(Debug, Default)]
pub(super) struct LogLimit(Mutex<(Option<Instant>, u64)>);

impl LogLimit {
    /// It happened. `Some`: a line is due, for so many times.
    pub fn happened(&self) -> Option<u64> {
        self.at(Instant::now())
    }

    fn at(&self, now: Instant) -> Option<u64> {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (last, times) = &mut *state;
        *times += 1;
        if last.is_some_and(|last| now.saturating_duration_since(last) < PAUSE) {
            return None;
        }
        *last = Some(now);
        Some(std::mem::take(times))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_often_it_would_have_come() {
        let (limit, start) = (LogLimit::default(), Instant::now());
        let at = |ms| limit.at(start + Duration::from_millis(ms));
        assert_eq!([at(0), at(1), at(999)], [Some(1), None, None]);
        assert_eq!([at(1_000), at(1_001)], [Some(3), None]);
    }
}
