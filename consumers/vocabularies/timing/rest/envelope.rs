//! How answers and refusals look here.

use crate::rest::Answer;
use maitred::{ClientError, Error};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// `{"success": true, "data": ...}`
#[derive(Serialize, ToSchema)]
pub struct Envelope<T> {
    success: bool,
    data: T,
}

impl<T> Envelope<T> {
    pub fn of(data: T) -> Self {
        Envelope {
            success: true,
            data,
        }
    }
}

pub fn ok(data: impl Serialize) -> Result<Answer, Error> {
    Answer::ok(&Envelope::of(data))
}

/// A refusal.
#[derive(Serialize, ToSchema)]
#[schema(as = timing::Refused)]
pub struct Mistake<'a> {
    success: bool,
    /// For people.
    message: &'a str,
    /// Stable, for programs.
    code: &'a str,
    /// What a program needs to go on: the allowed values, the present version.
    #[serde(flatten)]
    #[schema(value_type = BTreeMap<String, serde_json::Value>)]
    details: BTreeMap<&'a str, &'a RawValue>,
}

/// `{"success": false, "message": "...", "code": "..."}`, and beside them what a program needs to go on.
pub fn refusal(error: &ClientError) -> String {
    let details = error.details.as_deref().map(RawValue::get);
    let details = details.and_then(|details| serde_json::from_str(details).ok());
    let refused = Mistake {
        success: false,
        message: &error.text,
        code: &error.code,
        details: details.unwrap_or_default(),
    };
    serde_json::to_string(&refused).unwrap_or_else(|_| r#"{"success":false}"#.to_owned())
}
