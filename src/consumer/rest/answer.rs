//! Answers over HTTP that the framework makes itself.

use super::body::ResponseBody;
use crate::error::ClientError;
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// An answer on its way to a client.
pub(crate) type Response = http::Response<ResponseBody>;

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Response {
    let mut response = Response::default();
    *response.status_mut() = status;
    response
}

/// An answer for people.
pub(crate) fn text(status: StatusCode, text: impl Into<String>) -> Response {
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    typed(status, plain, text.into().into_bytes())
}

/// An answer for programs.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => typed(status, HeaderValue::from_static("application/json"), body),
        Err(error) => {
            tracing::error!(%error, "an answer is no JSON");
            empty(StatusCode::INTERNAL_SERVER_ERROR)
        }
    }
}

fn typed(status: StatusCode, kind: HeaderValue, body: Vec<u8>) -> Response {
    let mut response = empty(status);
    *response.body_mut() = ResponseBody::Whole(body.into());
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}

/// `{"error": ..., "code": ...}` with the status of its kind.
pub(crate) fn json_error(error: &ClientError) -> Response {
    #[derive(Serialize)]
    struct Body<'a> {
        error: &'a str,
        code: &'a str,
    }
    let body = Body {
        error: &error.text,
        code: &error.code,
    };
    let status = StatusCode::from_u16(error.kind.status());
    not_stored(json(
        status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        &body,
    ))
}

/// For what is true now only: a 404 or a 410 may be kept by caches that are not told otherwise (RFC 9110, section 15.1).
pub(crate) fn not_stored(mut response: Response) -> Response {
    let never = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, never);
    response
}
