//! What the rooms above the hub keep beside a shard. The hub does not look into it.

use std::any::Any;

/// Values that a shard carries for the rooms above it, at most one of each type.
///
/// They are put in before the shard is made and live as long as it does. A look-up compares a few type ids: it is for what happens once per connection or
/// request, not for what happens per frame.
#[derive(Default)]
pub(crate) struct Extensions(Vec<Box<dyn Any>>);

impl Extensions {
    /// Adds a value. The first of a type is the one that is found.
    pub fn with<T: Any>(mut self, value: T) -> Self {
        self.0.push(Box::new(value));
        self
    }

    /// The value of this type, if one was added.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.iter().find_map(|value| value.downcast_ref())
    }
}
