//! How an application registers its REST interfaces.

use super::Api;
use super::body::RequestBody;
use super::interface::{Interface, handler};
use crate::app::App;
use crate::consumer::registry::Registry;
use bytes::Bytes;
use http::Request;
use http_body::Body;
use tower::Service;

impl<A: App> Registry<A> {
    /// Adds a REST interface: a [tower service](tower::Service) that a listener mounts with `rest = ["name"]`, and that is asked for the path `prefix` and
    /// everything below it. A prefix of `/` is everything. The path that the service sees is the whole path.
    ///
    /// `make` is called on each shard, for each listener that mounts the interface, and again after a reload. The service is cloned for each request, made
    /// [ready](Service::poll_ready) and called, on the shard's thread: it need not be `Send`, and whatever it computes keeps the shard's clients waiting. Of two
    /// interfaces whose prefixes fit the one that stands first in the listener's list is asked.
    ///
    /// WebSocket routes, `/healthz`, `/readyz` and the listener's metrics come before any interface. HEAD arrives as GET, and the body of the answer is left
    /// out. The future is dropped when the client goes away. An error of the service is logged, and the client is answered 500; an error of the answer's body
    /// ends the connection.
    ///
    /// A server without a [store](crate::Server::store) mounts no interface.
    ///
    /// ```
    /// # use maitred::{Api, App, Caller, Registry, RequestBody};
    /// # fn registry<A: App>() -> Registry<A> {
    /// use http::{Request, Response};
    /// use std::convert::Infallible;
    ///
    /// Registry::new().service("length", "/length", |api: Api<A>| {
    ///     tower::service_fn(move |request: Request<RequestBody>| {
    ///         let api = api.clone();
    ///         async move {
    ///             let mut answer = Response::new(String::new());
    ///             *answer.status_mut() = match api.identify(&Caller::of(&request)) {
    ///                 Ok(_) => http::StatusCode::OK,
    ///                 Err(error) => http::StatusCode::from_u16(error.kind.status()).expect("a status"),
    ///             };
    ///             let length = request.into_body().bytes().await.map_or(0, |body| body.len());
    ///             *answer.body_mut() = length.to_string();
    ///             Ok::<_, Infallible>(answer)
    ///         }
    ///     })
    /// })
    /// # }
    /// ```
    ///
    /// # Panics
    /// When two interfaces have one name, or the prefix does not begin with a slash.
    pub fn service<S, B>(
        self,
        name: &'static str,
        prefix: &'static str,
        make: impl Fn(Api<A>) -> S + Send + Sync + 'static,
    ) -> Self
    where
        S: Service<Request<RequestBody>, Response = http::Response<B>> + Clone + 'static,
        S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        S::Future: 'static,
        B: Body<Data = Bytes> + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        assert!(
            prefix.starts_with('/'),
            "the prefix {prefix:?} of {name} does not begin with a slash"
        );
        let make = Box::new(move |api| handler(make(api)));
        self.interface(name, Interface::Service { prefix, make })
    }

    fn interface(mut self, name: &'static str, interface: Interface<A>) -> Self {
        assert!(
            self.rest.insert(name, interface).is_none(),
            "two REST interfaces are named {name}"
        );
        self
    }
}

#[cfg(feature = "warp")]
impl<A: App> Registry<A> {
    /// Adds a REST interface: warp filters that a listener mounts with `rest = ["name"]`. Only with the feature `warp`.
    ///
    /// `filters` is called on each shard, for each listener that mounts the interface, and again after a reload. The filters of a listener are asked in the
    /// order of its list, after its [services](Self::service): one that rejects leaves the request to the next, and what all reject is answered as JSON.
    ///
    /// # Panics
    /// When two interfaces have one name.
    pub fn rest(
        self,
        name: &'static str,
        filters: fn(Api<A>) -> warp::filters::BoxedFilter<(warp::reply::Response,)>,
    ) -> Self {
        self.interface(name, Interface::Filter(filters))
    }
}
