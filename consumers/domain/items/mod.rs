//! An order's lines: each has a state of its own, and the order follows.

mod commands;
mod facts;
mod status;

pub use commands::{ItemPatch, add, patch, set_status, void};
pub use facts::{ItemFacts, Modifier, facts, of_order, stations};
pub(super) use facts::{counts, station};
pub use status::ItemStatus;
