//! Answers that refuse a request: JSON with the status of the error's kind, and never kept by a cache.

use crate::consumer::rest::Caller;
use crate::consumer::rest::answer::{Response, json, json_error, not_stored};
use crate::error::{ClientError, Kind};
use crate::limits::Limited;
use crate::metrics::ShardStats;
use crate::trace;
use ::http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// The methods of a path that is only read: HEAD is answered as GET.
pub(super) const READ: &str = "GET, HEAD";

pub(super) fn nothing_here() -> ClientError {
    ClientError::new(Kind::NotFound, "NOT_FOUND", "there is nothing at this path")
}

pub(super) fn token_missing() -> ClientError {
    ClientError::new(
        Kind::Unauthenticated,
        "TOKEN_MISSING",
        "a token is needed: Authorization: Bearer ...",
    )
}

pub(super) fn leaving() -> ClientError {
    ClientError::new(
        Kind::Busy,
        "DRAINING",
        "the server stops: come back in a moment",
    )
}

/// 405, with the methods that the path takes (RFC 9110, section 15.5.6).
pub(super) fn method_not_allowed(allowed: &'static str) -> Response {
    let mut response = json_error(&ClientError::new(
        Kind::MethodNotAllowed,
        "METHOD_NOT_ALLOWED",
        format!("this path does not take this method, but {allowed}"),
    ));
    let allowed = HeaderValue::from_static(allowed);
    response.headers_mut().insert(header::ALLOW, allowed);
    response
}

/// A request that two programs could read in two ways.
pub(super) fn malformed(why: &'static str) -> Response {
    tracing::debug!(why, "a request is refused");
    json_error(&ClientError::new(Kind::Invalid, "MALFORMED_REQUEST", why))
}

/// A handshake that a limit refuses: counted, logged, and answered as [`limited`].
pub(super) fn handshake_limited(
    counts: &ShardStats,
    caller: &Caller,
    refused: Limited,
) -> Response {
    counts.limited(refused.limit);
    let limit = refused.limit.name();
    tracing::info!(peer = ?caller.peer, limit, "a handshake is refused");
    limited(refused)
}

/// 429, or 503 where it is not this client's doing, with `Retry-After`.
pub(super) fn limited(limited: Limited) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'a str,
        code: &'a str,
        limit: &'a str,
        /// Rounded up, as in `Retry-After`.
        retry_after_s: u64,
        retry_after_ms: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        connection: Option<u64>,
    }
    let error = limited.error();
    let body = Body {
        error: &error.text,
        code: &error.code,
        limit: limited.limit.name(),
        retry_after_s: limited.retry_after_seconds(),
        retry_after_ms: limited.retry_after.as_millis().max(1) as u64,
        connection: trace::connection_id(),
    };
    let status =
        StatusCode::from_u16(error.kind.status()).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let mut response = not_stored(json(status, &body));
    let head = response.headers_mut();
    head.insert(
        header::RETRY_AFTER,
        HeaderValue::from(limited.retry_after_seconds()),
    );
    head.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
