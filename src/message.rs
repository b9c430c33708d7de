//! What is said to a client, before a dialect puts an envelope around it.

use crate::ClientError;
use serde::Serialize;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

/// A name and JSON data, encoded once. The vocabulary's dialect decides how it looks on the wire.
///
/// ```
/// let m = maitred::Message::new("order_status", &serde_json::json!({"id": 1, "status": "ready"}));
/// assert_eq!(m.name(), Some("order_status"));
/// assert_eq!(m.data(), r#"{"id":1,"status":"ready"}"#);
/// ```
#[derive(Debug, Clone)]
pub struct Message {
    name: Option<Cow<'static, str>>,
    data: Box<RawValue>,
    beside: String,
}

impl Message {
    /// A named message. `data` that cannot be written as JSON (a map with keys that are no strings) becomes `null` and is logged: it is our mistake,
    /// and no client should lose its connection over it.
    pub fn new(name: impl Into<Cow<'static, str>>, data: &impl Serialize) -> Self {
        Message {
            name: Some(name.into()),
            data: raw(data),
            beside: String::new(),
        }
    }

    /// A message without a name: `data`, an object, is all there is. For vocabularies whose errors have no envelope.
    pub fn bare(data: &impl Serialize) -> Self {
        Message {
            name: None,
            data: raw(data),
            beside: String::new(),
        }
    }

    /// How a mistake is told where a vocabulary has no shape of its own: `{"error": "...", "code": "..."}`, and beside them the members of its details.
    pub fn error(error: &ClientError) -> Self {
        #[derive(Serialize)]
        struct Told<'a> {
            error: &'a str,
            code: &'a str,
            #[serde(flatten)]
            details: BTreeMap<&'a str, &'a RawValue>,
        }
        let details = error.details.as_deref().map(RawValue::get);
        let details = details.and_then(|details| serde_json::from_str(details).ok());
        Message::bare(&Told {
            error: &error.text,
            code: &error.code,
            details: details.unwrap_or_default(),
        })
    }

    /// Adds a member beside `data`, for vocabularies whose clients look in both places. `key` is written as it is: a plain word.
    pub fn beside(mut self, key: &'static str, value: &impl Serialize) -> Self {
        let _ = write!(self.beside, r#","{key}":{}"#, raw(value).get());
        self
    }

    /// The name, unless it is a bare message.
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The JSON text of the data.
    pub fn data(&self) -> &str {
        self.data.get()
    }

    /// The members beside `data`, each with a comma before it: `,"items":[]`.
    pub(crate) fn members(&self) -> &str {
        &self.beside
    }
}

/// What a consumer answers to one frame.
///
/// A message goes to this client only. The acknowledgement is told to those who asked for one: a raw frame with an `id`, a Socket.IO emit with a callback.
#[derive(Debug, Default)]
pub struct Reply {
    pub(crate) message: Option<Message>,
    pub(crate) ack: Option<Box<RawValue>>,
}

impl Reply {
    /// Nothing but the acknowledgement, for those who asked.
    pub fn done() -> Self {
        Reply::default()
    }

    /// An answer.
    pub fn message(message: Message) -> Self {
        Reply {
            message: Some(message),
            ack: None,
        }
    }

    /// Members for the acknowledgement: a JSON object.
    pub fn ack(data: &impl Serialize) -> Self {
        Reply {
            message: None,
            ack: Some(raw(data)),
        }
    }
}

fn raw(data: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(data).unwrap_or_else(|error| {
        tracing::error!(%error, "a message cannot be written as JSON");
        RawValue::NULL.to_owned()
    })
}
