//! Rows: one writer with group commit, pooled readers.
//!
//! The writer takes the commands that are waiting and commits them together, each in a savepoint of its own. Nobody here knows a group or a socket: what
//! a commit means to the clients is behind [`Hook`](writer::Hook).

mod backup;
mod capture;
pub(crate) mod change;
mod checkpoints;
mod command;
mod config;
mod desk;
mod disk;
mod fair;
mod files;
mod guarded;
mod handle;
mod health;
mod job;
pub(crate) mod log;
mod migrations;
mod outcomes;
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
mod watch;
mod watched;
mod writer;

#[cfg(test)]
mod tests;

pub use backup::{Copied, Progress, Restored, backup, restore};
#[cfg(test)]
pub(crate) use capture::create as create_change_log;
pub(crate) use capture::{Image, Note, Notes, Shown};
pub use change::{Change, Op};
pub use command::Command;
pub use config::{Durability, StoreConfig};
pub(crate) use desk::Desk;
pub use desk::Moment;
pub(crate) use disk::{Flush, Tell, flush_log};
pub(crate) use files::resolved;
pub(crate) use guarded::guarded;
pub use handle::Store;
pub(crate) use health::Cause;
pub(crate) use job::{Reply, Said};
pub use migrations::{Schema, migrate};
pub(crate) use outcomes::Channel;
pub use outcomes::CommandId;
pub use rows::{FromValue, Reader, Row, Transaction, Value};
#[cfg(feature = "testing")]
pub use scratch::Scratch;
pub(crate) use sqlite::{Opened, Running, look, open};
pub(crate) use stats::Stats;
pub(crate) use text::{illegible, text, text_or_null};
pub(crate) use time::now_ms;
pub use watched::{Stamp, Watched};
pub(crate) use writer::Hook;
