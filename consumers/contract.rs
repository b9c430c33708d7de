//! What every vocabulary says and understands, as schemas made of the very types that are sent and read.
//!
//! Each vocabulary describes its channels beside its messages; [`asyncapi`] and [`typescript`] write them down. Tests hold every frame they see against them.

mod asyncapi;
mod frames;
mod schema;
mod typescript;

pub use frames::{Channel, Dialect, Frame};

use crate::{changes, delivery, dining, kitchen, timing, workshop};
use maitred::Routing;
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

/// Everything that can be said.
pub struct Contract {
    /// What every raw channel says besides its own.
    pub notices: Vec<Frame>,
    /// What every namespace of Socket.IO says besides its own.
    pub events: Vec<Frame>,
    /// One for each kind of consumer.
    pub channels: Vec<Channel>,
    /// What messages have in common, by name.
    pub shared: Map<String, Value>,
}

/// Makes the schemas of one contract.
pub struct Schemas {
    /// Of what is said. What several messages have in common has a name.
    said: SchemaGenerator,
    /// Of what is understood. A type may be read more kindly than it is written, so nothing is shared with the other.
    asked: SchemaGenerator,
}

/// Where schemas with a name are found.
const SHARED: &str = "/components/schemas";

impl Contract {
    /// Of all vocabularies.
    pub fn new() -> Self {
        let settings = SchemaSettings::draft2020_12().with(|settings| {
            settings.definitions_path = SHARED.into();
            settings.meta_schema = None;
        });
        let asked = settings.clone().with(|s| s.inline_subschemas = true);
        let mut schemas = Schemas {
            said: settings.for_serialize().into_generator(),
            asked: asked.for_deserialize().into_generator(),
        };
        let notices = frames::notices(&mut schemas);
        let events = frames::events(&mut schemas);
        let mut channels = dining::channels(&mut schemas);
        channels.push(changes::channel(&mut schemas));
        channels.extend(delivery::channels(&mut schemas));
        channels.extend(kitchen::channels(&mut schemas));
        channels.extend(workshop::channels(&mut schemas));
        channels.push(timing::channel(&mut schemas));
        Contract {
            notices,
            events,
            channels,
            shared: schemas.said.take_definitions(true),
        }
    }

    /// The channel of a consumer.
    pub fn channel(&self, consumer: &str) -> Option<&Channel> {
        self.channels.iter().find(|c| c.consumer == consumer)
    }

    /// As an AsyncAPI 3.0 document, with the addresses of this routing.
    pub fn asyncapi(&self, routing: &Routing) -> Value {
        asyncapi::document(self, routing)
    }

    /// As declarations for TypeScript.
    pub fn typescript(&self) -> String {
        typescript::declarations(self)
    }

    /// A schema that one frame can be held against by itself.
    pub fn alone(&self, schema: &Schema) -> Value {
        let mut alone = schema.clone().to_value();
        if let Value::Object(members) = &mut alone {
            let mut components = Map::new();
            components.insert("schemas".to_owned(), Value::Object(self.shared.clone()));
            members.insert("components".to_owned(), Value::Object(components));
        }
        alone
    }
}

impl Default for Contract {
    fn default() -> Self {
        Contract::new()
    }
}
