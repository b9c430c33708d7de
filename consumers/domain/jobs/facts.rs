//! What a print job is, and finding one.

use crate::db::{Error, Reader, Row, params};
use crate::domain::{Refusal, workflow};
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
pub(super) use attributes;

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

pub(super) use issued;

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

pub(super) use facts_sql;

pub(super) fn read(row: &Row<'_>) -> Result<JobFacts, Error> {
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
/// [`Error::Store`].
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
