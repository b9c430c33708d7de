//! What guests ask for: that somebody comes, and the bill. Of each kind one waits at a time, so nobody is called twice by an impatient thumb.

use super::facts::{RequestFacts, RequestKind};
use crate::db::{Error, Reader, Transaction, params};
use crate::domain::tasks::{self, TaskStatus};
use crate::domain::{Actor, Key, Refusal, ids, sessions};
use serde::Deserialize;
use utoipa::ToSchema;

/// What a visit waits for.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn of_session(db: &Reader<'_>, session: i64) -> Result<Vec<RequestFacts>, Error> {
    Ok(sessions::get(db, session)?.requests)
}

/// What became of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// What waits now.
    pub request: RequestFacts,
    /// It had been asked before, and waits still.
    pub already: bool,
}

/// A visit asks for something. What waits already is not asked for again.
///
/// # Errors
/// [`Refusal::SessionClosed`], [`Refusal::Value`], [`Refusal::NotFound`].
pub fn ask(
    tx: &Transaction<'_>,
    actor: &Actor,
    session_id: i64,
    kind: RequestKind,
    note: Option<&str>,
) -> Result<Asked, Error> {
    let session = sessions::get(tx, session_id)?;
    if session.closed_at.is_some() {
        return Err(Refusal::SessionClosed.into());
    }
    let waits = |all: Vec<RequestFacts>| all.into_iter().find(|request| request.kind == kind);
    if let Some(request) = waits(session.requests) {
        return Ok(Asked {
            request,
            already: true,
        });
    }
    let table = &session.table_number;
    let said = match kind {
        RequestKind::CallWaiter => format!("Table {table} calls"),
        RequestKind::Bill => format!("Table {table} asks for the bill"),
    };
    let title = match note.map(str::trim).filter(|note| !note.is_empty()) {
        Some(note) if note.len() > NOTE_MAX => {
            return Err(Refusal::value("note", format!("at most {NOTE_MAX} bytes")).into());
        }
        Some(note) => format!("{said}: {note}"),
        None => said,
    };
    tx.execute(
        "INSERT INTO tasks(uuid, restaurant_id, kind, table_id, session_id, assignee_id, title, priority, created_by, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, NULL, ?6, 3, ?7, ?8, ?8)",
        params![
            ids::uuid(),
            session.restaurant_id,
            kind.name(),
            session.table_id,
            session_id,
            title,
            actor.user_id,
            tx.now_ms()
        ],
    )?;
    let request = waits(of_session(tx, session_id)?)
        .ok_or_else(|| Error::Store("a request was not written".to_owned()))?;
    Ok(Asked {
        request,
        already: false,
    })
}

/// The longest note, in bytes.
const NOTE_MAX: usize = 200;

/// Nobody needs to come any more. Whether anything waited.
///
/// # Errors
/// [`Refusal::NotFound`].
pub fn cancel(tx: &Transaction<'_>, session_id: i64, kind: RequestKind) -> Result<bool, Error> {
    for request in of_session(tx, session_id)? {
        if request.kind == kind {
            tasks::settle(tx, request.id, None)?;
        }
    }
    let gone = tx.execute(
        "UPDATE tasks SET status = 'cancelled' WHERE session_id = ?1 AND kind = ?2 AND status IN ('open', 'acknowledged')",
        params![session_id, kind.name()],
    )?;
    Ok(gone > 0)
}

/// What is to be different about a task. What is not named stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)]
pub struct TaskPatch {
    pub status: Option<TaskStatus>,
    /// Who does it; `null`: whoever comes first.
    #[serde(deserialize_with = "given")]
    #[schema(value_type = Option<i64>)]
    pub assignee_id: Option<Option<Key>>,
    #[serde(rename = "version")]
    pub expected_version: Option<i64>,
}

/// Tells `null`, which empties, from what is not there, which stays.
fn given<'de, T: Deserialize<'de>, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Moves a task on, gives it to somebody, or gives it back.
///
/// # Errors
/// As for [`tasks::set_status`] and [`tasks::give`].
pub fn change_task(
    tx: &Transaction<'_>,
    actor: &Actor,
    id: i64,
    patch: &TaskPatch,
) -> Result<tasks::TaskFacts, Error> {
    let mut expected = patch.expected_version;
    if let Some(to) = &patch.assignee_id {
        tasks::give(tx, actor, id, Some(to.as_ref()), expected.take())?;
    }
    match patch.status {
        Some(TaskStatus::Open) => tasks::give_back(tx, actor, id, expected),
        Some(status) => {
            let task = tasks::set_status(tx, actor, id, status, expected)?;
            tasks::settle(tx, id, actor.user_id)?;
            Ok(task)
        }
        None => tasks::give(tx, actor, id, None, expected),
    }
}
