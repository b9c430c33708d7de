//! What this vocabulary says. Each name of the document is spelled here and nowhere else.

use crate::domain::jobs::JobFacts;
use crate::domain::time;
use maitred::{ClientError, Message};
use schemars::JsonSchema;
use serde::Serialize;
use utoipa::ToSchema;

/// A new one.
pub fn order_created(job: &JobFacts) -> Message {
    let mut order = JobData::of(job);
    let text = format!("New order {} for {}", job.public_id, job.customer_name);
    order.message.get_or_insert(text);
    let timestamp = time::iso(job.created_at);
    Message::new("orderCreated", &Created { order, timestamp })
}

/// Its stage, its time, or a word to whoever waits for it: under a name of its own.
pub fn order_update(job: &JobFacts) -> Message {
    let update = Update {
        order_id: &job.public_id,
        status: &job.stage,
        estimated_date: job.estimated_at.map(time::iso),
        timestamp: time::iso(job.updated_at),
        message: job.message.as_deref(),
        version: job.version,
    };
    Message::new(format!("{}/update", job.public_id), &update)
}

/// Something about one of them.
pub fn order_updated(job: &JobFacts) -> Message {
    let text = || format!("Order {} is {}", job.public_id, job.stage);
    let updated = Updated {
        message: job.message.clone().unwrap_or_else(text),
        order: JobData::of(job),
        timestamp: time::iso(job.updated_at),
    };
    Message::new("orderUpdated", &updated)
}

/// An order is gone.
pub fn order_deleted(job: &JobFacts) -> Message {
    let deleted = Deleted {
        message: format!("Order {} was deleted", job.public_id),
        order_id: &job.public_id,
        timestamp: time::iso(job.updated_at),
        version: job.version,
    };
    Message::new("orderDeleted", &deleted)
}

/// To whoever joined; everybody is told everything in any case.
pub fn joined_room() -> Message {
    room("joinedRoom", "You hear of all orders")
}

/// To whoever left.
pub fn left_room() -> Message {
    room(
        "leftRoom",
        "You still hear of all orders: there are no rooms here",
    )
}

fn room(name: &'static str, message: &'static str) -> Message {
    let room = "orders";
    Message::new(name, &Room { room, message })
}

/// A mistake: an event where it happened on a socket.
pub fn error(error: &ClientError) -> Message {
    Message::new("error", &Mistake::of(error))
}

/// A mistake as HTTP tells it.
pub fn refusal(error: &ClientError) -> String {
    Message::bare(&Mistake::of(error)).data().to_owned()
}

/// A new order.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WorkshopCreated")]
pub struct Created<'a> {
    #[serde(flatten)]
    order: JobData<'a>,
    timestamp: String,
}

/// What `{orderId}/update` says.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WorkshopUpdate")]
#[serde(rename_all = "camelCase")]
pub struct Update<'a> {
    order_id: &'a str,
    status: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_date: Option<String>,
    timestamp: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    version: i64,
}

/// An order that is different, in whatever way.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WorkshopUpdated")]
pub struct Updated<'a> {
    message: String,
    order: JobData<'a>,
    timestamp: String,
}

/// An order that is gone.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WorkshopDeleted")]
#[serde(rename_all = "camelCase")]
pub struct Deleted<'a> {
    message: String,
    order_id: &'a str,
    timestamp: String,
    version: i64,
}

/// What becomes of joining and leaving.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WorkshopRoom")]
pub struct Room {
    room: &'static str,
    message: &'static str,
}

/// In the shape of the framework that the document was written for.
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = workshop::Refused)]
#[schemars(rename = "WorkshopMistake")]
#[serde(rename_all = "camelCase")]
pub struct Mistake<'a> {
    status_code: u16,
    message: &'a str,
    error: &'a str,
    code: &'a str,
}

impl<'a> Mistake<'a> {
    fn of(error: &'a ClientError) -> Self {
        Mistake {
            status_code: error.kind.status(),
            message: &error.text,
            error: &error.text,
            code: &error.code,
        }
    }
}

/// An order, as the workshop sees it.
#[derive(Serialize, JsonSchema, ToSchema)]
#[schema(as = workshop::Order)]
#[schemars(rename = "WorkshopOrder")]
#[serde(rename_all = "camelCase")]
pub struct JobData<'a> {
    id: i64,
    order_id: &'a str,
    customer_name: &'a str,
    product_name: &'a str,
    quantity: i64,
    sheet_type: Option<&'a str>,
    status: &'a str,
    estimated_date: Option<String>,
    date_issued: String,
    delivery_schedule: Option<&'a str>,
    message: Option<String>,
    version: i64,
}

impl<'a> JobData<'a> {
    /// All of it.
    pub fn of(job: &'a JobFacts) -> Self {
        JobData {
            id: job.id,
            order_id: &job.public_id,
            customer_name: &job.customer_name,
            product_name: &job.product_name,
            quantity: job.quantity,
            sheet_type: job.sheet_type.as_deref(),
            status: &job.stage,
            estimated_date: job.estimated_at.map(time::iso),
            date_issued: time::iso(job.issued_at),
            delivery_schedule: job.delivery_schedule.as_deref(),
            message: job.message.clone(),
            version: job.version,
        }
    }
}
