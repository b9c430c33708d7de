#![doc = include_str!("ARCHITECTURE.md")]
#![deny(missing_docs)]

mod admission;
mod app;
mod arguments;
mod auth;
mod budget;
mod change;
mod close;
mod connection;
mod consumer;
mod context;
mod dialect;
mod error;
mod explain;
mod frame;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod groups;
mod history;
mod lane;
mod limits;
mod message;
mod metering;
pub mod notice;
mod outbox;
#[cfg(test)]
#[allow(dead_code)] // the tests at the wire use the rest of it
#[path = "../tests/support/patience.rs"]
mod patience;
mod pattern;
mod publication;
mod reader;
mod registry;
mod rest;
mod routing;
mod server;
mod session;
mod shard;
mod sid;
mod signals;
mod socket;
mod stats;
mod store;
mod stream;
mod trace;
mod turn;
mod websocket;
mod window;

pub use app::{App, Signal, Stamp, Watched};
pub use arguments::{Arguments, Binary};
pub use auth::{Identity, Keys};
pub use change::{Change, Op};
pub use consumer::Consumer;
pub use context::Context;
pub use error::{ClientError, Constraint, Error, Kind};
pub use explain::{Preview, preview};
pub use frame::{Event, Frame, FromFrame, Payload};
pub use message::{Message, Reply};
pub use registry::Registry;
pub use rest::{Api, Caller, RestPlace};
pub use routing::{
    Auth, Delivery, EdgeSettings, Explained, Known, Offsets, PolicySettings, ProcessSettings,
    Routed, Routing, Setting,
};
pub use server::{Changes, Server, Started};
pub use stats::{Numbers, RouteNumbers};
#[cfg(feature = "testing")]
pub use store::Scratch;
pub use store::{
    Command, CommandId, Copied, Durability, FromValue, Moment, Progress, Reader, Restored, Row,
    Schema, Store, StoreConfig, Transaction, Value, backup, migrate, restore,
};
pub use trace::connection_id;
pub use window::Gather;
