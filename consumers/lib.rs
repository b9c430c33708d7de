//! The restaurant: an order server built on [`maitred`].

pub mod access;
mod api_docs;
mod app;
mod assembly;
pub mod cli;
pub mod contract;
pub mod db;
// 80_00 is 80.00.
#[allow(clippy::inconsistent_digit_grouping)]
pub mod demo;
pub mod domain;
pub mod events;
pub mod openapi;
pub mod rest;
pub mod restaurant;
mod rush;
mod schema;
mod screens;
mod signals;
#[cfg(test)]
mod testing;
pub mod vocabularies;
pub mod watched;

pub use assembly::{SCHEMA, contract, registry};
