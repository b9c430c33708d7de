//! The sessions of one shard, by id: what a shard carries for this room.

use super::exchange::{Polled, noop};
use super::recently_closed::RecentlyClosed;
use super::session::Session;
use crate::app::App;
use crate::hub::shard::Shard;
use crate::protocol::sid::Sid;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;
use tokio::sync::oneshot;

/// The sessions of one shard that are found by their id, because their requests come one by one.
pub(crate) struct Sessions<A: App> {
    /// Those that poll.
    polling: RefCell<FxHashMap<Sid, Rc<Session<A>>>>,
    /// Those that polled, and whose clients have just closed them.
    closed: RefCell<RecentlyClosed>,
}

impl<A: App> Default for Sessions<A> {
    fn default() -> Self {
        Sessions {
            polling: RefCell::default(),
            closed: RefCell::default(),
        }
    }
}

impl<A: App> Sessions<A> {
    /// Those of a shard.
    pub fn of(shard: &Shard<A>) -> &Self {
        let found = shard.extensions.get::<Self>();
        found.expect("a shard that serves has a place for sessions")
    }

    /// The session that polls under this id.
    pub fn get(&self, sid: &Sid) -> Option<Rc<Session<A>>> {
        self.polling.borrow().get(sid).cloned()
    }

    pub(super) fn has(&self, sid: &Sid) -> bool {
        self.polling.borrow().contains_key(sid)
    }

    pub(super) fn add(&self, session: &Rc<Session<A>>) {
        let mut polling = self.polling.borrow_mut();
        polling.insert(session.sid.clone(), session.clone());
    }

    /// It has ended, or goes on as a WebSocket.
    pub(super) fn remove(&self, sid: &Sid) {
        self.polling.borrow_mut().remove(sid);
    }

    /// A client has closed its session, and no poll of it was there to hear so.
    pub(super) fn note_closed(&self, sid: Sid, now_ms: u64) {
        self.closed.borrow_mut().note(sid, now_ms);
    }

    /// Answers a poll that finds no session, if it is one that was closed while the poll was on its way. `now_ms` is of the shard's clock.
    pub fn poll_late(&self, sid: &Sid, now_ms: u64, answer: oneshot::Sender<Polled>) {
        if self.closed.borrow_mut().take(sid, now_ms) {
            let _ = answer.send(Some((0, vec![noop()])));
        }
    }
}
