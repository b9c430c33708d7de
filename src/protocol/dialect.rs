//! How a message looks on the wire, and what a frame from the wire means. Codecs do no IO.

use crate::error::{ClientError, Kind};
use crate::protocol::arguments::placeholder;
use crate::protocol::frame::{Frame, Payload};
use crate::protocol::json;
use crate::protocol::message::{Content, Message, members};
use crate::protocol::socket_io::{self, is_string};
use crate::protocol::websocket::Opcode;
use bytes::Bytes;
use serde_json::value::RawValue;
use smallvec::SmallVec;
use std::borrow::Cow;
use std::sync::Arc;

/// A vocabulary's envelope. The set is ours: a new variant must break every `match` that forgot it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// One JSON object per message: `{"type": ..., "seq": ..., "data": ...}`.
    Json,
    /// None: frames are the consumer's own.
    Verbatim,
    /// Engine.IO messages: frames are the consumer's own, and text has Engine.IO's mark in front.
    EngineIo,
    /// Events of one Socket.IO namespace.
    SocketIo {
        namespace: Arc<str>,
        /// Clients come back with the last number they saw: it is the last argument of what has one, and nothing else may look like it. Without, they are
        /// not told any.
        offsets: bool,
    },
}

/// What stands around a message besides its name and data.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Envelope {
    /// Only stream frames carry a number: events, and the snapshot that starts a stream.
    pub seq: Option<u64>,
    /// This snapshot replaces what the client knew.
    pub reset: bool,
    /// The client is asked for an acknowledgement under this number.
    pub ask: Option<u64>,
}

/// A client's frame, taken apart as far as the framework is concerned.
#[derive(Debug)]
pub(crate) enum Inbound<'a> {
    /// A command for the consumer.
    Command {
        /// The client's own id of this command: asks for an acknowledgement, and makes a retry safe.
        id: Option<String>,
        /// What is asked for: what `action_rates` counts.
        action: Option<Cow<'a, str>>,
        body: Payload<'a>,
    },
    /// A request to the connection itself.
    Control {
        id: Option<String>,
        control: Control,
    },
}

/// Why a frame could not be taken apart.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// The id that the frame had, as far as it could be read: the answer has it too.
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

impl Control {
    /// The name of this request in `action_rates`.
    pub fn name(&self) -> &'static str {
        match self {
            Control::Ping => "ping",
            Control::Resume(_) => "resume",
            Control::Authenticate(_) => "authenticate",
        }
    }
}

impl Dialect {
    /// The payload of the frame that tells a message. A message that is verbatim needs no dialect.
    pub fn encode<'m>(&self, message: &'m Message, envelope: Envelope) -> (Opcode, Cow<'m, [u8]>) {
        match (self, message.content()) {
            (Dialect::Json | Dialect::Verbatim, Content::Verbatim(Frame::Text(text))) => {
                (Opcode::Text, text.as_bytes().into())
            }
            (Dialect::Json | Dialect::Verbatim, Content::Verbatim(Frame::Binary(bytes))) => {
                (Opcode::Binary, bytes[..].into())
            }
            // what the framework itself has to say (an error, a reset) is JSON also where the consumer's frames are not
            (
                Dialect::Json | Dialect::Verbatim,
                Content::Json {
                    name,
                    data,
                    beside,
                    arguments,
                },
            ) => {
                let name = name.as_deref();
                let text = match arguments {
                    None => json::encode(name, data.get(), beside, envelope),
                    Some(arguments) => json::encode_all(name, beside, arguments, envelope),
                };
                (Opcode::Text, text.into_bytes().into())
            }
            (
                Dialect::SocketIo { namespace, offsets },
                Content::Json {
                    name,
                    data,
                    beside,
                    arguments,
                },
            ) => {
                let with_members = members(data.get(), beside);
                let first = with_members.as_deref().unwrap_or(data.get());
                let offset = envelope.seq.map(|seq| format!("\"{seq}\""));
                let mut all: SmallVec<[&str; 4]> = smallvec::smallvec![first];
                if let Some(arguments) = arguments {
                    all.truncate(arguments.values.len());
                    all.extend(arguments.values.iter().skip(1).map(|v| v.get()));
                }
                match &offset {
                    Some(offset) if *offsets => all.push(offset),
                    // behind a question stands the client's own callback
                    _ if *offsets
                        && envelope.ask.is_none()
                        && all.last().is_some_and(|last| is_string(last)) =>
                    {
                        all.push("null");
                    }
                    _ => {}
                }
                let name = name.as_deref().unwrap_or("error");
                let attachments = message.attachments().len();
                let text =
                    socket_io::event(namespace, envelope.ask, name, all.into_iter(), attachments);
                (Opcode::Text, text.into_bytes().into())
            }
            (Dialect::SocketIo { namespace, .. }, Content::Verbatim(frame)) => {
                let (data, attachments) = match frame {
                    Frame::Text(text) => (serde_json::to_string(text).unwrap_or_default(), 0),
                    Frame::Binary(_) => (placeholder(0), 1),
                };
                let data = std::iter::once(&*data);
                let text = socket_io::event(namespace, envelope.ask, "message", data, attachments);
                (Opcode::Text, text.into_bytes().into())
            }
            (Dialect::EngineIo, _) => match Dialect::Verbatim.encode(message, envelope) {
                (Opcode::Text, text) => (Opcode::Text, [b"4", &*text].concat().into()),
                binary => binary,
            },
        }
    }

    /// Binary messages that follow a message and belong to it.
    pub fn attachments<'m>(&self, message: &'m Message) -> &'m [Bytes] {
        match self {
            Dialect::SocketIo { .. } => message.attachments(),
            Dialect::Json | Dialect::Verbatim | Dialect::EngineIo => &[],
        }
    }

    /// The acknowledgement of a command with an id. `as_of`: that of what it has written.
    pub fn ack(&self, id: &str, as_of: Option<u64>, data: Option<&RawValue>) -> Message {
        json::ack(id, as_of, data)
    }

    /// Takes a frame apart. It comes from a stranger.
    pub fn decode<'a>(&self, payload: Payload<'a>) -> Result<Inbound<'a>, Refusal> {
        match (self, payload) {
            (Dialect::Json, Payload::Text(text)) => json::decode(text),
            (Dialect::Json, Payload::Binary(_)) => Err(Refusal {
                id: None,
                error: ClientError::new(
                    Kind::Invalid,
                    "BINARY_FRAME",
                    "send text frames: this endpoint speaks JSON",
                ),
            }),
            // a namespace's events were taken apart with their packets
            (Dialect::Json, Payload::Event(_))
            | (Dialect::Verbatim | Dialect::EngineIo | Dialect::SocketIo { .. }, _) => {
                Ok(Inbound::Command {
                    id: None,
                    action: None,
                    body: payload,
                })
            }
        }
    }
}
