//! Several values side by side, some of them binary: what Socket.IO's events and acknowledgements carry.

use crate::error::{ClientError, Kind};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::{DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::cell::RefCell;
use std::fmt;

/// The name under which [`Arguments`] ask a deserializer for all that came, and not only for the first value.
pub(crate) const ALL: &str = "$maitred::Arguments";

/// The values of an event or of an acknowledgement, in order.
///
/// As the content of a command's variant it takes whatever arguments an event came with:
///
/// ```
/// #[derive(serde::Deserialize)]
/// #[serde(rename_all = "camelCase")]
/// enum Command {
///     JoinRoom(String),                       // joinRoom("r")
///     Echo(maitred::Arguments),               // echo(1, "2", {"3": null})
/// }
/// let m = maitred::Message::carrying("echo", maitred::Arguments::new().with(&1).with(&"2"));
/// assert_eq!((m.name(), m.data()), (Some("echo"), "1"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Arguments {
    pub(crate) values: Vec<Box<RawValue>>,
    /// What the placeholders in `values` stand for.
    pub(crate) attachments: Vec<Bytes>,
}

impl Arguments {
    /// No arguments.
    pub fn new() -> Self {
        Arguments::default()
    }

    /// Adds an argument. What cannot be written as JSON (a map with keys that are no strings) becomes `null` and is logged.
    pub fn with(mut self, value: &impl Serialize) -> Self {
        let value = collecting(&mut self.attachments, || raw(value));
        self.values.push(value);
        self
    }

    /// The number of arguments.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are no arguments.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The value at a place, from 0. One that is missing is `null`.
    ///
    /// # Errors
    /// Of kind [`Kind::Invalid`] when the value is no `T`.
    pub fn get<T: DeserializeOwned>(&self, at: usize) -> Result<T, ClientError> {
        let json = self.values.get(at).map_or("null", |v| v.get());
        supplied(&self.attachments, || serde_json::from_str(json)).map_err(|e| {
            ClientError::new(
                Kind::Invalid,
                "INVALID_ARGUMENT",
                format!("argument {at}: {e}"),
            )
        })
    }

    /// The first value's JSON text.
    pub(crate) fn first(&self) -> Option<&RawValue> {
        self.values.first().map(|v| &**v)
    }
}

impl<'de> Deserialize<'de> for Arguments {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Vec<Box<RawValue>>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("arguments")
            }
            fn visit_seq<S: SeqAccess<'de>>(self, mut seq: S) -> Result<Self::Value, S::Error> {
                let mut all = Vec::new();
                while let Some(value) = seq.next_element()? {
                    all.push(value);
                }
                Ok(all)
            }
            fn visit_newtype_struct<N: Deserializer<'de>>(
                self,
                one: N,
            ) -> Result<Self::Value, N::Error> {
                Ok(vec![Box::<RawValue>::deserialize(one)?])
            }
        }
        Ok(Arguments {
            values: d.deserialize_newtype_struct(ALL, All)?,
            attachments: COME.with_borrow(Clone::clone),
        })
    }
}

/// Bytes within a message or a command. With Socket.IO they travel as a binary attachment; in a stored event and in other vocabularies as base64 text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Binary(pub Bytes);

thread_local! {
    /// Attachments of the message that is being written as JSON on this thread.
    static LEAVING: RefCell<Option<Vec<Bytes>>> = const { RefCell::new(None) };
    /// Attachments of the event that is being read on this thread.
    static COME: RefCell<Vec<Bytes>> = const { RefCell::new(Vec::new()) };
}

/// Puts a value back when dropped, also by a panic of somebody's `Serialize`.
struct Restore<T: 'static>(&'static std::thread::LocalKey<RefCell<T>>, Option<T>);

impl<T> Drop for Restore<T> {
    fn drop(&mut self) {
        if let Some(before) = self.1.take() {
            self.0.set(before);
        }
    }
}

/// Runs `write`; each [`Binary`] that it serializes is appended to `attachments`, and leaves a placeholder.
pub(crate) fn collecting<T>(attachments: &mut Vec<Bytes>, write: impl FnOnce() -> T) -> T {
    let restore = Restore(
        &LEAVING,
        Some(LEAVING.replace(Some(std::mem::take(attachments)))),
    );
    let written = write();
    *attachments = LEAVING.take().unwrap_or_default();
    drop(restore);
    written
}

/// Runs `read`, whose placeholders stand for `attachments`.
pub(crate) fn supplied<T>(attachments: &[Bytes], read: impl FnOnce() -> T) -> T {
    if attachments.is_empty() {
        return read();
    }
    let _restore = Restore(&COME, Some(COME.replace(attachments.to_vec())));
    read()
}

/// What stands for the n-th attachment in JSON that was written here.
pub(crate) fn placeholder(n: usize) -> String {
    format!(r#"{{"_placeholder":true,"num":{n}}}"#)
}

/// A JSON text with each attachment as base64 in its place.
pub(crate) fn inlined(json: &str, attachments: &[Bytes]) -> String {
    let mut out = json.to_owned();
    for (n, bytes) in attachments.iter().enumerate() {
        out = out.replace(&placeholder(n), &format!("\"{}\"", STANDARD.encode(bytes)));
    }
    out
}

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let num = LEAVING.with_borrow_mut(|leaving| {
            let attachments = leaving.as_mut()?;
            attachments.push(self.0.clone());
            Some(attachments.len() - 1)
        });
        let Some(num) = num else {
            return s.serialize_str(&STANDARD.encode(&self.0));
        };
        let mut map = s.serialize_map(Some(2))?;
        map.serialize_entry("_placeholder", &true)?;
        map.serialize_entry("num", &num)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Bytes;
        impl<'de> Visitor<'de> for Bytes {
            type Value = Binary;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("binary data, or base64")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Binary, E> {
                let bytes = STANDARD.decode(text).map_err(E::custom)?;
                Ok(Binary(bytes.into()))
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Binary, M::Error> {
                let (mut placeholder, mut num) = (false, None);
                while let Some(key) = map.next_key::<String>()? {
                    match key.as_str() {
                        "_placeholder" => placeholder = map.next_value()?,
                        "num" => num = Some(map.next_value::<usize>()?),
                        _ => map.next_value::<serde::de::IgnoredAny>().map(drop)?,
                    }
                }
                let found = num
                    .filter(|_| placeholder)
                    .and_then(|num| COME.with_borrow(|come| come.get(num).cloned()));
                found
                    .map(Binary)
                    .ok_or_else(|| serde::de::Error::custom("expected binary data"))
            }
        }
        d.deserialize_any(Bytes)
    }
}

/// The JSON of a value. One that cannot be written becomes `null` and is logged, because no client should lose its connection over our mistake.
pub(crate) fn raw(data: &impl Serialize) -> Box<RawValue> {
    serde_json::value::to_raw_value(data).unwrap_or_else(|error| {
        tracing::error!(%error, "a message cannot be written as JSON");
        RawValue::NULL.to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binary_is_attached_where_that_is_possible_and_text_elsewhere() {
        let bytes = Binary(Bytes::from_static(b"\x00\xff"));
        assert_eq!(serde_json::to_string(&bytes).expect("JSON"), r#""AP8=""#);
        let arguments = Arguments::new().with(&1).with(&[&bytes, &bytes]);
        assert_eq!(arguments.attachments.len(), 2);
        assert_eq!(
            arguments.values[1].get(),
            r#"[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#
        );
        assert_eq!(
            inlined(arguments.values[1].get(), &arguments.attachments),
            r#"["AP8=","AP8="]"#
        );
        let back: [Binary; 2] = arguments.get(1).expect("binary");
        assert_eq!(back[1], bytes);
        assert_eq!(
            serde_json::from_str::<Binary>(r#""AP8=""#).expect("base64"),
            bytes
        );
        assert_eq!(serde_json::to_string(&bytes).expect("JSON"), r#""AP8=""#);
    }

    #[test]
    fn a_placeholder_that_stands_for_nothing_is_refused() {
        let forged = Arguments::new().with(&serde_json::json!({"_placeholder": true, "num": 0}));
        let refused = forged.get::<Binary>(0).expect_err("no attachment");
        assert_eq!(refused.code, "INVALID_ARGUMENT");
        assert_eq!(forged.get::<Option<i64>>(7).expect("missing is null"), None);
    }
}
