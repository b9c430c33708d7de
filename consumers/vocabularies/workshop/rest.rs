//! `/orders`: what the workshop has to print, for those who work there. Newest first by `dateIssued`.
//!
//! A token says which shop it is; one that says none means the default one, as sockets do. Fields that nobody knows are left alone.

use super::messages::{self, JobData};
use super::shop::own_shop;
use crate::access::{self, Action, Bearer, Target};
use crate::domain::jobs::{self, NewJob, Patch};
use crate::domain::page::PAGE_MAX;
use crate::domain::{Key, Refusal, ids, time, workflow};
use crate::rest::Handler::{Read, Write};
use crate::rest::{Answer, Call, Method, Methods, Service};
use maitred::{Error, Reader, Transaction, params};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

pub mod openapi;

/// As in `routing.toml`.
pub const NAME: &str = "workshop.api";

/// The service.
pub const SERVICE: Service = Service {
    below: "",
    table: ROUTES,
    refusal: messages::refusal,
};

const ROUTES: &[(&str, Methods)] = &[
    (
        "orders",
        &[(Method::GET, Read(list)), (Method::POST, Write(create))],
    ),
    (
        "orders/*",
        &[
            (Method::GET, Read(show)),
            (Method::PATCH, Write(change)),
            (Method::DELETE, Write(delete)),
        ],
    ),
];

/// `GET /orders?status=In Printing&before=<orderId>&limit=<n>`: an array.
#[utoipa::path(get, path = "/orders", tag = "jobs", params(("status" = Option<String>, Query, description = "One of its five stages: `In Printing`"), ("limit" = Option<u32>, Query, description = "At most 200"), ("before" = Option<String>, Query, description = "The last `orderId` of the page before")), responses((status = 200, description = "Newest first, by `dateIssued`", body = Vec<JobData>)))]
fn list(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (shop, _) = shop(call, Action::ReadJobs, db)?;
    let before = call.query("before").map(Key::from);
    let before = before
        .map(|key| ids::order(db, &key, Some(shop)))
        .transpose()?;
    let limit = match call.query("limit") {
        Some(text) => text
            .parse()
            .map_err(|_| Refusal::value("limit", "a number"))?,
        None => PAGE_MAX,
    };
    let page = jobs::list(db, shop, call.query("status"), before, limit)?;
    let all: Vec<_> = page.items.iter().map(JobData::of).collect();
    Answer::ok(&all)
}

#[derive(Deserialize, ToSchema)]
#[schema(as = workshop::NewOrder)]
#[serde(rename_all = "camelCase")]
struct New {
    #[schema(min_length = 1, max_length = 64)]
    order_id: Option<String>,
    #[schema(min_length = 1, max_length = 1000)]
    customer_name: String,
    #[schema(min_length = 1, max_length = 1000)]
    product_name: String,
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    quantity: i64,
    sheet_type: Option<String>,
    status: Option<String>,
    estimated_date: Option<Date>,
    date_issued: Option<Date>,
    delivery_schedule: Option<String>,
    message: Option<String>,
}

const fn one() -> i64 {
    1
}

/// `2026-01-28T21:00:00Z`, or a day: `2026-01-28`.
#[derive(Deserialize, ToSchema)]
#[schema(as = workshop::Date)]
struct Date(String);

impl Date {
    fn ms(&self, field: &'static str) -> Result<i64, Refusal> {
        let day = || time::parse_iso(&format!("{}T00:00:00Z", self.0));
        let ms = time::parse_iso(&self.0).or_else(day);
        ms.ok_or_else(|| Refusal::value(field, "a date like 2026-01-28 or 2026-01-28T21:00:00Z"))
    }
}

fn ms(date: Option<&Date>, field: &'static str) -> Result<Option<i64>, Refusal> {
    date.map(|date| date.ms(field)).transpose()
}

/// `POST /orders`
#[utoipa::path(post, path = "/orders", tag = "jobs", request_body(content = New, example = json!({"customerName": "Nok", "productName": "Flyers", "quantity": 500, "sheetType": "A5"})), responses((status = 201, description = "It was taken on", body = JobData)))]
fn create(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let new: New = call.body()?;
    let (shop, bearer) = shop(call, Action::EditJobs, tx)?;
    let new = NewJob {
        restaurant_id: shop,
        public_id: new.order_id,
        stage: new.status,
        customer_name: new.customer_name,
        product_name: new.product_name,
        quantity: new.quantity,
        sheet_type: new.sheet_type,
        estimated_at: ms(new.estimated_date.as_ref(), "estimatedDate")?,
        delivery_schedule: new.delivery_schedule,
        issued_at: ms(new.date_issued.as_ref(), "dateIssued")?,
        message: new.message,
    };
    Answer::created(&JobData::of(&jobs::create(tx, &bearer.actor(), &new)?))
}

/// `GET /orders/{orderId}`
#[utoipa::path(get, path = "/orders/{orderId}", tag = "jobs", params(("orderId" = String, Path, min_length = 1, description = "What people call it, its number or its uuid", example = "ORD-1001")), responses((status = 200, description = "An order", body = JobData)))]
fn show(call: &Call, db: &Reader<'_>) -> Result<Answer, Error> {
    let (shop, _) = shop(call, Action::ReadJobs, db)?;
    let id = ids::order(db, call.key(0), Some(shop))?;
    Answer::ok(&JobData::of(&jobs::shown(db, id)?))
}

#[derive(Deserialize, ToSchema)]
#[schema(as = workshop::Change)]
#[serde(rename_all = "camelCase")]
struct Change {
    status: Option<String>,
    #[schema(min_length = 1, max_length = 1000)]
    customer_name: Option<String>,
    #[schema(min_length = 1, max_length = 1000)]
    product_name: Option<String>,
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    quantity: Option<i64>,
    #[serde(default, deserialize_with = "given")]
    sheet_type: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    estimated_date: Option<Option<Date>>,
    #[serde(default, deserialize_with = "given")]
    delivery_schedule: Option<Option<String>>,
    date_issued: Option<Date>,
    /// For whoever waits for it: told with this change, and not again.
    message: Option<String>,
}

/// Tells `null`, which empties, from what is not there, which stays.
fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// `PATCH /orders/{orderId}`
#[utoipa::path(patch, path = "/orders/{orderId}", tag = "jobs", params(("orderId" = String, Path, min_length = 1, description = "What people call it, its number or its uuid", example = "ORD-1001")), request_body(content = Change, example = json!({"status": "In Binding"})), responses((status = 200, description = "As it is now", body = JobData)))]
fn change(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let change: Change = call.body()?;
    let (id, bearer) = job(call, Action::EditJobs, tx)?;
    let patch = Patch {
        stage: change.status,
        customer_name: change.customer_name,
        product_name: change.product_name,
        quantity: change.quantity,
        sheet_type: change.sheet_type,
        estimated_at: match &change.estimated_date {
            Some(date) => Some(ms(date.as_ref(), "estimatedDate")?),
            None => None,
        },
        delivery_schedule: change.delivery_schedule,
        issued_at: ms(change.date_issued.as_ref(), "dateIssued")?,
        message: change.message,
    };
    let job = jobs::patch(tx, &bearer.actor(), id, &patch)?;
    Answer::ok(&JobData::of(&job))
}

/// Why it is to go.
#[derive(Deserialize, ToSchema)]
#[schema(as = workshop::Reason)]
struct Why {
    reason: Option<String>,
}

/// It is gone.
#[derive(Serialize, ToSchema)]
#[schema(as = workshop::Deleted)]
#[serde(rename_all = "camelCase")]
struct Deleted<'a> {
    order_id: &'a str,
    deleted: bool,
}

/// `DELETE /orders/{orderId}`
#[utoipa::path(delete, path = "/orders/{orderId}", tag = "jobs", params(("orderId" = String, Path, min_length = 1, description = "What people call it, its number or its uuid", example = "ORD-1001")), request_body(content = Option<Why>, example = json!({"reason": "twice"})), responses((status = 200, description = "It is gone", body = Deleted)))]
fn delete(call: &Call, tx: &Transaction<'_>) -> Result<Answer, Error> {
    let why: Why = call.body()?;
    let (id, bearer) = job(call, Action::EditJobs, tx)?;
    let job = jobs::delete(tx, &bearer.actor(), id, why.reason.as_deref())?;
    Answer::ok(&Deleted {
        order_id: &job.public_id,
        deleted: true,
    })
}

/// The asker's shop.
fn shop(call: &Call, action: Action, db: &Reader<'_>) -> Result<(i64, Bearer), Error> {
    let shop = own_shop(call.identity(), db)?;
    let bearer = access::may(call.identity(), action, Target::Restaurant(shop), db)?;
    Ok((shop, bearer))
}

/// The order that the path names, if it is one of this shop's. Another workflow's is none of it.
fn job(call: &Call, action: Action, db: &Reader<'_>) -> Result<(i64, Bearer), Error> {
    let (shop, bearer) = shop(call, action, db)?;
    let id = ids::order(db, call.key(0), Some(shop))?;
    let ours = db.row(
        "SELECT 1 FROM orders WHERE id = ?1 AND workflow_id = ?2",
        params![id, workflow::PRINT],
        |row| row.get::<i64>(0),
    )?;
    ours.map(|_| (id, bearer))
        .ok_or_else(|| Refusal::NotFound { entity: "order" }.into())
}
