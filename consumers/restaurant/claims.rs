//! What a verified token says about its bearer.

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// What a verified token says. The issuers differ: ids come as numbers, as text or as uuids, and roles have synonyms. (camelCase names arrive here in
/// snake_case.)
///
/// ```
/// use restaurant::restaurant::{Claims, Name};
/// let claims: Claims = serde_json::from_str(r#"{"sub": "10", "role": "staff", "restaurant_id": 2, "waiter_id": "10"}"#)?;
/// assert_eq!(claims.waiter_id, Some(Name::Id(10)));
/// assert!(claims.names_restaurant());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Claims {
    /// Whom the token was issued to.
    #[serde(default)]
    pub sub: Option<Name>,
    /// What they are. A token without a role is a guest's.
    #[serde(default)]
    pub role: Role,
    /// The restaurant they belong to.
    #[serde(default)]
    pub restaurant_id: Option<Name>,
    /// The restaurants they belong to, where there are several.
    #[serde(default)]
    pub restaurants: Vec<Name>,
    /// The waiter they are.
    #[serde(default)]
    pub waiter_id: Option<Name>,
    /// The table a guest sits at.
    #[serde(default)]
    pub table_id: Option<Name>,
    /// The visit a guest takes part in.
    #[serde(default)]
    pub session_id: Option<Name>,
    /// The driver they are.
    #[serde(default)]
    pub driver_id: Option<Name>,
    /// The account they use.
    #[serde(default)]
    pub user_id: Option<Name>,
    /// The account's `token_version` when the token was issued: raising it there ends all older tokens.
    #[serde(default)]
    pub token_version: Option<i64>,
}

impl Claims {
    /// The restaurants the token names.
    pub fn all_restaurants(&self) -> impl Iterator<Item = &Name> {
        self.restaurant_id.iter().chain(&self.restaurants)
    }

    /// Whether the token is bound to restaurants at all.
    pub fn names_restaurant(&self) -> bool {
        self.all_restaurants().next().is_some()
    }

    /// The account: what names it most precisely wins.
    pub fn account(&self) -> Option<&Name> {
        let precise = self.user_id.as_ref();
        let precise = precise.or(self.waiter_id.as_ref());
        precise.or(self.driver_id.as_ref()).or(self.sub.as_ref())
    }
}

/// What somebody is, as `users.role` has it. The issuers' other words for it are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Somebody who eats: a guest at a table, or one who orders from elsewhere.
    #[default]
    #[serde(alias = "user", alias = "guest")]
    Customer,
    /// Serves.
    #[serde(alias = "staff")]
    Waiter,
    /// Cooks.
    Kitchen,
    /// Delivers.
    Driver,
    /// Runs a restaurant.
    #[serde(alias = "restaurant", alias = "owner")]
    Manager,
    /// Runs the system.
    Admin,
    /// A screen on a wall.
    Display,
}

impl Role {
    /// As in `users.role`.
    pub const fn name(self) -> &'static str {
        match self {
            Role::Customer => "customer",
            Role::Waiter => "waiter",
            Role::Kitchen => "kitchen",
            Role::Driver => "driver",
            Role::Manager => "manager",
            Role::Admin => "admin",
            Role::Display => "display",
        }
    }
}

/// How a client names an entity: by its id, its uuid, or the id that people use.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Name {
    /// A number, or text that is one.
    Id(i64),
    /// Anything else.
    Text(String),
}

impl Name {
    /// The number, if it is one.
    pub fn id(&self) -> Option<i64> {
        match self {
            Name::Id(id) => Some(*id),
            Name::Text(_) => None,
        }
    }
}

impl FromStr for Name {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(text
            .parse()
            .map_or_else(|_| Name::Text(text.to_owned()), Name::Id))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Id(id) => id.fmt(f),
            Name::Text(text) => f.write_str(text),
        }
    }
}

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Name::Id(id) => id.serialize(serializer),
            Name::Text(text) => text.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameVisitor;
        impl Visitor<'_> for NameVisitor {
            type Value = Name;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id: a number or a string")
            }
            fn visit_i64<E: de::Error>(self, id: i64) -> Result<Name, E> {
                Ok(Name::Id(id))
            }
            fn visit_u64<E: de::Error>(self, id: u64) -> Result<Name, E> {
                let id = i64::try_from(id);
                id.map(Name::Id)
                    .map_err(|_| E::custom("the id is too large"))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Name, E> {
                Ok(text
                    .parse()
                    .unwrap_or_else(|never: Infallible| match never {}))
            }
        }
        deserializer.deserialize_any(NameVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> Claims {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn ids_are_numbers_text_or_uuids() {
        let read = |json| serde_json::from_str::<Name>(json);
        assert_eq!(read("5").unwrap(), Name::Id(5));
        assert_eq!(read("\"5\"").unwrap(), Name::Id(5));
        let uuid = "11111111-1111-1111-1111-111111111111";
        let text = Name::Text(uuid.into());
        assert_eq!(read(&format!("\"{uuid}\"")).unwrap(), text);
        for wrong in ["null", "1.5", "true", "[1]", "18446744073709551615"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn other_words_for_roles() {
        for json in [
            r#"{"role":"owner","restaurant_id":"2","driver_id":901}"#,
            r#"{"role":"restaurant","restaurants":[2],"driver_id":"901"}"#,
        ] {
            let claims = claims(json);
            assert_eq!(claims.role, Role::Manager);
            assert_eq!(claims.all_restaurants().collect::<Vec<_>>(), [&Name::Id(2)]);
            assert_eq!(claims.driver_id, Some(Name::Id(901)));
        }
        assert_eq!(claims(r#"{"session_id":1}"#).role, Role::Customer);
        assert!(serde_json::from_str::<Claims>(r#"{"role":"emperor"}"#).is_err());
    }

    #[test]
    fn the_most_precise_name_is_the_account() {
        let claims = claims(r#"{"sub":"mia@example.com","role":"waiter","waiter_id":10}"#);
        assert_eq!(claims.account(), Some(&Name::Id(10)));
    }
}
