//! A named event with its arguments, as a consumer's command.
//!
//! | the command type is | it reads |
//! |---|---|
//! | an enum | the variant of the event's name; its content is the first argument, a tuple variant's are the first ones, [`Arguments`](crate::Arguments) are all |
//! | an enum with `#[serde(tag = "action")]`, or a struct | the members of the first argument, and the event's name as `action` |
//! | a tuple | the name, and then the arguments |
//!
//! Arguments that are missing are `null`; those that nobody asked for are passed over.

use crate::error::{ClientError, Kind, nearest};
use crate::protocol::arguments::ALL;
use bytes::Bytes;
use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, IntoDeserializer, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::Error;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// A client's event.
#[derive(Debug, Clone, Copy)]
pub struct Event<'e> {
    pub(crate) name: &'e str,
    pub(crate) arguments: &'e [&'e RawValue],
    pub(crate) attachments: &'e [Bytes],
}

impl PartialEq for Event<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.to_json() == other.to_json() && self.attachments == other.attachments
    }
}

impl Eq for Event<'_> {}

/// The member that names the action of a JSON frame, so that one command type serves both dialects.
const TAG: &str = "action";

/// One JSON text.
#[derive(Clone, Copy)]
pub(super) struct JsonText<'e>(&'e str);

impl<'e> Event<'e> {
    fn argument(&self, at: usize) -> JsonText<'e> {
        JsonText(self.arguments.get(at).map_or("null", |a| a.get()))
    }

    /// The error for a client whose event is none of a consumer's commands.
    pub(super) fn unfit(&self, error: &Error) -> ClientError {
        let text = error.to_string();
        let mut words = text.split('`').skip(1).step_by(2);
        if text.starts_with("unknown variant") && words.next() == Some(self.name) {
            let known: Vec<&str> = words.collect();
            let advice = match nearest(self.name, known.iter().copied()) {
                Some(near) => format!("did you mean {near}? known: {}", known.join(", ")),
                None if known.is_empty() => "nothing can be asked for here".to_owned(),
                None => format!("known: {}", known.join(", ")),
            };
            let text = format!("unknown event {:?}; {advice}", self.name);
            return ClientError::new(Kind::Invalid, "UNKNOWN_ACTION", text);
        }
        let place = format!(" at line {} column {}", error.line(), error.column());
        let why = text.strip_suffix(&place).unwrap_or(&text);
        let text = format!("{}: {why}", self.name);
        ClientError::new(Kind::Invalid, "INVALID_FRAME", text)
    }

    /// How many bytes the name, the arguments and the attachments have.
    pub(crate) fn len(self) -> usize {
        let arguments = self.arguments.iter().map(|a| a.get().len());
        let attachments = self.attachments.iter().map(Bytes::len);
        self.name.len() + arguments.chain(attachments).sum::<usize>()
    }

    /// A JSON array of the name and the arguments.
    pub(crate) fn to_json(self) -> String {
        let mut out = format!("[{}", serde_json::to_string(self.name).unwrap_or_default());
        for argument in self.arguments {
            out.push(',');
            out.push_str(argument.get());
        }
        out.push(']');
        out
    }
}

impl<'e> Deserializer<'e> for Event<'e> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'e>>(self, visitor: V) -> Result<V::Value, Error> {
        let members: BTreeMap<String, &'e RawValue> = match self.arguments.first() {
            Some(first) => serde_json::from_str(first.get())
                .map_err(|_| Error::custom("the first argument is an object"))?,
            None => BTreeMap::new(),
        };
        let name = serde_json::to_string(self.name)?;
        // a member that is called like the tag would make the variant ambiguous
        let members = members
            .iter()
            .filter(|(key, _)| *key != TAG)
            .map(|(key, value)| (key.as_str(), value.get().to_owned()));
        let all = std::iter::once((TAG, name))
            .chain(members)
            .map(|(key, json)| (key.to_owned(), Owned(json)));
        visitor.visit_map(MapDeserializer::new(all))
    }

    fn deserialize_enum<V: Visitor<'e>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'e>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'e>>(self, visitor: V) -> Result<V::Value, Error> {
        let name = Owned(serde_json::to_string(self.name)?);
        let arguments = self.arguments.iter().map(|a| Owned(a.get().to_owned()));
        visitor.visit_seq(SeqDeserializer::new(std::iter::once(name).chain(arguments)))
    }

    fn deserialize_tuple<V: Visitor<'e>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'e>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    forward_to_deserialize_any! {
        <W: Visitor<'e>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct map struct identifier ignored_any
    }
}

impl<'e> EnumAccess<'e> for Event<'e> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'e>>(self, seed: S) -> Result<(S::Value, Self), Error> {
        let name: serde::de::value::StrDeserializer<'_, Error> = self.name.into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'e> VariantAccess<'e> for Event<'e> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'e>>(self, seed: S) -> Result<S::Value, Error> {
        seed.deserialize(First(self))
    }

    fn tuple_variant<V: Visitor<'e>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        let arguments = (0..len).map(|at| self.argument(at));
        visitor.visit_seq(SeqDeserializer::new(arguments))
    }

    fn struct_variant<V: Visitor<'e>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.argument(0).deserialize_struct("", fields, visitor)
    }
}

/// The first argument, or all of them for a type that asks for all.
struct First<'e>(Event<'e>);

/// Passes every question on to serde_json.
macro_rules! ask_json {
    ($($method:ident($($name:ident: $type:ty),*))*) => {$(
        fn $method<V: Visitor<'e>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, Error> {
            self.json(|json| json.$method($($name,)* visitor))
        }
    )*};
}

macro_rules! ask_json_everything {
    () => {
        ask_json! {
            deserialize_any() deserialize_bool() deserialize_i8() deserialize_i16() deserialize_i32() deserialize_i64() deserialize_i128()
            deserialize_u8() deserialize_u16() deserialize_u32() deserialize_u64() deserialize_u128() deserialize_f32() deserialize_f64()
            deserialize_char() deserialize_str() deserialize_string() deserialize_bytes() deserialize_byte_buf() deserialize_option()
            deserialize_unit() deserialize_seq() deserialize_map() deserialize_identifier() deserialize_ignored_any()
            deserialize_unit_struct(name: &'static str) deserialize_tuple(len: usize)
            deserialize_tuple_struct(name: &'static str, len: usize)
            deserialize_struct(name: &'static str, fields: &'static [&'static str])
            deserialize_enum(name: &'static str, variants: &'static [&'static str])
        }
    };
}

impl<'e> First<'e> {
    fn json<T>(
        self,
        ask: impl FnOnce(&mut serde_json::Deserializer<serde_json::de::StrRead<'e>>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        self.0.argument(0).json(ask)
    }
}

impl<'e> Deserializer<'e> for First<'e> {
    type Error = Error;

    fn deserialize_newtype_struct<V: Visitor<'e>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        if name == ALL {
            let all = self.0.arguments.iter().map(|a| JsonText(a.get()));
            return visitor.visit_seq(SeqDeserializer::new(all));
        }
        self.json(|json| json.deserialize_newtype_struct(name, visitor))
    }

    ask_json_everything!();
}

impl<'e> JsonText<'e> {
    fn json<T>(
        self,
        ask: impl FnOnce(&mut serde_json::Deserializer<serde_json::de::StrRead<'e>>) -> Result<T, Error>,
    ) -> Result<T, Error> {
        ask(&mut serde_json::Deserializer::from_str(self.0))
    }
}

impl<'e> Deserializer<'e> for JsonText<'e> {
    type Error = Error;

    fn deserialize_newtype_struct<V: Visitor<'e>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.json(|json| json.deserialize_newtype_struct(name, visitor))
    }

    ask_json_everything!();
}

impl<'e> IntoDeserializer<'e, Error> for JsonText<'e> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

/// A JSON text of its own, from which nothing can be borrowed.
struct Owned(String);

impl<'e> IntoDeserializer<'e, Error> for Owned {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl Owned {
    fn json<T>(
        self,
        ask: impl FnOnce(
            &mut serde_json::Deserializer<serde_json::de::IoRead<&[u8]>>,
        ) -> Result<T, Error>,
    ) -> Result<T, Error> {
        ask(&mut serde_json::Deserializer::from_reader(
            self.0.as_bytes(),
        ))
    }
}

impl<'e> Deserializer<'e> for Owned {
    type Error = Error;

    fn deserialize_newtype_struct<V: Visitor<'e>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.json(|json| json.deserialize_newtype_struct(name, visitor))
    }

    ask_json_everything!();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::arguments::{Arguments, Binary};
    use crate::protocol::frame::{FromFrame, Payload};
    use serde::Deserialize;

    fn read<T: FromFrame>(name: &str, arguments: &[&str]) -> Result<T, String> {
        let arguments: Vec<Box<RawValue>> = arguments
            .iter()
            .map(|a| RawValue::from_string((*a).to_owned()).expect("JSON"))
            .collect();
        let arguments: Vec<&RawValue> = arguments.iter().map(|a| &**a).collect();
        T::from_frame(Payload::Event(Event {
            name,
            arguments: &arguments,
            attachments: &[Bytes::from_static(b"b")],
        }))
        .map_err(|e| format!("{} {}", e.code, e.text))
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(rename_all = "camelCase")]
    enum Command {
        Leave,
        JoinRoom(String),
        Two(i64, Option<String>),
        Update { id: i64, status: Option<String> },
        Photo(Binary),
    }

    #[derive(Debug, Deserialize, PartialEq)]
    #[serde(tag = "action", rename_all = "snake_case")]
    enum Tagged {
        Update { id: i64, note: Option<String> },
        Sync,
    }

    #[test]
    fn an_event_is_a_variant() {
        let read = read::<Command>;
        assert_eq!(read("leave", &[]), Ok(Command::Leave));
        assert_eq!(read("leave", &["1", "2"]), Ok(Command::Leave));
        assert_eq!(
            read("joinRoom", &["\"r\""]),
            Ok(Command::JoinRoom("r".into()))
        );
        assert_eq!(
            read("joinRoom", &["\"a\\nb\"", "7"]),
            Ok(Command::JoinRoom("a\nb".into()))
        );
        assert_eq!(read("two", &["1"]), Ok(Command::Two(1, None)));
        assert_eq!(
            read("two", &["1", "\"x\"", "9"]),
            Ok(Command::Two(1, Some("x".into())))
        );
        assert_eq!(
            read("update", &[r#"{"id":3,"status":"ready","more":[]}"#]),
            Ok(Command::Update {
                id: 3,
                status: Some("ready".into())
            })
        );
        assert_eq!(
            read("photo", &[r#"{"_placeholder":true,"num":0}"#]),
            Ok(Command::Photo(Binary(Bytes::from_static(b"b"))))
        );
        let refused = read("fly", &[]).expect_err("no such event");
        assert!(
            refused.starts_with(r#"UNKNOWN_ACTION unknown event "fly""#),
            "{refused}"
        );
        let refused = read("joinRoom", &["5"]).expect_err("no text");
        assert!(refused.starts_with("INVALID_FRAME"), "{refused}");
        assert!(read("update", &[]).is_err() && read("update", &["[1]"]).is_err());
    }

    #[test]
    fn one_command_type_serves_both_dialects() {
        let update = Tagged::Update {
            id: 1,
            note: Some("ä\"".into()),
        };
        let text = r#"{"action":"update","id":1,"note":"ä\""}"#;
        assert_eq!(
            Tagged::from_frame(Payload::Text(text)).expect("raw"),
            update
        );
        assert_eq!(
            read("update", &[r#"{"id":1,"note":"ä\"","action":"sync"}"#]),
            Ok(update)
        );
        assert_eq!(read("sync", &[]), Ok(Tagged::Sync));
        assert!(read::<Tagged>("sync", &["5"]).is_err());
    }

    #[test]
    fn whoever_asks_for_everything_gets_it() {
        #[derive(Deserialize)]
        enum Any {
            All(Arguments),
        }
        let Ok(Any::All(all)) = read("All", &["1", "[2]", "\"3\""]) else {
            panic!()
        };
        assert_eq!(
            (all.len(), all.get::<String>(2).as_deref().ok()),
            (3, Some("3"))
        );
        let (name, n): (String, i64) = read("x", &["4"]).expect("a tuple");
        assert_eq!((&*name, n), ("x", 4));
    }
}
