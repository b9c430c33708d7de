//! The history has begun anew: the shard ends every stream of the old one.

use super::Shard;
use crate::app::App;
use crate::protocol::close::Ending;

impl<A: App> Shard<A> {
    /// Ends every stream of the history before; `head` is where the new one begins. Clients who come back are told to read their state again, because their
    /// number is none of this history's.
    ///
    /// Until its task has ended it, a socket hears no event any more: with a number of the new history it would be resumed, and what came before that number it
    /// would never hear. A client that comes after this reads the new history, because this was sent after its commit.
    pub(super) fn reset(&self, head: u64) {
        self.sockets.each(|socket| {
            socket.subscription.stop();
            socket.end(Ending::begun_anew());
        });
        self.progress.reach(head);
    }
}
