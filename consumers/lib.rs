//! The restaurant.

pub mod db;
pub mod demo;
pub mod domain;
pub mod watched;
