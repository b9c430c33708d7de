#![doc = include_str!("ARCHITECTURE.md")]
#![deny(missing_docs)]

mod app;
mod consumer;
mod context;
mod message;
mod registry;
mod routing;
mod pattern;
mod server;
mod connection;
mod socket;
mod outbox;
mod shard;
mod groups;
mod publication;
mod dialect;
mod websocket;
mod signals;
mod history;
mod store;
mod auth;
mod limits;
mod close;
mod error;

pub use app::{App, Change, Op, Signal, Stamp, Watched};
pub use auth::{Identity, Keys};
pub use consumer::Consumer;
pub use context::Context;
pub use error::{ClientError, Error, Kind};
pub use limits::ConnectionLimits;
pub use message::{Message, Reply};
pub use registry::Registry;
pub use routing::{Known, Routing};
pub use server::{Api, Caller, Server, Started};
pub use store::{Command, CommandId, Durability, FromValue, Reader, Row, Schema, Store, StoreConfig, Transaction, Value};
