//! The print workshop: what is printed for whom, over Socket.IO and HTTP.
//!
//! Its orders are those of the workflow `print` and nobody else's; to every socket the same is told, whatever room it says it joined.

mod channels;
pub mod messages;
pub mod rest;
mod shop;
mod socket;
mod vocabulary;

pub use vocabulary::VOCABULARY;
