//! The kitchen's screens over Socket.IO: orders as tickets, stations, alerts.

mod answers;
mod channels;
pub mod messages;
mod mistakes;
mod orders;
pub mod rest;
mod rooms;
mod screen;
mod tickets;
mod vocabulary;

pub use vocabulary::VOCABULARY;
