//! Snapshot and stream without a gap, and what was missed: how a connection becomes live.

use super::Context;
use crate::app::App;
use crate::error::Error;
use crate::hub::recent::Rendering;
use crate::hub::replay::{Audience, Size, page};
use crate::metrics::{EVENTS, Return};
use crate::protocol::close::Ending;
use crate::protocol::dialect::Envelope;
use crate::protocol::message::Message;
use crate::protocol::notice::{Reset, Resumed, Resync};
use crate::store::Reader;
use crate::store::log::{Log, Unresumable};
use bytes::Bytes;
use std::sync::Arc;
use tokio::task::yield_now;

/// A snapshot is read again when more came meanwhile than can be held. A client that is flooded faster than its state can be read is told to come back.
const SNAPSHOT_TRIES: usize = 8;

impl<A: App> Context<A> {
    /// The number that the client came back with, until its stream has started.
    pub fn since(&self) -> Option<u64> {
        self.since
    }

    /// After `connect`: a consumer without a first frame still resumes, and what was held is let go.
    pub(crate) async fn settle(&mut self) -> Result<(), Error> {
        let comes_back = self.since.is_some() || self.returning().is_some();
        if !comes_back && !self.socket.subscription.is_holding() {
            return Ok(());
        }
        if self.shard.store.is_none() {
            self.since = None;
            self.greet(None).await?;
            self.release(0, Vec::new());
            return Ok(());
        }
        // boxed: not every consumer needs it, and it is large
        Box::pin(self.open()).await
    }

    pub(super) async fn open(&mut self) -> Result<(), Error> {
        let since = self.since.take().filter(|_| !self.must_begin_anew());
        if self.shard.store.is_none() {
            self.greet(None).await?;
            self.release(0, Vec::new());
            return Ok(());
        }
        match since {
            Some(since) => match self.resume(since, None).await? {
                Ok(()) => Ok(()),
                Err(why) => self.restart(Some(why)).await,
            },
            None => self.restart(None).await,
        }
    }

    /// Starts the stream again on the open connection, because the client asked for it. Frames before the answer are void.
    pub(crate) async fn resume_in_band(&mut self, since: Option<u64>) -> Result<(), Error> {
        let all = self.memberships.iter().map(|m| m.group.clone()).collect();
        self.socket.subscription.hold_anew(all);
        let since = since.unwrap_or(u64::MAX);
        if self.shard.store.is_none() {
            self.release(0, Vec::new());
            return Ok(());
        }
        let resumed = Message::new("resumed", &Resumed { since });
        let done = match self.resume(since, Some(resumed)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(why)) => self.begin_anew(why).await,
            Err(error) => Err(error),
        };
        if done.is_err() {
            // What was held is not told any more: the client has to come back for it.
            self.socket.end(Ending::internal());
        }
        done
    }

    /// Starts a new stream on the open connection, because the old one cannot go on.
    async fn begin_anew(&mut self, why: Unresumable) -> Result<(), Error> {
        self.socket.subscription.restart_after(0);
        if self.opening.is_some() {
            let reset = Envelope {
                seq: None,
                reset: true,
                ask: None,
            };
            self.send_as(&reset_message(why), reset);
        }
        self.restart(Some(why)).await
    }

    /// Starts a new stream, from a snapshot or from now. The client is told if it asked for another one.
    async fn restart(&mut self, unresumable: Option<Unresumable>) -> Result<(), Error> {
        let reset = unresumable.is_some();
        if reset {
            self.shard.counts.returned(Return::Reset);
        }
        let look = self
            .opening
            .as_ref()
            .filter(|o| reset || !o.only_on_reset)
            .map(|o| o.look.clone());
        if look.is_none() && !reset {
            // from now: what was committed before, and is still on its way to this shard, is not told
            let at = self.store()?.read(|db| db.head()).await?;
            self.greet(Some(at)).await?;
            self.resync(None);
            self.shard.caught_up(at).await;
            self.release(at, Vec::new());
            return Ok(());
        }
        let why = unresumable.unwrap_or(Unresumable::Unknown);
        let (is_socket_io, has_state) = (self.is_socket_io(), look.is_some());
        let reset_message = move || match is_socket_io {
            true => resync_message(Some(why)),
            false => reset_message(why),
        };
        let look = look.unwrap_or_else(|| Arc::new(move |_: &Reader<'_>| Ok(reset_message())));
        for _ in 0..SNAPSHOT_TRIES {
            if self.socket.subscription.has_overflowed() {
                self.socket.subscription.forget_held();
            }
            let (at, message) = self.at_one_point(look.clone()).await?;
            self.greet(Some(at)).await?; // what could refuse the client has not
            if has_state {
                self.resync(unresumable);
            }
            self.shard.caught_up(at).await; // everything up to `at` is now sent, or held here
            if self.socket.subscription.has_overflowed() {
                continue;
            }
            let frame = self.format().frame(
                &message,
                Envelope {
                    seq: Some(at),
                    reset,
                    ask: None,
                },
            );
            self.release(at, vec![self.socket.suited(frame)]);
            return Ok(());
        }
        self.socket.end(Ending::slow());
        Err(Error::Closed)
    }

    /// The state, and the number it belongs to.
    pub(super) async fn at_one_point<T: Send + 'static>(
        &self,
        read: Arc<impl Fn(&Reader<'_>) -> Result<T, Error> + Send + Sync + ?Sized + 'static>,
    ) -> Result<(u64, T), Error> {
        let again = read.clone();
        let (judged, first) = self.judged(move |db| {
            // rows that somebody else changed and nobody announced yet: this snapshot would show them, and the stream would tell them again
            if db.log().waiting()? {
                return Ok(None);
            }
            Ok(Some((db.head()?, read(db)?)))
        });
        let result = self.store()?.read(move |db| first(db)).await;
        if let Some(found) = self.told(judged, result)? {
            return Ok(found);
        }
        // the writer announces what waits before it does anything else, and nobody can commit beside it
        let (judged, second) = self.judged(move |db| Ok((db.head()?, again(db)?)));
        let result = self
            .store()?
            .write_raw(Some(self.shard.id), move |db| second(db))
            .await;
        self.told(judged, result)
    }

    /// After a command was answered: if it joined groups, their stream begins where [`note_joins`](Self::note_joins) said.
    pub(crate) async fn settle_joins(&mut self) -> Result<(), Error> {
        if !self.socket.subscription.is_holding() {
            return Ok(());
        }
        if self.shard.store.is_none() {
            self.release(0, Vec::new());
            return Ok(());
        }
        let Some(at) = self.socket.subscription.joined_at() else {
            return Ok(());
        };
        self.shard.caught_up(at).await;
        if !self.socket.subscription.has_overflowed() {
            self.release(at, Vec::new());
            return Ok(());
        }
        // what the older groups were told meanwhile is in the history
        match self.resume(self.socket.subscription.last(), None).await? {
            Ok(()) => Ok(()),
            Err(_) => {
                self.socket.end(Ending::slow());
                Err(Error::Closed)
            }
        }
    }

    /// Sends what the client missed, page by page at its speed. Events held meanwhile may be thrown away, because the next page has them. When it is known that the stream
    /// goes on after `since`, the client is told so by `resumed`.
    async fn resume(
        &mut self,
        mut since: u64,
        mut resumed: Option<Message>,
    ) -> Result<Result<(), Unresumable>, Error> {
        let members = self.memberships.iter();
        let heard = members.map(|m| (m.group.clone(), m.from.get()));
        let heard = Arc::new(Audience::new(heard));
        let shard = self.shard.clone();
        let mut replayed = 0;
        loop {
            self.socket.subscription.forget_held();
            let (formats, format, heard) = (shard.formats.clone(), self.format, heard.clone());
            let deflate_from = self.socket.wire.compression.get().deflate_from;
            let policy = &self.socket.policy;
            let size = Size::of_outbox(policy.outbox_bytes, policy.outbox_frames);
            let (judged, read) = self.judged(move |db| {
                let log = db.log();
                if let Err(why) = log.judge(since)? {
                    return Ok(Err(why));
                }
                let upto = log.head()?;
                let rendering = Rendering {
                    format,
                    deflate_from,
                    render: &|seq, event, group| formats[format as usize].render(seq, event, group),
                };
                page(
                    &log,
                    &formats.recent,
                    &heard,
                    (since, upto),
                    size,
                    &rendering,
                )
            });
            let result = self.store()?.replay(move |db| read(db)).await;
            let page = match self.told(judged, result)? {
                Ok(page) => page,
                Err(why) => return Ok(Err(why)),
            };
            self.goes_on()?;
            if let Some(returning) = self.back.as_mut().and_then(|back| back.returning.as_mut()) {
                returning.recovered = true;
            }
            if let Some(resumed) = resumed.take() {
                self.socket.subscription.restart_after(since);
                self.send(&resumed);
            }
            self.greet(Some(since)).await?;
            self.tell_lost();
            shard.caught_up(page.upto).await;
            let permit = shard.may_page(page.bytes).await;
            self.goes_on()?;
            replayed += page.frames.len() as u64;
            let complete = !page.more && !self.socket.subscription.has_overflowed();
            if complete {
                let counts = &shard.counts;
                counts.returned(Return::Resumed);
                counts.replayed.record(&EVENTS, replayed);
                self.release(page.upto, page.frames);
                yield_now().await;
                return Ok(Ok(()));
            }
            for frame in page.frames {
                shard.send_suited(&self.socket, frame);
            }
            shard.flush();
            // It goes on when the network was looked at, and those who asked something meanwhile had their turn.
            yield_now().await;
            drop(permit);
            if !self.socket.drained().await {
                return Err(Error::Closed);
            }
            since = page.upto;
        }
    }

    /// The history may have begun anew while a page was read or waited: then this stream has no end in the new one, and what is held of it must not be told.
    ///
    /// # Errors
    /// [`Error::Closed`]: the connection is being ended.
    fn goes_on(&self) -> Result<(), Error> {
        match self.socket.is_leaving() {
            true => Err(Error::Closed),
            false => Ok(()),
        }
    }

    /// What older groups were told up to `at`, then `first` (compressed already, as what was held is, if this client's frames are), then the news: the client's last number never runs ahead of what it was sent.
    /// There is no await in it: from here on the connection is live.
    fn release(&mut self, at: u64, first: Vec<Bytes>) {
        let (shard, subscription) = (&self.shard, &self.socket.subscription);
        let held = subscription.flush();
        let (before, after): (Vec<_>, Vec<_>) =
            held.into_iter().partition(|h| h.seq != 0 && h.seq <= at);
        for h in before {
            if !h.fresh && subscription.passes(h.seq) {
                shard.send_suited(&self.socket, h.frame);
            }
        }
        for frame in first {
            shard.send_suited(&self.socket, frame);
        }
        subscription.reach(at);
        for h in after {
            if subscription.passes(h.seq) {
                shard.send_suited(&self.socket, h.frame);
            }
        }
    }
}

fn reason(why: Unresumable) -> &'static str {
    match why {
        Unresumable::Pruned => "what you missed is not kept any more: read the state again",
        Unresumable::Unknown => "this number is none of this history's: read the state again",
    }
}

fn reset_message(why: Unresumable) -> Message {
    Message::new(
        "reset",
        &Reset {
            reason: reason(why),
        },
    )
}

/// What a Socket.IO client hears that came back and cannot go on where it was.
fn resync_message(why: Option<Unresumable>) -> Message {
    let reason = why.map_or(
        "your last connection is not known here: read the state again",
        reason,
    );
    let resync = Resync {
        reset: true,
        reason: Some(reason),
        lost: Vec::new(),
    };
    Message::new("resync", &resync)
}

impl<A: App> Context<A> {
    /// Tells a Socket.IO client that came back that it did not find what it left.
    fn resync(&mut self, why: Option<Unresumable>) {
        if self.is_socket_io() && (why.is_some() || self.returning().is_some()) {
            self.send(&resync_message(why));
        }
    }

    /// Tells a Socket.IO client that goes on which groups it hears no more.
    fn tell_lost(&mut self) {
        let lost = self.lost_groups();
        if let Some(back) = &mut self.back {
            back.restored.clear();
        }
        if !lost.is_empty() {
            let resync = Resync {
                reset: false,
                reason: None,
                lost,
            };
            self.send(&Message::new("resync", &resync));
        }
    }
}
