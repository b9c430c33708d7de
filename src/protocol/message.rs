//! A message to a client, before a dialect puts an envelope around it.

use crate::error::ClientError;
use crate::protocol::arguments::{Arguments, collecting, raw};
use crate::protocol::frame::Frame;
use bytes::Bytes;
use serde::Serialize;
use serde::de::IgnoredAny;
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
pub struct Message(Content);

#[derive(Debug, Clone)]
pub(crate) enum Content {
    /// JSON that a dialect puts an envelope around.
    Json {
        name: Option<Cow<'static, str>>,
        data: Box<RawValue>,
        /// The members beside `data`, each with a comma before it: `,"items":[]`.
        beside: String,
        /// All arguments, `data` the first of them, where there is more than that to say: several ones, none, or binary ones.
        arguments: Option<Box<Arguments>>,
    },
    /// A frame without envelope or number.
    Verbatim(Frame),
}

impl Message {
    /// A named message. `data` that cannot be written as JSON (a map with keys that are no strings) becomes `null` and is logged: it is our mistake,
    /// and no client should lose its connection over it.
    pub fn new(name: impl Into<Cow<'static, str>>, data: &impl Serialize) -> Self {
        Message::json(Some(name.into()), data)
    }

    /// A message without a name: `data`, an object, is all there is. For vocabularies whose errors have no envelope. With Socket.IO, where everything has a
    /// name, it is an `error`.
    pub fn bare(data: &impl Serialize) -> Self {
        Message::json(None, data)
    }

    fn json(name: Option<Cow<'static, str>>, data: &impl Serialize) -> Self {
        let mut attachments = Vec::new();
        let data = collecting(&mut attachments, || raw(data));
        let arguments = (!attachments.is_empty()).then(|| {
            let values = vec![data.clone()];
            Box::new(Arguments {
                values,
                attachments,
            })
        });
        Message(Content::Json {
            name,
            data,
            beside: String::new(),
            arguments,
        })
    }

    /// A named message with any number of arguments. In vocabularies whose messages have one place for data, the first one is there, and what follows is in
    /// a list `arguments` beside it.
    pub fn carrying(name: impl Into<Cow<'static, str>>, arguments: Arguments) -> Self {
        Message(Content::Json {
            name: Some(name.into()),
            data: arguments
                .values
                .first()
                .cloned()
                .unwrap_or_else(|| raw(&())),
            beside: String::new(),
            arguments: Some(Box::new(arguments)),
        })
    }

    /// How a mistake is told where a vocabulary has no shape of its own: `{"error": "...", "code": "..."}`, and beside them the members of its details.
    pub fn error(error: &ClientError) -> Self {
        #[derive(Serialize)]
        struct ErrorBody<'a> {
            error: &'a str,
            code: &'a str,
            #[serde(flatten)]
            details: BTreeMap<&'a str, &'a RawValue>,
        }
        let details = error.details.as_deref().map(RawValue::get);
        let details = details.and_then(|details| serde_json::from_str(details).ok());
        Message::bare(&ErrorBody {
            error: &error.text,
            code: &error.code,
            details: details.unwrap_or_default(),
        })
    }

    /// A text message that is exactly this, without an envelope. It carries no number, so a client cannot come back to it: for ephemeral signals and answers.
    pub fn text(text: impl Into<String>) -> Self {
        Frame::Text(text.into()).into()
    }

    /// A binary message that is exactly these bytes; otherwise as [`text`](Self::text).
    pub fn binary(bytes: impl Into<Bytes>) -> Self {
        Frame::Binary(bytes.into()).into()
    }

    /// Adds a member beside `data`, for vocabularies whose clients look in both places. `key` is written as it is: a plain word. A verbatim message has no
    /// members, and stays as it is. With Socket.IO they are members of the data.
    pub fn beside(mut self, key: &'static str, value: &impl Serialize) -> Self {
        if let Content::Json { beside, .. } = &mut self.0 {
            let _ = write!(beside, r#","{key}":{}"#, raw(value).get());
        }
        self
    }

    /// The name, unless it is a bare or a verbatim message.
    pub fn name(&self) -> Option<&str> {
        match &self.0 {
            Content::Json { name, .. } => name.as_deref(),
            Content::Verbatim(_) => None,
        }
    }

    /// The JSON text of the data; of a verbatim message `null`, because it has none.
    pub fn data(&self) -> &str {
        match &self.0 {
            Content::Json { data, .. } => data.get(),
            Content::Verbatim(_) => RawValue::NULL.get(),
        }
    }

    /// What the placeholders in its arguments stand for.
    pub(crate) fn attachments(&self) -> &[Bytes] {
        match &self.0 {
            Content::Json {
                arguments: Some(arguments),
                ..
            } => &arguments.attachments,
            Content::Verbatim(Frame::Binary(bytes)) => std::slice::from_ref(bytes),
            _ => &[],
        }
    }

    /// The arguments of an acknowledgement with the content of this message.
    pub(crate) fn into_arguments(self) -> Arguments {
        match self.0 {
            Content::Json {
                arguments: Some(arguments),
                ..
            } => *arguments,
            Content::Json { data, beside, .. } => {
                let whole = members(data.get(), &beside);
                let data = whole
                    .and_then(|w| RawValue::from_string(w).ok())
                    .unwrap_or(data);
                Arguments {
                    values: vec![data],
                    attachments: Vec::new(),
                }
            }
            Content::Verbatim(Frame::Text(text)) => Arguments::new().with(&text),
            Content::Verbatim(Frame::Binary(bytes)) => {
                Arguments::new().with(&crate::protocol::arguments::Binary(bytes))
            }
        }
    }

    pub(crate) fn content(&self) -> &Content {
        &self.0
    }
}

/// The object `data` with the members `beside`. `None`: there are none, or `data` is no object.
pub(crate) fn members(data: &str, beside: &str) -> Option<String> {
    let beside = beside.strip_prefix(',')?;
    let inner = data.trim_end().strip_suffix('}')?;
    let comma = if inner.trim_end() == "{" { "" } else { "," };
    Some(format!("{inner}{comma}{beside}}}"))
}

impl Arguments {
    /// With the number as of which a command has written, in the first value: if that is an object, and does not say it itself.
    pub(crate) fn done_as_of(mut self, as_of: u64) -> Self {
        if let Some(first) = self.values.first_mut()
            && !says_as_of(first.get())
            && let Some(whole) = members(first.get(), &format!(r#","as_of":{as_of}"#))
            && let Ok(whole) = RawValue::from_string(whole)
        {
            *first = whole;
        }
        self
    }
}

/// Whether an object has a member `as_of`.
fn says_as_of(json: &str) -> bool {
    // most have none, however deep
    if !json.contains(r#""as_of""#) {
        return false;
    }
    let all: BTreeMap<Cow<'_, str>, IgnoredAny> = serde_json::from_str(json).unwrap_or_default();
    all.contains_key("as_of")
}

impl From<Frame> for Message {
    /// A message that is exactly this frame.
    fn from(frame: Frame) -> Self {
        Message(Content::Verbatim(frame))
    }
}

/// What a consumer answers to one frame.
///
/// A message goes to this client only. The acknowledgement is told to those who asked for one: a raw frame with an `id`, a Socket.IO emit with a callback.
#[derive(Debug, Default)]
pub struct Reply {
    pub(crate) message: Option<Message>,
    pub(crate) ack: Option<Arguments>,
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

    /// Members for the acknowledgement: a JSON object. With Socket.IO: its one argument.
    pub fn ack(data: &impl Serialize) -> Self {
        Reply::answer(Arguments::new().with(data))
    }

    /// The acknowledgement's arguments. Where an acknowledgement has members and no arguments, the first one's.
    pub fn answer(arguments: Arguments) -> Self {
        Reply {
            message: None,
            ack: Some(arguments),
        }
    }

    /// Says something too, before the acknowledgement.
    pub fn saying(mut self, message: Message) -> Self {
        self.message = Some(message);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_acknowledgement_says_as_of_which_event_in_its_first_object() {
        for (first, told) in [
            (json!({}), json!({"as_of": 812})),
            (json!({"ok": true}), json!({"ok": true, "as_of": 812})),
            (
                json!({"n": {"as_of": 7}}),
                json!({"n": {"as_of": 7}, "as_of": 812}),
            ),
            (json!({"as_of": 7}), json!({"as_of": 7})),
            (json!([1]), json!([1])),
            (json!("as_of"), json!("as_of")),
        ] {
            let all = Arguments::new().with(&first).with(&1).done_as_of(812);
            assert_eq!(all.get::<serde_json::Value>(0).ok(), Some(told), "{first}");
            assert_eq!(all.get::<u64>(1).ok(), Some(1));
        }
        assert!(Arguments::new().done_as_of(812).is_empty());
    }
}
