//! Who is at the other end: tokens, and where a request carries them. What their bearer may hear and do is the application's business.
//!
//! May import `limits`, `error` and `trace`. This is the only room that knows the token library.

mod bearer;
mod claims;
mod identity;
mod key_file;
mod keys;
mod token;

pub(crate) use bearer::{redacted, token_of, without_token};
pub use identity::Identity;
pub use keys::Keys;
