#![doc = include_str!("ARCHITECTURE.md")]
#![deny(missing_docs)]

mod admission;
mod app;
mod arguments;
mod auth;
mod close;
mod connection;
mod consumer;
mod context;
mod dialect;
mod error;
mod frame;
mod groups;
mod history;
mod limits;
mod message;
mod outbox;
mod pattern;
mod publication;
mod reader;
mod registry;
mod rest;
mod routing;
mod server;
mod shard;
mod signals;
mod socket;
mod store;
mod websocket;

pub use arguments::{Arguments, Binary};
pub use app::{App, Change, Op, Signal, Stamp, Watched};
pub use auth::{Identity, Keys};
pub use consumer::Consumer;
pub use context::Context;
pub use error::{ClientError, Error, Kind};
pub use frame::{Event, Frame, FromFrame, Payload};
pub use limits::ConnectionLimits;
pub use message::{Message, Reply};
pub use registry::Registry;
pub use rest::{Api, Caller};
pub use routing::{Known, Routing};
pub use server::{Server, Started};
#[cfg(feature = "testing")]
pub use store::Scratch;
pub use store::{
    Command, CommandId, Durability, FromValue, Reader, Row, Schema, Store, StoreConfig,
    Transaction, Value, migrate,
};
