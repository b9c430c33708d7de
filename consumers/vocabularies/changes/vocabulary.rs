//! What belongs to this vocabulary.

use super::feed::{self, Changes};
use crate::restaurant::Restaurant;
use crate::vocabularies::Vocabulary;
use maitred::Registry;

/// This vocabulary: one endpoint, and nothing over HTTP.
pub const VOCABULARY: Vocabulary = Vocabulary {
    register,
    channels: feed::channels,
    declared: 2,
    system: None,
    endpoint: None,
};

fn register(registry: Registry<Restaurant>) -> Registry<Restaurant> {
    registry.with::<Changes>()
}
