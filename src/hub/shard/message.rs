//! What reaches a shard from outside, and by what.

use super::Shard;
use crate::app::App;
use crate::hub::publication::Publication;
use crate::store::Reply;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;
use tokio::sync::mpsc;

/// Runs on the shard that it is sent to.
pub(crate) type Call<A> = Box<dyn FnOnce(&Rc<Shard<A>>) + Send>;

/// What reaches a shard from outside.
pub(crate) enum ToShard<A: App> {
    /// Something that only this shard can do, because it concerns a session here and was asked for elsewhere.
    Call(Call<A>),
    /// Ephemeral publications of another shard's tick.
    Published(Vec<Arc<Publication<A>>>),
    /// No open stream goes on: the history has begun anew at this number, or the store is closed and `head` is where it was.
    Reset { head: u64 },
    /// A commit is durable. Every shard gets it, also one without members: a shard must know how far it has come.
    Committed {
        /// The newest event's number after this commit.
        head: u64,
        publications: Arc<[Arc<Publication<A>>]>,
        replies: Vec<Reply>,
        /// When it was durable.
        at: Instant,
    },
}

/// Commits that wait for one shard. The writer waits when it is full, so a shard must never wait for the writer without yielding.
pub(crate) const INBOX_MESSAGES: usize = 1024;

pub(crate) type Inbox<A> = mpsc::Sender<ToShard<A>>;
