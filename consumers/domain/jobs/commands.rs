//! What can be done about a print job.

use super::{JobFacts, get, stages};
use crate::db::{Error, Transaction, params};
use crate::domain::audit::{self, Note};
use crate::domain::note::NOTE_MAX;
use crate::domain::{Actor, Refusal, ids, workflow};
use serde_json::{Map, Value, json};

/// A job that is to be made.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct NewJob {
    pub restaurant_id: i64,
    /// What people call it; `None`: `order-` and its number.
    pub public_id: Option<String>,
    /// `None`: the first one.
    pub stage: Option<String>,
    pub customer_name: String,
    pub product_name: String,
    pub quantity: i64,
    pub sheet_type: Option<String>,
    pub estimated_at: Option<i64>,
    pub delivery_schedule: Option<String>,
    /// `None`: now.
    pub issued_at: Option<i64>,
    pub message: Option<String>,
}

/// What is to be different. What is not named stays, but for the message: it belongs to one change.
#[derive(Debug, Clone, Default)]
#[allow(missing_docs)]
pub struct Patch {
    pub stage: Option<String>,
    pub customer_name: Option<String>,
    pub product_name: Option<String>,
    pub quantity: Option<i64>,
    pub sheet_type: Option<Option<String>>,
    pub estimated_at: Option<Option<i64>>,
    pub delivery_schedule: Option<Option<String>>,
    pub issued_at: Option<i64>,
    pub message: Option<String>,
}

/// The most copies.
const QUANTITY_MAX: i64 = 1_000_000_000;
/// The longest name that people call a job, in bytes.
const PUBLIC_ID_MAX: usize = 64;

/// Takes a job on.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::UnknownStage`], [`Refusal::Forbidden`].
pub fn create(tx: &Transaction<'_>, actor: &Actor, new: &NewJob) -> Result<JobFacts, Error> {
    staff(actor)?;
    let stages = stages(tx)?;
    let stage = match &new.stage {
        Some(stage) => known(stage, &stages)?,
        None => stages.first().map_or("", String::as_str),
    };
    text("customerName", &new.customer_name, true)?;
    text("productName", &new.product_name, true)?;
    for (field, value) in [
        ("sheetType", &new.sheet_type),
        ("deliverySchedule", &new.delivery_schedule),
        ("message", &new.message),
    ] {
        text(field, value.as_deref().unwrap_or_default(), false)?;
    }
    let now = tx.now_ms();
    let id = ids::next_order(tx)?;
    let public_id = match &new.public_id {
        Some(name) => own_name(tx, new.restaurant_id, name)?,
        None => ids::public_id(tx, new.restaurant_id, id)?,
    };
    let mut attributes = Map::new();
    attributes.insert("customer_name".into(), json!(new.customer_name));
    attributes.insert("product_name".into(), json!(new.product_name));
    attributes.insert("quantity".into(), json!(quantity(new.quantity)?));
    attributes.insert("issued_at".into(), json!(new.issued_at.unwrap_or(now)));
    set(&mut attributes, "sheet_type", new.sheet_type.as_deref());
    let schedule = new.delivery_schedule.as_deref();
    set(&mut attributes, "delivery_schedule", schedule);
    say(&mut attributes, new.message.as_deref(), now);
    tx.execute(
        "INSERT INTO orders(id, uuid, public_id, restaurant_id, workflow_id, status, type, eta_at, attributes_json, created_at, updated_at, created_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, 'counter', ?7, ?8, ?9, ?9, ?10)",
        params![
            id,
            ids::uuid(),
            &public_id,
            new.restaurant_id,
            workflow::PRINT,
            stage,
            new.estimated_at,
            Value::Object(attributes).to_string(),
            now,
            actor.user_id
        ],
    )?;
    get(tx, id)
}

/// Changes what the patch names. Any stage leads to any other, where the workflow's rows let this actor.
///
/// # Errors
/// As [`create`]; [`Refusal::NotFound`].
pub fn patch(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    patch: &Patch,
) -> Result<JobFacts, Error> {
    staff(actor)?;
    let job = get(tx, id)?;
    let stage = match &patch.stage {
        Some(stage) => known(stage, &stages(tx)?)?,
        None => &job.stage,
    };
    if stage != job.stage {
        let step = workflow::step(tx, workflow::PRINT, &job.stage, stage)?;
        if !step.is_some_and(|step| step.allows(actor.role)) {
            let text = format!(
                "a {} may not take it from {} to {stage}",
                actor.role, job.stage
            );
            return Err(Refusal::Forbidden(text.into()).into());
        }
    }
    let row: Option<String> = tx.one(
        "SELECT attributes_json FROM orders WHERE id = ?1",
        params![id],
        |row| row.get(0),
    )?;
    // What another program keeps there stays.
    let mut attributes = match row.as_deref().map(serde_json::from_str).transpose()? {
        Some(Value::Object(members)) => members,
        _ => Map::new(),
    };
    for (field, column, value) in [
        ("customerName", "customer_name", &patch.customer_name),
        ("productName", "product_name", &patch.product_name),
    ] {
        if let Some(value) = value {
            text(field, value, true)?;
            set(&mut attributes, column, Some(value));
        }
    }
    for (field, column, value) in [
        ("sheetType", "sheet_type", &patch.sheet_type),
        (
            "deliverySchedule",
            "delivery_schedule",
            &patch.delivery_schedule,
        ),
    ] {
        if let Some(value) = value {
            text(field, value.as_deref().unwrap_or_default(), false)?;
            set(&mut attributes, column, value.as_deref());
        }
    }
    if let Some(value) = patch.quantity {
        attributes.insert("quantity".into(), json!(quantity(value)?));
    }
    if let Some(at) = patch.issued_at {
        attributes.insert("issued_at".into(), json!(at));
    }
    let message = patch.message.as_deref();
    text("message", message.unwrap_or_default(), false)?;
    say(&mut attributes, message, tx.now_ms());
    tx.execute(
        "UPDATE orders SET status = ?2, eta_at = ?3, attributes_json = ?4 WHERE id = ?1",
        params![
            id,
            stage,
            patch.estimated_at.unwrap_or(job.estimated_at),
            Value::Object(attributes).to_string()
        ],
    )?;
    get(tx, id)
}

/// Removes a job for good.
///
/// # Errors
/// [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn delete(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    reason: Option<&str>,
) -> Result<JobFacts, Error> {
    staff(actor)?;
    let job = get(tx, id)?;
    let note = Note {
        action: "delete",
        entity: "order",
        id,
        restaurant_id: job.restaurant_id,
        reason,
        before: &job,
        after: (),
    };
    audit::note(tx, actor, &note)?;
    tx.execute("DELETE FROM orders WHERE id = ?1", params![id])?;
    Ok(job)
}

fn staff(actor: &Actor) -> Result<(), Refusal> {
    match actor.role.is_staff() && !actor.anonymous {
        true => Ok(()),
        false => Err(Refusal::Forbidden("this is for those who work here".into())),
    }
}

fn known<'a>(stage: &'a str, stages: &[String]) -> Result<&'a str, Refusal> {
    match stages.iter().any(|known| known == stage) {
        true => Ok(stage),
        false => Err(Refusal::UnknownStage {
            allowed: stages.to_vec(),
        }),
    }
}

fn text(field: &'static str, value: &str, needed: bool) -> Result<(), Refusal> {
    if needed && value.trim().is_empty() {
        return Err(Refusal::value(field, "say something"));
    }
    match value.len() {
        ..=NOTE_MAX => Ok(()),
        _ => Err(Refusal::value(field, format!("at most {NOTE_MAX} bytes"))),
    }
}

fn quantity(copies: i64) -> Result<i64, Refusal> {
    match (1..=QUANTITY_MAX).contains(&copies) {
        true => Ok(copies),
        false => Err(Refusal::value("quantity", format!("1 to {QUANTITY_MAX}"))),
    }
}

/// A name that a client chose. A plain word, because it is a part of an event's name and of a path; no number, because numbers are ids.
fn own_name(tx: &Transaction<'_>, restaurant: i64, name: &str) -> Result<String, Error> {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let is_number = name.bytes().all(|b| b.is_ascii_digit());
    if is_number || name.len() > PUBLIC_ID_MAX || !name.chars().all(plain) {
        let rule =
            format!("at most {PUBLIC_ID_MAX} letters, digits, -, _ and ., and not digits alone");
        return Err(Refusal::value("orderId", rule).into());
    }
    let taken = tx.row(
        "SELECT 1 FROM orders WHERE restaurant_id = ?1 AND public_id = ?2",
        params![restaurant, name],
        |row| row.get::<i64>(0),
    )?;
    match taken {
        Some(_) => Err(Refusal::NameTaken { field: "orderId" }.into()),
        None => Ok(name.to_owned()),
    }
}

/// `None` empties.
fn set(attributes: &mut Map<String, Value>, column: &str, value: Option<&str>) {
    match value {
        Some(value) => attributes.insert(column.to_owned(), json!(value)),
        None => attributes.remove(column),
    };
}

/// The message and its time come and go together.
fn say(attributes: &mut Map<String, Value>, message: Option<&str>, now: i64) {
    let message = message.filter(|message| !message.is_empty());
    set(attributes, "message", message);
    match message {
        Some(_) => attributes.insert("message_at".into(), json!(now)),
        None => attributes.remove("message_at"),
    };
}
