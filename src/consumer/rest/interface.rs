//! REST interfaces: what an application registers under a name, and what a listener makes of those that it mounts.

use super::Api;
use super::answer::{Response, json_error};
use super::body::{BodyError, RequestBody, ResponseBody};
use crate::app::App;
use crate::consumer::registry::Registry;
use crate::error::Error;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use http::Request;
use http_body::Body;
use tower::{Service, ServiceExt};

/// A service without its type.
type Handler = Box<dyn Fn(Request<RequestBody>) -> LocalBoxFuture<'static, Response>>;

/// What stands behind the name of an interface.
pub(crate) enum Interface<A: App> {
    Service {
        prefix: &'static str,
        make: Box<dyn Fn(Api<A>) -> Handler + Send + Sync>,
    },
    #[cfg(feature = "warp")]
    Filter(super::warp_filters::Filters<A>),
}

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

    pub(super) fn interface(mut self, name: &'static str, interface: Interface<A>) -> Self {
        assert!(
            self.rest.insert(name, interface).is_none(),
            "two REST interfaces are named {name}"
        );
        self
    }
}

fn handler<S, B>(service: S) -> Handler
where
    S: Service<Request<RequestBody>, Response = http::Response<B>> + Clone + 'static,
    S::Error: Into<BodyError>,
    S::Future: 'static,
    B: Body<Data = Bytes> + 'static,
    B::Error: Into<BodyError>,
{
    Box::new(move |request| {
        let service = service.clone();
        let answered = async move {
            match service.oneshot(request).await {
                Ok(answer) => answer.map(ResponseBody::pieces),
                Err(error) => {
                    let error: BodyError = error.into();
                    json_error(&Error::Io(std::io::Error::other(error)).into_client())
                }
            }
        };
        answered.boxed_local()
    })
}

/// The interfaces that a listener mounts, on one shard.
#[derive(Default)]
pub(crate) struct Mounted {
    services: Vec<(&'static str, Handler)>,
    #[cfg(feature = "warp")]
    filters: super::warp_filters::Mounted,
}

impl Mounted {
    /// `interfaces` are in the order of the listener's list. `api` is given to each.
    pub fn new<'i, A: App>(
        interfaces: impl Iterator<Item = &'i Interface<A>>,
        api: impl Fn() -> Api<A>,
    ) -> Self {
        let mut mounted = Mounted::default();
        for interface in interfaces {
            match interface {
                Interface::Service { prefix, make } => mounted.services.push((prefix, make(api()))),
                #[cfg(feature = "warp")]
                Interface::Filter(filters) => mounted.filters.add(filters(api())),
            }
        }
        mounted
    }

    /// The answer of the interface that has something at the request's path; `None`: none has. Dropping the future drops the interface's own.
    pub async fn answer(&self, request: Request<RequestBody>) -> Option<Response> {
        let path = request.uri().path();
        let mut services = self.services.iter();
        if let Some((_, handler)) = services.find(|(prefix, _)| is_below(prefix, path)) {
            return Some(handler(request).await);
        }
        #[cfg(feature = "warp")]
        return self.filters.answer(request).await;
        #[cfg(not(feature = "warp"))]
        None
    }
}

/// Whether a path is the prefix or below it, by whole segments.
fn is_below(prefix: &str, path: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    match path.strip_prefix(prefix) {
        Some(rest) => rest.is_empty() || rest.starts_with('/'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_of_whole_segments() {
        for (prefix, path) in [
            ("/api", "/api"),
            ("/api", "/api/"),
            ("/api/", "/api"),
            ("/api", "/api/v1/orders"),
            ("/", "/"),
            ("/", "/api"),
        ] {
            assert!(is_below(prefix, path), "{prefix} {path}");
        }
        for (prefix, path) in [("/api", "/apis"), ("/api", "/"), ("/api", "/v1/api")] {
            assert!(!is_below(prefix, path), "{prefix} {path}");
        }
    }
}
