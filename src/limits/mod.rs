//! How many, how fast, until when: every limit has a name (its key in `routing.toml`, and its label in the metrics), a unit and a default.
//!
//! What is refused is told: over HTTP with 429 or 503 and `Retry-After`, on an open connection as `RATE_LIMITED` in the consumer's vocabulary. A client that
//! goes on all the same is closed with 4429. May import `error` and `trace`.

mod bucket;
pub(crate) mod budget;
pub(crate) mod clock;
mod limit;
mod process;
mod quota;
mod rates;

pub(crate) use bucket::Rate;
pub(crate) use limit::{Limit, Limited};
pub use process::Limits;
pub(crate) use quota::{ConnectionSlot, Quota, REFUSED, UserSlot};
pub(crate) use rates::{ActionRate, Actions, Rates, TooFast};
