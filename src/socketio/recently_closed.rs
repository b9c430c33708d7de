//! Ids of sessions that their clients have closed: a poll that was on its way meanwhile is still answered.

use crate::protocol::sid::Sid;
use std::collections::VecDeque;

/// How much later than the close such a poll may come, in milliseconds. It was sent before the close, by a connection of its own, and two lost packets at the
/// beginning of a connection cost three seconds.
const LATE_MS: u64 = 5_000;
/// How many ids a shard remembers, at 80 bytes each: at 200 sessions per second they last as long as they are needed.
const SESSIONS: usize = 1_024;

/// Ids with the time at which they were noted, in milliseconds of the shard's clock; the oldest first.
#[derive(Default)]
pub(crate) struct RecentlyClosed(VecDeque<(Sid, u64)>);

impl RecentlyClosed {
    /// Notes a session that its client has closed while no poll waited.
    pub fn note(&mut self, sid: Sid, now_ms: u64) {
        self.forget(now_ms);
        if self.0.len() >= SESSIONS {
            self.0.pop_front();
        }
        self.0.push_back((sid, now_ms));
    }

    /// Whether this session was noted. Only once: the second poll is told that there is no such session.
    pub fn take(&mut self, sid: &Sid, now_ms: u64) -> bool {
        self.forget(now_ms);
        let at = self.0.iter().position(|(closed, _)| closed == sid);
        at.and_then(|at| self.0.remove(at)).is_some()
    }

    fn forget(&mut self, now_ms: u64) {
        let is_late = |(_, at): &(Sid, u64)| now_ms.saturating_sub(*at) >= LATE_MS;
        while self.0.front().is_some_and(is_late) {
            self.0.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_remembered_once_for_a_while_and_among_so_many() {
        let mut closed = RecentlyClosed::default();
        let (first, second) = (Sid::new(0), Sid::new(0));
        closed.note(first.clone(), 0);
        closed.note(second.clone(), 1);
        assert!(closed.take(&second, LATE_MS - 1));
        assert!(!closed.take(&second, LATE_MS - 1), "told already");
        assert!(!closed.take(&first, LATE_MS), "too late");
        assert!(closed.0.is_empty());

        closed.note(first.clone(), LATE_MS);
        closed.note(second.clone(), LATE_MS);
        for _ in 1..SESSIONS {
            closed.note(Sid::new(0), LATE_MS);
        }
        assert_eq!(closed.0.len(), SESSIONS);
        assert!(!closed.take(&first, LATE_MS), "too many since");
        assert!(closed.take(&second, LATE_MS));
    }
}
