//! A dinner service that is simulated: guests, waiters, cooks and drivers who use the public interfaces and nothing else. They note what they hear, and at the end it is
//! held against what the event log has for them.
//!
//! Everything runs on one thread of its own, beside the server's. Imports nothing of the application: it is a client.

mod account;
mod client;
mod cooks;
mod drivers;
mod ear;
mod http;
mod listener;
mod parties;
mod random;
mod scene;
mod service;
mod waiters;

pub use account::Account;
pub use service::{Plan, Service};
