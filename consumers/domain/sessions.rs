//! Visits: who sits at a table, from when to when. At most one is open at a table.

use super::audit::{self, Note};
use super::requests::{self, RequestFacts};
use super::version::same_version;
use super::{Actor, Key, Refusal, Role, UnpaidOrder, bill, restaurants, waiters};
use crate::db::{Error, Reader, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct SessionFacts {
    pub id: i64,
    pub uuid: String,
    pub restaurant_id: i64,
    pub table_id: i64,
    pub table_number: String,
    pub session_code: String,
    pub guests_count: i64,
    pub waiter_id: Option<i64>,
    pub started_at: i64,
    /// `None`: it goes on.
    pub closed_at: Option<i64>,
    pub closed_by: Option<i64>,
    pub close_reason: Option<String>,
    /// What its guests wait for. Not where a table shows its visit.
    #[serde(default)]
    pub requests: Vec<RequestFacts>,
    pub version: i64,
    /// The visit that it is part of since it ended.
    #[serde(default)]
    pub merged_into_id: Option<i64>,
}

fn facts_sql(which: &str) -> String {
    let requests = requests::COLUMN;
    format!(
        "SELECT s.id, s.uuid, t.restaurant_id, s.table_id, t.number, s.session_code, s.guests_count, s.waiter_id, s.opened_at, s.closed_at, s.closed_by,
           s.close_reason, s.version, {requests}, s.merged_into_id FROM table_sessions s JOIN tables t ON t.id = s.table_id WHERE {which}"
    )
}

fn read(row: &Row<'_>) -> Result<SessionFacts, Error> {
    Ok(SessionFacts {
        id: row.get(0)?,
        uuid: row.get(1)?,
        restaurant_id: row.get(2)?,
        table_id: row.get(3)?,
        table_number: row.get(4)?,
        session_code: row.get(5)?,
        guests_count: row.get(6)?,
        waiter_id: row.get(7)?,
        started_at: row.get(8)?,
        closed_at: row.get(9)?,
        closed_by: row.get(10)?,
        close_reason: row.get(11)?,
        version: row.get(12)?,
        requests: requests::parse(&row.text(13)?)?,
        merged_into_id: row.get(14)?,
    })
}

/// A visit, if there is one.
///
/// # Errors
/// [`Error::Store`].
pub fn facts(db: &Reader<'_>, id: i64) -> Result<Option<SessionFacts>, Error> {
    db.row(&facts_sql("s.id = ?1"), params![id], read)
}

/// The visit that is going on at a table.
///
/// # Errors
/// [`Error::Store`].
pub fn open_at(db: &Reader<'_>, table_id: i64) -> Result<Option<SessionFacts>, Error> {
    db.row(
        &facts_sql("s.table_id = ?1 AND s.closed_at IS NULL"),
        params![table_id],
        read,
    )
}

/// A visit that must be there.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn get(db: &Reader<'_>, id: i64) -> Result<SessionFacts, Error> {
    facts(db, id)?.ok_or_else(|| Refusal::NotFound { entity: "session" }.into())
}

/// What the guests' phones hold. It ends with the visit.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn token(db: &Reader<'_>, id: i64) -> Result<String, Error> {
    db.row(
        "SELECT token FROM table_sessions WHERE id = ?1",
        params![id],
        |row| row.get(0),
    )?
    .ok_or_else(|| Refusal::NotFound { entity: "session" }.into())
}

/// The visit that a guest's phone belongs to.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::SessionClosed`].
pub fn by_token(db: &Reader<'_>, token: &str) -> Result<SessionFacts, Error> {
    let found = db.row(&facts_sql("s.token = ?1"), params![token], read)?;
    match found {
        Some(session) if session.closed_at.is_some() => Err(Refusal::SessionClosed.into()),
        Some(session) => Ok(session),
        None => Err(Refusal::NotFound { entity: "session" }.into()),
    }
}

/// How many may sit at a table.
pub const GUESTS: std::ops::RangeInclusive<i64> = 1..=500;

pub(super) fn guests(count: i64) -> Result<i64, Refusal> {
    match GUESTS.contains(&count) {
        true => Ok(count),
        false => Err(Refusal::value("guests_count", "1 to 500")),
    }
}

/// What is to be different about a visit. What is not named stays.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct SessionPatch {
    pub guests_count: Option<i64>,
    pub waiter_id: Option<Key>,
    #[serde(rename = "version")]
    pub expected_version: Option<i64>,
}

/// Changes who sits there and who serves: then what the visit has open is theirs.
///
/// # Errors
/// [`Refusal::Value`], [`Refusal::SessionClosed`], [`Refusal::Version`], [`Refusal::Forbidden`], [`Refusal::NotFound`].
pub fn patch(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    patch: &SessionPatch,
) -> Result<SessionFacts, Error> {
    let session = get(tx, id)?;
    serves(actor)?;
    if session.closed_at.is_some() {
        return Err(Refusal::SessionClosed.into());
    }
    same_version(patch.expected_version, session.version)?;
    let count = guests(patch.guests_count.unwrap_or(session.guests_count))?;
    let waiter_id = match &patch.waiter_id {
        Some(key) => Some(waiters::in_restaurant(tx, key, session.restaurant_id)?),
        None => session.waiter_id,
    };
    tx.execute(
        "UPDATE table_sessions SET guests_count = ?2, waiter_id = ?3 WHERE id = ?1",
        params![id, count, waiter_id],
    )?;
    if waiter_id != session.waiter_id {
        hand_over(tx, &session, waiter_id)?;
    }
    get(tx, id)
}

/// Whoever serves a visit from now on has what it has open, and what its former waiter had to do for it.
fn hand_over(
    tx: &Transaction<'_>,
    session: &SessionFacts,
    waiter_id: Option<i64>,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE orders SET waiter_id = ?2 WHERE session_id = ?1 AND workflow_id = 1 AND status NOT IN ('completed', 'cancelled') AND waiter_id IS NOT ?2",
        params![session.id, waiter_id],
    )?;
    if session.waiter_id.is_some() {
        tx.execute(
            "UPDATE tasks SET assignee_id = ?2 WHERE session_id = ?1 AND status IN ('open', 'acknowledged') AND assignee_id = ?3",
            params![session.id, waiter_id, session.waiter_id],
        )?;
    }
    Ok(())
}

/// Changes how many sit there.
///
/// # Errors
/// As [`patch`].
pub fn set_guests(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    count: i64,
) -> Result<SessionFacts, Error> {
    let change = SessionPatch {
        guests_count: Some(count),
        ..SessionPatch::default()
    };
    patch(tx, actor, id, &change)
}

pub(super) fn serves(actor: &Actor) -> Result<(), Refusal> {
    match actor.role {
        Role::Waiter | Role::Manager | Role::Admin | Role::System => Ok(()),
        _ => Err(Refusal::Forbidden("please ask a waiter".into())),
    }
}

/// How a visit is to end.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Closing {
    /// Although something is not paid: for managers, with a reason.
    pub force: bool,
    /// Why.
    pub reason: Option<String>,
}

/// What became of ending a visit.
#[derive(Debug, Clone, PartialEq)]
pub struct Closed {
    /// The visit, as it is now.
    pub session: SessionFacts,
    /// Whether it had ended before.
    pub already: bool,
    /// What was not paid when it ended: where the restaurant only warns, or a manager forced it.
    pub unpaid: Vec<UnpaidOrder>,
}

/// Ends a visit: the table is free. Ending it again changes nothing.
///
/// # Errors
/// [`Refusal::Unpaid`], [`Refusal::Forbidden`], [`Refusal::Reason`], [`Refusal::NotFound`].
pub fn close(tx: &Transaction<'_>, actor: &Actor, id: i64, how: &Closing) -> Result<Closed, Error> {
    let session = get(tx, id)?;
    serves(actor)?;
    if session.closed_at.is_some() {
        return Ok(Closed {
            session,
            already: true,
            unpaid: Vec::new(),
        });
    }
    let unpaid = bill::unpaid(tx, session.id, session.table_id)?;
    if !unpaid.is_empty() {
        let restaurant = restaurants::get(tx, session.restaurant_id)?;
        if how.force {
            force(tx, actor, &session, how, &unpaid)?;
        } else if restaurant.settings.release_policy == restaurants::ReleasePolicy::Block {
            let owed = unpaid.iter().map(|order| order.balance_minor);
            let sum = owed.fold(0, i64::saturating_add);
            return Err(Refusal::Unpaid {
                total_unpaid: super::money::format(sum, restaurant.currency_exp),
                orders: unpaid,
            }
            .into());
        }
    }
    tx.execute(
        "UPDATE table_sessions SET closed_at = ?2, closed_by = ?3, close_reason = ?4 WHERE id = ?1 AND closed_at IS NULL",
        params![id, tx.now_ms(), actor.user_id, &how.reason],
    )?;
    Ok(Closed {
        session: get(tx, id)?,
        already: false,
        unpaid,
    })
}

fn force(
    tx: &Transaction<'_>,
    actor: &Actor,
    session: &SessionFacts,
    how: &Closing,
    unpaid: &[UnpaidOrder],
) -> Result<(), Error> {
    if !actor.role.manages() || actor.anonymous {
        return Err(Refusal::Forbidden("only manager, admin may force this".into()).into());
    }
    let reason = how.reason.as_deref().filter(|r| !r.trim().is_empty());
    let note = Note {
        action: "force_release",
        entity: "session",
        id: session.id,
        restaurant_id: session.restaurant_id,
        reason: Some(reason.ok_or(Refusal::Reason)?),
        before: unpaid,
        after: (),
    };
    audit::note(tx, actor, &note)
}
