//! A line that is to be ordered, as a client writes it.

use crate::domain::Key;
use crate::domain::money::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

/// The most lines that one request may bring.
pub const LINES_MAX: usize = 200;
/// The most of one line.
pub const QUANTITY_MAX: i64 = 999;

/// A line that is to be ordered: a dish, or (staff) a free text with a price.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewLine {
    /// Made by the client when the button was pressed: the same line sent twice is one line.
    #[serde(default)]
    #[schema(format = "uuid")]
    pub uuid: Option<String>,
    #[serde(default)]
    pub menu_item_id: Option<Key>,
    #[serde(default)]
    #[schema(min_length = 1, max_length = 1000)]
    pub name: Option<String>,
    /// Only for free text: a dish costs what the menu says.
    #[serde(default)]
    pub price: Option<Decimal>,
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 999)]
    pub quantity: i64,
    #[serde(default)]
    pub modifiers: Vec<NewModifier>,
    #[serde(default)]
    pub seat: Option<i64>,
    #[serde(default)]
    pub course: Option<i64>,
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub note: Option<String>,
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub allergy: Option<String>,
    /// Not yet for the kitchen: a later course.
    #[serde(default)]
    pub hold: bool,
}

impl Default for NewLine {
    /// One of nothing yet.
    fn default() -> Self {
        NewLine {
            uuid: None,
            menu_item_id: None,
            name: None,
            price: None,
            quantity: 1,
            modifiers: Vec::new(),
            seat: None,
            course: None,
            note: None,
            allergy: None,
            hold: false,
        }
    }
}

/// A modifier that is wanted: by its id, or by its name.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct NewModifier {
    #[serde(default)]
    pub id: Option<i64>,
    #[serde(default)]
    #[schema(min_length = 1)]
    pub name: Option<String>,
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 99)]
    pub quantity: i64,
}

const fn one() -> i64 {
    1
}
