//! What a token says, by name: read once, decoded when asked for.

use serde::de::value::MapDeserializer;
use serde::de::{DeserializeOwned, Deserializer, Error as _, MapAccess, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::value::RawValue;
use serde_json::{Error, Number};
use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

/// Each claim's name and its JSON.
pub(super) struct Claims<'t>(Vec<(Cow<'t, str>, &'t RawValue)>);

impl<'t> Claims<'t> {
    /// `None`: this is no object, or names a claim twice (RFC 7519, section 4: either is malformed).
    pub fn of(text: &'t str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The JSON of a claim. `None`: there is none, or it is null.
    fn get(&self, name: &str) -> Option<&'t str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.get()).filter(|json| *json != "null")
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A claim that is text and not empty.
    pub fn text(&self, name: &str) -> Option<String> {
        let text: String = serde_json::from_str(self.get(name)?).ok()?;
        Some(text).filter(|text| !text.is_empty())
    }

    /// Whether a claim is this text, or a list with this text in it.
    pub fn names(&self, name: &str, wanted: &str) -> bool {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Names {
            One(String),
            Many(Vec<String>),
        }
        let names = self.get(name).map(serde_json::from_str);
        match names {
            Some(Ok(Names::One(name))) => name == wanted,
            Some(Ok(Names::Many(names))) => names.iter().any(|name| name == wanted),
            _ => false,
        }
    }

    /// A claim that is a NumericDate (RFC 7519, section 2): seconds since 1970, perhaps with a fraction.
    pub fn date(&self, name: &str) -> Option<Duration> {
        let date: Number = serde_json::from_str(self.get(name)?).ok()?;
        match date.as_u64() {
            Some(seconds) => Some(Duration::from_secs(seconds)),
            None => Duration::try_from_secs_f64(date.as_f64()?).ok(),
        }
    }

    /// All claims as the application's type. Names are spelled in snake_case, `restaurantId` as `restaurant_id`; where both are there, the one that was in
    /// snake_case already counts.
    ///
    /// # Errors
    /// What `C` does not understand.
    pub fn spelled<C: DeserializeOwned>(mut self) -> Result<C, Error> {
        let mut at = 0;
        while let Some((name, _)) = self.0.get(at) {
            match respelled(name) {
                Some(snake) if self.0.iter().any(|(name, _)| *name == snake) => {
                    self.0.remove(at);
                    continue;
                }
                Some(snake) => self.0[at].0 = Cow::Owned(snake),
                None => {}
            }
            at += 1;
        }
        C::deserialize(self)
    }
}

impl<'de> Deserialize<'de> for Claims<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries;

        #[derive(Deserialize)]
        struct Name<'n>(#[serde(borrow)] Cow<'n, str>);

        impl<'de> Visitor<'de> for Entries {
            type Value = Claims<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("claims")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Claims<'de>, M::Error> {
                let mut claims: Vec<(Cow<'de, str>, &'de RawValue)> = Vec::with_capacity(8);
                while let Some(Name(name)) = map.next_key()? {
                    if claims.iter().any(|(known, _)| *known == name) {
                        return Err(M::Error::custom("a claim is there twice"));
                    }
                    claims.push((name, map.next_value()?));
                }
                Ok(Claims(claims))
            }
        }

        deserializer.deserialize_map(Entries)
    }
}

impl<'de> Deserializer<'de> for Claims<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(MapDeserializer::new(self.0.into_iter()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct enum identifier
    }
}

/// The snake_case of a camelCase name (`userID` is taken for `userId`), `None` for any other: a name like `https://example.org/Role` stays as it is.
fn respelled(name: &str) -> Option<String> {
    let is_camel = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && name.contains(|c: char| c.is_ascii_uppercase());
    if !is_camel {
        return None;
    }
    let mut snake = String::with_capacity(name.len() + 4);
    let mut in_capitals = false;
    for c in name.chars() {
        if c.is_ascii_uppercase() && !in_capitals {
            snake.push('_');
        }
        in_capitals = c.is_ascii_uppercase();
        snake.push(c.to_ascii_lowercase());
    }
    Some(snake)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camel_case_is_respelled_and_nothing_else() {
        let spelled = |name| respelled(name).unwrap_or_else(|| name.to_owned());
        for (given, expected) in [
            ("restaurantId", "restaurant_id"),
            ("userID", "user_id"),
            ("notBeforeDate", "not_before_date"),
            ("sub", "sub"),
            ("restaurant_id", "restaurant_id"),
            ("restaurant_Id", "restaurant_Id"),
            ("Role", "Role"),
            ("https://example.org/Role", "https://example.org/Role"),
            ("größeX", "größeX"),
            ("", ""),
        ] {
            assert_eq!(spelled(given), expected);
        }
    }
}
