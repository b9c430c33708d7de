//! From a change to those who hear of it: the only place where a fact gets an audience. Imports `events` and `domain`.

mod announce;
mod announcement;
mod board;
mod deliveries;
mod jobs;
mod kitchen;
mod lines;
mod menu;
mod orders;
mod payments;
mod record;
mod rows;
mod sessions;
mod tables;

pub use announce::announce;
