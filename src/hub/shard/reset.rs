//! The history has begun anew: nobody's stream goes on.

use super::Shard;
use crate::app::App;
use crate::protocol::close::Ending;

impl<A: App> Shard<A> {
    /// Ends every stream of the history before; `head` is where the new one begins. Those who come back are told to read their state again, because their
    /// number is none of this history's.
    ///
    /// Until its task has ended it, a socket hears no event any more: with a number of the new history it would be resumed, and what came before that number it
    /// would never hear. Who comes after this reads the new history, because this was sent after its commit.
    pub(super) fn reset(&self, head: u64) {
        for (_, socket) in self.sockets.borrow().iter() {
            socket.last.set(u64::MAX);
            socket.end(Ending::begun_anew());
        }
        self.seen.set(head);
        self.advanced.notify_waiters();
    }
}
