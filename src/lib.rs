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

// what an application says about itself, and its endpoints
pub use app::{App, Signal};
pub use consumer::context::Context;
pub use consumer::context::socket_io::SocketIoClient;
pub use consumer::context::timers::TimerId;
pub use consumer::disconnect::Disconnect;
pub use consumer::endpoint::Consumer;
pub use consumer::timed::Timed;
pub use hub::batching::Batching;
pub use protocol::close::EndedBy;

// what goes over the wire
pub use protocol::arguments::{Arguments, Binary};
pub use protocol::frame::{Event, Frame, FromFrame, Payload};
pub use protocol::message::{Message, Reply};
pub use protocol::notice;

// rows and their changes
pub use store::{
    CaptureMode, Change, Command, Copied, Durability, FromValue, IdempotencyKey, Memo, Op,
    Progress, Reader, Restored, Row, Schema, Stamp, Store, StoreConfig, Told, Transaction, Value,
    Watched, backup, migrate, restore,
};

// what is served where
pub use consumer::registry::Registry;
pub use consumer::routes::{Endpoint, Namespaces, Routes, consumer};
pub use routing::{
    Auth, Delivery, EdgeSettings, Explained, Known, Metrics, Offsets, PolicySettings,
    ProcessSettings, Routed, Routing, Setting,
};

// HTTP beside the endpoints
pub use consumer::rest::{Api, Caller, RequestBody, RestPlace};

// the server
pub use consumer::numbers::{Numbers, RouteNumbers};
pub use limits::clock::{Clock, Sleep, Ticks};
pub use server::{Changes, Preview, Server, Started, preview};
pub use trace::connection_id;

// who it is, and whose fault it was
pub use auth::{Identity, Keys};
pub use error::{ClientError, Constraint, Error, Kind};

/// An application's own tests: a server without ports and its clients, and a database in memory. Feature `testing`.
#[cfg(feature = "testing")]
pub mod testing {
    pub use crate::server::testing::{Answer, Client, InProcess, Request};
    pub use crate::store::Scratch;
}
