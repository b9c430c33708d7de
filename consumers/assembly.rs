//! All parts of the server in one place: its tables, its endpoints and what they say.

use crate::contract::Contract;
use crate::restaurant::Restaurant;
use crate::screens::Demo;
use crate::{api_docs, screens, vocabularies};
use maitred::{Registry, Schema};

/// The tables. Migration n makes version n; a released one is never changed.
pub const SCHEMA: Schema = Schema::new(
    0x6d61_6974, // "mait"
    &[
        include_str!("../schema.sql"),
        include_str!("domain/sums.sql"),
        include_str!("domain/tickets.sql"),
        include_str!("domain/people.sql"),
        include_str!("domain/bills.sql"),
    ],
);

/// The consumers and REST interfaces that `routing.toml` may name.
pub fn registry() -> Registry<Restaurant> {
    registry_of(None)
}

/// The same, for a demo that runs.
pub(crate) fn registry_of(demo: Option<Demo>) -> Registry<Restaurant> {
    let all = api_docs::register(vocabularies::register(Registry::new()));
    screens::register_demo(screens::register(all), demo)
}

/// Everything that the consumers say and understand.
pub fn contract() -> Contract {
    Contract::of(vocabularies::channels)
}
