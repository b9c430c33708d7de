//! Counters that cost a load and a store.
//!
//! May import `limits`, `error` and `trace`.

mod count;
mod events;
mod stats;

pub(crate) use count::Histogram;
pub(crate) use events::{LetIn, sums};
pub(crate) use stats::{
    Backlog, Drop, EVENTS, MICROS, OpenRole, Return, RouteStats, ShardStats, Stats,
};
