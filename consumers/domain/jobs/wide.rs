//! Dishes among the print jobs: a house may have its workshop's wall show the restaurant's orders too, in the workshop's words.
//!
//! Shown only: these orders go through statuses of their own, which the workshop's five stages cannot name, so nobody moves them from there. What was
//! called off has no word at all: it is gone.

use super::facts::{JobFacts, attributes, facts, issued};
use crate::db::{Error, Memo, Reader, params};
use crate::domain::items::{ItemFacts, ItemStatus};
use crate::domain::orders::{self, OrderFacts};
use crate::domain::page::{PAGE_MAX, Page, paged};
use crate::domain::{Refusal, Status, workflow};
use std::fmt::Write;

static SHOWS_ALL: Memo<bool> = Memo::new("a house whose workshop shows all of its orders");

/// Whether a house's workshop shows all of its orders: `"workshop":"all"` in its settings. Asked with each change of an order.
///
/// # Errors
/// [`Error::Store`].
pub fn shows_all(db: &Reader<'_>, restaurant: i64) -> Result<bool, Error> {
    let sql = "SELECT 1 FROM restaurants WHERE id = ?1 AND CASE WHEN json_valid(settings_json) THEN json_extract(settings_json, '$.workshop') END = 'all'";
    db.memo(&SHOWS_ALL, restaurant, |db| {
        Ok(db.row(sql, params![restaurant], |_| Ok(()))?.is_some())
    })
}

/// The stage that comes closest to a status. What was called off has none.
pub const fn stage(status: Status) -> Option<&'static str> {
    match status {
        Status::New | Status::Pending | Status::Confirmed | Status::Preparing => {
            Some("In Production")
        }
        Status::Ready => Some("Packaging"),
        Status::OutForDelivery | Status::Delivered | Status::Completed => Some("Delivery"),
        Status::Cancelled => None,
    }
}

/// An order with these lines as if it were a job: its product is what is cooked.
pub fn of_order(order: &OrderFacts, lines: &[ItemFacts]) -> JobFacts {
    let customer = order.customer.as_ref().map(|customer| &*customer.name);
    let live = || lines.iter().filter(|l| l.status != ItemStatus::Voided);
    let mut product = String::new();
    for line in live() {
        let comma = if product.is_empty() { "" } else { ", " };
        let _ = write!(product, "{comma}{} {}", line.quantity, line.name);
    }
    JobFacts {
        id: order.id,
        public_id: order.public_id.clone(),
        restaurant_id: order.restaurant_id,
        stage: stage(order.status).unwrap_or_default().to_owned(),
        customer_name: match (
            customer.filter(|name| !name.is_empty()),
            &order.table_number,
        ) {
            (Some(name), _) => name.to_owned(),
            (None, Some(table)) => format!("Table {table}"),
            (None, None) => "Guest".to_owned(),
        },
        product_name: product,
        quantity: live()
            .map(|line| line.quantity)
            .fold(0, i64::saturating_add),
        sheet_type: None,
        estimated_at: order.eta_at,
        delivery_schedule: None,
        issued_at: order.created_at,
        message: None,
        message_at: None,
        created_at: order.created_at,
        updated_at: order.updated_at,
        version: order.version,
    }
}

/// A job, or an order that is shown as one.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn shown(db: &Reader<'_>, id: i64) -> Result<JobFacts, Error> {
    if let Some(job) = facts(db, id)? {
        return Ok(job);
    }
    let order = orders::whole(db, id)?
        .filter(|order| order.workflow_id == workflow::RESTAURANT && stage(order.status).is_some());
    match order {
        Some(order) if shows_all(db, order.restaurant_id)? => Ok(of_order(&order, &order.lines)),
        _ => Err(Refusal::NotFound { entity: "order" }.into()),
    }
}

/// As [`super::list`], with the restaurant's orders among the jobs.
pub(super) fn list(
    db: &Reader<'_>,
    restaurant_id: i64,
    wanted: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Result<Page<JobFacts>, Error> {
    let limit = limit.clamp(1, PAGE_MAX);
    let at = match before {
        Some(id) => Some(shown(db, id)?.issued_at),
        None => None,
    };
    let statuses = Status::ALL.into_iter().filter(|status| match wanted {
        Some(wanted) => stage(*status) == Some(wanted),
        None => stage(*status).is_some(),
    });
    let statuses = serde_json::to_string(&statuses.collect::<Vec<_>>())?;
    const WHICH: &str = " FROM orders o WHERE o.restaurant_id = ?1 AND (o.workflow_id = 2 AND (?2 IS NULL OR o.status = ?2)
           OR o.workflow_id = 1 AND o.status IN (SELECT value FROM json_each(?3)))";
    let ids: Vec<i64> = db.rows(
        &format!(
            "SELECT o.id{WHICH} AND (?4 IS NULL OR ({0}, o.id) < (?4, ?5)) ORDER BY {0} DESC, o.id DESC LIMIT ?6",
            issued!()
        ),
        params![restaurant_id, wanted, &statuses, at, before, limit + 1],
        |row| row.get(0),
    )?;
    let total = db.one(
        &format!("SELECT count(*){WHICH}"),
        params![restaurant_id, wanted, &statuses],
        |row| row.get(0),
    )?;
    let jobs = ids
        .into_iter()
        .map(|id| Ok((id, db.legible("orders", id, shown(db, id))?)));
    let jobs = jobs.collect::<Result<Vec<_>, Error>>()?;
    Ok(paged(jobs, limit, total))
}
