//! How a message looks on the wire, and what a frame from the wire means. Codecs do no IO.

pub(crate) mod engine_io;
mod raw;
pub(crate) mod socket_io;

use crate::{ClientError, Message};
use serde_json::value::RawValue;

/// A vocabulary's envelope. The set is ours: a new variant must break every `match` that forgot it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// Seed 003's: `{"type": ..., "seq": ..., "data": ...}`.
    Raw,
}

/// What stands around a message besides its name and data.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Envelope {
    /// Only stream frames carry a number: events, and the snapshot that starts a stream.
    pub seq: Option<u64>,
    /// This snapshot replaces what the client knew.
    pub reset: bool,
}

/// A client's frame, taken apart as far as the framework is concerned.
#[derive(Debug)]
pub(crate) enum Inbound<'a> {
    /// For the consumer.
    Command {
        /// The client's own id of this command: asks for an acknowledgement, and makes a retry safe.
        id: Option<String>,
        body: &'a str,
    },
    /// For the connection.
    Control {
        id: Option<String>,
        control: Control,
    },
}

/// What every connection understands, whatever its consumer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Control {
    Ping,
    /// Start the stream again after this number. A number that is none (`null`, text) is one that cannot be resumed.
    Resume(Option<u64>),
    /// A new token for an open connection.
    Authenticate(String),
}

impl Dialect {
    pub fn encode(&self, message: &Message, envelope: Envelope) -> String {
        match self {
            Dialect::Raw => raw::encode(message, envelope),
        }
    }

    /// The acknowledgement of a command with an id.
    pub fn ack(&self, id: &str, data: Option<&RawValue>) -> Message {
        match self {
            Dialect::Raw => raw::ack(id, data),
        }
    }

    /// Takes a frame apart. It comes from a stranger.
    pub fn decode<'a>(&self, text: &'a str) -> Result<Inbound<'a>, ClientError> {
        match self {
            Dialect::Raw => raw::decode(text),
        }
    }
}
