//! `/api/v1/kitchen/alerts`: words for the kitchen.

use super::shape::{Done, Number, created};
use crate::access::Action;
use crate::domain::alerts::{self, Level, NewAlert};
use crate::domain::{Key, Refusal, tables};
use crate::rest::{Answer, Call};
use crate::vocabularies::kitchen::messages::Alert;
use maitred::{Error, Transaction};
use serde::Deserialize;
use utoipa::ToSchema;

#[derive(Deserialize, ToSchema)]
#[schema(as = kitchen::NewAlert)]
#[serde(deny_unknown_fields)]
struct New {
    #[schema(min_length = 1, max_length = 500)]
    message: String,
    r#type: Option<Level>,
    #[schema(minimum = 1, maximum = 5)]
    severity: Option<i64>,
    #[serde(alias = "orderId")]
    order_id: Option<Key>,
    #[serde(alias = "tableNumber")]
    table_number: Option<Number>,
    #[serde(alias = "restaurantId")]
    restaurant_id: Option<Key>,
}

/// `POST /kitchen/alerts`
#[utoipa::path(post, path = "/kitchen/alerts", tag = "alerts", request_body(content = New, example = json!({"type": "urgent", "message": "Fryer 2 is down", "severity": 5, "restaurant_id": 2})), responses((status = 201, description = "It was told", body = Done<Alert>)))]
pub fn raise(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: New = call.body()?;
    let named = new.restaurant_id.as_ref();
    let (restaurant, bearer) = call.restaurant(named, Action::Alert, tx)?;
    let table = match &new.table_number {
        Some(Number(number)) => Some(table(tx, restaurant, number)?),
        None => None,
    };
    let alert = NewAlert {
        message: new.message,
        kitchen: true,
        level: new.r#type,
        severity: new.severity,
        order_id: new.order_id,
        table_id: table.map(Key::Id),
        ..NewAlert::default()
    };
    let alert = alerts::raise(tx, &bearer.actor(), restaurant, &alert)?;
    created(Alert::of(&alert))
}

/// The table with this number on it.
pub(super) fn table(tx: &Transaction<'_>, restaurant: i64, number: &str) -> Result<i64, Error> {
    let table = tables::by_number(tx, restaurant, number)?;
    let table = table.ok_or(Refusal::NotFound { entity: "table" })?;
    Ok(table.id)
}
