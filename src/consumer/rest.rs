//! What HTTP routes of an application can reach.

use crate::app::App;
use crate::auth;
use crate::auth::{Identity, Keys};
use crate::consumer::numbers::Numbers;
use crate::error::{ClientError, Error, Kind};
use crate::metrics::Stats;
use crate::routing::{Auth, Policy};
use crate::store::{Command, Reader, Store, Transaction};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::sync::Arc;
use warp::filters::BoxedFilter;
use warp::reply::Response;
use warp::{Filter, Reply};

/// The address at the other end, put into each request by the accept loop: warp's own is private.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub SocketAddr);

/// Makes the HTTP routes of one listener and shard.
pub(crate) type Routes<A> = fn(Api<A>) -> BoxedFilter<(Response,)>;

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
    /// It speaks `https` only.
    pub tls: bool,
}

/// What a request says about who sent it.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The request's headers.
    pub headers: HeaderMap,
    /// The query string, without its question mark.
    pub query: String,
    /// The address at the other end.
    pub peer: Option<SocketAddr>,
}

impl Caller {
    /// Whether a policy lets this caller in without a token.
    pub(crate) fn may_be_anonymous(&self, auth: Auth) -> bool {
        match auth {
            Auth::Required => false,
            Auth::Optional | Auth::None => true,
            // a proxy on this machine would make every stranger look local
            Auth::Loopback => {
                let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip"]
                    .iter()
                    .any(|h| self.headers.contains_key(*h));
                !forwarded
                    && self
                        .peer
                        .is_some_and(|p| p.ip().to_canonical().is_loopback())
            }
        }
    }
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

    /// A warp filter that extracts the [`Caller`].
    pub fn caller() -> impl Filter<Extract = (Caller,), Error = Infallible> + Clone {
        warp::header::headers_cloned()
            .and(warp::query::raw().or(warp::any().map(String::new)).unify())
            .and(warp::ext::optional::<Peer>())
            .map(|headers, query, peer: Option<Peer>| Caller {
                headers,
                query,
                peer: peer.map(|p| p.0),
            })
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
        self.store.write(command.on_shard(self.shard), f).await
    }
}

/// `{"error": ..., "code": ...}` with the status of its kind.
pub(crate) fn json_error(error: &ClientError) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'a str,
        code: &'a str,
    }
    let body = warp::reply::json(&Body {
        error: &error.text,
        code: &error.code,
    });
    let status = StatusCode::from_u16(error.kind.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    not_stored(warp::reply::with_status(body, status).into_response())
}

/// For what is true now only: a 404 or a 410 may be kept by caches that are not told otherwise (RFC 9110, section 15.1).
pub(crate) fn not_stored(mut response: Response) -> Response {
    let never = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    response
}
