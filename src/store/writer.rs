//! The writer: commands that wait are committed together.
//!
//! Everything here but [`drain`] itself runs on the connection's own thread.

mod care;
mod known_tables;
mod outcome;
mod reset;
mod run;
mod tables;
#[cfg(test)]
mod tests;
mod tidy;
mod transactions;

pub(super) use care::TABLES;
pub(super) use known_tables::Tables;
pub(super) use run::drain;
#[cfg(test)]
pub(super) use transactions::CHUNK;
pub(super) use transactions::{Parts, Writer};
