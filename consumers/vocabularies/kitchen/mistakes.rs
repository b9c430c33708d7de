//! How a mistake is told here: the document shows two shapes, so an error has both.

use maitred::{ClientError, Kind, Message};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

/// The codes of the document.
const AUTH_FAILED: &str = "AUTH_FAILED";
const INVALID_RESTAURANT: &str = "INVALID_RESTAURANT";
const PERMISSION_DENIED: &str = "PERMISSION_DENIED";
const INVALID_PAYLOAD: &str = "INVALID_PAYLOAD";
const RATE_LIMIT: &str = "RATE_LIMIT";
/// What the document's other shape calls a payload that is not valid.
const VALIDATION_ERROR: &str = "VALIDATION_ERROR";

/// `{success: false, error: {code, message, details?}, code, message}`
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = kitchen::Refused)]
pub struct Mistake<'a> {
    #[schemars(extend("const" = false))]
    success: bool,
    error: Nested<'a>,
    code: &'a str,
    message: &'a str,
}

#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = kitchen::Error)]
#[schemars(rename = "KitchenError")]
struct Nested<'a> {
    code: &'a str,
    message: &'a str,
    /// What a program needs to go on.
    #[serde(skip_serializing_if = "Details::is_none")]
    #[schema(value_type = Option<Object>)]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    details: Details<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Details<'a> {
    Given(Option<&'a RawValue>),
    Why(Why<'a>),
}

#[derive(Serialize)]
struct Why<'a> {
    reason: &'a str,
    /// For programs: the code that all vocabularies share.
    cause: &'a str,
}

impl Details<'_> {
    const fn is_none(&self) -> bool {
        matches!(self, Details::Given(None))
    }
}

impl<'a> Mistake<'a> {
    pub fn of(error: &'a ClientError) -> Self {
        let code = code(error);
        let message = match code {
            AUTH_FAILED => "Authentication error",
            RATE_LIMIT => "Rate limit exceeded",
            _ => &*error.text,
        };
        Mistake {
            success: false,
            error: Nested {
                code,
                message,
                // Why exactly is for people who look.
                details: match (code, &error.details) {
                    (AUTH_FAILED, None) => Details::Why(Why {
                        reason: &error.text,
                        cause: &error.code,
                    }),
                    (_, details) => Details::Given(details.as_deref()),
                },
            },
            code: match code {
                INVALID_PAYLOAD => VALIDATION_ERROR,
                code => code,
            },
            message,
        }
    }
}

/// On a socket.
pub fn message(error: &ClientError) -> Message {
    Message::new("error", &Mistake::of(error))
}

/// Over HTTP.
pub fn body(error: &ClientError) -> String {
    Message::bare(&Mistake::of(error)).data().to_owned()
}

/// The document's code for a mistake; those that it has none for keep their own.
fn code(error: &ClientError) -> &str {
    #[derive(Deserialize)]
    struct About<'a> {
        #[serde(borrow)]
        entity: Option<&'a str>,
    }
    match error.kind {
        Kind::Unauthenticated => AUTH_FAILED,
        Kind::Forbidden => PERMISSION_DENIED,
        Kind::RateLimited => RATE_LIMIT,
        Kind::Invalid | Kind::MethodNotAllowed | Kind::Unprocessable | Kind::TooLarge => {
            INVALID_PAYLOAD
        }
        Kind::NotFound => {
            let details = error.details.as_deref().map(RawValue::get);
            let about = details.and_then(|details| serde_json::from_str::<About<'_>>(details).ok());
            match about.and_then(|about| about.entity) {
                Some("restaurant") => INVALID_RESTAURANT,
                Some("order") => "ORDER_NOT_FOUND",
                Some("table") => "TABLE_NOT_FOUND",
                _ => &error.code,
            }
        }
        _ => &error.code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Refusal, Status};
    use serde_json::{Value, json};

    fn told(error: impl Into<ClientError>) -> Value {
        serde_json::from_str(&body(&error.into())).unwrap()
    }

    #[test]
    fn an_error_has_both_shapes() {
        let told = told(Refusal::value("severity", "1 to 5"));
        assert_eq!(
            told,
            json!({
                "success": false,
                "error": {"code": "INVALID_PAYLOAD", "message": "severity: 1 to 5", "details": {"field": "severity"}},
                "code": "VALIDATION_ERROR",
                "message": "severity: 1 to 5"
            })
        );
    }

    #[test]
    fn each_kind_of_mistake_has_the_documents_code() {
        let new = |kind| ClientError::new(kind, "OURS", "text");
        for (error, expected) in [
            (new(Kind::Unauthenticated), "AUTH_FAILED"),
            (new(Kind::Forbidden), "PERMISSION_DENIED"),
            (new(Kind::RateLimited), "RATE_LIMIT"),
            (new(Kind::Invalid), "INVALID_PAYLOAD"),
            (new(Kind::TooLarge), "INVALID_PAYLOAD"),
            (new(Kind::Busy), "OURS"),
            (
                Refusal::NotFound {
                    entity: "restaurant",
                }
                .into(),
                "INVALID_RESTAURANT",
            ),
            (
                Refusal::NotFound { entity: "order" }.into(),
                "ORDER_NOT_FOUND",
            ),
            (
                Refusal::NotFound { entity: "table" }.into(),
                "TABLE_NOT_FOUND",
            ),
            (Refusal::NotFound { entity: "line" }.into(), "NOT_FOUND"),
            (
                Refusal::UnknownStatus { allowed: vec![] }.into(),
                "INVALID_PAYLOAD",
            ),
            (
                Refusal::Transition {
                    status: Status::Ready,
                    requested: Status::Pending,
                    allowed: vec![],
                }
                .into(),
                "INVALID_TRANSITION",
            ),
        ] {
            let told = told(error);
            assert_eq!(told["error"]["code"], expected, "{told}");
            let flat = if expected == "INVALID_PAYLOAD" {
                "VALIDATION_ERROR"
            } else {
                expected
            };
            assert_eq!(told["code"], flat, "{told}");
            assert_eq!(told["success"], false);
        }
    }
}
