//! The dining room over plain WebSockets and REST: orders, tables, visits, and what staff must know.
//!
//! Each consumer is one path of the document. They share [`messages`], which spells what is said.

mod channels;
pub mod messages;
mod notifications;
mod order;
mod order_items;
pub mod rest;
mod restaurant;
mod session;
mod subject;
mod table;
#[cfg(test)]
mod tests;
mod vocabulary;
mod waiter;

pub use vocabulary::VOCABULARY;
