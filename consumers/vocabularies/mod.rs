//! What clients speak: one folder for each vocabulary, and the list of them. No vocabulary imports another.
//!
//! One vocabulary more is a folder here, whose `vocabulary.rs` says what belongs to it, and a line in `list.rs`. Imports `contract`, `openapi`, `rest`, `access`,
//! `events` and `domain`, and never `signals`: who hears of a change is decided without knowing in which words it is told.

pub mod changes;
pub mod delivery;
pub mod dining;
pub mod kitchen;
mod list;
pub mod timing;
mod vocabulary;
pub mod workshop;

pub use list::{VOCABULARIES, channels, endpoints, register, systems};
pub use vocabulary::{Endpoint, Vocabulary};
