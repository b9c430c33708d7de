//! The dashboard over HTTP, under `/api`.
//!
//! Answers stand in an envelope, `{"success": true, "data": ...}`, and so do refusals, `{"success": false, "message": ..., "code": ...}`. Unknown fields are
//! ignored. Statuses are this vocabulary's five words; the canonical nine are understood as well.

mod attempts;
mod login;
pub mod openapi;
mod orders;
mod stats;

use crate::rest::Handler::{Read, Serve, Write};
use crate::rest::{Answer, Method, Methods, Service};
use maitred::{ClientError, Error};
use serde::Serialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// As in `routing.toml`.
pub const NAME: &str = "timing.api";

/// The service.
pub const SERVICE: Service = Service {
    below: "api",
    table: ROUTES,
    refusal,
};

/// Everything there is, below `/api/`. `*` is the key of a thing.
const ROUTES: &[(&str, Methods)] = &[
    ("auth/login", &[(Method::POST, Serve(login::login))]),
    ("orders", &[(Method::POST, Write(orders::place))]),
    ("orders/*/status", &[(Method::GET, Read(orders::track))]),
    ("admin/orders", &[(Method::GET, Read(orders::list))]),
    (
        "admin/orders/*/status",
        &[(Method::PUT, Write(orders::set_status))],
    ),
    (
        "admin/websocket/stats",
        &[(Method::GET, Serve(stats::show))],
    ),
];

/// `{"success": true, "data": ...}`
#[derive(Serialize, ToSchema)]
struct Envelope<T> {
    success: bool,
    data: T,
}

impl<T> Envelope<T> {
    fn of(data: T) -> Self {
        Envelope {
            success: true,
            data,
        }
    }
}

fn ok(data: impl Serialize) -> Result<Answer, Error> {
    Answer::ok(&Envelope::of(data))
}

/// A refusal.
#[derive(Serialize, ToSchema)]
#[schema(as = timing::Refused)]
pub struct Refused<'a> {
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
fn refusal(error: &ClientError) -> String {
    let details = error.details.as_deref().map(RawValue::get);
    let details = details.and_then(|details| serde_json::from_str(details).ok());
    let refused = Refused {
        success: false,
        message: &error.text,
        code: &error.code,
        details: details.unwrap_or_default(),
    };
    serde_json::to_string(&refused).unwrap_or_else(|_| r#"{"success":false}"#.to_owned())
}
