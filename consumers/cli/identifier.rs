//! How an entity is named: by number or by uuid.

use serde::Serialize;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Identifier {
    Number(i64),
    Text(String),
}

impl FromStr for Identifier {
    type Err = Infallible;
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.parse() {
            Ok(number) => Identifier::Number(number),
            Err(_) => Identifier::Text(text.to_owned()),
        })
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Identifier::Number(number) => number.fmt(f),
            Identifier::Text(text) => f.write_str(text),
        }
    }
}

impl From<i64> for Identifier {
    fn from(number: i64) -> Self {
        Identifier::Number(number)
    }
}
