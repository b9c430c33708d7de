//! The sessions of one shard, by id.

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

/// The sessions of one shard that are found by their id. The shard carries it for this room.
pub(crate) struct Sessions<A: App> {
    /// Sessions that poll: each of their requests names the session.
    polling: RefCell<FxHashMap<Sid, Rc<Session<A>>>>,
    /// Sessions that polled, and that their clients have just closed.
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
    /// The sessions of a shard.
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

    /// Forgets a session that has ended, or that goes on as a WebSocket.
    pub(super) fn remove(&self, sid: &Sid) {
        self.polling.borrow_mut().remove(sid);
    }

    /// Notes a session that its client has closed while no poll waited.
    pub(super) fn note_closed(&self, sid: Sid, now_ms: u64) {
        self.closed.borrow_mut().note(sid, now_ms);
    }

    /// Answers a poll that finds no session, if the session was closed while the poll was on its way. `now_ms`: the time by the shard's clock.
    pub fn poll_late(&self, sid: &Sid, now_ms: u64, answer: oneshot::Sender<Polled>) {
        if self.closed.borrow_mut().take(sid, now_ms) {
            let _ = answer.send(Some((0, vec![noop()])));
        }
    }
}
