//! `GET /metrics`, where `routing.toml` says so.

use super::collect::collect;
use crate::app::App;
use crate::auth;
use crate::consumer::rest::{Api, Caller, json_error, not_stored};
use crate::error::{ClientError, Kind};
use crate::hub::shard::{Inbox, Shard};
use crate::routing::{Auth, Metrics};
use crate::server::errors::{READ, method_not_allowed};
use crate::server::shared::Shared;
use ::http::{Method, header};
use std::sync::Arc;
use warp::filters::BoxedFilter;
use warp::reply::Response;
use warp::{Filter, Reply};

/// The route of one listener.
pub(in crate::server) fn route<A: App>(
    shard: &Shard<A>,
    shared: &Arc<Shared<A>>,
    who: Metrics,
) -> BoxedFilter<(Response,)> {
    let (shared, store, inboxes) = (shared.clone(), shard.store.clone(), shard.peers().clone());
    warp::path!("metrics")
        .and(warp::method())
        .and(Api::<A>::caller())
        .and_then(move |method: Method, caller: Caller| {
            let answer = match who {
                Metrics::Nobody => None,
                _ if method != Method::GET => Some(method_not_allowed(READ)),
                _ => Some(match judge(&shared, who, &caller) {
                    Ok(()) => {
                        let waiting: Vec<usize> = inboxes.iter().map(waiting).collect();
                        let (text, kind) = collect(&shared.stats, store.as_ref(), &waiting);
                        let found = warp::reply::with_header(text, header::CONTENT_TYPE, kind);
                        not_stored(found.into_response())
                    }
                    Err(error) => json_error(&error),
                }),
            };
            std::future::ready(answer.ok_or_else(warp::reject::not_found))
        })
        .boxed()
}

fn waiting<A: App>(inbox: &Inbox<A>) -> usize {
    inbox.max_capacity() - inbox.capacity()
}

fn judge<A: App>(shared: &Shared<A>, who: Metrics, caller: &Caller) -> Result<(), ClientError> {
    let free = match who {
        Metrics::All => true,
        Metrics::Loopback => caller.may_be_anonymous(Auth::Loopback),
        Metrics::Operators | Metrics::Nobody => false,
    };
    if free {
        return Ok(());
    }
    let authorization = caller.headers.get(header::AUTHORIZATION);
    let authorization = authorization.and_then(|v| v.to_str().ok());
    // not in the query: a collector's configuration has a place for it
    let token = auth::token_of(authorization, None, "").token;
    let (Some(token), Some(keys)) = (token, &shared.keys) else {
        return Err(ClientError::new(
            Kind::Unauthenticated,
            "TOKEN_MISSING",
            "metrics are for those who run this server: Authorization: Bearer ...",
        ));
    };
    match A::operates(&keys.verify(&token)?) {
        true => Ok(()),
        false => Err(ClientError::new(
            Kind::Forbidden,
            "FORBIDDEN",
            "metrics are for those who run this server",
        )),
    }
}
