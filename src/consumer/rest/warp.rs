//! Warp filters as REST interfaces: the feature `warp`.

use super::Api;
use super::caller::{Caller, Peer};
use super::interface::Interface;
use crate::app::App;
use crate::consumer::registry::Registry;
use std::convert::Infallible;
use warp::Filter;
use warp::filters::BoxedFilter;
use warp::reply::Response as WarpResponse;

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
        filters: fn(Api<A>) -> BoxedFilter<(WarpResponse,)>,
    ) -> Self {
        self.interface(name, Interface::Filter(filters))
    }
}

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
