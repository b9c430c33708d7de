//! The connections that a client can come back to, by their id: a newer one of the same id ends the older, wherever it is.

use super::Shard;
use super::message::ToShard;
use crate::app::App;
use crate::hub::socket::Socket;
use crate::protocol::close::Ending;
use std::rc::Rc;

impl<A: App> Shard<A> {
    /// Notes that this connection has the id from now on.
    pub fn keep_pid(&self, pid: &str, socket: &Rc<Socket<A>>) {
        self.pids
            .borrow_mut()
            .insert(pid.to_owned(), socket.clone());
    }

    /// A connection that has an id is gone.
    pub fn forget_pid(&self, pid: &str, socket: &Rc<Socket<A>>) {
        let mut pids = self.pids.borrow_mut();
        if pids.get(pid).is_some_and(|known| Rc::ptr_eq(known, socket)) {
            pids.remove(pid);
        }
    }

    /// Ends the connection that has this id so far, on whichever shard it is. Waits while a shard's inbox is full. When the future is dropped, some shards may
    /// not have been asked.
    pub async fn evict(&self, pid: &str) {
        self.evict_here(pid);
        for (id, peer) in self.peers().iter().enumerate() {
            if id != self.id {
                let pid = pid.to_owned();
                let call = move |shard: &Rc<Shard<A>>| shard.evict_here(&pid);
                let _ = peer.send(ToShard::Call(Box::new(call))).await;
            }
        }
    }

    fn evict_here(&self, pid: &str) {
        if let Some(socket) = self.pids.borrow_mut().remove(pid) {
            socket.end(Ending::taken_over());
        }
    }
}
