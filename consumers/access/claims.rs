//! What a verified token says about its bearer.

use super::Scopes;
use crate::domain::{Key, Role};
use serde::Deserialize;

/// What a verified token says. The issuers differ: ids come as numbers, as text or as uuids, and roles have synonyms. (camelCase names arrive here in
/// snake_case.)
///
/// ```
/// use restaurant::domain::Key;
/// use restaurant::access::Claims;
/// let claims: Claims = serde_json::from_str(r#"{"sub": "10", "role": "staff", "restaurant_id": 2, "waiter_id": "10"}"#)?;
/// assert_eq!(claims.waiter_id, Some(Key::Id(10)));
/// assert!(claims.names_restaurant());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
pub struct Claims {
    /// Whom the token was issued to.
    #[serde(default)]
    pub sub: Option<Key>,
    /// What they are. A token without a role is a guest's.
    #[serde(default = "guest")]
    pub role: Role,
    /// The restaurant they belong to.
    #[serde(default)]
    pub restaurant_id: Option<Key>,
    /// The restaurants they belong to, where there are several.
    #[serde(default)]
    pub restaurants: Vec<Key>,
    /// The waiter they are.
    #[serde(default)]
    pub waiter_id: Option<Key>,
    /// The table a guest sits at.
    #[serde(default)]
    pub table_id: Option<Key>,
    /// The visit a guest takes part in.
    #[serde(default)]
    pub session_id: Option<Key>,
    /// The driver they are.
    #[serde(default)]
    pub driver_id: Option<Key>,
    /// The account they use.
    #[serde(default)]
    pub user_id: Option<Key>,
    /// The screen or handheld that the token was given to, by its row; ends with it.
    #[serde(default)]
    pub device_id: Option<i64>,
    /// The device's `print`, which no other device has had under that number.
    #[serde(default)]
    pub device_print: Option<String>,
    /// What the token is limited to, where it is; see [`Scopes`].
    #[serde(default, alias = "scopes")]
    pub scope: Option<Scopes>,
    /// The `token_version` of the account, or of the guest's visit, when the token was issued: raising it there ends all older tokens.
    #[serde(default)]
    pub token_version: Option<i64>,
}

fn guest() -> Role {
    Role::Customer
}

impl Claims {
    /// The restaurants the token names.
    pub fn all_restaurants(&self) -> impl Iterator<Item = &Key> {
        self.restaurant_id.iter().chain(&self.restaurants)
    }

    /// Whether the token is bound to restaurants at all.
    pub fn names_restaurant(&self) -> bool {
        self.all_restaurants().next().is_some()
    }

    /// The account: what names it most precisely wins.
    pub fn account(&self) -> Option<&Key> {
        let precise = self.user_id.as_ref();
        let precise = precise.or(self.waiter_id.as_ref());
        precise.or(self.driver_id.as_ref()).or(self.sub.as_ref())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> Claims {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn other_words_for_roles() {
        for json in [
            r#"{"role":"owner","restaurant_id":"2","driver_id":901}"#,
            r#"{"role":"restaurant","restaurants":[2],"driver_id":"901"}"#,
        ] {
            let claims = claims(json);
            assert_eq!(claims.role, Role::Manager);
            assert_eq!(claims.all_restaurants().collect::<Vec<_>>(), [&Key::Id(2)]);
            assert_eq!(claims.driver_id, Some(Key::Id(901)));
        }
        assert_eq!(claims(r#"{"session_id":1}"#).role, Role::Customer);
        assert!(serde_json::from_str::<Claims>(r#"{"role":"emperor"}"#).is_err());
    }

    #[test]
    fn the_most_precise_name_is_the_account() {
        let claims = claims(r#"{"sub":"mia@example.com","role":"waiter","waiter_id":10}"#);
        assert_eq!(claims.account(), Some(&Key::Id(10)));
    }
}
