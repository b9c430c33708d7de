//! Why a frame is none of a consumer's commands, in words for the author of the client.
//!
//! Frames are decoded straight from their text. Only a frame that could not be decoded is read a second time, here, with an error that keeps what was found apart
//! from what was expected.

#[cfg(test)]
mod tests;

use crate::error::{ClientError, Kind, nearest};
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{self, Deserializer, Expected, IntoDeserializer, Unexpected, Visitor};
use serde::{de::DeserializeOwned, forward_to_deserialize_any};
use serde_json::{Map, Value};
use std::fmt;

/// The longest frame whose wrong member is looked for, in bytes: the search reads the frame once for each member.
const SEARCHED_BYTES: usize = 4096;
/// The most members that are searched.
const SEARCHED_MEMBERS: usize = 16;
/// How much of a stranger's text is repeated, in characters.
const REPEATED: usize = 40;

/// The error for a client whose frame `body` is no `C`.
pub(super) fn explain<C: DeserializeOwned>(body: &[u8]) -> ClientError {
    let invalid = |text: String| ClientError::new(Kind::Invalid, "INVALID_FRAME", text);
    let frame: Map<String, Value> = match serde_json::from_slice(body) {
        Ok(Value::Object(frame)) => frame,
        Ok(_) => return invalid("a frame is a JSON object with an \"action\"".into()),
        // JSON can say what no value holds: a number out of range, half a character, a hundred lists in each other
        Err(error) => {
            let text = error.to_string();
            let place = format!(" at line {} column {}", error.line(), error.column());
            let why = text.strip_suffix(&place).unwrap_or(&text);
            return invalid(format!("the frame cannot be read: {why}"));
        }
    };
    let action = frame.get("action").and_then(Value::as_str);
    match read::<C>(frame.clone()) {
        Err(Mismatch::Word { word, known }) if Some(&*word) == action => {
            let text = match nearest(&word, known.iter().copied()) {
                Some(near) => format!("did you mean {near}? known: {}", known.join(", ")),
                None if known.is_empty() => "nothing can be asked for here".to_owned(),
                None => format!("known: {}", known.join(", ")),
            };
            let text = format!("unknown action {}; {text}", repeated(&word));
            ClientError::new(Kind::Invalid, "UNKNOWN_ACTION", text)
        }
        Err(_) if frame.get("action").is_none_or(Value::is_null) => {
            let known = actions::<C>().join(", ");
            invalid(format!("\"action\" is missing; known: {known}"))
        }
        Err(mismatch) => {
            let text = mismatch.to_string();
            match wrong_member::<C>(&frame, &text, body.len()) {
                Some(name) => invalid(format!("{name}: {text}")),
                None => invalid(text),
            }
        }
        // Both decoders understand the same, but an object keeps one of two members with the same name, and a command may ask for one of the decoders.
        Ok(_) => invalid("the frame cannot be read: is a name in it twice?".into()),
    }
}

fn read<C: DeserializeOwned>(frame: Map<String, Value>) -> Result<C, Mismatch> {
    C::deserialize(JsonValue(&Value::Object(frame)))
}

/// The actions that a command type knows.
fn actions<C: DeserializeOwned>() -> &'static [&'static str] {
    let nothing = Map::from_iter([("action".to_owned(), "".into())]);
    match read::<C>(nothing) {
        Err(Mismatch::Word { known, .. }) => known,
        _ => &[],
    }
}

/// The member that is wrong: the one without which there is another error, or none. They are tried one by one, because an enum with a tag reads its members from a
/// buffer that no longer knows their names.
fn wrong_member<'f, C: DeserializeOwned>(
    frame: &'f Map<String, Value>,
    text: &str,
    bytes: usize,
) -> Option<&'f str> {
    if bytes > SEARCHED_BYTES || frame.len() > SEARCHED_MEMBERS {
        return None;
    }
    let members = frame.keys().filter(|name| *name != "action");
    let decides = |name: &&String| {
        let mut rest = frame.clone();
        rest.remove(*name);
        read::<C>(rest).map_or_else(|mismatch| mismatch.to_string() != text, |_| true)
    };
    members.into_iter().find(decides).map(String::as_str)
}

fn repeated(text: &str) -> String {
    let mut short: String = text.chars().take(REPEATED).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("{short:?}")
}

/// Why a value could not be decoded.
#[derive(Debug)]
pub(super) enum Mismatch {
    /// None of the words of an enum.
    Word {
        word: String,
        known: &'static [&'static str],
    },
    /// A member is not there.
    Missing(&'static str),
    /// A member that nobody knows.
    Unknown(String),
    /// A value of another kind, or out of range.
    Value { found: String, expected: String },
    /// The text of an error of the command's own type.
    Custom(String),
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Mismatch::Word { word, known } => {
                write!(f, "{} is none of {}", repeated(word), known.join(", "))
            }
            Mismatch::Missing(name) => write!(f, "{name:?} is missing"),
            Mismatch::Unknown(name) => write!(f, "{} is no member of this", repeated(name)),
            Mismatch::Value { found, expected } => write!(f, "{expected} is expected, not {found}"),
            Mismatch::Custom(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Mismatch {}

impl Mismatch {
    fn value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let found = match found {
            Unexpected::Bool(b) => b.to_string(),
            Unexpected::Unsigned(n) => n.to_string(),
            Unexpected::Signed(n) => n.to_string(),
            Unexpected::Float(x) => x.to_string(),
            Unexpected::Str(text) => repeated(text),
            Unexpected::Unit | Unexpected::Option => "null".to_owned(),
            Unexpected::Seq => "a list".to_owned(),
            Unexpected::Map => "an object".to_owned(),
            other => other.to_string(),
        };
        let expected = expected.to_string();
        // What serde calls the types of Rust. A type that reads itself has its own words.
        let expected = match expected.as_str() {
            "u8" => "a whole number from 0 to 255",
            "u16" => "a whole number from 0 to 65535",
            "u32" | "u64" | "usize" => "a whole number, 0 or more",
            "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
            "f32" | "f64" => "a number",
            "a string" | "str" | "string" => "text",
            "a boolean" => "true or false",
            "a sequence" => "a list",
            "a map" => "an object",
            other if other.starts_with("struct ") => "an object",
            other if other.starts_with("enum ") || other == "string or map" => "a word",
            other => other,
        };
        Mismatch::Value {
            found,
            expected: expected.to_owned(),
        }
    }
}

impl de::Error for Mismatch {
    fn custom<T: fmt::Display>(text: T) -> Self {
        Mismatch::Custom(text.to_string())
    }
    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Mismatch::value(found, expected)
    }
    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Mismatch::value(found, expected)
    }
    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        match Mismatch::value(Unexpected::Seq, expected) {
            Mismatch::Value { expected, .. } => Mismatch::Value {
                found: format!("a list of {length}"),
                expected,
            },
            other => other,
        }
    }
    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        let word = word.to_owned();
        Mismatch::Word { word, known }
    }
    fn unknown_field(name: &str, _: &'static [&'static str]) -> Self {
        Mismatch::Unknown(name.to_owned())
    }
    fn missing_field(name: &'static str) -> Self {
        Mismatch::Missing(name)
    }
}

/// A JSON value whose decoding fails with a [`Mismatch`].
struct JsonValue<'v>(&'v Value);

impl<'de> IntoDeserializer<'de, Mismatch> for JsonValue<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for JsonValue<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(b) => visitor.visit_bool(*b),
            Value::Number(n) => match (n.as_u64(), n.as_i64()) {
                (Some(n), _) => visitor.visit_u64(n),
                (None, Some(n)) => visitor.visit_i64(n),
                (None, None) => visitor.visit_f64(n.as_f64().unwrap_or(f64::NAN)),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(list) => {
                visitor.visit_seq(SeqDeserializer::new(list.iter().map(JsonValue)))
            }
            Value::Object(members) => visitor.visit_map(map(members)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        match self.0 {
            Value::String(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            Value::Object(members) => visitor.visit_enum(MapAccessDeserializer::new(map(members))),
            _ => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

type Members<'v, I> = MapDeserializer<'v, I, Mismatch>;

fn map<'v>(
    members: &'v Map<String, Value>,
) -> Members<'v, impl Iterator<Item = (&'v str, JsonValue<'v>)>> {
    MapDeserializer::new(
        members
            .iter()
            .map(|(name, value)| (name.as_str(), JsonValue(value))),
    )
}
