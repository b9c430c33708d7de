//! The Timing API: every order on a manager's dashboard, over one plain WebSocket and REST.
//!
//! [`messages`] spells what is said. Its five words for nine statuses are [`TIMING`](crate::domain::TIMING).

mod admin;
mod channels;
pub mod messages;
pub mod rest;
mod vocabulary;

pub use vocabulary::VOCABULARY;
