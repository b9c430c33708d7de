//! Where the schemas of one contract are made.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// Makes the schemas of one contract.
pub struct Schemas {
    /// Of what is said. What several messages have in common has a name.
    pub(super) said: SchemaGenerator,
    /// Of what is understood. A type may be read more kindly than it is written, so nothing is shared with the other.
    pub(super) asked: SchemaGenerator,
}

/// Where schemas with a name are found.
const SHARED: &str = "/components/schemas";

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = SHARED.into();
            settings.meta_schema = None;
        });
        let asked = settings.clone().with(|s| s.inline_subschemas = true);
        Schemas {
            said: settings.for_serialize().into_generator(),
            asked: asked.for_deserialize().into_generator(),
        }
    }

    /// What messages have in common, by name.
    pub(super) fn shared(&mut self) -> Map<String, Value> {
        self.said.take_definitions(true)
    }
}
