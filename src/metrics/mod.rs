//! Counters that cost a load and a store.
//!
//! May import `limits`, `error` and `trace`.

mod backlog;
mod count;
mod events;
mod let_in;
mod route;
mod shard;
mod stats;

pub(crate) use backlog::Backlog;
pub(crate) use count::Histogram;
pub(crate) use let_in::LetIn;
pub(crate) use route::{OpenRole, RouteStats};
pub(crate) use shard::{Drop, EVENTS, MICROS, Return, ShardStats};
pub(crate) use stats::Stats;
