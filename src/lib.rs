//! maitred
#![deny(missing_docs)]

mod app;
mod auth;
mod consumer;
mod context;
mod error;
mod history;
mod message;
mod publication;
mod store;

pub use app::{App, Change, Op, Signal, Stamp, Watched};
pub use auth::{Identity, Keys};
pub use consumer::Consumer;
pub use context::Context;
pub use error::{ClientError, Error, Kind};
pub use message::{Message, Reply};
pub use store::{FromValue, Reader, Row, Transaction, Value};
