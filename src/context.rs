//! What a consumer can reach.

use crate::{App, Error, Identity, Message, Reader, Transaction};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

/// One connection's view of the server: who it is, its groups, the rows.
pub struct Context<A: App> {
    app: PhantomData<A>,
}

#[allow(unused_variables)]
impl<A: App> Context<A> {
    /// Who is at the other end. Changes when the client refreshes its token.
    pub fn identity(&self) -> &Identity<A::Claims> {
        todo!()
    }

    /// Judges this connection: now, before anything else is read; inside the transaction of every [`write`](Self::write) and the snapshot of every
    /// [`read`](Self::read); after a token refresh; and whenever a signal that [rechecks](crate::Signal::rechecking) concerns one of its groups. An error closes the connection
    /// with the code of its kind.
    ///
    /// # Errors
    /// What `guard` returns.
    pub async fn guard(
        &mut self,
        guard: impl Fn(&Identity<A::Claims>, &Reader<'_>) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Result<(), Error> {
        todo!()
    }

    /// From here on nothing announced to `group` is lost. Join BEFORE reading a snapshot.
    pub fn join(&mut self, group: A::Group) {
        todo!()
    }

    /// Leaves a group.
    pub fn leave(&mut self, group: &A::Group) {
        todo!()
    }

    /// What the client must know first, read at one point of the history; events up to it are skipped and later ones follow. A client that came back
    /// with a `since` that can be resumed gets what it missed instead, and `read` does not run; one whose `since` cannot gets it with `"reset": true`.
    /// The closure is `Fn`: it may be retried.
    ///
    /// # Errors
    /// What `read` returns.
    pub async fn snapshot(
        &mut self,
        read: impl Fn(&Reader<'_>) -> Result<Message, Error> + Send + Sync + 'static,
    ) -> Result<(), Error> {
        todo!()
    }

    /// For channels whose document has no first frame: `read` runs only when a client came with a `since` that cannot be resumed.
    ///
    /// # Errors
    /// What `read` returns.
    pub async fn snapshot_on_reset(
        &mut self,
        read: impl Fn(&Reader<'_>) -> Result<Message, Error> + Send + Sync + 'static,
    ) -> Result<(), Error> {
        todo!()
    }

    /// Reads rows, all at one state of the database.
    ///
    /// # Errors
    /// What `f` or the guard returns; [`Error::Panicked`] if `f` panicked.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        todo!()
    }

    /// Runs a command: one step of a transaction that is committed together with others; returns after the commit. Where the frame had an `id`,
    /// the outcome is stored with its effect, and the same id from the same actor gets the stored outcome again.
    ///
    /// # Errors
    /// What `f` or the guard returns (then nothing of it happened); [`Error::Busy`]; [`Error::UnknownOutcome`] when the commit itself failed.
    pub async fn write<T: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        todo!()
    }

    /// To this client only, without a number: it is not replayed.
    pub fn send(&self, message: &Message) {
        todo!()
    }

    /// To a group's live connections, at most once, without a number: typing, benchmarks. A durable fact is a row.
    pub fn publish(&self, group: A::Group, event: A::Event) {
        todo!()
    }
}
