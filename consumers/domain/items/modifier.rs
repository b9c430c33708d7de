//! What was changed about a dish.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was changed about a dish.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Modifier {
    pub name: String,
    #[serde(default)]
    pub price_minor: i64,
    #[serde(default = "one", alias = "qty")]
    pub quantity: i64,
    /// What it does to the dish, where the menu said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ModifierKind>,
}

const fn one() -> i64 {
    1
}

/// What a modifier does to a dish: a cook must not read one for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModifierKind {
    /// Something is left out.
    Removal,
    /// Something comes on top.
    Addition,
    /// One of several ways to make it.
    Choice,
}

impl ModifierKind {
    /// As in `modifiers.kind`.
    pub const fn name(self) -> &'static str {
        match self {
            ModifierKind::Removal => "removal",
            ModifierKind::Addition => "addition",
            ModifierKind::Choice => "choice",
        }
    }

    /// What `modifiers.kind` means.
    pub(in crate::domain) fn of(text: &str) -> Option<Self> {
        let all = [Self::Removal, Self::Addition, Self::Choice];
        all.into_iter().find(|kind| kind.name() == text)
    }

    /// What a name and a price say, where nobody wrote down more: "no egg" leaves something out, and what costs extra comes on top.
    pub fn guess(name: &str, price_minor: i64) -> Self {
        /// How menus in English, German and Thai begin what is left out.
        const WITHOUT: [&str; 6] = ["no ", "without ", "ohne ", "kein ", "keine ", "ไม่"];
        let name = name.trim().to_lowercase();
        if WITHOUT.iter().any(|word| name.starts_with(word)) {
            ModifierKind::Removal
        } else if price_minor > 0 {
            ModifierKind::Addition
        } else {
            ModifierKind::Choice
        }
    }
}

impl Modifier {
    /// What it does to the dish.
    pub fn kind(&self) -> ModifierKind {
        let guess = || ModifierKind::guess(&self.name, self.price_minor);
        self.kind.unwrap_or_else(guess)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_what_is_left_out() {
        for (name, price, kind) in [
            ("No egg", 0, ModifierKind::Removal),
            ("ohne Zwiebeln", 0, ModifierKind::Removal),
            ("ไม่เผ็ด", 0, ModifierKind::Removal),
            ("Prawns", 3000, ModifierKind::Addition),
            ("Noodles", 0, ModifierKind::Choice),
            ("Less ice", -100, ModifierKind::Choice),
        ] {
            assert_eq!(ModifierKind::guess(name, price), kind, "{name}");
        }
    }
}
