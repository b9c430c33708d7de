//! What one WebSocket message carries, before anybody reads anything into it.

mod event;
mod explain;
mod reserved;

pub use event::Event;
pub(crate) use reserved::of_parameters;

use crate::error::ClientError;
use crate::protocol::arguments::supplied;
use bytes::Bytes;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// A message's bytes as they are on the wire. As a consumer's [`Command`](crate::Consumer::Command) it takes every data frame of a client as it came: there
/// are no control frames of the framework then (`ping`, `resume`, `authenticate`), no ids, and no acknowledgements.
///
/// ```
/// use maitred::{Frame, Message};
///
/// /// Sends back what came.
/// fn echo(frame: Frame) -> Message {
///     Message::from(frame)
/// }
/// assert_eq!(echo(Frame::Text("hello".into())).name(), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Frame {
    /// A text message.
    Text(String),
    /// A binary message.
    Binary(Bytes),
}

/// A data message of a client, in the thread's read buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Payload<'a> {
    /// Checked to be UTF-8.
    Text(&'a str),
    /// Anything.
    Binary(&'a [u8]),
    /// A named event with its arguments.
    Event(Event<'a>),
}

impl<'a> Payload<'a> {
    /// The bytes, whatever they are.
    pub fn bytes(self) -> Cow<'a, [u8]> {
        match self {
            Payload::Text(text) => text.as_bytes().into(),
            Payload::Binary(bytes) => bytes.into(),
            Payload::Event(event) => event.to_json().into_bytes().into(),
        }
    }
}

impl Payload<'_> {
    /// How many bytes came.
    pub(crate) fn len(self) -> usize {
        match self {
            Payload::Text(text) => text.len(),
            Payload::Binary(bytes) => bytes.len(),
            Payload::Event(event) => event.len(),
        }
    }
}

impl From<Payload<'_>> for Frame {
    fn from(payload: Payload<'_>) -> Self {
        match payload {
            Payload::Text(text) => Frame::Text(text.to_owned()),
            Payload::Binary(bytes) => Frame::Binary(Bytes::copy_from_slice(bytes)),
            Payload::Event(event) => Frame::Text(event.to_json()),
        }
    }
}

/// What a consumer takes frames as: a [`Command`](crate::Consumer::Command), any type that can be read from JSON, or [`Frame`] for those that want the bytes. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a client's frame",
    label = "not a command",
    note = "derive it: `#[derive(serde::Deserialize)]`, an enum with `#[serde(tag = \"action\")]` for JSON commands",
    note = "or use `maitred::Frame` as the consumer's `Command`, for text and binary messages as they come"
)]
pub trait FromFrame: Sized + sealed::Sealed {
    /// Frames are the consumer's alone, and have no envelope.
    #[doc(hidden)]
    const VERBATIM: bool;

    /// # Errors
    /// The frame is none of the consumer's commands.
    #[doc(hidden)]
    fn from_frame(payload: Payload<'_>) -> Result<Self, ClientError>;

    /// What it would have of a raw frame that the framework keeps to itself, in words.
    #[doc(hidden)]
    fn taken() -> Vec<String> {
        Vec::new()
    }
}

mod sealed {
    /// Nobody else decides how frames are read: a dialect has taken them apart before.
    pub trait Sealed {}
}

impl sealed::Sealed for Frame {}

impl FromFrame for Frame {
    const VERBATIM: bool = true;

    fn from_frame(payload: Payload<'_>) -> Result<Self, ClientError> {
        Ok(payload.into())
    }
}

impl<T: DeserializeOwned> sealed::Sealed for T {}

impl<T: DeserializeOwned> FromFrame for T {
    const VERBATIM: bool = false;

    fn from_frame(payload: Payload<'_>) -> Result<Self, ClientError> {
        match payload {
            Payload::Text(text) => serde_json::from_str(text),
            Payload::Binary(bytes) => serde_json::from_slice(bytes),
            Payload::Event(event) => {
                return supplied(event.attachments, || T::deserialize(event))
                    .map_err(|error| event.unfit(&error));
            }
        }
        .map_err(|_| explain::explain::<T>(&payload.bytes()))
    }

    fn taken() -> Vec<String> {
        reserved::of_command::<T>()
    }
}
