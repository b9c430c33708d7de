//! A limit for lines of the log that strangers can cause: one a second.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_secs(1);

/// When the line was written last, and how often it was suppressed since.
#[derive(Debug, Default)]
pub(super) struct LogLimit(Mutex<(Option<Instant>, u64)>);

impl LogLimit {
    /// The event happened at `now`. `Some`: write a line, for this many events.
    pub fn happened(&self, now: Instant) -> Option<u64> {
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
    use crate::limits::clock::Clock;

    #[test]
    fn a_line_says_how_often_it_would_have_come() {
        let (limit, start) = (LogLimit::default(), Clock::held().now());
        let at = |ms| limit.happened(start + Duration::from_millis(ms));
        assert_eq!([at(0), at(1), at(999)], [Some(1), None, None]);
        assert_eq!([at(1_000), at(1_001)], [Some(3), None]);
    }
}
