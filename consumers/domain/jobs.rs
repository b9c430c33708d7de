//! Print jobs: orders of the workflow `print`, which has stages of its own and a product instead of lines.
//!
//! The stages are rows of `workflow_states`, and which leads to which for whom are rows of `workflow_transitions`: another trade's stages are other rows. What a job
//! is about is in `attributes_json`, and read leniently, because any program may have written it.

mod commands;
mod row;
mod wide;

pub use commands::{NewJob, Patch, create, delete, patch};
pub use row::JobRow;
pub use wide::{of_order, shown, shows_all, stage};

use super::orders::{PAGE_MAX, Page, paged};
use super::{Refusal, workflow};
use crate::db::{Error, Reader, Row, params};
use serde::{Deserialize, Serialize};

/// A print job.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct JobFacts {
    pub id: i64,
    /// What people call it.
    pub public_id: String,
    pub restaurant_id: i64,
    /// Its workflow's word for where it stands: `In Printing`.
    pub stage: String,
    pub customer_name: String,
    pub product_name: String,
    pub quantity: i64,
    pub sheet_type: Option<String>,
    /// When it is to be done.
    pub estimated_at: Option<i64>,
    /// As it was agreed: a date, or words.
    pub delivery_schedule: Option<String>,
    pub issued_at: i64,
    /// What was said with its last change.
    pub message: Option<String>,
    /// When that was said: it tells a message that is repeated from one that is old.
    pub message_at: Option<i64>,
    pub created_at: i64,
    pub updated_at: i64,
    pub version: i64,
}

/// What is in there, where another program wrote JSON: anything else would be an error of the whole list.
macro_rules! attributes {
    () => {
        "CASE WHEN json_valid(o.attributes_json) THEN o.attributes_json END"
    };
}
use attributes;

macro_rules! issued {
    () => {
        concat!(
            "CASE json_type(",
            attributes!(),
            ", '$.issued_at') WHEN 'integer' THEN json_extract(",
            attributes!(),
            ", '$.issued_at') ELSE o.created_at END"
        )
    };
}

use issued;

macro_rules! facts_sql {
    ($rest:expr) => {
        concat!(
            "SELECT o.id, o.public_id, o.restaurant_id, o.status, CAST(json_extract(",
            attributes!(),
            ", '$.customer_name') AS TEXT),
             CAST(json_extract(",
            attributes!(),
            ", '$.product_name') AS TEXT), CAST(json_extract(",
            attributes!(),
            ", '$.quantity') AS INTEGER),
             CAST(json_extract(",
            attributes!(),
            ", '$.sheet_type') AS TEXT), o.eta_at, CAST(json_extract(",
            attributes!(),
            ", '$.delivery_schedule') AS TEXT), ",
            issued!(),
            ", CAST(json_extract(",
            attributes!(),
            ", '$.message') AS TEXT), CAST(json_extract(",
            attributes!(),
            ", '$.message_at') AS INTEGER),
             o.created_at, o.updated_at, o.version FROM orders o WHERE o.workflow_id = 2 AND ",
            $rest
        )
    };
}

fn read(row: &Row<'_>) -> Result<JobFacts, Error> {
    Ok(JobFacts {
        id: row.get(0)?,
        public_id: row.get(1)?,
        restaurant_id: row.get(2)?,
        stage: row.get(3)?,
        customer_name: row.get::<Option<String>>(4)?.unwrap_or_default(),
        product_name: row.get::<Option<String>>(5)?.unwrap_or_default(),
        quantity: row.get::<Option<i64>>(6)?.unwrap_or(1),
        sheet_type: row.get(7)?,
        estimated_at: row.get(8)?,
        delivery_schedule: row.get(9)?,
        issued_at: row.get(10)?,
        message: row.get(11)?,
        message_at: row.get(12)?,
        created_at: row.get(13)?,
        updated_at: row.get(14)?,
        version: row.get(15)?,
    })
}

/// A job, if there is one.
///
/// # Errors
/// [`Error::Store`]; likewise below.
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<JobFacts>, Error> {
    db.row(facts_sql!("o.id = ?1"), params![id], read)
}

/// A job that must be there.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn get(db: &Reader<'_>, id: i64) -> Result<JobFacts, Error> {
    facts(db, id)?.ok_or_else(|| Refusal::NotFound { entity: "order" }.into())
}

/// A shop's jobs, and what else it [shows](shows_all), those issued last first; of these the ones behind `before`.
///
/// # Errors
/// [`Refusal::NotFound`] when `before` is no job.
pub fn list(
    db: &Reader<'_>,
    restaurant_id: i64,
    stage: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Result<Page<JobFacts>, Error> {
    if shows_all(db, restaurant_id)? {
        return wide::list(db, restaurant_id, stage, before, limit);
    }
    let limit = limit.clamp(1, PAGE_MAX);
    let (at, id) = match before {
        Some(id) => (Some(get(db, id)?.issued_at), Some(id)),
        None => (None, None),
    };
    let jobs = db.rows(
        concat!(
            facts_sql!(
                "o.restaurant_id = ?1 AND (?2 IS NULL OR o.status = ?2) AND (?3 IS NULL OR ("
            ),
            issued!(),
            ", o.id) < (?3, ?4)) ORDER BY ",
            issued!(),
            " DESC, o.id DESC LIMIT ?5"
        ),
        params![restaurant_id, stage, at, id, limit + 1],
        |row| {
            let id = row.get(0)?;
            Ok((id, db.legible("orders", id, read(row))?))
        },
    )?;
    let total = db.one(
        "SELECT count(*) FROM orders WHERE workflow_id = 2 AND restaurant_id = ?1 AND (?2 IS NULL OR status = ?2)",
        params![restaurant_id, stage],
        |row| row.get(0),
    )?;
    Ok(paged(jobs, limit, total))
}

/// Its stages, in their order.
///
/// # Errors
/// [`Error::Store`].
pub fn stages(db: &Reader<'_>) -> Result<Vec<String>, Error> {
    db.rows(
        "SELECT code FROM workflow_states WHERE workflow_id = ?1 ORDER BY position",
        params![workflow::PRINT],
        |row| row.get(0),
    )
}

/// The shop that those belong to who say no other: the first restaurant whose orders are print jobs (`"workflow":"print"` in its settings), else the first of all.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no restaurant at all.
pub fn default_shop(db: &Reader<'_>) -> Result<i64, Error> {
    db.row(
        "SELECT id FROM restaurants ORDER BY CASE WHEN json_valid(settings_json) THEN json_extract(settings_json, '$.workflow') END IS NOT 'print', id LIMIT 1",
        params![],
        |row| row.get(0),
    )?
    .ok_or_else(|| {
        Refusal::NotFound {
            entity: "restaurant",
        }
        .into()
    })
}
