//! The sessions of one shard, by id: what a shard carries for this room.

use super::recently_closed::Departed;
use super::session::Session;
use crate::app::App;
use crate::hub::shard::Shard;
use crate::protocol::sid::Sid;
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// The sessions of one shard that are found by their id, because their requests come one by one.
pub(crate) struct Sessions<A: App> {
    /// Those that poll.
    pub open: RefCell<FxHashMap<Sid, Rc<Session<A>>>>,
    /// Those that polled and that their clients have just closed.
    pub departed: RefCell<Departed>,
}

impl<A: App> Default for Sessions<A> {
    fn default() -> Self {
        Sessions {
            open: RefCell::default(),
            departed: RefCell::default(),
        }
    }
}

impl<A: App> Sessions<A> {
    /// Those of a shard.
    pub fn of(shard: &Shard<A>) -> &Self {
        let found = shard.extensions.get::<Self>();
        found.expect("a shard that serves has a place for sessions")
    }
}
