//! The parameters of a path and of a query, as the struct a consumer declares.

use super::{Param, Params};
use serde::de::{
    self, DeserializeOwned, DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess,
    Visitor, value::Error,
};
use serde::forward_to_deserialize_any;
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{BTreeMap, btree_map};

/// Query parameters that the framework reads, and that no consumer is given.
const OURS: [&str; 2] = ["since", "token"];
/// What a Socket.IO client library adds to the payload of its CONNECT.
const CLIENTS: [&str; 2] = ["pid", "offset"];

/// Fills `T`, usually a struct, from the path's parameters and those of the query (without its `?`). Where both have a name the path's counts; where the query
/// repeats a name the last counts. `since` and `token` of the query are left out. `()` takes whatever there is.
///
/// A query has only texts, so numbers, `bool` (`true`, `false`, `1`, `0`), enums of plain variants, newtypes and `Option` read themselves from a text. What
/// asks for "anything" (`#[serde(flatten)]`, untagged enums) gets the text.
///
/// `members` is the payload of a Socket.IO CONNECT, if there was one: a JSON object, whose members count before the query's parameters. Its `since` and `token`
/// are left out too, and the client library's own `pid` and `offset`.
///
/// # Errors
/// What is missing or wrong, for the client to read.
pub(crate) fn deserialize<T: DeserializeOwned>(
    params: &Params,
    query: &str,
    members: Option<&str>,
) -> Result<T, String> {
    // A sorted map, because the query is a stranger's: thousands of parameters cost no more than sorting them.
    let mut fields: BTreeMap<Cow<'_, str>, Field<'_>> = query_pairs(query)
        .filter(|(name, _)| !OURS.contains(&&**name))
        .map(|(name, text)| (name, Field::Text(text)))
        .collect();
    let members: BTreeMap<Cow<'_, str>, Value> = match members {
        Some(members) => serde_json::from_str(members).map_err(|e| e.to_string())?,
        None => BTreeMap::new(),
    };
    for (name, value) in members {
        if !OURS.contains(&&*name) && !CLIENTS.contains(&&*name) {
            match Field::of(value) {
                Some(field) => fields.insert(name, field),
                None => fields.remove(&name),
            };
        }
    }
    for (name, param) in params {
        let field = match param {
            Param::Int(n) => Field::Int(*n),
            Param::Text(text) => Field::Text(Cow::Borrowed(text)),
        };
        fields.insert(Cow::Borrowed(name), field);
    }
    T::deserialize(Fields {
        left: fields.into_iter(),
        current: None,
    })
    .map_err(|e| e.to_string())
}

/// Names and values of a query (without its `?`), decoded as browsers do: `+` is a space, a malformed escape stays as it is, bytes that are not UTF-8 become
/// U+FFFD.
pub(crate) fn query_pairs(query: &str) -> impl Iterator<Item = (Cow<'_, str>, Cow<'_, str>)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode_query(name), decode_query(value))
        })
}

fn decode_query(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    let (bytes, _) = unescape(&text.replace('+', " "));
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

/// `None` for a malformed escape and for bytes that are not UTF-8.
pub(super) fn decode_segment(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let (bytes, well_formed) = unescape(text);
    well_formed
        .then(|| String::from_utf8(bytes).ok().map(Cow::Owned))
        .flatten()
}

/// The bytes, and whether each `%` was followed by two hexadecimal digits.
fn unescape(text: &str) -> (Vec<u8>, bool) {
    let hex = |b: Option<&u8>| b.and_then(|b| (*b as char).to_digit(16));
    let mut bytes = Vec::with_capacity(text.len());
    let mut well_formed = true;
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match (first, hex(after.first()), hex(after.get(1))) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high * 16 + low) as u8);
                rest = &after[2..];
            }
            (byte, ..) => {
                well_formed &= *byte != b'%';
                bytes.push(*byte);
            }
        }
    }
    (bytes, well_formed)
}

/// All parameters, as serde wants them.
struct Fields<'a> {
    left: btree_map::IntoIter<Cow<'a, str>, Field<'a>>,
    current: Option<(Cow<'a, str>, Field<'a>)>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        self.current = self.left.next();
        match &self.current {
            Some((name, _)) => seed.deserialize((&**name).into_deserializer()).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some((name, field)) = self.current.take() else {
            return Err(Error::custom("a value was asked for before its name"));
        };
        seed.deserialize(field)
            .map_err(|e| Error::custom(format_args!("parameter {name:?}: {e}")))
    }
}

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option seq tuple tuple_struct map struct enum identifier
        ignored_any
    }
}

/// One parameter's value.
enum Field<'a> {
    Int(i64),
    Text(Cow<'a, str>),
    /// A list or an object.
    Json(Value),
}

impl Field<'_> {
    /// The value of a member. `null` is none.
    fn of(value: Value) -> Option<Self> {
        Some(match value {
            Value::Null => return None,
            Value::Number(n) => match n.as_i64() {
                Some(n) => Field::Int(n),
                None => Field::Text(n.to_string().into()),
            },
            Value::Bool(b) => Field::Text(b.to_string().into()),
            Value::String(text) => Field::Text(text.into()),
            other => Field::Json(other),
        })
    }
}

fn in_words(error: serde_json::Error) -> Error {
    Error::custom(error)
}

/// An integer of the path is within `i64`, so serde's own check for the target's range is the right one; a text is parsed as the target.
macro_rules! number {
    ($($method:ident $visit:ident $type:ty, $expected:literal;)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self {
                Field::Int(n) => visitor.visit_i64(n),
                Field::Text(text) => match text.parse::<$type>() {
                    Ok(n) => visitor.$visit(n),
                    Err(_) => Err(Error::custom($expected)),
                },
                Field::Json(_) => Err(Error::custom($expected)),
            }
        }
    )*};
}

impl<'de> Deserializer<'de> for Field<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Field::Int(n) => visitor.visit_i64(n),
            Field::Text(text) => visitor.visit_str(&text),
            Field::Json(value) => value.deserialize_any(visitor).map_err(in_words),
        }
    }

    number! {
        deserialize_i8 visit_i8 i8, "expected a whole number from -128 to 127";
        deserialize_i16 visit_i16 i16, "expected a whole number from -32768 to 32767";
        deserialize_i32 visit_i32 i32, "expected a whole number of at most 32 bits";
        deserialize_i64 visit_i64 i64, "expected a whole number";
        deserialize_i128 visit_i128 i128, "expected a whole number";
        deserialize_u8 visit_u8 u8, "expected a whole number from 0 to 255";
        deserialize_u16 visit_u16 u16, "expected a whole number from 0 to 65535";
        deserialize_u32 visit_u32 u32, "expected a whole number of at most 32 bits, not negative";
        deserialize_u64 visit_u64 u64, "expected a whole number, not negative";
        deserialize_u128 visit_u128 u128, "expected a whole number, not negative";
        deserialize_f32 visit_f32 f32, "expected a number";
        deserialize_f64 visit_f64 f64, "expected a number";
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let value = match &self {
            Field::Int(n @ (0 | 1)) => Some(*n == 1),
            Field::Int(_) | Field::Json(_) => None,
            Field::Text(text) => match &**text {
                "true" | "1" => Some(true),
                "false" | "0" => Some(false),
                _ => None,
            },
        };
        match value {
            Some(value) => visitor.visit_bool(value),
            None => Err(Error::custom("expected true or false")),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self {
            Field::Int(n) => visitor.visit_string(n.to_string()),
            Field::Text(text) => visitor.visit_string(text.into_owned()),
            Field::Json(value) => value.deserialize_string(visitor).map_err(in_words),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self {
            Field::Int(n) => Err(Error::invalid_type(
                de::Unexpected::Signed(n),
                &"one of the known words",
            )),
            Field::Text(text) => visitor.visit_enum((*text).into_deserializer()),
            Field::Json(value) => value
                .deserialize_enum(name, variants, visitor)
                .map_err(in_words),
        }
    }

    forward_to_deserialize_any! {
        char bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
