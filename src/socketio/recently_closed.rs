//! Sessions that their clients have closed: a poll that was on its way meanwhile is still answered.

use super::polling::{Polled, noop};
use super::sessions::Sessions;
use crate::app::App;
use crate::hub::shard::Shard;
use crate::protocol::sid::Sid;
use std::collections::VecDeque;
use tokio::sync::oneshot;

/// How much later than the close such a poll may come, in milliseconds: it was sent before, by a connection of its own, and two lost packets of a
/// connection's beginning cost three seconds.
const LATE_MS: u64 = 5_000;
/// Sessions of a shard that are remembered, at 80 bytes: who opens and closes more than 200 in a second may have forgotten them sooner.
const SESSIONS: usize = 1_024;

/// The oldest first.
#[derive(Default)]
pub(crate) struct Departed(VecDeque<(Sid, u64)>);

impl Departed {
    /// A client has closed its session, and no poll of it was there to hear so.
    pub fn note(&mut self, sid: Sid, now_ms: u64) {
        self.forget(now_ms);
        if self.0.len() >= SESSIONS {
            self.0.pop_front();
        }
        self.0.push_back((sid, now_ms));
    }

    /// Whether it is such a session. Once: who asks again has been told.
    fn take(&mut self, sid: &Sid, now_ms: u64) -> bool {
        self.forget(now_ms);
        let at = self.0.iter().position(|(departed, _)| departed == sid);
        at.and_then(|at| self.0.remove(at)).is_some()
    }

    fn forget(&mut self, now_ms: u64) {
        let is_late = |(_, at): &(Sid, u64)| now_ms.saturating_sub(*at) >= LATE_MS;
        while self.0.front().is_some_and(is_late) {
            self.0.pop_front();
        }
    }
}

/// Answers a poll that finds no session, if it is one that was closed while the poll was on its way.
pub(crate) fn poll_late<A: App>(shard: &Shard<A>, sid: &Sid, answer: oneshot::Sender<Polled>) {
    let departed = &Sessions::of(shard).departed;
    if departed.borrow_mut().take(sid, shard.now_ms()) {
        let _ = answer.send(Some((0, vec![noop()])));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_remembered_once_for_a_while_and_among_so_many() {
        let mut departed = Departed::default();
        let (first, second) = (Sid::new(0), Sid::new(0));
        departed.note(first.clone(), 0);
        departed.note(second.clone(), 1);
        assert!(departed.take(&second, LATE_MS - 1));
        assert!(!departed.take(&second, LATE_MS - 1), "told already");
        assert!(!departed.take(&first, LATE_MS), "too late");
        assert!(departed.0.is_empty());

        departed.note(first.clone(), LATE_MS);
        departed.note(second.clone(), LATE_MS);
        for _ in 1..SESSIONS {
            departed.note(Sid::new(0), LATE_MS);
        }
        assert_eq!(departed.0.len(), SESSIONS);
        assert!(!departed.take(&first, LATE_MS), "too many since");
        assert!(departed.take(&second, LATE_MS));
    }
}
