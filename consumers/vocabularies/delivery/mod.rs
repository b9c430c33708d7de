//! The delivery platform: those who order, restaurants and drivers, over Socket.IO and HTTP.
//!
//! The namespace is one consumer, which is three things: what a client's token says it is decides what it hears and may ask. [`messages`] spells what is said,
//! `commands` is what is done, for sockets and HTTP alike, and `member` says who somebody is here.

mod channels;
mod commands;
mod member;
pub mod messages;
pub mod rest;
mod socket;
mod vocabulary;

pub use vocabulary::VOCABULARY;
