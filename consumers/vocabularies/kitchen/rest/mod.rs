//! The kitchen over HTTP, under `/api/v1`: because somebody must create things.
//!
//! Statuses and objects are the sockets'. What went well is `{"success": true, "data": ...}`, a mistake has the shape that it has on a socket. Field names are those of the
//! orders (`table_number`); those of the events (`tableNumber`) are understood too, and nothing else. Nobody is told anything from here.

mod alerts;
pub mod openapi;
mod orders;
mod service;
mod shape;

pub use service::{NAME, SERVICE};
