//! The dining room over HTTP, under `/api/v1`: because somebody must create things.
//!
//! Statuses have their canonical names here, among which the sockets' five words are; nothing is passed through, because everything can be named. Amounts
//! are decimal text. Unknown fields are refused. Whoever listens on a socket hears of every change made here; that is the change log's doing, and nothing is
//! sent from this module.

mod approved;
mod bills;
mod devices;
mod drawing;
mod history;
mod house;
mod kitchen;
mod menu;
mod numbers;
pub mod openapi;
mod orders;
mod own;
mod people;
mod plan;
mod qr;
mod reports;
mod requests;
mod service;
mod shown;
mod sign_in;
mod staff;
mod tables;
mod token;

pub use service::{NAME, SERVICE};
