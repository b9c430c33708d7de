//! What a vocabulary is to the rest of the program.

use crate::contract::{Channel, Schemas};
use crate::openapi::System;
use crate::restaurant::Restaurant;
use maitred::Registry;

/// One vocabulary: the consumers that speak it, and the service where things are made.
#[derive(Clone, Copy)]
pub struct Vocabulary {
    /// Adds its consumers and its REST interface to those that `routing.toml` may name.
    pub register: fn(Registry<Restaurant>) -> Registry<Restaurant>,
    /// What each of its consumers says and understands.
    pub channels: fn(&mut Schemas) -> Vec<Channel>,
    /// Its place in the contract of the channels: lower ones are declared first. That order is not the list's, and stays: clients keep files that are
    /// generated from it.
    pub declared: u8,
    /// What it serves over HTTP, with its contract. `None`: nothing.
    pub system: Option<System>,
    /// What a demo names when it is ready. `None`: nothing.
    pub endpoint: Option<Endpoint>,
}

/// An endpoint that somebody can try.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint {
    /// Where it is: a listener's name in `routing.toml`.
    pub listener: &'static str,
    /// What the vocabulary is called there.
    pub name: &'static str,
    /// What stands behind the listener's address.
    pub path: &'static str,
}
