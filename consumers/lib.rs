//! The restaurant.

pub mod access;
pub mod dining;
pub mod restaurant;
mod signals;
