//! An answer that is no JSON: a drawing, a table for a spreadsheet.

use warp::http::HeaderValue;
use warp::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use warp::reply::Response;

/// What is answered, and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its media type, with its character set.
    pub content_type: &'static str,
    /// What it is called when it is kept: letters, digits, dots and dashes. `None`: it is shown.
    pub name: Option<String>,
    /// What it says.
    pub body: String,
}

impl File {
    pub(super) fn response(self) -> Response {
        let mut response = Response::new(self.body.into());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        let named = self
            .name
            .map(|name| format!("attachment; filename=\"{name}\""));
        if let Some(named) = named.and_then(|named| HeaderValue::from_str(&named).ok()) {
            headers.insert(CONTENT_DISPOSITION, named);
        }
        response
    }
}
