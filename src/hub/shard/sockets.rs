//! The open sockets of a shard.

use crate::app::App;
use crate::hub::socket::Socket;
use crate::protocol::close::Ending;
use crate::routing::Policy;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// Every open socket of a shard, also of those who are in no group.
pub(super) struct Sockets<A: App>(RefCell<slab::Slab<Rc<Socket<A>>>>);

impl<A: App> Default for Sockets<A> {
    fn default() -> Self {
        Sockets(RefCell::default())
    }
}

/// A place on the shard's list of sockets, given up when dropped.
pub(crate) struct Registered<A: App> {
    sockets: Rc<Sockets<A>>,
    key: usize,
}

impl<A: App> Drop for Registered<A> {
    fn drop(&mut self) {
        self.sockets.0.borrow_mut().try_remove(self.key);
    }
}

impl<A: App> Sockets<A> {
    /// Adds a socket, for as long as the returned value lives.
    pub fn register(self: &Rc<Self>, socket: &Rc<Socket<A>>) -> Registered<A> {
        Registered {
            sockets: self.clone(),
            key: self.0.borrow_mut().insert(socket.clone()),
        }
    }

    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Calls `f` for every socket. It must not add or remove any.
    pub fn each(&self, mut f: impl FnMut(&Rc<Socket<A>>)) {
        self.0.borrow().iter().for_each(|(_, socket)| f(socket));
    }

    /// The sockets for which `keep` finds something, each with what it finds.
    pub fn select<T>(&self, keep: impl Fn(&Socket<A>) -> Option<T>) -> Vec<(T, Rc<Socket<A>>)> {
        let sockets = self.0.borrow();
        let found = |(_, socket): (_, &Rc<Socket<A>>)| Some((keep(socket)?, socket.clone()));
        sockets.iter().filter_map(found).collect()
    }

    /// Ends up to `most` of the sockets that nobody has ended yet, and returns how many that were.
    pub fn end_some(&self, most: usize, ending: fn() -> Ending) -> usize {
        let sockets = self.0.borrow();
        let open = sockets.iter().filter(|(_, s)| !s.is_leaving()).take(most);
        open.map(|(_, s)| s.end(ending())).count()
    }

    /// Ends the sockets that were opened under such a policy.
    pub fn end_where(&self, is_gone: impl Fn(&Arc<Policy>) -> bool, ending: fn() -> Ending) {
        self.each(|socket| {
            if is_gone(&socket.policy) {
                socket.end(ending());
            }
        });
    }
}
