//! What commands are told that were in a transaction which is gone.

use crate::error::Error;

/// An error that ends a transaction, once more for each of those who were in it.
pub(super) fn again(e: &Error) -> Error {
    match e {
        Error::Full => Error::Full,
        Error::Unavailable(reason) => Error::Unavailable(reason.clone()),
        Error::UnknownOutcome(why) => Error::UnknownOutcome(why.clone()),
        other => Error::Store(other.to_string()),
    }
}
