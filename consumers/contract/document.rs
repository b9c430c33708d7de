//! Everything that can be said, by all channels.

use super::Schemas;
use super::frames::{self, Channel, Frame};
use schemars::Schema;
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

impl Contract {
    /// Of what the framework says on every channel, and of the channels that `channels` describes.
    pub fn of(channels: impl FnOnce(&mut Schemas) -> Vec<Channel>) -> Self {
        let mut schemas = Schemas::new();
        let notices = frames::notices(&mut schemas);
        let events = frames::events(&mut schemas);
        let channels = channels(&mut schemas);
        Contract {
            notices,
            events,
            channels,
            shared: schemas.shared(),
        }
    }

    /// The channel of a consumer.
    pub fn channel(&self, consumer: &str) -> Option<&Channel> {
        self.channels.iter().find(|c| c.consumer == consumer)
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
