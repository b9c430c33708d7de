//! JSON read and written by another hand.

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

/// The members of an object, in order, repeated ones too; `None` if the text is none that could be kept as a value.
pub(super) fn members(text: &str) -> Option<Vec<(String, Value)>> {
    struct Members(Vec<(String, Value)>);
    struct Collect;
    impl<'de> Visitor<'de> for Collect {
        type Value = Members;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an object")
        }
        fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Members, M::Error> {
            let mut members = Vec::new();
            while let Some(member) = map.next_entry()? {
                members.push(member);
            }
            Ok(Members(members))
        }
    }
    impl<'de> Deserialize<'de> for Members {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_map(Collect)
        }
    }
    serde_json::from_str::<Members>(text).ok().map(|m| m.0)
}

/// The same JSON as another program would write it; `None` if it holds a name twice, which programs read in different ways.
pub(super) fn spelled_again(text: &str) -> Option<String> {
    let Once(value) = serde_json::from_str(text).ok()?;
    let spelled = serde_json::to_string_pretty(&value).expect("JSON");
    let ascii = |c: char| match c {
        ' '..='~' | '\n' => c.to_string(),
        other => {
            let mut units = [0; 2];
            let units = other.encode_utf16(&mut units);
            units.iter().map(|u| format!("\\u{u:04X}")).collect()
        }
    };
    Some(spelled.chars().map(ascii).collect())
}

/// A value none of whose objects has a name twice.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Once;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("JSON")
            }
            fn visit_unit<E>(self) -> Result<Once, E> {
                Ok(Once(Value::Null))
            }
            fn visit_bool<E>(self, b: bool) -> Result<Once, E> {
                Ok(Once(b.into()))
            }
            fn visit_u64<E>(self, n: u64) -> Result<Once, E> {
                Ok(Once(n.into()))
            }
            fn visit_i64<E>(self, n: i64) -> Result<Once, E> {
                Ok(Once(n.into()))
            }
            fn visit_f64<E>(self, n: f64) -> Result<Once, E> {
                Ok(Once(n.into()))
            }
            fn visit_str<E>(self, text: &str) -> Result<Once, E> {
                Ok(Once(text.into()))
            }
            fn visit_seq<S: SeqAccess<'de>>(self, mut list: S) -> Result<Once, S::Error> {
                let mut values = Vec::new();
                while let Some(Once(value)) = list.next_element()? {
                    values.push(value);
                }
                Ok(Once(values.into()))
            }
            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Once, M::Error> {
                let mut members = Map::new();
                while let Some((name, Once(value))) = map.next_entry::<String, _>()? {
                    if members.insert(name, value).is_some() {
                        return Err(de::Error::custom("twice"));
                    }
                }
                Ok(Once(members.into()))
            }
        }
        deserializer.deserialize_any(Each)
    }
}
