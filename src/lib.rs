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

pub use app::{App, Signal};
pub use auth::{Identity, Keys};
pub use consumer::context::Context;
pub use consumer::context::socket_io::SocketIoClient;
pub use consumer::context::timers::TimerId;
pub use consumer::disconnect::Disconnect;
pub use consumer::endpoint::Consumer;
pub use consumer::numbers::{Numbers, RouteNumbers};
pub use consumer::registry::Registry;
pub use consumer::rest::{Api, Caller, RequestBody, RestPlace};
pub use consumer::routes::{Endpoint, Namespaces, Routes, consumer};
pub use consumer::timed::Timed;
pub use error::{ClientError, Constraint, Error, Kind};
pub use hub::batching::Batching;
pub use limits::clock::{Clock, Sleep, Ticks};
pub use protocol::arguments::{Arguments, Binary};
pub use protocol::close::EndedBy;
pub use protocol::frame::{Event, Frame, FromFrame, Payload};
pub use protocol::message::{Message, Reply};
pub use protocol::notice;
pub use routing::{
    Auth, Delivery, EdgeSettings, Explained, Known, Metrics, Offsets, PolicySettings,
    ProcessSettings, Routed, Routing, Setting,
};
pub use server::{Changes, Preview, Server, Started, preview};
pub use store::{
    CaptureMode, Change, Command, Copied, Durability, FromValue, IdempotencyKey, Memo, Op,
    Progress, Reader, Restored, Row, Schema, Stamp, Store, StoreConfig, Transaction, Value,
    Watched, backup, migrate, restore,
};
pub use trace::connection_id;

/// An application's own tests: a server without ports and its clients, and a database in memory. Feature `testing`.
#[cfg(feature = "testing")]
pub mod testing {
    pub use crate::server::testing::{Answer, Client, InProcess, Request};
    pub use crate::store::Scratch;
}
