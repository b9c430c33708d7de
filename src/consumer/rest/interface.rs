//! REST interfaces: what an application registers under a name, and what a listener makes of those that it mounts.

use super::Api;
use super::answer::{Response, json_error};
use super::body::{BodyError, RequestBody, ResponseBody};
use crate::app::App;
use crate::error::Error;
use bytes::Bytes;
use futures::FutureExt;
use futures::future::LocalBoxFuture;
use http::Request;
use http_body::Body;
use tower::{Service, ServiceExt};

/// A service without its type.
pub(super) type Handler = Box<dyn Fn(Request<RequestBody>) -> LocalBoxFuture<'static, Response>>;

/// What stands behind the name of an interface.
pub(crate) enum Interface<A: App> {
    Service {
        prefix: &'static str,
        make: Box<dyn Fn(Api<A>) -> Handler + Send + Sync>,
    },
    #[cfg(feature = "warp")]
    Filter(super::warp::Filters<A>),
}

/// Forgets the type of a service.
pub(super) fn handler<S, B>(service: S) -> Handler
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
    filters: super::warp::Mounted,
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
