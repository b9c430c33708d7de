//! The restaurant.

pub mod access;
pub mod changes;
pub mod db;
pub mod demo;
pub mod dining;
pub mod domain;
pub mod restaurant;
mod signals;
pub mod watched;
