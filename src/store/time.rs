//! The time of day, as rows have it.

use crate::limits::clock::Clock;
use std::time::SystemTime;

/// Milliseconds since 1970-01-01 UTC.
pub(crate) fn now_ms(clock: &Clock) -> i64 {
    let since = clock.wall().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis() as i64)
}
