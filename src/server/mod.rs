//! Listeners, the HTTP edge, and the life of the process: start, reload, drain.
//!
//! May import every other room except `fuzzing`.

mod accept;
mod answering;
mod bind;
mod builder;
mod conversation;
mod descriptors;
mod direct;
mod drain;
mod engine;
mod errors;
mod explain;
mod handshake;
mod http;
mod http_io;
mod http_timer;
mod leases;
mod listener;
mod log_limit;
mod metrics;
mod new_connection;
mod node;
mod refusal;
mod request_framing;
mod shared;
mod started;
mod table;
#[cfg(feature = "testing")]
pub(crate) mod testing;
mod upgrade_request;
mod upgraded;
mod worker;

pub use builder::Server;
pub use explain::{Preview, preview};
#[cfg(feature = "fuzzing")]
pub(crate) use request_framing::{Position, RequestFraming};
pub use started::{Changes, Started};
#[cfg(feature = "fuzzing")]
pub(crate) use upgrade_request::{Unfit, UpgradeRequest};
