//! The seam between those who have something to tell (the announcer, a connection that publishes) and the shards that tell it to clients.

pub(crate) mod local;
#[cfg(test)]
pub(crate) mod suite;

use crate::app::App;
use crate::hub::publication::Publication;
use crate::store::Reply;
use std::sync::Arc;

/// Publications in the order in which clients hear them.
pub(crate) type Publications<A> = Arc<[Arc<Publication<A>>]>;

/// Answers that wait for a commit, each with the shard that asked. `None`: nobody's shard did.
pub(crate) type Replies = Vec<(Option<usize>, Reply)>;

/// Brings what was committed, and what is only published, to the inboxes of this process's shards.
///
/// A broker is made over the inboxes of all shards before any of them runs; position and number of a shard are the same. Clones are the same broker. When the
/// last clone is dropped, no inbox is held any more.
///
/// # Who calls
/// [`opened`](Self::opened), [`committed`](Self::committed) and [`reset`](Self::reset) are called by one thread at a time: the first by the writer's thread
/// before anybody connects, the others by the thread that waits for the disk, once per commit, in the order of the commits, and only when the disk has the
/// commit. That thread is no runtime's, so they may block. [`publish`](Self::publish) is called by a shard's thread, at most once per tick and at the same
/// time as anything else.
///
/// # Order
/// Each shard gets what `opened`, `committed` and `reset` bring in the order of those calls, each of it once. A call has handed its message to every shard
/// when it returns. Between these messages and those of `publish` there is no order; those that one shard publishes arrive in its order.
///
/// # Errors
/// There is no error to return: what was committed happened. A shard that has stopped (its inbox is closed) is left out, and what its callers wait for is
/// answered by the calling thread. An implementation that reaches other processes too, and loses them, tells the shards of this process all the same, and
/// what it may have missed of others it reads from the log of events; where it cannot, it sends what [`reset`](Self::reset) sends.
///
/// # A slow shard
/// `committed`, `opened` and `reset` wait while a shard's inbox is full: then the disk's thread stands, behind it the writer, and the commands that wait for
/// the writer are bounded. So no commit is dropped for a slow shard, and memory does not grow. `publish` never waits: what a full inbox does not take is lost.
pub(crate) trait Broker<A: App>: Clone + Send + 'static {
    /// The store is open, and `head` is its newest event's number: each shard learns how far the history goes, before any commit. The inboxes are empty.
    fn opened(&self, head: u64);

    /// A commit is durable: `head` is the newest event's number after it, `publications` are its events in the order of their numbers, and `replies` are the
    /// answers to those who asked for it.
    ///
    /// A shard gets the publications, `head` and its own callers' replies in one message, and runs the replies after the publications. A reply without a shard,
    /// or of a number that there is no shard of, runs on the calling thread before this returns. Without publications only shards with replies get a message:
    /// the others know this head.
    fn committed(&self, head: u64, publications: &Publications<A>, replies: Replies);

    /// No stream goes on: each shard ends every stream that is open. Either the history has begun anew at `head`, and this comes before the first commit of the
    /// new one; or the store is closed, and `head` is where it was.
    fn reset(&self, head: u64);

    /// Brings ephemeral publications of the shard `from` to all others, which get them in one message. At most once.
    ///
    /// Returns how many were lost, each once for every shard that did not take it.
    fn publish(&self, from: usize, publications: &[Arc<Publication<A>>]) -> usize;
}
