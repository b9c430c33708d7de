//! `GET /metrics`, where `routing.toml` says so.

use super::collect::collect;
use crate::app::App;
use crate::auth;
use crate::consumer::rest::Caller;
use crate::consumer::rest::answer::{Response, json_error, not_stored, text};
use crate::error::{ClientError, Kind};
use crate::hub::shard::Inbox;
use crate::routing::{Auth, Metrics};
use crate::server::shared::Shared;
use crate::store::Store;
use ::http::{HeaderValue, StatusCode, header};

/// The numbers of the whole server, if this caller is one of those who may read them. `inboxes` are those of all shards.
pub(in crate::server) fn answer<A: App>(
    shared: &Shared<A>,
    store: Option<&Store>,
    inboxes: &[Inbox<A>],
    who: Metrics,
    caller: &Caller,
) -> Response {
    if let Err(error) = judge(shared, who, caller) {
        return json_error(&error);
    }
    let waiting: Vec<usize> = inboxes.iter().map(waiting).collect();
    let (all, kind) = collect(&shared.stats, store, &waiting);
    let mut response = text(StatusCode::OK, all);
    let kind = HeaderValue::from_static(kind);
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    not_stored(response)
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
