//! What reaches a shard from outside: commits, other shards' publications, and calls.

use super::Shard;
use super::message::ToShard;
use crate::app::App;
use std::rc::Rc;
use tokio::sync::mpsc;

/// Messages of the inbox that are taken in one after the other before sockets are written to and read from: more than wait for a shard that keeps up, so they
/// are still told together.
const INBOX_BATCH: usize = 64;
/// Frames for clients after which it is enough too: some ten milliseconds of noting them.
const DELIVERY_BATCH: u64 = 262_144;

impl<A: App> Shard<A> {
    /// Takes in what comes from the broker and the other shards, for as long as the inbox is open. What waits is told in one tick, up to a bound, so that a shard
    /// whose inbox never gets empty still writes, and hears its clients.
    pub async fn take_in(self: Rc<Self>, mut inbox: mpsc::Receiver<ToShard<A>>) {
        while let Some(mut message) = inbox.recv().await {
            let enough = self.counts.delivered.get().saturating_add(DELIVERY_BATCH);
            for taken in 1.. {
                match message {
                    ToShard::Call(call) => call(&self),
                    ToShard::Reset { head } => self.reset(head),
                    ToShard::Published(publications) => {
                        publications.iter().for_each(|p| self.deliver(p))
                    }
                    ToShard::Committed {
                        head,
                        publications,
                        replies,
                        at,
                    } => {
                        let oldest = &self.tick.committed_at;
                        if !publications.is_empty() && oldest.get().is_none() {
                            oldest.set(Some(at));
                        }
                        publications.iter().for_each(|p| self.deliver(p));
                        replies.into_iter().for_each(|reply| reply());
                        self.progress.reach(head);
                    }
                }
                if taken >= INBOX_BATCH || self.counts.delivered.get() >= enough {
                    // after whoever writes, and after the clients that are ready now
                    tokio::task::yield_now().await;
                    break;
                }
                match inbox.try_recv() {
                    Ok(next) => message = next,
                    Err(_) => break,
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::fixture::{Numbers, shard};
    use crate::limits::clock::Clock;
    use std::cell::Cell;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
    use tokio::task::{LocalSet, spawn_local, yield_now};

    #[test]
    fn an_inbox_that_never_gets_empty_leaves_turns_to_others() {
        const MESSAGES: usize = 10 * INBOX_BATCH;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime");
        LocalSet::new().block_on(&runtime, async {
            let (inbox, mail) = mpsc::channel(MESSAGES);
            let done = Arc::new(AtomicUsize::new(0));
            for _ in 0..MESSAGES {
                let done = done.clone();
                let call = move |_: &Rc<Shard<Numbers>>| {
                    done.fetch_add(1, Relaxed);
                };
                let sent = inbox.try_send(ToShard::Call(Box::new(call)));
                assert!(sent.is_ok(), "there is room");
            }
            let longest = Rc::new(Cell::new(0));
            let (noted, seen) = (longest.clone(), done.clone());
            let client = spawn_local(async move {
                let mut before = 0;
                while before < MESSAGES {
                    let now = seen.load(Relaxed);
                    noted.set(noted.get().max(now - before));
                    before = now;
                    yield_now().await;
                }
            });
            let taking = spawn_local(shard(Clock::held()).take_in(mail));
            client.await.expect("the client has its turns");
            taking.abort();
            // of two that yield the runtime wakes the later one first
            let longest = longest.get();
            assert!(longest <= 2 * INBOX_BATCH, "{longest} between two turns");
        });
    }
}
