//! The list of all vocabularies, and what is made of it.

use super::{Endpoint, Vocabulary, changes, delivery, dining, kitchen, timing, workshop};
use crate::contract::{Channel, Schemas};
use crate::openapi::System;
use crate::restaurant::Restaurant;
use maitred::Registry;

/// All vocabularies. The contract of the services has them in this order. Where two services have a path in common, the first of them has it whole.
pub const VOCABULARIES: &[Vocabulary] = &[
    dining::VOCABULARY,
    delivery::VOCABULARY,
    workshop::VOCABULARY,
    kitchen::VOCABULARY,
    timing::VOCABULARY,
    changes::VOCABULARY,
];

/// Adds the consumers and REST interfaces of all vocabularies to those that `routing.toml` may name.
pub fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    let all = VOCABULARIES.iter();
    all.fold(registry, |registry, one| (one.register)(registry))
}

/// What the consumers of all vocabularies say and understand.
pub fn channels(schemas: &mut Schemas) -> Vec<Channel> {
    let mut all = VOCABULARIES.to_vec();
    all.sort_by_key(|one| one.declared);
    all.iter().flat_map(|one| (one.channels)(schemas)).collect()
}

/// The services of all vocabularies.
pub fn systems() -> Vec<System> {
    VOCABULARIES.iter().filter_map(|one| one.system).collect()
}

/// What there is to try of each vocabulary.
pub fn endpoints() -> impl Iterator<Item = Endpoint> {
    VOCABULARIES.iter().filter_map(|one| one.endpoint)
}
