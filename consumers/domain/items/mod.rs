//! An order's lines: each has a state of its own, and the order follows.

mod commands;
mod facts;
mod modifier;
mod status;

pub use commands::{ItemPatch, add, patch, set_status, void};
pub use facts::{ItemFacts, facts, of_order, stations};
pub(super) use facts::{counts, get, routed, station};
pub use modifier::{Modifier, ModifierKind};
pub use status::ItemStatus;
