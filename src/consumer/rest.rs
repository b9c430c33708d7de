//! What HTTP routes of an application can reach.

pub(crate) mod answer;
pub(crate) mod body;
mod caller;
mod interface;
mod registration;
#[cfg(feature = "warp")]
mod warp;
#[cfg(feature = "warp")]
mod warp_body;

pub use body::RequestBody;
pub use caller::Caller;
pub(crate) use caller::Peer;
pub(crate) use interface::{Interface, Mounted};

use crate::app::App;
use crate::auth;
use crate::auth::{Identity, Keys};
use crate::consumer::numbers::Numbers;
use crate::error::{ClientError, Error, Kind};
use crate::metrics::Stats;
use crate::routing::Policy;
use crate::store::{Command, Reader, Store, Transaction};
use http::header;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;
use std::sync::Arc;

/// A REST interface of a listener.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RestPlace {
    /// The interface's name.
    pub interface: String,
    /// The listener's.
    pub listener: String,
    /// The port it listens on.
    pub port: u16,
    /// Whether the listener speaks `https` only.
    pub tls: bool,
}

/// The rows and the tokens, for the HTTP routes of one listener.
pub struct Api<A: App> {
    store: Store,
    keys: Option<Arc<Keys>>,
    policy: Arc<Policy>,
    stats: Arc<Stats>,
    places: Arc<[RestPlace]>,
    shard: usize,
    tls: bool,
    app: PhantomData<fn() -> A>,
}

impl<A: App> Clone for Api<A> {
    fn clone(&self) -> Self {
        Api {
            store: self.store.clone(),
            keys: self.keys.clone(),
            policy: self.policy.clone(),
            stats: self.stats.clone(),
            places: self.places.clone(),
            shard: self.shard,
            tls: self.tls,
            app: PhantomData,
        }
    }
}

impl<A: App> Api<A> {
    pub(crate) fn new(
        store: Store,
        keys: Option<Arc<Keys>>,
        policy: Arc<Policy>,
        stats: Arc<Stats>,
        places: Arc<[RestPlace]>,
        shard: usize,
        tls: bool,
    ) -> Self {
        Api {
            store,
            keys,
            policy,
            stats,
            places,
            shard,
            tls,
            app: PhantomData,
        }
    }

    /// Who sent a request.
    ///
    /// # Errors
    /// A [`ClientError`] of kind [`Unauthenticated`](Kind::Unauthenticated) when the token is expired or forged, or missing where one is required.
    pub fn identify(&self, caller: &Caller) -> Result<Identity<A::Claims>, ClientError> {
        let authorization = caller
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|v| v.to_str().ok());
        match (
            auth::token_of(authorization, None, &caller.query).token,
            &self.keys,
        ) {
            (Some(token), Some(keys)) => keys.verify(&token),
            (Some(_), None) => Err(ClientError::new(
                Kind::Unauthenticated,
                "TOKEN_INVALID",
                "this server knows no tokens",
            )),
            (None, _) if caller.may_be_anonymous(self.policy.auth) => Ok(Identity::anonymous()),
            (None, _) => Err(ClientError::new(
                Kind::Unauthenticated,
                "TOKEN_MISSING",
                "send a token: Authorization: Bearer ...",
            )),
        }
    }

    /// Signs claims, so that this server accepts them as a token: `sub` and `exp` are the caller's to set.
    ///
    /// # Errors
    /// [`Error::Config`] when the server has no key, or a public one: then tokens are made elsewhere.
    pub fn mint(&self, claims: &impl Serialize) -> Result<String, Error> {
        match &self.keys {
            Some(keys) => keys.mint(claims),
            None => Err(Error::Config("this server knows no tokens".to_owned())),
        }
    }

    /// What the whole server did.
    pub fn numbers(&self) -> Numbers {
        Numbers::of(&self.stats, Some(&self.store))
    }

    /// What is served where, on all listeners: for documentation that says how to get there.
    pub fn places(&self) -> &[RestPlace] {
        &self.places
    }

    /// Whether the listener speaks `https` only.
    pub fn tls(&self) -> bool {
        self.tls
    }

    /// The most a request's body may be, in bytes: the listener's limit for messages.
    pub fn max_body_bytes(&self) -> usize {
        self.policy.max_message_bytes
    }

    /// Whether the page that asks may: the listener's `origins` name it, or it is one of our own. No `Origin` header: not a browser's page.
    pub fn allows_origin(&self, caller: &Caller) -> bool {
        self.policy.origins.allow(&caller.headers, self.tls)
    }

    /// Reads rows, all at one state of the database.
    ///
    /// # Errors
    /// What `f` returns.
    pub async fn read<T: Send + 'static>(
        &self,
        f: impl FnOnce(&Reader<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.store.read(f).await
    }

    /// Runs a command and returns after its commit, when the clients of this shard were told.
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write<T: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        command: Command,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.write_as_of(command, f).await.map(|(value, _)| value)
    }

    /// Writes as [`write`](Self::write) does, and says as of which event: the number of the newest one when the command was done. A client whose stream has reached that
    /// number, or was told by a `pong` that it has, has heard all that the command has caused. A repetition gets the number of the first time.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    pub async fn write_as_of<T: Serialize + DeserializeOwned + Send + 'static>(
        &self,
        command: Command,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, Error> + Send + 'static,
    ) -> Result<(T, u64), Error> {
        let command = command.on_shard(self.shard);
        self.store.write_as_of(command, f).await
    }
}
