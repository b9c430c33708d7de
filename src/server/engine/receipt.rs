//! What became of the answer to a poll, told to the session that it was for.

use crate::app::App;
use crate::hub::shard::{Inbox, Shard, ToShard};
use crate::protocol::sid::Sid;
use crate::socketio::{Fate, Session, Sessions};
use std::rc::Rc;

/// The session of this id on this shard.
pub(super) fn found<A: App>(shard: &Shard<A>, sid: &Sid) -> Option<Rc<Session<A>>> {
    Sessions::of(shard).get(sid)
}

/// Which answer of which session: to tell it what became of the answer.
pub(in crate::server) struct Receipt<A: App> {
    pub home: Inbox<A>,
    pub sid: Sid,
    pub number: u64,
}

// `derive` would ask for `A: Clone`
impl<A: App> Clone for Receipt<A> {
    fn clone(&self) -> Self {
        Receipt {
            home: self.home.clone(),
            sid: self.sid.clone(),
            number: self.number,
        }
    }
}

impl<A: App> Receipt<A> {
    /// Tells the session what became of the answer, as far as its connection knows.
    pub fn give(self, fate: Fate) {
        let Receipt { home, sid, number } = self;
        let call = move |shard: &Rc<Shard<A>>| {
            if let Some(session) = found(shard, &sid) {
                session.answered(number, fate);
            }
        };
        // if the shard's inbox is full the answer counts as read
        let _ = home.try_send(ToShard::Call(Box::new(call)));
    }
}
