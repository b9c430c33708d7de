//! Rows: one writer with group commit, pooled readers.
//!
//! The writer takes the commands that are waiting and commits them together, each in a savepoint of its own. Nobody here knows a group or a socket: what
//! a commit means to the clients is behind [`Hook`].

mod author;
mod backup;
mod capture;
pub(crate) mod change;
mod checkpoints;
mod command;
mod config;
mod disk;
mod fair;
mod files;
mod freshness;
mod guarded;
mod handle;
mod health;
mod hook;
mod idempotency;
mod job;
pub(crate) mod log;
mod memo;
mod migrations;
mod op;
mod pace;
pub(crate) mod paths;
mod readers;
mod rows;
#[cfg(feature = "testing")]
mod scratch;
mod sqlite;
mod stats;
mod text;
mod time;
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
pub(crate) use disk::Flush;
pub(crate) use disk::Tell;
pub use handle::Store;
pub(crate) use health::Cause;
pub(crate) use hook::Hook;
pub(crate) use idempotency::Channel;
pub use idempotency::IdempotencyKey;
pub(crate) use job::Reply;
pub use memo::Memo;
pub use migrations::{Schema, migrate};
pub use op::Op;
pub use rows::{FromValue, Reader, Row, Transaction};
#[cfg(feature = "testing")]
pub use scratch::Scratch;
pub(crate) use sqlite::{Machine, Opened, Running, look, open};
pub(crate) use text::illegible;
pub(crate) use time::now_ms;
pub use value::Value;
pub use watched::{Stamp, Watched};
