//! Rules and rows: what may happen in a restaurant, whoever asks and in which vocabulary.
//!
//! Everything here is a function of a [`Reader`](crate::db::Reader) or a [`Transaction`](crate::db::Transaction); nobody is told anything from here,
//! because the committed rows are what tells. Past this module's edge there is no status that is text, no JSON without a type and no amount that is not an
//! integer in the currency's smallest unit. The time is the transaction's. `version` and `updated_at` belong to triggers and are never written here.

pub mod accounts;
mod actor;
pub mod alerts;
pub mod audit;
pub mod bill;
pub mod board;
pub mod broadcasts;
pub mod business_day;
pub mod deliveries;
mod denial;
pub mod devices;
pub mod drivers;
mod edits;
pub mod handovers;
pub mod ids;
pub mod items;
pub mod jobs;
pub mod logins;
pub mod menu;
pub mod money;
mod note;
pub mod notifications;
pub mod numbers;
pub mod orders;
pub mod page;
pub mod pairing;
pub mod passwords;
pub mod payments;
pub mod pins;
mod placing;
pub mod plan;
mod progress;
pub mod qr;
mod refusal;
pub mod requests;
pub mod restaurants;
pub mod sessions;
pub mod settings;
pub mod staff;
mod status;
pub mod tables;
pub mod tasks;
#[cfg(test)]
mod tests;
pub mod tickets;
pub mod time;
pub mod transfers;
mod version;
pub mod waiters;
mod words;
pub mod workflow;

pub use actor::{Actor, Role};
pub use denial::Denial;
pub use ids::Key;
pub use refusal::{Refusal, SoldOutLine, UnpaidOrder};
pub use status::Status;
pub use words::{CANONICAL, DELIVERY, DINING, KITCHEN, StatusWords, TIMING};
