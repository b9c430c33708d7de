//! Warp filters as REST interfaces: the feature `warp`.

use super::Api;
use super::answer::{Response, json_error};
use super::body::{RequestBody, ResponseBody};
use super::caller::{Caller, Peer};
use crate::app::App;
use crate::error::{ClientError, Kind};
use http::Request;
use std::convert::Infallible;
use tower::ServiceExt;
use warp::filters::BoxedFilter;
use warp::reply::Response as WarpResponse;
use warp::{Filter, Rejection};

/// Makes the filters of one interface.
pub(crate) type Filters<A> = fn(Api<A>) -> BoxedFilter<(WarpResponse,)>;

impl<A: App> Api<A> {
    /// A warp filter that extracts the [`Caller`]. Only with the feature `warp`.
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
}

/// The filters of one listener on one shard, one after the other.
#[derive(Default)]
pub(super) struct Mounted(Option<BoxedFilter<(WarpResponse,)>>);

/// Why all filters rejected a request; rides in the response's extensions past warp.
#[derive(Clone)]
struct Rejected(Option<ClientError>);

impl Mounted {
    pub fn add(&mut self, filters: BoxedFilter<(WarpResponse,)>) {
        self.0 = Some(match self.0.take() {
            Some(before) => before.or(filters).unify().boxed(),
            None => filters,
        });
    }

    /// `None`: there is nothing at the path.
    pub async fn answer(&self, request: Request<RequestBody>) -> Option<Response> {
        let filters = self.0.clone()?;
        let filters = filters.recover(|rejection: Rejection| {
            let mut response = WarpResponse::default();
            response.extensions_mut().insert(rejected(&rejection));
            std::future::ready(Ok::<_, Infallible>(response))
        });
        let Ok(mut response) = warp::service(filters).oneshot(request).await;
        match response.extensions_mut().remove::<Rejected>() {
            Some(Rejected(error)) => error.as_ref().map(json_error),
            None => Some(response.map(ResponseBody::Warp)),
        }
    }
}

fn rejected(rejection: &Rejection) -> Rejected {
    if rejection.is_not_found() {
        return Rejected(None);
    }
    let error = if rejection.find::<warp::reject::MethodNotAllowed>().is_some() {
        // an application's filter, which does not say what it takes instead
        let text = "this path does not take this method";
        ClientError::new(Kind::MethodNotAllowed, "METHOD_NOT_ALLOWED", text)
    } else if rejection.find::<warp::reject::PayloadTooLarge>().is_some() {
        ClientError::new(Kind::TooLarge, "TOO_LARGE", "the body is over the limit")
    } else {
        ClientError::new(Kind::Invalid, "INVALID_REQUEST", format!("{rejection:?}"))
    };
    Rejected(Some(error))
}
