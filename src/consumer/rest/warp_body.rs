//! The type of the bodies that warp makes.

use warp::reply::Response as WarpResponse;

/// The body of a response that warp makes: a type without a public name.
pub(crate) type WarpBody = <WarpResponse as HasBody>::Body;

pub(crate) trait HasBody {
    type Body;
}

impl<B> HasBody for http::Response<B> {
    type Body = B;
}
