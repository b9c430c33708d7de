//! What a consumer can reach: its client, its groups, the rows.

mod back;
mod client;
mod groups;
mod identity;
mod membership;
mod recovery;
pub(crate) mod socket_io;
mod stream;
pub(crate) mod timers;

pub(crate) use client::{Client, Handshake};
pub(crate) use identity::Leaving;

use crate::app::App;
use crate::auth::Identity;
use crate::error::Error;
use crate::hub::format::Format;
use crate::hub::publication::Publication;
use crate::hub::shard::Shard;
use crate::hub::socket::Socket;
use crate::protocol::close::Ending;
use crate::protocol::dialect::Envelope;
use crate::protocol::message::{Message, Reply};
use crate::protocol::notice::Pong;
use crate::store::{Channel, IdempotencyKey, Reader, Transaction};
use back::Back;
use futures::future::LocalBoxFuture;
use identity::Nobody;
use membership::Membership;
use serde::Serialize;
use serde::de::DeserializeOwned;
use smallvec::SmallVec;
use std::any::Any;
use std::cell::{Cell, OnceCell};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::task::{self, Poll};
use timers::Timers;

type Guard<A> =
    Arc<dyn Fn(&Identity<<A as App>::Claims>, &Reader<'_>) -> Result<(), Error> + Send + Sync>;
type Look = Arc<dyn Fn(&Reader<'_>) -> Result<Message, Error> + Send + Sync>;

/// What an elapsed timer does to the consumer that set it. `None`: another consumer set it.
pub(crate) type Elapsed<A> = Box<
    dyn for<'a> FnOnce(
        &'a mut (dyn Any + 'static),
        &'a mut Context<A>,
    ) -> Option<LocalBoxFuture<'a, Result<Reply, Error>>>,
>;

/// What starts a stream.
#[derive(Clone)]
struct Opening {
    look: Look,
    /// Only when the client's `since` could not be resumed.
    only_on_reset: bool,
}

/// One connection's view of the server: who it is, its groups, the rows.
pub struct Context<A: App> {
    pub(crate) shard: Rc<Shard<A>>,
    pub(crate) socket: Rc<Socket<A>>,
    pub(crate) format: u16,
    identity: Arc<Identity<A::Claims>>,
    guard: Option<Guard<A>>,
    memberships: SmallVec<[Membership<A::Group>; 1]>,
    opening: Option<Opening>,
    /// The number with which the client came, until a stream started from it.
    since: Option<u64>,
    /// The consumer and path that the frames of this connection are addressed to.
    channel: Channel,
    /// The idempotency key of the frame that is being handled, if the frame has an id. Its scope is filled in for each write.
    command: Option<Box<IdempotencyKey>>,
    /// The scope of the ids of a client without a token: this connection alone. Made with the first id, and boxed, because few connections have any.
    nobody: OnceCell<Box<Nobody>>,
    /// Writes of this command so far: each has an outcome of its own.
    writes: Cell<u32>,
    /// What is kept of a Socket.IO client.
    pub(crate) client: Option<Rc<Client>>,
    /// What a Socket.IO client comes back with. Boxed: most connections have none, and each is as large as it could be.
    back: Option<Box<Back<A::Group>>>,
    /// The consumer's timers. Boxed, because most connections have none.
    timers: Option<Box<Timers<Elapsed<A>>>>,
}

impl<A: App> Context<A> {
    pub(crate) fn new(
        shard: Rc<Shard<A>>,
        socket: Rc<Socket<A>>,
        format: u16,
        identity: Identity<A::Claims>,
        since: Option<u64>,
    ) -> Self {
        Context {
            shard,
            socket,
            format,
            identity: Arc::new(identity),
            guard: None,
            memberships: SmallVec::new(),
            opening: None,
            since,
            channel: Channel::new([]),
            command: None,
            nobody: OnceCell::new(),
            writes: Cell::new(0),
            client: None,
            back: None,
            timers: None,
        }
    }

    /// The client's identity. It changes when the client sends a new token.
    pub fn identity(&self) -> &Identity<A::Claims> {
        &self.identity
    }

    /// Judges this connection: now, before anything else is read; inside the transaction of every [`write`](Self::write) and
    /// [`read`](Self::read); after a token refresh; and whenever a signal that [rechecks](crate::Signal::rechecking) concerns one of its groups.
    /// An error closes the connection with the code of its kind.
    ///
    /// # Errors
    /// What `guard` returns.
    ///
    /// # Cancel safety
    /// The guard is set when the future is dropped; whether it has judged is not known.
    pub async fn guard(
        &mut self,
        guard: impl Fn(&Identity<A::Claims>, &Reader<'_>) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<(), Error> {
        self.guard = Some(Arc::new(guard));
        self.judge().await
    }

    /// Reads as [`read`](Self::read) does, in a command that has joined groups. The stream of these groups begins for this client at what `f` saw: events up to
    /// that point are not told, later ones follow the command's answer. Without this call the stream begins after the answer.
    ///
    /// The closure is `Fn`: it may be retried.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    ///
    /// # Cancel safety
    /// As [`read`](Self::read); the stream of the groups begins after the command's answer then.
    pub async fn read_joined<T: Send + 'static>(
        &mut self,
        f: impl Fn(&Reader<'_>) -> Result<T, Error> + Send + Sync + 'static,
    ) -> Result<T, Error> {
        let (at, found) = self.at_one_point(Arc::new(f)).await?;
        self.socket.subscription.begin_joined_at(at);
        Ok(found)
    }

    /// Sends the client its first message, read at one point of the history: events up to that point are not told, later ones follow. A client that came back with
    /// a `since` that can be resumed gets the events that it missed instead, and `read` does not run. If its `since` cannot be resumed, the message has `"reset": true`.
    /// The closure is `Fn`: it may be retried, and it runs again when the client asks to resume on the open connection.
    ///
    /// # Errors
    /// What `read` returns.
    ///
    /// # Cancel safety
    /// Not cancel safe: to be awaited to its end. When the future is dropped before that, the client may have been told its snapshot or not, and what is announced
    /// to its groups is held back until `connect` returns.
    pub async fn snapshot(
        &mut self,
        read: impl Fn(&Reader<'_>) -> Result<Message, Error> + Send + Sync + 'static,
    ) -> Result<(), Error> {
        self.opening = Some(Opening {
            look: Arc::new(read),
            only_on_reset: false,
        });
        self.open().await
    }

    /// As [`snapshot`](Self::snapshot), for channels that have no first frame: `read` runs only if a client came with a `since` that cannot be resumed.
    ///
    /// # Errors
    /// What `read` returns.
    ///
    /// # Cancel safety
    /// As [`snapshot`](Self::snapshot): not cancel safe.
    pub async fn snapshot_on_reset(
        &mut self,
        read: impl Fn(&Reader<'_>) -> Result<Message, Error> + Send + Sync + 'static,
    ) -> Result<(), Error> {
        self.opening = Some(Opening {
            look: Arc::new(read),
            only_on_reset: true,
        });
        self.open().await
    }

    /// Reads rows, all at one state of the database.
    ///
    /// # Errors
    /// What `f` or the guard returns; [`Error::Panicked`] if `f` panicked.
    ///
    /// # Cancel safety
    /// Cancel safe: nothing is changed. A future that is dropped before `f` runs keeps it from running; afterwards `f` runs to its end, and nobody is told.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (judged, f) = self.judged(f);
        let result = self.store()?.read(move |db| f(db)).await;
        self.told(judged, result)
    }

    /// Runs a command: one step of a transaction that is committed together with others. Returns after the commit. If the frame had an `id`, the
    /// outcome is stored in that transaction, and the same id from the same client gets the stored outcome again.
    ///
    /// The acknowledgement of a frame that has written says `as_of`: the number of the newest event when that was done. None that it has caused has a higher one, and a
    /// repetition says that of the first time. With Socket.IO it is a member of the acknowledgement's first argument, where that is an object.
    ///
    /// # Errors
    /// What `f` or the guard returns (then nothing of it happened); [`Error::Busy`]; [`Error::UnknownOutcome`] when the commit itself failed.
    ///
    /// # Cancel safety
    /// Not cancel safe: a future that is dropped before the command is in the writer's queue keeps it from running; afterwards the command runs and is committed,
    /// everybody hears of it, and only the caller is not told its outcome. With an `id` the client can ask again for that.
    ///
    /// The transaction ends with its closure, and cannot be kept:
    ///
    /// ```compile_fail
    /// # use maitred::{App, Context, Error, Transaction};
    /// # async fn keep<A: App>(ctx: &Context<A>) -> Result<(), Error> {
    /// let mut kept: Option<&Transaction<'_>> = None;
    /// ctx.write(move |tx| {
    ///     kept = Some(tx);
    ///     Ok(())
    /// })
    /// .await
    /// # }
    /// ```
    pub async fn write<T: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let refused = Arc::new(AtomicBool::new(false));
        let (guard, identity, flag) = (self.guard.clone(), self.identity.clone(), refused.clone());
        let result = self
            .store()?
            .write_as_of(self.next_command(), move |tx| {
                if let Some(guard) = guard {
                    guard(&identity, tx).inspect_err(|_| flag.store(true, Relaxed))?;
                }
                f(tx)
            })
            .await;
        let (value, as_of) = self.told(refused, result)?;
        self.socket.subscription.wrote(as_of);
        Ok(value)
    }

    /// Sends a message to this client only. It has no number and is not replayed.
    pub fn send(&self, message: &Message) {
        self.send_as(message, Envelope::default());
    }

    /// What a `ping` is answered with: the server's time, and how far this connection has been told. For vocabularies whose clients ask with an event of their own; a raw
    /// connection's `ping` is answered by the framework.
    pub fn pong(&self) -> Pong {
        self.shard.flush_batch(self.format, &self.socket);
        let live = self.shard.store.is_some() && !self.socket.subscription.is_holding();
        Pong {
            server_time: self.shard.clock.wall_ms(),
            as_of: live.then(|| self.shard.reached()),
        }
    }

    /// Ends the connection in order, after the messages sent until now: a raw one with close code 1000; with Socket.IO this namespace, and the client does not
    /// come back by itself. What the handler returns is not sent any more.
    pub fn disconnect(&self) {
        self.socket.end(Ending::new(1000, "bye"));
    }

    /// Sends an ephemeral event to the open connections of a group: at most once, without a number, not replayed. For example: somebody is typing. A durable fact is a row.
    pub fn publish(&self, group: A::Group, event: A::Event) {
        self.shard.publish(Publication::new(0, event, [group]));
    }

    pub(super) fn timers(&mut self) -> &mut Timers<Elapsed<A>> {
        let clock = &self.shard.clock;
        let make = || Box::new(Timers::new(clock.clone()));
        self.timers.get_or_insert_with(make)
    }

    /// Takes the first timer that has elapsed. What is done for it does not belong to the command before.
    pub(crate) fn take_elapsed(&mut self) -> Option<Elapsed<A>> {
        let elapsed = self.timers.as_mut()?.take_due()?;
        self.begin_unasked();
        Some(elapsed)
    }

    /// Ready when a timer has elapsed.
    pub(crate) fn poll_elapsed(&mut self, cx: &mut task::Context<'_>) -> Poll<()> {
        match &mut self.timers {
            None => Poll::Pending,
            Some(timers) => timers.poll_due(cx),
        }
    }

    /// Why the connection is being closed, if it is.
    pub(crate) fn ending(&self) -> Option<Ending> {
        self.socket.take_ending()
    }

    pub(crate) fn send_as(&self, message: &Message, envelope: Envelope) {
        self.shard
            .send(&self.socket, self.format().frame(message, envelope));
    }

    pub(crate) fn format(&self) -> &Format<A> {
        &self.shard.formats[self.format as usize]
    }

    /// Takes a new token, which is judged like the first.
    pub(crate) async fn refresh(&mut self, identity: Identity<A::Claims>) -> Result<(), Error> {
        self.identity = Arc::new(identity);
        self.judge().await
    }

    /// Runs the guard on the rows as they are now.
    pub(crate) async fn judge(&self) -> Result<(), Error> {
        if self.guard.is_none() {
            Ok(())
        } else {
            self.read(|_| Ok(())).await
        }
    }

    fn store(&self) -> Result<&crate::store::Store, Error> {
        self.shard.store.as_ref().ok_or(Error::Closed)
    }

    /// `f` behind the guard; the flag says whether it was the guard that refused.
    #[allow(clippy::type_complexity)]
    fn judged<T>(
        &self,
        f: impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) -> (
        Arc<AtomicBool>,
        impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) {
        let refused = Arc::new(AtomicBool::new(false));
        let (guard, identity, flag) = (self.guard.clone(), self.identity.clone(), refused.clone());
        let behind = move |db: &Reader<'_>| {
            if let Some(guard) = guard {
                guard(&identity, db).inspect_err(|_| flag.store(true, Relaxed))?;
            }
            f(db)
        };
        (refused, behind)
    }

    /// A connection that its guard refuses ends.
    fn told<T>(&self, refused: Arc<AtomicBool>, result: Result<T, Error>) -> Result<T, Error> {
        if refused.load(Relaxed)
            && let Err(Error::Client(error)) = &result
        {
            self.socket.end(Ending::refused(error.clone()));
        }
        result
    }
}

/// Leaves the groups: no member of a group is without a connection.
impl<A: App> Drop for Context<A> {
    fn drop(&mut self) {
        self.leave_all();
        if let Some(pid) = self.back.as_ref().and_then(|back| back.pid.as_ref()) {
            self.shard.forget_pid(&pid.id, &self.socket);
        }
    }
}
