//! Names that the framework takes out of a JSON frame, or out of a query. A type that has one of them for itself would never be given it.
//!
//! Which names a type reads is found by offering it something under each of them, before anybody connects. What it offers is no JSON, so this decodes from values of
//! its own; only the error, which tells what was expected, is the one that explains frames.

use super::explain::Mismatch;
use serde::de::value::{MapAccessDeserializer, MapDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

/// Actions that no consumer is shown.
const ACTIONS: [&str; 3] = ["ping", "resume", "authenticate"];
/// The member that names a command.
const ID: &str = "id";
/// Parameters of a query that no consumer is shown.
const PARAMETERS: [&str; 2] = ["since", "token"];
/// A name that nobody has.
const NOBODY: &str = "\u{1}";

/// What of a command type raw frames keep to themselves, in words. Types that take whatever comes, and untagged enums, which say nothing about themselves, have none.
pub(super) fn of_command<C: DeserializeOwned>() -> Vec<String> {
    let actions = match read::<C>(&[("action", Offer::Word(""))]) {
        Err(Mismatch::Word { word, known }) if word.is_empty() => known,
        _ => &[],
    };
    let own = ACTIONS
        .into_iter()
        .filter(|action| actions.contains(action));
    let mut taken: Vec<String> = own.map(|action| format!("the action {action:?}")).collect();
    if actions.is_empty() && reads::<C>(ID, &[]) {
        taken.push(format!("the member {ID:?}"));
    }
    let of = actions
        .iter()
        .filter(|action| reads::<C>(ID, &[("action", Offer::Word(action))]));
    taken.extend(of.map(|action| format!("the member {ID:?} of {action:?}")));
    taken
}

/// Which parameters of a query a type asks for in vain.
pub(crate) fn of_parameters<P: DeserializeOwned>() -> Vec<&'static str> {
    let Err(Mismatch::Word { known, .. }) = P::deserialize(Names) else {
        return Vec::new();
    };
    let own = PARAMETERS.into_iter();
    own.filter(|name| known.contains(name)).collect()
}

/// Whether a member of this name means something, with these others behind it.
fn reads<C: DeserializeOwned>(name: &str, others: &[(&str, Offer<'_>)]) -> bool {
    let offered = |name| {
        let all = [&[(name, Offer::Unfit)], others].concat();
        read::<C>(&all).err()
    };
    match offered(name) {
        None | Some(Mismatch::Unknown(_) | Mismatch::Missing(_) | Mismatch::Word { .. }) => false,
        Some(mismatch) => {
            let control = offered(NOBODY).map(|mismatch| mismatch.to_string());
            control != Some(mismatch.to_string())
        }
    }
}

fn read<C: DeserializeOwned>(members: &[(&str, Offer<'_>)]) -> Result<C, Mismatch> {
    C::deserialize(Offer::Members(members))
}

/// What a type is offered, whole or as a member.
#[derive(Clone, Copy)]
enum Offer<'o> {
    Word(&'o str),
    /// What no member can be, however it is read: no text, no number, no JSON.
    Unfit,
    /// An object.
    Members(&'o [(&'o str, Offer<'o>)]),
}

impl<'de> IntoDeserializer<'de, Mismatch> for Offer<'de> {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Offer<'de> {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        match self {
            Offer::Word(word) => visitor.visit_borrowed_str(word),
            Offer::Unfit => visitor.visit_bytes(&[0xFF]),
            Offer::Members(members) => {
                visitor.visit_map(MapDeserializer::new(members.iter().copied()))
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_some(self)
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
        match self {
            Offer::Members(members) => {
                let members = MapDeserializer::new(members.iter().copied());
                visitor.visit_enum(MapAccessDeserializer::new(members))
            }
            // whatever word is asked for, it is none of them
            Offer::Word(_) | Offer::Unfit => self.deserialize_any(visitor),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct
        identifier ignored_any
    }
}

/// Gives nothing, and tells the names of the members that a struct knows.
struct Names;

impl<'de> Deserializer<'de> for Names {
    type Error = Mismatch;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Mismatch> {
        visitor.visit_unit()
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        known: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Mismatch> {
        let word = String::new();
        Err(Mismatch::Word { word, known })
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Mismatch> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple tuple_struct map
        enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde::de::IgnoredAny;
    use serde_json::{Map, Value};

    #[derive(Deserialize)]
    #[serde(untagged)]
    #[allow(dead_code)] // only its shape is looked at
    enum Either {
        Number(i64),
        Text(String),
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Inside,
    }

    #[derive(Deserialize)]
    #[serde(tag = "action", rename_all = "snake_case")]
    #[allow(dead_code)] // only its shape is looked at
    enum Tagged {
        Ping,
        Stay {
            note: String,
            priority: Option<i64>,
        },
        Number {
            note: String,
            id: i64,
        },
        Text {
            id: String,
        },
        Optional {
            id: Option<u8>,
        },
        Anything {
            id: Value,
        },
        Maybe {
            #[serde(default)]
            id: Option<Value>,
        },
        Either {
            id: Either,
        },
        Word {
            id: Kind,
        },
        Renamed {
            #[serde(rename = "id")]
            order: i64,
        },
        Aside {
            #[serde(flatten)]
            of: Inner,
        },
        Inner(Inner),
        Whatever {
            #[serde(flatten)]
            rest: Map<String, Value>,
        },
        Ignored {
            #[serde(default)]
            id: IgnoredAny,
        },
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    struct Inner {
        id: Vec<i64>,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Strict {
        n: i64,
    }

    #[derive(Deserialize)]
    #[allow(dead_code)]
    enum Events {
        #[serde(rename = "authenticate")]
        Authenticate(Inner),
        Id(i64),
    }

    #[test]
    fn a_command_that_has_a_member_of_ours_says_so() {
        let of = [
            "number", "text", "optional", "anything", "maybe", "either", "word", "renamed",
            "aside", "inner",
        ];
        let mut wanted = vec![r#"the action "ping""#.to_owned()];
        wanted.extend(of.map(|action| format!("the member \"id\" of {action:?}")));
        assert_eq!(of_command::<Tagged>(), wanted);
        assert_eq!(of_command::<Inner>(), [r#"the member "id""#]);
        assert_eq!(of_command::<Option<Inner>>(), [r#"the member "id""#]);
    }

    #[test]
    fn others_do_not() {
        assert_eq!(of_command::<Strict>(), [""; 0]);
        assert_eq!(of_command::<Value>(), [""; 0]);
        assert_eq!(of_command::<Map<String, Value>>(), [""; 0]);
        // an action has no place in a frame of these
        assert_eq!(of_command::<Events>(), [""; 0]);
        assert_eq!(of_command::<Either>(), [""; 0]);
        assert_eq!(of_command::<(String, i64)>(), [""; 0]);
        assert_eq!(of_command::<()>(), [""; 0]);
    }

    #[test]
    fn parameters_are_asked_for_by_name() {
        #[derive(Deserialize)]
        #[allow(dead_code)]
        struct Asks {
            since: Option<u64>,
            order_id: i64,
            #[serde(rename = "token", default)]
            key: String,
        }
        assert_eq!(of_parameters::<Asks>(), ["since", "token"]);
        assert_eq!(of_parameters::<Inner>(), [""; 0]);
        assert_eq!(of_parameters::<()>(), [""; 0]);
        assert_eq!(of_parameters::<IgnoredAny>(), [""; 0]);
    }
}
