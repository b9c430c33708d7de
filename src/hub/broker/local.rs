//! The broker of a server that is one process: a channel to each shard.

use super::{Broker, Publications, Replies};
use crate::app::App;
use crate::hub::publication::Publication;
use crate::hub::shard::message::{Inbox, ToShard};
use crate::limits::clock::Clock;
use crate::store::Reply;
use std::sync::Arc;

/// The inboxes of all shards of this process.
pub(crate) struct Local<A: App> {
    inboxes: Arc<[Inbox<A>]>,
    clock: Clock,
}

// `derive` would ask for `A: Clone`
impl<A: App> Clone for Local<A> {
    fn clone(&self) -> Self {
        Local {
            inboxes: self.inboxes.clone(),
            clock: self.clock.clone(),
        }
    }
}

impl<A: App> Local<A> {
    /// A broker over the inboxes of all shards, in the order of their numbers.
    pub fn new(inboxes: impl Into<Arc<[Inbox<A>]>>, clock: Clock) -> Self {
        Local {
            inboxes: inboxes.into(),
            clock,
        }
    }

    /// The inboxes of all shards: for what concerns one shard only.
    pub fn inboxes(&self) -> &Arc<[Inbox<A>]> {
        &self.inboxes
    }
}

impl<A: App> Broker<A> for Local<A> {
    fn opened(&self, head: u64) {
        for inbox in &*self.inboxes {
            // they are empty, and a thread that reads them may not be there yet
            let _ = inbox.try_send(ToShard::Committed {
                head,
                publications: Arc::new([]),
                replies: Vec::new(),
                at: self.clock.now(),
            });
        }
    }

    fn committed(&self, head: u64, publications: &Publications<A>, replies: Replies) {
        let mut of_shard: Vec<Vec<Reply>> = self.inboxes.iter().map(|_| Vec::new()).collect();
        for (shard, reply) in replies {
            match shard.and_then(|shard| of_shard.get_mut(shard)) {
                Some(replies) => replies.push(reply),
                None => reply(),
            }
        }
        let at = self.clock.now();
        for (inbox, replies) in self.inboxes.iter().zip(of_shard) {
            if publications.is_empty() && replies.is_empty() {
                continue;
            }
            let message = ToShard::Committed {
                head,
                publications: publications.clone(),
                replies,
                at,
            };
            if let Err(unsent) = inbox.blocking_send(message)
                && let ToShard::Committed { replies, .. } = unsent.0
            {
                replies.into_iter().for_each(|reply| reply());
            }
        }
    }

    fn reset(&self, head: u64) {
        for inbox in &*self.inboxes {
            let _ = inbox.blocking_send(ToShard::Reset { head }); // it may have stopped
        }
    }

    fn publish(&self, from: usize, publications: &[Arc<Publication<A>>]) -> usize {
        let mut lost = 0;
        for (id, inbox) in self.inboxes.iter().enumerate() {
            let message = || ToShard::Published(publications.to_vec());
            if id != from && inbox.try_send(message()).is_err() {
                lost += publications.len();
                tracing::warn!(
                    shard = id,
                    dropped = publications.len(),
                    "another shard does not keep up: ephemeral signals are dropped"
                );
            }
        }
        lost
    }
}
