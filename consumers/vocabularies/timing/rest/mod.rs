//! The dashboard over HTTP, under `/api`.
//!
//! Answers stand in an envelope, `{"success": true, "data": ...}`, and so do refusals, `{"success": false, "message": ..., "code": ...}`. Unknown fields are
//! ignored. Statuses are this vocabulary's five words; the canonical nine are understood as well.

mod envelope;
mod limits;
mod login;
pub mod openapi;
mod orders;
mod service;
mod stats;

pub use service::{NAME, SERVICE};
