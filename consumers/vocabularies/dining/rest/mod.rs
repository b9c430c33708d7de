//! The dining room over HTTP, under `/api/v1`: because somebody must create things.
//!
//! Statuses have their canonical names here, among which the sockets' five words are; nothing is passed through, because everything can be named. Amounts
//! are decimal text. Unknown fields are refused. Whoever listens on a socket hears of every change made here; that is the change log's doing, and nothing is
//! sent from this module.

mod kitchen;
mod menu;
pub mod openapi;
mod orders;
mod reports;
mod service;
mod shown;
mod staff;
mod tables;

pub use service::{NAME, SERVICE};
