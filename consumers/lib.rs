//! The restaurant.

pub mod access;
pub mod changes;
pub mod dining;
pub mod restaurant;
mod signals;
