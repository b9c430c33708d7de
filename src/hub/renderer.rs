//! How one kind of consumer tells its clients of events: all that the hub knows of a consumer.

use crate::app::App;
use crate::error::ClientError;
use crate::protocol::message::Message;

/// One consumer type's functions that turn events into messages. Plain functions, without a connection: what they make is shared by all who hear it.
///
/// They are the application's code. [`Format`](crate::hub::format::Format) calls them, at most once per event and kind of connection, and catches their panics.
pub(crate) struct Renderer<A: App> {
    /// The consumer's name in `routing.toml`.
    pub name: &'static str,
    /// Whether the consumer's frames have no envelope.
    pub verbatim: bool,
    /// The message of an event for a group; `None`: it is not told.
    pub render: fn(&A::Event, &A::Group) -> Option<Message>,
    /// The entity that an event shows; `None`: a newer message never takes the place of this one.
    pub entity: fn(&A::Event, &A::Group) -> Option<u64>,
    /// One message for several rendered events; `None`: this vocabulary has no such message.
    pub render_batch: fn(&[&Message]) -> Option<Message>,
    /// The message of a mistake.
    pub render_error: fn(&ClientError) -> Message,
}
