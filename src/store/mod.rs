//! Rows, the log of changes and the log of events. All SQL and every driver's name is here, and nowhere else.
//!
//! May import `protocol`, `routing`, `auth`, `metrics`, `limits`, `error` and `trace`. Nobody here knows a group or a connection: what a commit means to the
//! clients is behind [`Hook`].

mod author;
mod backup;
mod batch_window;
mod capture;
pub(crate) mod change;
mod checkpoints;
mod command;
mod config;
mod connection;
mod damage;
mod durability;
mod errors;
mod fair;
mod files;
mod framework;
mod freshness;
mod guarded;
mod handle;
mod health;
mod hook;
mod idempotency;
mod job;
mod lock;
pub(crate) mod log;
mod memo;
mod migrations;
mod op;
mod open;
pub(crate) mod paths;
mod prepare;
mod reader;
mod readers;
mod row;

mod schema;
#[cfg(feature = "testing")]
mod scratch;

#[cfg(test)]
mod shell;
mod stats;
mod text;
mod time;
mod transaction;
mod value;
mod watch;
mod watched;
mod writer;

#[cfg(test)]
mod tests;

pub use backup::{Copied, Progress, Restored, backup, restore};
pub(crate) use capture::Changes;
#[cfg(test)]
pub(crate) use capture::create as create_change_log;
pub use change::Change;
pub use command::Command;
pub use config::{CaptureMode, Durability, StoreConfig};
#[cfg(test)]
pub(crate) use durability::Flush;
pub(crate) use durability::OnDurable;
pub use handle::Store;
pub(crate) use health::Cause;
pub(crate) use hook::Hook;
pub(crate) use idempotency::Channel;
pub use idempotency::IdempotencyKey;
pub(crate) use job::Reply;
pub use memo::Memo;
pub use op::Op;
pub(crate) use open::{Machine, Opened, Running, look, open};
pub use prepare::migrate;
pub use reader::{Reader, Told};
pub use row::{FromValue, Row};
pub use schema::Schema;
#[cfg(feature = "testing")]
pub use scratch::Scratch;
#[cfg(test)]
pub(crate) use shell::Shell;
pub(crate) use text::illegible;
pub use transaction::Transaction;
pub use value::Value;
pub use watched::{Stamp, Watched};
