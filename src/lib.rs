#![doc = include_str!("ARCHITECTURE.md")]
#![deny(missing_docs)]

mod app;
mod auth;
mod connection;
mod consumer;
mod error;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod hub;
mod limits;
mod metrics;
#[cfg(test)]
#[allow(dead_code)] // the tests at the wire use the rest of it
#[path = "../tests/support/patience.rs"]
mod patience;
mod protocol;
mod routing;
mod server;
mod socketio;
mod store;
mod trace;

pub use app::{App, Signal, Stamp, Watched};
pub use auth::{Identity, Keys};
pub use consumer::context::Context;
pub use consumer::endpoint::Consumer;
pub use consumer::registry::Registry;
pub use consumer::rest::{Api, Caller, RestPlace};
pub use error::{ClientError, Constraint, Error, Kind};
pub use hub::window::Gather;
pub use limits::clock::{Clock, Sleep, Ticks};
pub use metrics::{Numbers, RouteNumbers};
pub use protocol::arguments::{Arguments, Binary};
pub use protocol::frame::{Event, Frame, FromFrame, Payload};
pub use protocol::message::{Message, Reply};
pub use protocol::notice;
pub use routing::{Explained, Known, Routed, Routing, Setting};
pub use server::explain::{Preview, preview};
pub use server::{Changes, Server, Started};
#[cfg(feature = "testing")]
pub use store::Scratch;
pub use store::change::{Change, Op};
pub use store::{
    Command, CommandId, Copied, Durability, FromValue, Moment, Progress, Reader, Restored, Row,
    Schema, Store, StoreConfig, Transaction, Value, backup, migrate, restore,
};
pub use trace::connection_id;
