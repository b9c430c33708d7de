//! How a message looks on the wire, and what a frame from the wire means. Codecs do no IO.

mod raw;

use crate::frame::{Frame, Payload};
use crate::message::Content;
use crate::websocket::Opcode;
use crate::{ClientError, Kind, Message};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A vocabulary's envelope. The set is ours: a new variant must break every `match` that forgot it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// Seed 003's: `{"type": ..., "seq": ..., "data": ...}`.
    Raw,
    /// None: frames are the consumer's own.
    Verbatim,
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
        /// What is asked for: what `action_rates` counts.
        action: Option<Cow<'a, str>>,
        body: Payload<'a>,
    },
    /// For the connection.
    Control {
        id: Option<String>,
        control: Control,
    },
}

/// Why a frame could not be taken apart.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// As far as it could be read: who asked under an id is answered under it.
    pub id: Option<String>,
    pub error: ClientError,
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
    /// The payload of the frame that tells a message. A message that is verbatim needs no dialect.
    pub fn encode<'m>(&self, message: &'m Message, envelope: Envelope) -> (Opcode, Cow<'m, [u8]>) {
        match (self, message.content()) {
            (_, Content::Verbatim(Frame::Text(text))) => (Opcode::Text, text.as_bytes().into()),
            (_, Content::Verbatim(Frame::Binary(bytes))) => (Opcode::Binary, bytes[..].into()),
            // what the framework itself has to say (an error, a reset) is JSON also where the consumer's frames are not
            (Dialect::Raw | Dialect::Verbatim, Content::Json { name, data, beside }) => {
                let text = raw::encode(name.as_deref(), data.get(), beside, envelope);
                (Opcode::Text, text.into_bytes().into())
            }
        }
    }

    /// The acknowledgement of a command with an id.
    pub fn ack(&self, id: &str, data: Option<&RawValue>) -> Message {
        match self {
            Dialect::Raw | Dialect::Verbatim => raw::ack(id, data),
        }
    }

    /// Takes a frame apart. It comes from a stranger.
    pub fn decode<'a>(&self, payload: Payload<'a>) -> Result<Inbound<'a>, Refusal> {
        match (self, payload) {
            (Dialect::Raw, Payload::Text(text)) => raw::decode(text),
            (Dialect::Raw, Payload::Binary(_)) => Err(Refusal {
                id: None,
                error: ClientError::new(
                    Kind::Invalid,
                    "BINARY_FRAME",
                    "send text frames: this endpoint speaks JSON",
                ),
            }),
            (Dialect::Verbatim, body) => Ok(Inbound::Command {
                id: None,
                action: None,
                body,
            }),
        }
    }
}
