//! Listeners, the HTTP edge, and the life of the process: start, reload, drain.
//!
//! May import every other room except `fuzzing`.

mod accept;
mod answering;
mod bind;
mod body;
mod builder;
mod conversation;
mod descriptors;
mod direct;
mod drain;
mod engine;
mod explain;
mod handshake;
mod http;
mod http_io;
mod log_limit;
mod metrics;
mod refusal;
mod request_framing;
mod started;
mod table;
mod upgrade;
mod worker;

pub use builder::Server;
pub use explain::{Preview, preview};
#[cfg(feature = "fuzzing")]
pub(crate) use request_framing::{Framing, Place};
pub use started::{Changes, Started};
#[cfg(feature = "fuzzing")]
pub(crate) use upgrade::{Unfit, wish};
