//! Pages of other origins: what a browser must be told before it lets them ask, and before it lets them read the answer (Fetch standard, "CORS protocol").
//!
//! Only origins that the listener allows come this far. Tokens travel in a header and never in a cookie, so credentials are not allowed.

use super::table::{Methods, named};
use maitred::Caller;
use warp::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN,
    VARY,
};
use warp::http::{HeaderValue, Method, StatusCode};
use warp::reply::Response;

/// Whether a browser asks for a page whether it may ask.
pub fn asks(method: &Method, caller: &Caller) -> bool {
    *method == Method::OPTIONS && caller.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer: it may, with these methods.
pub fn preflight(methods: Methods) -> Response {
    let mut response = Response::new(String::new().into());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    if let Ok(methods) = HeaderValue::from_str(&named(methods)) {
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, methods);
    }
    let allowed = HeaderValue::from_static("authorization, content-type, idempotency-key");
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    // seconds: what browsers remember at most
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("7200"));
    response
}

/// Lets the asking page read an answer. The answer differs by origin, which caches between must know.
pub fn allow(caller: &Caller, response: &mut Response) {
    let Some(origin) = caller.headers.get(ORIGIN) else {
        return;
    };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    let readable = HeaderValue::from_static("as-of, retry-after");
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, readable);
    headers.append(VARY, HeaderValue::from_static("origin"));
}
