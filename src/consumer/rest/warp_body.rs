//! The body of a response that warp makes.

use warp::reply::Response;

/// The body of a response that warp makes: a type without a public name.
pub(crate) type WarpBody = <Response as HasBody>::Body;

pub(crate) trait HasBody {
    type Body;
}

impl<B> HasBody for http::Response<B> {
    type Body = B;
}
