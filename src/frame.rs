//! What one WebSocket message carries, before anybody reads anything into it.

mod misfit;

use crate::ClientError;
use bytes::Bytes;
use serde::de::DeserializeOwned;

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
pub enum Payload<'a> {
    /// Checked to be UTF-8.
    Text(&'a str),
    /// Anything.
    Binary(&'a [u8]),
}

impl<'a> Payload<'a> {
    /// The bytes, whatever they are.
    pub fn bytes(self) -> &'a [u8] {
        match self {
            Payload::Text(text) => text.as_bytes(),
            Payload::Binary(bytes) => bytes,
        }
    }
}

impl From<Payload<'_>> for Frame {
    fn from(payload: Payload<'_>) -> Self {
        match payload {
            Payload::Text(text) => Frame::Text(text.to_owned()),
            Payload::Binary(bytes) => Frame::Binary(Bytes::copy_from_slice(bytes)),
        }
    }
}

/// What a consumer takes frames as: any type that can be read from JSON, or [`Frame`] for those that want the bytes. Sealed.
pub trait FromFrame: Sized + sealed::Sealed {
    /// Frames are the consumer's alone, and have no envelope.
    #[doc(hidden)]
    const VERBATIM: bool;

    /// # Errors
    /// The frame is none of the consumer's commands.
    #[doc(hidden)]
    fn from_frame(payload: Payload<'_>) -> Result<Self, ClientError>;
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
        }
        .map_err(|_| misfit::explain::<T>(payload.bytes()))
    }
}
