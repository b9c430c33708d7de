//! The demo restaurant in the middle of an evening: what its screens are to show, besides what the documents' examples name.

mod away;
mod card;
mod floor;
mod parties;
mod seating;
mod tickets;

pub use seating::seed;
